//! Sample states for the snapshots: one sprint of `acme.example` in its 22nd hour, as the screens would meet it.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use crate::app::guides::Guides;
use crate::app::home::{Listing, SessionSummary};
use crate::app::keymap;
use crate::app::opened::{LastLook, Opened, SessionFile, WatchPhase, Watching};
use crate::app::run::{RunPhase, Running};
use crate::app::state::{Size, Start, Terminal, Tone};
use crate::app::{Keymap, Screen, State};
use crate::model::clock::{Clock, Pause};
use crate::model::event::{Event, EventBody};
use crate::model::finding::{
    CheckId, Evidence, Finding, FindingKey, RecordAction, RecordChange, Remedy, Setting, fingerprint,
};
use crate::model::gate::GateVerdict;
use crate::model::intent::{Host, Intent, Role, Sender};
use crate::model::name::HostName;
use crate::model::observation::self_check::SelfCheck;
use crate::model::run::QueryCounts;
use crate::model::verdict::{Confidence, Severity, Verdict};

/// The moment of all samples.
pub fn now() -> Timestamp {
    "2026-11-21T21:40:00Z".parse().unwrap()
}

/// That many minutes ago.
pub fn minutes_ago(minutes: i64) -> Timestamp {
    now() - SignedDuration::from_mins(minutes)
}

/// A state without a session.
pub fn state(width: u16, height: u16) -> State {
    State::new(Start {
        playbooks: crate::playbook::builtin().to_vec(),
        guides: guides(),
        keymap: Keymap::parse(keymap::DEFAULT).unwrap(),
        terminal: Terminal { motion: false, ..Terminal::default() },
        size: Size { width, height },
        operator: "ada@consult.example".into(),
        now: now(),
    })
}

/// The state with the sample session open, in front of `screen`.
pub fn at(screen: Screen, width: u16, height: u16) -> State {
    let mut state = state(width, height);
    state.sessions = sessions();
    state.opened = Some(Box::new(opened()));
    state.screens.push(screen);
    state
}

/// Home with three sessions.
pub fn home(width: u16, height: u16) -> State {
    let mut state = state(width, height);
    state.sessions = sessions();
    state
}

/// The sessions on the home screen.
pub fn sessions() -> Listing {
    let session = |domain: &str, playbook: &str| SessionSummary {
        file: file(domain),
        domain: domain.into(),
        playbook: playbook.into(),
        clock: Clock::default(),
        gate: None,
        blockers: 0,
        next: None,
        handed_over: None,
        worse: 0,
        changed_at: minutes_ago(1),
        problem: None,
    };
    Listing::Ready(vec![
        SessionSummary {
            clock: Clock { started: Some(minutes_ago(21 * 60 + 40)), pauses: Vec::new() },
            gate: Some(GateVerdict::NoGo),
            blockers: 3,
            next: Some("No DMARC record · ada · 2 h".into()),
            ..session("acme.example", "b2b-support")
        },
        SessionSummary {
            clock: Clock {
                started: Some(minutes_ago(9 * 60)),
                pauses: vec![Pause { from: minutes_ago(5 * 60), to: None, cause: "registrar access · client".into() }],
            },
            gate: Some(GateVerdict::Undetermined),
            ..session("shop.example", "ecommerce-handover")
        },
        SessionSummary {
            clock: Clock { started: Some(minutes_ago(5 * 24 * 60)), pauses: Vec::new() },
            gate: Some(GateVerdict::Go),
            handed_over: Some(minutes_ago(2 * 24 * 60)),
            worse: 1,
            next: Some("certificate of api.coachly.example".into()),
            ..session("coachly.example", "coaching-security-review")
        },
        SessionSummary {
            problem: Some("written by a newer version: opens read-only".into()),
            ..session("portal-of-a-client-with-a-long-name.example", "internal-ops")
        },
    ])
}

/// The file of a session.
pub fn file(domain: &str) -> PathBuf {
    PathBuf::from(format!("/home/ada/sprints/{domain}.launch"))
}

