use super::*;
use crate::app::overlay::Overlay;
use crate::app::select;
use crate::model::drift::Change;

fn step(cockpit: &mut Cockpit, progress: Progress) {
    cockpit.send(Message::Rehearsed(Box::new(progress)));
}

/// Says what changes, and answers as a look would that finds `found`.
fn rehearsed(cockpit: &mut Cockpit, found: Vec<Finding>) {
    cockpit.press("b");
    cockpit.fill(&["acme.example=203.0.113.40", ""]);
    let keys = found.iter().map(Finding::key).collect();
    let run = "then".to_owned();
    let rules = 1;
    step(cockpit, Progress::Planned { run, rules, keys });
    for finding in found {
        step(cockpit, Progress::Finished(Box::new(finding)));
    }
    let ended = Progress::Ended {
        run: "then".into(),
        took_ms: 900,
        queries: QueryCounts::default(),
        cancelled: false,
    };
    step(cockpit, ended);
}

fn changes(cockpit: &Cockpit) -> Vec<Change> {
    let Screen::Rehearsal(screen) = cockpit.screen() else {
        panic!("{:?}", cockpit.screen());
    };
    let rows = select::rehearsal::rows(&cockpit.state, screen);
    rows.into_iter().map(|row| row.change).collect()
}

#[test]
fn what_the_switch_breaks_stands_first_and_nothing_of_it_is_saved() {
    let mut cockpit = Cockpit::in_sprint(vec![
        finding("tls.hostname", Verdict::Pass, Severity::Blocker),
        finding("tls.expiry", Verdict::Fail, Severity::Fix),
        finding("dns.soa", Verdict::Pass, Severity::Fix),
    ]);
    let before = cockpit.session().clone();
    rehearsed(
        &mut cockpit,
        vec![
            finding("tls.hostname", Verdict::Fail, Severity::Blocker),
            finding("tls.expiry", Verdict::Pass, Severity::Fix),
            finding("dns.soa", Verdict::Pass, Severity::Fix),
        ],
    );
    let Some(Effect::StartRehearsal(request)) = cockpit.asked.pop() else {
        panic!("{:?}", cockpit.asked);
    };
    let address: std::net::IpAddr = "203.0.113.40".parse().unwrap();
    assert_eq!(request.switch.hosts.len(), 1);
    assert_eq!(request.run.intent.hosts[0].address, [address]);
    assert!(!request.run.checks.is_empty());
    assert_eq!(changes(&cockpit), [Change::Worse, Change::Better]);
    cockpit.press("e");
    assert_eq!(
        changes(&cockpit),
        [Change::Worse, Change::Better, Change::Same]
    );
    assert_eq!(cockpit.session(), &before);
    cockpit.press("enter");
    let Some(Overlay::Reader(reader)) = &cockpit.state.overlay else {
        panic!("{:?}", cockpit.state.overlay);
    };
    let text = reader.lines.join("\n");
    assert!(
        text.contains("acme.example has the address 203.0.113.40"),
        "{text}"
    );
    assert!(text.contains("tls.hostname says fail"), "{text}");
}

#[test]
fn the_form_says_what_is_wrong_with_it() {
    let mut cockpit = Cockpit::in_sprint(Vec::new());
    cockpit.press("b");
    cockpit.fill(&["", ""]);
    let problem = |cockpit: &Cockpit, at: usize| match &cockpit.state.overlay {
        Some(Overlay::Form(form)) => form.fields[at].problem.clone().unwrap_or_default(),
        other => panic!("{other:?}"),
    };
    assert!(problem(&cockpit, 0).contains("name a host"));
    cockpit.press("up up");
    cockpit.fill(&["acme.example", ""]);
    assert!(problem(&cockpit, 0).contains("www.acme.example=203.0.113.40"));
    cockpit.press("ctrl-u enter");
    cockpit.text("203.0.113.53");
    cockpit.press("enter");
    assert!(!problem(&cockpit, 1).is_empty());
    assert!(cockpit.asked.is_empty());
    cockpit.press("esc");
    assert!(changes(&cockpit).is_empty());
    cockpit.press("r");
    assert!(matches!(cockpit.state.overlay, Some(Overlay::Form(_))));
}

#[test]
fn one_look_at_a_time_and_it_can_be_stopped() {
    let mut cockpit = Cockpit::in_sprint(Vec::new());
    cockpit.press("b");
    cockpit.fill(&["", "ns1.new.example=192.0.2.53"]);
    cockpit.press("r");
    assert!(cockpit.said().contains("s stops it"), "{}", cockpit.said());
    cockpit.press("s");
    assert_eq!(cockpit.asked.pop(), Some(Effect::StopRehearsal));
    cockpit.send(Message::RehearsalFailed("stopped".into()));
    cockpit.press("r");
    assert!(matches!(
        cockpit.asked.pop(),
        Some(Effect::StartRehearsal(request)) if request.switch.servers.len() == 1
    ));
}

#[test]
fn it_is_offered_while_the_audit_lasts() {
    let mut cockpit = Cockpit::in_sprint(Vec::new());
    let place = |cockpit: &Cockpit| {
        let hints = select::footer::hints(&cockpit.state);
        let at = |action| hints.iter().position(|h| h.action == action).unwrap();
        (
            at(crate::app::Action::GoRehearsal),
            at(crate::app::Action::Waive),
        )
    };
    let (rehearsal, waive) = place(&cockpit);
    assert!(rehearsal < waive, "{rehearsal} {waive}");
    cockpit.pass(SignedDuration::from_hours(30));
    let (rehearsal, waive) = place(&cockpit);
    assert!(rehearsal > waive, "{rehearsal} {waive}");
}
