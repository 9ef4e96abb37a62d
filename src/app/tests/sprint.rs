use super::*;
use crate::app::opened::WatchPhase;
use crate::app::range::{Fault, RangeControl};
use crate::app::run::RunPhase;
use crate::app::select;
use crate::app::sprint::Pane;
use crate::model::finding::{RecordAction, RecordChange};

pub(super) fn world() -> Vec<Finding> {
    vec![
        finding("mail.dmarc", Verdict::Fail, Severity::Blocker),
        finding("mail.spf", Verdict::Fail, Severity::Fix),
        finding("mail.mx", Verdict::Unknown, Severity::Fix),
        finding("tls.chain", Verdict::Pass, Severity::Blocker),
    ]
}

fn listed(cockpit: &Cockpit) -> Vec<String> {
    match cockpit.screen() {
        Screen::Sprint(s) => select::sprint::keys(&cockpit.state, s)
            .into_iter()
            .map(|k| k.check.0)
            .collect(),
        other => panic!("{other:?}"),
    }
}

fn progress(cockpit: &mut Cockpit, step: Progress) {
    cockpit.send(Message::Progress(Box::new(step)));
}

#[test]
fn blockers_come_first_and_what_passes_is_folded_away() {
    let mut cockpit = Cockpit::in_sprint(world());
    assert_eq!(listed(&cockpit), ["mail.dmarc", "mail.spf", "mail.mx"]);
    let counts = select::sprint::counts(&cockpit.state);
    assert_eq!(
        (counts.blockers, counts.fails, counts.unknown, counts.passes),
        (1, 1, 1, 1)
    );
    cockpit.press("a");
    assert_eq!(listed(&cockpit).len(), 4);
}