/// The key of the finding that most samples look at.
pub fn dmarc() -> FindingKey {
    FindingKey { check: CheckId::from("mail.dmarc"), subject: "acme.example".into() }
}

/// The open session.
pub fn opened() -> Opened {
    let mut opened = Opened::new(SessionFile { file: file("acme.example"), read_only: None, events: events() });
    let key = |check: &str, subject: &str| FindingKey { check: CheckId::from(check), subject: subject.into() };
    opened.run.phase = RunPhase::Running;
    opened.run.total = 61;
    opened.run.finished = 47;
    opened.run.asked_at = Some(minutes_ago(1));
    opened.run.self_check = Some(SelfCheck {
        network: "up".into(),
        resolver: "honest".into(),
        clock: "sane".into(),
        port_25: "closed".into(),
        resolvers: vec!["198.51.100.53".into()],
        problems: vec!["Port 25 is closed on the way out: whether mail servers answer cannot be told from here.".into()],
    });
    let since = |seconds| now() - SignedDuration::from_secs(seconds);
    opened.run.running.insert(
        key("tls.versions", "portal.acme.example"),
        Running { since: since(3), waits_for: Some("203.0.113.20 port 443".into()), retrying: None },
    );
    opened.run.running.insert(
        key("web.status", "api.acme.example"),
        Running { since: since(1), waits_for: None, retrying: None },
    );
    opened.watches.insert(
        dmarc(),
        Watching {
            since: minutes_ago(12),
            attempts: 14,
            last: Some(LastLook {
                verdict: Verdict::Fail,
                summary: "ns1 and ns2 have the record; 8.8.8.8 still remembers that there was none".into(),
                at: since(4),
                same_since: minutes_ago(9),
            }),
            next: Some(now() + SignedDuration::from_secs(6)),
            phase: WatchPhase::Looking,
        },
    );
    opened.watches.insert(
        key("mail.spf", "acme.example"),
        Watching {
            since: minutes_ago(30),
            attempts: 22,
            last: Some(LastLook {
                verdict: Verdict::Pass,
                summary: "one SPF record, valid".into(),
                at: minutes_ago(2),
                same_since: minutes_ago(2),
            }),
            next: None,
            phase: WatchPhase::Green,
        },
    );
    opened
}

fn events() -> Vec<Event> {
    let start = 21 * 60 + 40;
    let run = || "run-1".to_owned();
    let mut list = vec![
        (start + 30, EventBody::Created { slug: "acme.example".into(), domain: "acme.example".into(), playbook: "b2b-support".into() }),
        (start + 20, EventBody::IntentConfirmed { intent: Box::new(intent()) }),
        (start + 10, EventBody::AuthorityStated { statement: "asked by the owner".into(), hosts: vec!["acme.example".into()] }),
        (start, EventBody::ClockStarted),
        (start - 1, EventBody::RunStarted { run: run(), rules: 1 }),
    ];
    list.push((200, EventBody::Found { run: run(), finding: Box::new(earlier()) }));
    for finding in findings() {
        list.push((3, EventBody::Found { run: run(), finding: Box::new(finding) }));
    }
    list.push((2, EventBody::RunFinished {
        run: run(),
        self_check: SelfCheck {
            network: "up".into(),
            resolver: "honest".into(),
            clock: "sane".into(),
            port_25: "closed".into(),
            resolvers: Vec::new(),
            problems: Vec::new(),
        },
        queries: QueryCounts::default(),
        took_ms: 1834,
    }));
    list.push((60, EventBody::Answered {
        question: "login-failure".into(),
        yes: true,
        by: "founder".into(),
        evidence: "runbook, page 2".into(),
    }));
    list.push((50, EventBody::Waived {
        criterion: "api-latency".into(),
        reason: "the cache lands on Monday".into(),
        by: "founder".into(),
        until: now() + SignedDuration::from_hours(24 * 12),
        compensating: "watched every hour".into(),
        fingerprints: findings().iter().filter(|f| f.check.as_str() == "performance.latency").map(|f| f.fingerprint.clone()).collect(),
    }));
    let item = crate::app::select::item_of(&dmarc());
    list.push((45, EventBody::Assigned { item: item.clone(), owner: "ada".into(), due: Some(now() + SignedDuration::from_hours(2)) }));
    list.push((45, EventBody::Assigned { item: "email-valid".into(), owner: "ada".into(), due: Some(now() + SignedDuration::from_hours(2)) }));
    list.push((40, EventBody::Noted { item, text: "The founder adds it while we are on the call.".into() }));
    list.push((35, EventBody::AccessRecorded { place: "Cloudflare".into(), who: "founder, ada".into(), how: "own account, second factor".into() }));
    list.sort_by_key(|(minutes, _)| -minutes);
    list.into_iter()
        .enumerate()
        .map(|(at, (minutes, body))| Event {
            id: format!("01J{at:023}"),
            at: minutes_ago(minutes),
            actor: "ada@consult.example".into(),
            device: "laptop".into(),
            body,
        })
        .collect()
}

