//! Sample states for the snapshots: one sprint of `acme.example` in its 22nd hour, as the screens would meet it.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use crate::app::cursor::Cursor;
use crate::app::day_one::DayOne;
use crate::app::finding::FindingScreen;
use crate::app::gate::Gate;
use crate::app::guide::GuideScreen;
use crate::app::guides::Guides;
use crate::app::handover::HandoverScreen;
use crate::app::home::{Listing, SessionSummary};
use crate::app::input::Input;
use crate::app::keymap;
use crate::app::new_session::{
    Discovery, FactRow, FoundHost, HostRow, NewSession, Part, Recognised, SenderRow, Step,
};
use crate::app::opened::{LastLook, Opened, SessionFile, Unsaved, WatchPhase, Watching};
use crate::app::overlay::{
    Choice, Confirm, Field, Form, FormPurpose, Help, Palette, Picker, PickerPurpose, Question,
    Reader,
};
use crate::app::run::{RunPhase, Running};
use crate::app::sprint::{Pane, Sprint};
use crate::app::state::{Size, Start, Terminal, Tone, Words};
use crate::app::vault::{Credential, Vault, VaultScreen};
use crate::app::watch::WatchScreen;
use crate::app::{Context, Keymap, Overlay, Screen, State};
use crate::model::clock::{Clock, Pause};
use crate::model::event::{Event, EventBody};
use crate::model::finding::{
    CheckId, Evidence, Finding, FindingKey, RecordAction, RecordChange, Remedy, Setting,
    fingerprint,
};
use crate::model::gate::GateVerdict;
use crate::model::intent::{Host, Intent, Role, Sender};
use crate::model::name::{HostName, parse_domain_input};
use crate::model::observation::self_check::SelfCheck;
use crate::model::run::QueryCounts;
use crate::model::session::Handover;
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
        terminal: Terminal {
            motion: false,
            ..Terminal::default()
        },
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
            clock: Clock {
                started: Some(minutes_ago(21 * 60 + 40)),
                pauses: Vec::new(),
            },
            gate: Some(GateVerdict::NoGo),
            blockers: 3,
            next: Some("No DMARC record · ada · 2 h".into()),
            ..session("acme.example", "b2b-support")
        },
        SessionSummary {
            clock: Clock {
                started: Some(minutes_ago(9 * 60)),
                pauses: vec![Pause {
                    from: minutes_ago(5 * 60),
                    to: None,
                    cause: "registrar access · client".into(),
                }],
            },
            gate: Some(GateVerdict::Undetermined),
            ..session("shop.example", "ecommerce-handover")
        },
        SessionSummary {
            clock: Clock {
                started: Some(minutes_ago(5 * 24 * 60)),
                pauses: Vec::new(),
            },
            gate: Some(GateVerdict::Go),
            handed_over: Some(minutes_ago(2 * 24 * 60)),
            worse: 1,
            next: Some("certificate of api.coachly.example".into()),
            ..session("coachly.example", "coaching-security-review")
        },
        SessionSummary {
            problem: Some("written by a newer version: opens read-only".into()),
            ..session(
                "portal-of-a-client-with-a-long-name.example",
                "internal-ops",
            )
        },
    ])
}

/// The file of a session.
pub fn file(domain: &str) -> PathBuf {
    PathBuf::from(format!("/home/ada/sprints/{domain}.launch"))
}

/// The key of the finding that most samples look at.
pub fn dmarc() -> FindingKey {
    FindingKey {
        check: CheckId::from("mail.dmarc"),
        subject: "acme.example".into(),
    }
}