#[test]
fn the_selection_survives_a_stream_of_results_and_new_blockers_are_announced() {
    let mut cockpit = Cockpit::in_sprint(world());
    cockpit.press("down");
    assert_eq!(
        select::selected_key(&cockpit.state),
        Some(key("mail.spf", DOMAIN))
    );
    let blocker = finding("dns.apex", Verdict::Fail, Severity::Blocker);
    progress(&mut cockpit, Progress::Finished(Box::new(blocker)));
    assert_eq!(listed(&cockpit)[0], "dns.apex");
    assert_eq!(
        select::selected_key(&cockpit.state),
        Some(key("mail.spf", DOMAIN))
    );
    let news = |c: &Cockpit| match c.screen() {
        Screen::Sprint(s) => s.news.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(news(&cockpit), [key("dns.apex", DOMAIN)]);
    cockpit.press("up");
    assert!(news(&cockpit).is_empty());
}

#[test]
fn a_run_shows_what_it_waits_for() {
    let mut cockpit = Cockpit::in_sprint(Vec::new());
    let waited = key("tls.versions", "portal.acme.example");
    progress(
        &mut cockpit,
        Progress::Planned {
            run: "r".into(),
            rules: 1,
            keys: vec![waited.clone()],
        },
    );
    progress(&mut cockpit, Progress::Started(waited.clone()));
    progress(
        &mut cockpit,
        Progress::Slow {
            key: waited.clone(),
            waits_for: "203.0.113.20:443".into(),
            since_ms: 3_000,
        },
    );
    let running = &cockpit.state.opened.as_ref().unwrap().run.running[&waited];
    assert_eq!(running.waits_for.as_deref(), Some("203.0.113.20:443"));
    assert_eq!(listed(&cockpit), ["tls.versions"]);
    cockpit.press("r");
    assert_eq!(cockpit.said(), "a run is under way: s stops it");
    cockpit.press("s");
    assert_eq!(cockpit.asked, [Effect::StopRun]);
    assert_eq!(
        cockpit.state.opened.as_ref().unwrap().run.phase,
        RunPhase::Stopping
    );
}

#[test]
fn a_recheck_asks_for_one_row_and_keeps_the_others() {
    let mut cockpit = Cockpit::in_sprint(world());
    cockpit.press("down r");
    let Some(Effect::StartRun(request)) = cockpit.asked.pop() else {
        panic!("no run");
    };
    assert_eq!(request.only, [key("mail.spf", DOMAIN)]);
    assert!(request.authorised);
    assert_eq!(cockpit.session().findings.len(), 4);
    assert_eq!(
        cockpit.session().runs[1].planned,
        None,
        "a narrowed run drops nothing"
    );
    assert!(cockpit.session().runs[0].planned.is_some());
}

#[test]
fn a_watch_says_when_it_turns_green() {
    let mut cockpit = Cockpit::in_sprint(world());
    cockpit.press("w");
    assert!(matches!(cockpit.asked[0], Effect::StartWatch(_)));
    let look = |c: &mut Cockpit, verdict| {
        c.send(Message::Looked {
            finding: Box::new(finding("mail.dmarc", verdict, Severity::Blocker)),
            next: None,
        });
    };
    look(&mut cockpit, Verdict::Fail);
    let watch =
        |c: &Cockpit| c.state.opened.as_ref().unwrap().watches[&key("mail.dmarc", DOMAIN)].clone();
    assert_eq!(
        (watch(&cockpit).attempts, watch(&cockpit).phase),
        (1, WatchPhase::Looking)
    );
    cockpit.asked.clear();
    look(&mut cockpit, Verdict::Pass);
    assert_eq!(watch(&cockpit).phase, WatchPhase::Green);
    assert!(matches!(
        cockpit.asked.as_slice(),
        [Effect::KeepSamples(_), Effect::Notify(_)]
    ));
    let now = &cockpit.session().findings[&key("mail.dmarc", DOMAIN)];
    assert_eq!(
        now.verdict,
        Verdict::Pass,
        "a look that says something new is kept"
    );
    cockpit.asked.clear();
    look(&mut cockpit, Verdict::Pass);
    assert!(
        matches!(cockpit.asked.as_slice(), [Effect::KeepSamples(_)]),
        "it rings once"
    );
}

#[test]
fn watching_what_passes_is_refused_with_the_reason() {
    let mut cockpit = Cockpit::in_sprint(world());
    cockpit.press("a end w");
    assert_eq!(cockpit.said(), "it passes: there is nothing to wait for");
}

#[test]
fn a_fault_of_the_range_is_mended_and_looked_at_again() {
    let mut cockpit = Cockpit::in_sprint(world());
    cockpit.press("m");
    assert!(cockpit.said().contains("practice range"));
    cockpit.state.range = Some(RangeControl {
        faults: vec![Fault {
            id: "mail.no-dmarc".into(),
            title: "No DMARC record".into(),
            check: CheckId::from("mail.dmarc"),
            also: vec!["mail.mx".into()],
        }],
        ..RangeControl::default()
    });
    let range = cockpit.state.range.as_ref().unwrap();
    assert!(range.fault_of(&"mail.mx".into()).is_some());
    assert!(range.fault_of(&"mail.spf".into()).is_none());
    cockpit.press("m");
    assert_eq!(
        cockpit.asked,
        [Effect::Mend {
            fault: "mail.no-dmarc".into()
        }]
    );
    cockpit.asked.clear();
    cockpit.world = vec![finding("mail.dmarc", Verdict::Pass, Severity::Blocker)];
    cockpit.send(Message::Mended {
        fault: "mail.no-dmarc".into(),
        result: Ok(()),
    });
    let Some(Effect::StartRun(request)) = cockpit.asked.pop() else {
        panic!("no run");
    };
    assert!(request.only.contains(&key("mail.dmarc", DOMAIN)));
    assert_eq!(listed(&cockpit), ["mail.spf", "mail.mx"]);
    cockpit.press("home m");
    assert_eq!(cockpit.said(), "no fault of the range is behind this one");
}

#[test]
fn owner_note_and_pause_become_events() {
    let mut cockpit = Cockpit::in_sprint(world());
    cockpit.press("o");
    cockpit.fill(&["grace", "6h"]);
    cockpit.press("n");
    cockpit.fill(&["asked the registrar"]);
    cockpit.press("t");
    cockpit.fill(&["", "registrar access"]);
    let session = cockpit.session();
    let owner = &session.owners["mail.dmarc acme.example"];
    assert_eq!(owner.name, "grace");
    assert!(owner.due.is_some());
    assert_eq!(session.notes[0].text, "asked the registrar");
    assert_eq!(
        session.clock.pause().unwrap().cause,
        "client: registrar access"
    );
    cockpit.press("u");
    assert_eq!(cockpit.session().clock.pause(), None);
}

#[test]
fn a_row_of_the_plan_narrows_the_list() {
    let mut cockpit = Cockpit::in_sprint(world());
    cockpit.press("backtab");
    let plan = select::sprint::plan_keys(&cockpit.state);
    let at = plan
        .iter()
        .position(|k| *k == crate::app::sprint::PlanKey::Workstream("domain".into()))
        .unwrap();
    for _ in 0..at {
        cockpit.press("down");
    }
    cockpit.press("enter");
    assert!(
        listed(&cockpit).is_empty(),
        "no mail in the work on domains"
    );
    assert!(matches!(cockpit.screen(), Screen::Sprint(s) if s.pane == Pane::List));
    cockpit.press("esc");
    assert_eq!(listed(&cockpit).len(), 3);
}

#[test]
fn words_change_for_everything() {
    let mut cockpit = Cockpit::in_sprint(world());
    let dmarc = select::finding(&cockpit.state, &key("mail.dmarc", DOMAIN))
        .cloned()
        .unwrap();
    assert_eq!(
        select::sentence(&cockpit.state, &dmarc),
        "mail.dmarc says fail"
    );
    cockpit.press("l");
    assert_eq!(
        select::sentence(&cockpit.state, &dmarc),
        "mail.dmarc, plainly"
    );
}

#[test]
fn one_good_answer_does_not_make_a_workstream_done() {
    let worst = |c: &Cockpit, title: &str| {
        let plan = select::sprint::plan(&c.state);
        plan.iter().find(|line| line.title == title).unwrap().worst
    };
    let cockpit = Cockpit::in_sprint(vec![finding("tls.chain", Verdict::Pass, Severity::Blocker)]);
    assert_eq!(worst(&cockpit, "SSL and edge protection"), None);
    let cockpit = Cockpit::in_sprint(vec![finding("tls.chain", Verdict::Fail, Severity::Blocker)]);
    assert_eq!(
        worst(&cockpit, "SSL and edge protection"),
        Some(Verdict::Fail)
    );
}

#[test]
fn a_value_is_copied_as_the_record_editor_wants_it() {
    let mut spf = finding("mail.spf", Verdict::Fail, Severity::Blocker);
    if let Some(remedy) = &mut spf.remedy {
        let record = |action, value: &str| RecordChange {
            action,
            name: DOMAIN.into(),
            rtype: "TXT".into(),
            ttl: 3600,
            value: value.into(),
            old: None,
        };
        remedy.records = vec![
            record(RecordAction::Delete, "v=spf1 +all"),
            record(RecordAction::Replace, "v=spf1 -all"),
        ];
    }
    for (host, want) in [
        (None, "v=spf1 -all"),
        (Some("cloudflare"), "v=spf1 -all"),
        (Some("route53"), "\"v=spf1 -all\""),
    ] {
        let mut cockpit = Cockpit::in_sprint(vec![spf.clone()]);
        let mut intent = intent();
        intent.dns_host = host.map(Into::into);
        let confirmed = EventBody::IntentConfirmed {
            intent: Box::new(intent),
        };
        let events = cockpit.written(vec![confirmed]);
        cockpit.send(Message::Merged(events));
        cockpit.press("c");
        assert_eq!(cockpit.asked, [Effect::Copy(want.into())], "{host:?}");
    }
}

#[test]
fn a_third_party_is_asked_from_the_run_after_it_was_allowed() {
    let mut cockpit = Cockpit::in_sprint(world());
    cockpit.press("T enter");
    assert_eq!(cockpit.session().third_parties, ["rdap"]);
    cockpit.press("R");
    let Some(Effect::StartRun(request)) = cockpit.asked.pop() else {
        panic!("{:?}", cockpit.asked);
    };
    assert_eq!(request.third_parties, ["rdap"]);
    assert!(request.checks.contains(&"domain.*".to_owned()));
    cockpit.press("T down enter u");
    assert_eq!(cockpit.session().third_parties, ["rdap"]);
    cockpit.press("T enter R");
    let Some(Effect::StartRun(request)) = cockpit.asked.pop() else {
        panic!("{:?}", cockpit.asked);
    };
    assert!(request.third_parties.is_empty());
    assert!(!request.checks.contains(&"domain.*".to_owned()));
}