/// The intent of the sample.
pub fn intent() -> Intent {
    let host = |name: &str, role| Host {
        name: HostName::parse(name).unwrap(),
        role,
        address: Vec::new(),
        target: None,
        why: String::new(),
    };
    let mut intent = Intent::of(HostName::parse("acme.example").unwrap());
    intent.dns_host = Some("cloudflare".into());
    intent.hosts = vec![
        host("acme.example", Role::Apex),
        host("www.acme.example", Role::Www),
        host("portal.acme.example", Role::Portal),
        host("api.acme.example", Role::Api),
    ];
    intent.senders = vec![Sender {
        name: "mailer".into(),
        selectors: vec!["mailer".into()],
        include: None,
        bounce_domain: None,
    }];
    intent
}

fn finding(check: &str, subject: &str, verdict: Verdict, severity: Severity, summary: &str) -> Finding {
    Finding {
        check: CheckId::from(check),
        subject: subject.into(),
        verdict,
        severity,
        confidence: Confidence::Certain,
        summary: summary.into(),
        plain: String::new(),
        details: serde_json::Map::new(),
        evidence: Vec::new(),
        remedy: None,
        standards: Vec::new(),
        fingerprint: fingerprint(check, subject, verdict, summary),
        took_ms: 120,
        at: now() - SignedDuration::from_secs(12),
    }
}

/// What the DMARC check said before.
fn earlier() -> Finding {
    let mut old = finding("mail.dmarc", "acme.example", Verdict::Unknown, Severity::Blocker, "asking 198.51.100.53: no answer in 3 s");
    old.at = minutes_ago(200);
    old
}

/// The findings of the sample, every verdict among them.
pub fn findings() -> Vec<Finding> {
    use Severity::{Advice, Blocker, Fix, Info};
    use Verdict::{Blocked, Fail, NotApplicable, Pass, Unknown, Warn};
    let mut list = vec![
        no_dmarc(),
        finding("mail.spf", "acme.example", Fail, Blocker, "Two SPF records: receivers treat this as an error"),
        finding("tls.hostname", "www.acme.example", Fail, Blocker, "The certificate is for another name: *.hosting.example"),
        finding("web.hsts", "portal.acme.example", Fail, Fix, "HSTS lasts one day only"),
        finding("tls.expiry", "api.acme.example", Warn, Fix, "12 days left of 90; it should have renewed at 30"),
        finding("mail.smtp", "mx.acme.example", Unknown, Fix, "Port 25 is closed on the way out"),
        finding("auth.tenant-isolation", "portal.acme.example", Blocked, Blocker, "Needs the second test account"),
        finding("auth.rate-limit", "portal.acme.example", Blocked, Fix, "Needs the authority to test"),
        finding("web.security-txt", "www.acme.example", Fail, Info, "No security.txt"),
        finding("dns.dnssec", "acme.example", Fail, Advice, "The zone is not signed"),
        finding("web.old-urls", "acme.example", NotApplicable, Fix, "No old URLs are known"),
        finding("performance.latency", "api.acme.example", Fail, Fix, "p95 612 ms, 500 ms at most"),
    ];
    for (check, subject, text) in [
        ("dns.delegation", "acme.example", "Both name servers answer with authority"),
        ("dns.addresses", "portal.acme.example", "203.0.113.20"),
        ("tls.chain", "portal.acme.example", "A path to a public root from what was sent"),
        ("tls.reachable", "www.acme.example", "Handshake on 203.0.113.10"),
        ("web.https-redirect", "www.acme.example", "http leads to https in one step"),
        ("web.canonical-host", "acme.example", "Four entries end at https://www.acme.example/"),
        ("auth.protected-routes", "portal.acme.example", "34 of 34 routes refuse a stranger"),
        ("exposure.files", "portal.acme.example", "None of 41 known leaks is served"),
    ] {
        list.push(finding(check, subject, Pass, Blocker, text));
    }
    list
}