/// The open session.
pub fn opened() -> Opened {
    let mut opened = Opened::new(SessionFile {
        file: file("acme.example"),
        read_only: None,
        events: events(),
    });
    let key = |check: &str, subject: &str| FindingKey {
        check: CheckId::from(check),
        subject: subject.into(),
    };
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
        Running {
            since: since(3),
            waits_for: Some("203.0.113.20 port 443".into()),
            retrying: None,
        },
    );
    opened.run.running.insert(
        key("web.status", "api.acme.example"),
        Running {
            since: since(1),
            waits_for: None,
            retrying: None,
        },
    );
    opened.watches.insert(
        dmarc(),
        Watching {
            since: minutes_ago(12),
            attempts: 14,
            last: Some(LastLook {
                verdict: Verdict::Fail,
                summary: "ns1 and ns2 have the record; 8.8.8.8 still remembers that there was none"
                    .into(),
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
        (
            start + 30,
            EventBody::Created {
                slug: "acme.example".into(),
                domain: "acme.example".into(),
                playbook: "b2b-support".into(),
            },
        ),
        (
            start + 20,
            EventBody::IntentConfirmed {
                intent: Box::new(intent()),
            },
        ),
        (
            start + 10,
            EventBody::AuthorityStated {
                statement: "asked by the owner".into(),
                hosts: vec!["acme.example".into()],
            },
        ),
        (start, EventBody::ClockStarted),
        (
            start - 1,
            EventBody::RunStarted {
                run: run(),
                rules: 1,
            },
        ),
    ];
    list.push((
        200,
        EventBody::Found {
            run: run(),
            finding: Box::new(earlier()),
        },
    ));
    for finding in findings() {
        list.push((
            3,
            EventBody::Found {
                run: run(),
                finding: Box::new(finding),
            },
        ));
    }
    list.push((
        2,
        EventBody::RunFinished {
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
        },
    ));
    list.push((
        60,
        EventBody::Answered {
            question: "login-failure".into(),
            yes: true,
            by: "founder".into(),
            evidence: "runbook, page 2".into(),
        },
    ));
    list.push((
        50,
        EventBody::Waived {
            criterion: "api-latency".into(),
            reason: "the cache lands on Monday".into(),
            by: "founder".into(),
            until: now() + SignedDuration::from_hours(24 * 12),
            compensating: "watched every hour".into(),
            fingerprints: findings()
                .iter()
                .filter(|f| f.check.as_str() == "performance.latency")
                .map(|f| f.fingerprint.clone())
                .collect(),
        },
    ));
    let item = crate::app::select::item_of(&dmarc());
    list.push((
        45,
        EventBody::Assigned {
            item: item.clone(),
            owner: "ada".into(),
            due: Some(now() + SignedDuration::from_hours(2)),
        },
    ));
    list.push((
        45,
        EventBody::Assigned {
            item: "email-valid".into(),
            owner: "ada".into(),
            due: Some(now() + SignedDuration::from_hours(2)),
        },
    ));
    list.push((
        40,
        EventBody::Noted {
            item,
            text: "The founder adds it while we are on the call.".into(),
        },
    ));
    list.push((
        35,
        EventBody::AccessRecorded {
            place: "Cloudflare".into(),
            who: "founder, ada".into(),
            how: "own account, second factor".into(),
        },
    ));
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

fn finding(
    check: &str,
    subject: &str,
    verdict: Verdict,
    severity: Severity,
    summary: &str,
) -> Finding {
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
    let mut old = finding(
        "mail.dmarc",
        "acme.example",
        Verdict::Unknown,
        Severity::Blocker,
        "asking 198.51.100.53: no answer in 3 s",
    );
    old.at = minutes_ago(200);
    old
}

/// The findings of the sample, every verdict among them.
pub fn findings() -> Vec<Finding> {
    use Severity::{Advice, Blocker, Fix, Info};
    use Verdict::{Blocked, Fail, NotApplicable, Pass, Unknown, Warn};
    let mut list = vec![
        no_dmarc(),
        finding(
            "mail.spf",
            "acme.example",
            Fail,
            Blocker,
            "Two SPF records: receivers treat this as an error",
        ),
        finding(
            "tls.hostname",
            "www.acme.example",
            Fail,
            Blocker,
            "The certificate is for another name: *.hosting.example",
        ),
        finding(
            "web.hsts",
            "portal.acme.example",
            Fail,
            Fix,
            "HSTS lasts one day only",
        ),
        finding(
            "tls.expiry",
            "api.acme.example",
            Warn,
            Fix,
            "12 days left of 90; it should have renewed at 30",
        ),
        finding(
            "mail.smtp",
            "mx.acme.example",
            Unknown,
            Fix,
            "Port 25 is closed on the way out",
        ),
        finding(
            "auth.tenant-isolation",
            "portal.acme.example",
            Blocked,
            Blocker,
            "Needs the second test account",
        ),
        finding(
            "auth.rate-limit",
            "portal.acme.example",
            Blocked,
            Fix,
            "Needs the authority to test",
        ),
        finding(
            "web.security-txt",
            "www.acme.example",
            Fail,
            Info,
            "No security.txt",
        ),
        finding(
            "dns.dnssec",
            "acme.example",
            Fail,
            Advice,
            "The zone is not signed",
        ),
        finding(
            "web.old-urls",
            "acme.example",
            NotApplicable,
            Fix,
            "No old URLs are known",
        ),
        finding(
            "performance.latency",
            "api.acme.example",
            Fail,
            Fix,
            "p95 612 ms, 500 ms at most",
        ),
    ];
    for (check, subject, text) in [
        (
            "dns.delegation",
            "acme.example",
            "Both name servers answer with authority",
        ),
        ("dns.addresses", "portal.acme.example", "203.0.113.20"),
        (
            "tls.chain",
            "portal.acme.example",
            "A path to a public root from what was sent",
        ),
        (
            "tls.reachable",
            "www.acme.example",
            "Handshake on 203.0.113.10",
        ),
        (
            "web.https-redirect",
            "www.acme.example",
            "http leads to https in one step",
        ),
        (
            "web.canonical-host",
            "acme.example",
            "Four entries end at https://www.acme.example/",
        ),
        (
            "auth.protected-routes",
            "portal.acme.example",
            "34 of 34 routes refuse a stranger",
        ),
        (
            "exposure.files",
            "portal.acme.example",
            "None of 41 known leaks is served",
        ),
    ] {
        list.push(finding(check, subject, Pass, Blocker, text));
    }
    list
}

fn no_dmarc() -> Finding {
    let mut finding = finding(
        "mail.dmarc",
        "acme.example",
        Verdict::Fail,
        Severity::Blocker,
        "No DMARC record",
    );
    finding.plain =
        "Anyone can send mail that looks like yours, and your password resets may land in spam."
            .into();
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
    state.toast(
        Tone::Good,
        "Copied through the terminal: the value of TXT _dmarc.acme.example",
    );
    state.toast(Tone::Refused, "Signing waits: 2 rows block");
    state
}

/// Every picture that the snapshots hold, by name.
pub fn all(width: u16, height: u16) -> Vec<(&'static str, State)> {
    let mut list = screens(width, height);
    list.extend(new_session(width, height));
    list.extend(overlays(width, height));
    list
}

fn screens(width: u16, height: u16) -> Vec<(&'static str, State)> {
    let sprint = |pane, words| {
        let mut state = at(
            Screen::Sprint(Sprint {
                pane,
                cursor: Cursor::on(dmarc()),
                ..Sprint::default()
            }),
            width,
            height,
        );
        state.words = words;
        state
    };
    let finding = Screen::Finding(FindingScreen {
        key: dmarc(),
        all_evidence: false,
        scroll: 0,
    });
    let mut unsaved = sprint(Pane::List, Words::Engineer);
    let opened = unsaved.opened.as_mut().unwrap();
    opened.unsaved = Some(Unsaved {
        bodies: vec![EventBody::ClockStarted],
        why: "the disk is full".into(),
    });
    opened.session.clock.pauses.push(Pause {
        from: minutes_ago(300),
        to: None,
        cause: "registrar access · client".into(),
    });
    let mut presenter = sprint(Pane::List, Words::Founder);
    presenter.presenter = true;
    let mut empty = state(width, height);
    empty.sessions = Listing::Ready(Vec::new());
    let mut failed = state(width, height);
    failed.sessions = Listing::Failed(
        "reading /home/ada/sprints: permission denied. Choose another folder with --data-dir."
            .into(),
    );
    let mut filtered = home(width, height);
    if let Some(Screen::Home(home)) = filtered.screens.last_mut() {
        home.filter.editing = true;
        home.filter.input = Input::with("shop");
    }
    let mut handed = at(Screen::DayOne(DayOne::default()), width, height);
    handed.opened = Some(Box::new(handed_over()));
    let mut vault = at(Screen::Vault(VaultScreen::default()), width, height);
    vault.vault = self::vault();
    vec![
        ("home", home(width, height)),
        ("home-loading", state(width, height)),
        ("home-empty", empty),
        ("home-failed", failed),
        ("home-filter", filtered),
        ("sprint", sprint(Pane::List, Words::Engineer)),
        ("sprint-detail", sprint(Pane::Detail, Words::Engineer)),
        ("sprint-plan", sprint(Pane::Plan, Words::Engineer)),
        ("sprint-unsaved", unsaved),
        ("sprint-presenter", presenter),
        (
            "sprint-toasts",
            with_toasts(sprint(Pane::List, Words::Engineer)),
        ),
        ("finding", at(finding.clone(), width, height)),
        (
            "watch",
            at(Screen::Watch(WatchScreen::default()), width, height),
        ),
        (
            "gate",
            at(
                Screen::Gate(Gate {
                    cursor: Cursor::on("email-valid".into()),
                    ..Gate::default()
                }),
                width,
                height,
            ),
        ),
        (
            "handover",
            at(Screen::Handover(HandoverScreen::default()), width, height),
        ),
        ("day-one", handed),
        ("vault", vault),
        (
            "guide",
            at(
                Screen::Guide(GuideScreen {
                    current: Some(dmarc()),
                    total: 5,
                    ..GuideScreen::default()
                }),
                width,
                height,
            ),
        ),
    ]
}

fn new_session(width: u16, height: u16) -> Vec<(&'static str, State)> {
    let step = |step| {
        let mut state = state(width, height);
        state.screens.push(Screen::NewSession(Box::new(new(step))));
        state
    };
    vec![
        ("new-domain", step(Step::Domain)),
        ("new-inventory", step(Step::Inventory)),
        ("new-senders", step(Step::Senders)),
        ("new-playbook", step(Step::Playbook)),
        ("new-authority", step(Step::Authority)),
        ("new-start", step(Step::Start)),
    ]
}

fn new(step: Step) -> NewSession {
    let host = |name: &str, role, address: &str, why: &[&str], doubt: Option<&str>| HostRow {
        found: FoundHost {
            host: Host {
                name: HostName::parse(name).unwrap(),
                role,
                address: Vec::new(),
                target: None,
                why: String::new(),
            },
            addresses: vec![address.parse().unwrap()],
            why: why.iter().map(|w| (*w).to_owned()).collect(),
            doubt: doubt.map(str::to_owned),
        },
        keep: doubt.is_none(),
        added: false,
    };
    let fact = |what, value: &str, name: &str, why: &str| FactRow {
        fact: Recognised {
            what,
            value: value.into(),
            name: name.into(),
            why: why.into(),
        },
        keep: true,
    };
    let typed = if step == Step::Domain {
        "acme.exam ple"
    } else {
        "https://www.acme.example/pricing"
    };
    NewSession {
        step,
        domain: Input::with(typed),
        parsed: parse_domain_input(typed).ok(),
        problem: parse_domain_input(typed).err().map(|p| p.to_string()),
        discovery: Discovery::Looking {
            since: now() - SignedDuration::from_secs(3),
            at: "the certificate of portal.acme.example".into(),
        },
        hosts: vec![
            host(
                "acme.example",
                Role::Apex,
                "203.0.113.10",
                &["you typed it", "redirects to www"],
                None,
            ),
            host(
                "www.acme.example",
                Role::Www,
                "203.0.113.10",
                &["canonical address of the home page"],
                None,
            ),
            host(
                "portal.acme.example",
                Role::Portal,
                "203.0.113.20",
                &["named in the certificate", "has a sign-in form"],
                None,
            ),
            host(
                "api.acme.example",
                Role::Api,
                "203.0.113.30",
                &["called by the portal"],
                None,
            ),
            host(
                "staging.acme.example",
                Role::Staging,
                "203.0.113.77",
                &["linked from robots.txt"],
                Some("not production?"),
            ),
        ],
        facts: vec![
            fact(
                Part::DnsHost,
                "cloudflare",
                "Cloudflare",
                "from the name servers",
            ),
            fact(
                Part::Platform,
                "vercel",
                "Vercel",
                "from the answer's headers",
            ),
            fact(
                Part::Canonical,
                "https://www.acme.example/",
                "https://www.acme.example/",
                "four entries end there",
            ),
        ],
        senders: vec![SenderRow {
            sender: Sender {
                name: "mailer".into(),
                selectors: vec!["mailer".into()],
                include: None,
                bounce_domain: None,
            },
            why: "SPF includes _spf.mailer.example".into(),
            keep: true,
            added: false,
        }],
        authority: Input::with(if step == Step::Start { "yes" } else { "" }),
        ..NewSession::default()
    }
}

fn vault() -> Vault {
    let credential = |name: &str, used_by: &str, stored, tested| Credential {
        name: name.into(),
        used_by: used_by.into(),
        stored,
        tested,
    };
    Vault {
        backend: Some("system keyring".into()),
        credentials: vec![
            credential(
                "acme-example/a",
                "test account a (form)",
                true,
                Some(Ok("signs in".into())),
            ),
            credential("acme-example/b", "test account b (form)", false, None),
            credential(
                "cloudflare",
                "reading the zone",
                true,
                Some(Err("401: the token lacks Zone:Read".into())),
            ),
        ],
        problem: None,
        busy: false,
    }
}

/// The sample two days after its handover, with a change for the worse.
fn handed_over() -> Opened {
    let mut opened = opened();
    let mut then = opened.session.findings.clone();
    for finding in then
        .values_mut()
        .filter(|f| matches!(f.check.as_str(), "tls.expiry" | "mail.smtp"))
    {
        finding.verdict = Verdict::Pass;
        finding.summary = "as it should be".into();
        finding.fingerprint = "then".into();
    }
    if let Some(finding) = then
        .values_mut()
        .find(|f| f.check.as_str() == "dns.addresses")
    {
        finding.summary = "203.0.113.44".into();
        finding.fingerprint = "then".into();
    }
    opened.session.handed_over = Some(Handover {
        run: "run-1".into(),
        to: "team@acme.example".into(),
        at: minutes_ago(2 * 24 * 60),
        findings: then,
    });
    opened.run.phase = RunPhase::Done;
    opened
}

fn overlays(width: u16, height: u16) -> Vec<(&'static str, State)> {
    let over = |overlay| {
        let mut state = at(Screen::Sprint(Sprint::default()), width, height);
        state.overlay = Some(overlay);
        state
    };
    let mut fields = vec![
        Field::text("reason", "why it is accepted", "the cache lands on Monday"),
        Field::date("until", "2026-12-03, 14d", ""),
        Field::text("meanwhile", "what makes up for it", "").optional(),
        Field::choice("stage", &["launch", "audit"]),
        Field::secret("token", "pasted, never shown"),
    ];
    fields[1].problem = Some("a waiver needs a date: 2026-12-03 or 14d".into());
    let mut form = Form::new(
        "waive: Mail proves where it comes from",
        FormPurpose::AddAccess,
        fields,
    )
    .intro(["No DMARC record".to_owned()]);
    form.focus = 1;
    let choice = |id: &str, label: &str, note: &str| Choice {
        id: id.into(),
        label: label.into(),
        note: note.into(),
    };
    let picker = Picker {
        title: "which form".into(),
        choices: vec![
            choice("markdown", "Markdown", "for a wiki"),
            choice("html", "HTML", "one file, to be mailed"),
            choice("json", "JSON", "for scripts"),
        ],
        cursor: Cursor::on("html".into()),
        purpose: PickerPurpose::ReportFormat,
    };
    let reader = Reader {
        title: "brief for an engineer".into(),
        lines: crate::app::select::text::brief(
            &at(Screen::Sprint(Sprint::default()), width, height),
            &dmarc(),
        ),
        scroll: 0,
        file_name: "brief.txt".into(),
    };
    let text = vec![
        "Two entries are not in the file: the disk is full. They are lost when you leave."
            .to_owned(),
    ];
    vec![
        (
            "help",
            over(Overlay::Help(Help {
                context: Context::Sprint,
                scroll: 0,
            })),
        ),
        (
            "palette",
            over(Overlay::Palette(Palette {
                input: Input::with("ga"),
                selected: 1,
            })),
        ),
        (
            "confirm",
            over(Overlay::Confirm(Confirm::new(
                Question::QuitUnsaved,
                text,
                "leave without saving",
                None,
            ))),
        ),
        ("picker", over(Overlay::Picker(picker))),
        ("form", over(Overlay::Form(Box::new(form)))),
        ("reader", over(Overlay::Reader(reader))),
    ]
}