fn no_dmarc() -> Finding {
    let mut finding = finding("mail.dmarc", "acme.example", Verdict::Fail, Severity::Blocker, "No DMARC record");
    finding.plain = "Anyone can send mail that looks like yours, and your password resets may land in spam.".into();
    finding.standards = vec!["RFC 9989 §4.10".into()];
    finding.evidence = vec![
        Evidence {
            kind: "dns".into(),
            at: now() - SignedDuration::from_secs(12),
            source: "ns1.acme.example (198.51.100.11)".into(),
            text: "_dmarc.acme.example TXT → NXDOMAIN, with authority".into(),
            repeat: "dig +norecurse TXT _dmarc.acme.example @198.51.100.11".into(),
        },
        Evidence {
            kind: "dns".into(),
            at: now() - SignedDuration::from_secs(12),
            source: "ns2.acme.example (198.51.100.12)".into(),
            text: "_dmarc.acme.example TXT → NXDOMAIN, with authority".into(),
            repeat: "dig +norecurse TXT _dmarc.acme.example @198.51.100.12".into(),
        },
    ];
    finding.remedy = Some(Remedy {
        steps: vec![
            "Open dash.cloudflare.com, acme.example, DNS, Records, Add record".into(),
            "Type TXT, name _dmarc, content as below".into(),
            "Save. Nothing else is needed.".into(),
        ],
        records: vec![RecordChange {
            action: RecordAction::Add,
            name: "_dmarc.acme.example".into(),
            rtype: "TXT".into(),
            ttl: 300,
            value: "v=DMARC1; p=none; rua=mailto:dmarc@acme.example; adkim=s; aspf=s".into(),
            old: None,
        }],
        settings: Vec::<Setting>::new(),
        undo: "Delete that record.".into(),
        proof: "mail.dmarc".into(),
    });
    finding
}

fn guides() -> Guides {
    let mut guides = Guides::default();
    guides.insert(
        "mail.dmarc",
        "Receivers can tell our mail from forged mail",
        false,
        "# DMARC\n\n## What it looks at\nThe policy record.\n\n## Why it matters\n**Engineer.** Without a policy receivers \
         cannot tell your mail from forged mail, and large mailbox providers refuse or file away bulk mail without one.\n\n\
         **Founder.** Today anyone can send mail as acme.example, and your password resets may land in spam.\n\n\
         ## Passes when\nOne valid record.\n\n## How to fix\nPublish the record.\n\n## How to undo\nDelete it.\n\n\
         ## Standards\nRFC 9989\n",
    );
    guides
}

/// Two messages at once.
pub fn with_toasts(mut state: State) -> State {
    state.toast(Tone::Good, "Copied through the terminal: the value of TXT _dmarc.acme.example");
    state.toast(Tone::Refused, "Signing waits: 2 rows block");
    state
}
