//! The founder's guide: from the red flags over every fix and question to *go*, and what keeps it from going on.

use super::sprint::world;
use super::*;
use crate::app::enabled::enabled;
use crate::app::guide::{GuideScreen, Task};
use crate::app::overlay::Overlay;
use crate::app::{Action, select};
use crate::model::verdict::{Severity, Verdict};

fn guide(cockpit: &Cockpit) -> GuideScreen {
    match cockpit.screen() {
        Screen::Guide(guide) => guide.clone(),
        other => panic!("{other:?}"),
    }
}

fn current(cockpit: &Cockpit) -> Task {
    guide(cockpit).current.unwrap()
}

fn looked(cockpit: &mut Cockpit, check: &str, verdict: Verdict) {
    cockpit.send(Message::Looked {
        finding: Box::new(finding(check, verdict, Severity::Blocker)),
        next: None,
    });
}

/// In the guide, every red flag answered with no.
fn past_the_flags(cockpit: &mut Cockpit) {
    cockpit.press("f");
    while let Task::Flag(_) = current(cockpit) {
        cockpit.press("enter");
        cockpit.fill(&["", "Grace", ""]);
    }
}

#[test]
fn it_asks_first_when_to_stop_and_then_goes_from_fix_to_fix() {
    let mut cockpit = Cockpit::in_sprint(world());
    cockpit.press("f");
    let flags = cockpit.state.playbook().unwrap().red_flags.clone();
    for flag in &flags {
        assert_eq!(current(&cockpit), Task::Flag(flag.id.clone()));
        cockpit.press("enter");
        // Who answers is asked once in a sitting.
        let by = if flag.id == flags[0].id { "Grace" } else { "" };
        cockpit.fill(&["", by, ""]);
    }
    assert_eq!(cockpit.session().answers[&flags[1].id].by, "Grace");
    assert_eq!(current(&cockpit), Task::Fix(key("mail.dmarc", DOMAIN)));
    let watched = cockpit.state.opened.as_ref().unwrap().watches.keys();
    assert_eq!(
        watched.cloned().collect::<Vec<_>>(),
        [key("mail.dmarc", DOMAIN)]
    );

    looked(&mut cockpit, "mail.dmarc", Verdict::Pass);
    assert_eq!(current(&cockpit), Task::Fix(key("mail.dmarc", DOMAIN)));
    cockpit.pass(SignedDuration::from_secs(4));
    assert_eq!(
        current(&cockpit),
        Task::Fix(key("mail.spf", DOMAIN)),
        "by itself"
    );
    assert_eq!(
        select::guide::position(&cockpit.state, &guide(&cockpit)),
        (2, 3)
    );
    cockpit.press("s");
    cockpit.fill(&["needs the registrar"]);
    assert_eq!(
        guide(&cockpit).skipped,
        [Task::Fix(key("mail.spf", DOMAIN))]
    );
    let notes = &cockpit.session().notes;
    assert!(notes[0].text.contains("needs the registrar"));
    assert!(matches!(
        current(&cockpit),
        Task::Look(_) | Task::Question(_)
    ));
}

#[test]
fn a_fix_is_closed_by_its_check_alone() {
    let mut cockpit = Cockpit::in_sprint(world());
    past_the_flags(&mut cockpit);
    let why = enabled(&cockpit.state, Action::Answer).unwrap_err();
    assert_eq!(why.0, "the check sees by itself whether this is done");
    cockpit.press("a space");
    cockpit.pass(SignedDuration::from_secs(60));
    looked(&mut cockpit, "mail.dmarc", Verdict::Fail);
    looked(&mut cockpit, "mail.dmarc", Verdict::Unknown);
    assert_eq!(current(&cockpit), Task::Fix(key("mail.dmarc", DOMAIN)));
    assert!(guide(&cockpit).closed.is_empty());
    cockpit.press("e");
    assert!(matches!(&cockpit.state.overlay, Some(Overlay::Reader(r)) if !r.lines.is_empty()));
}

#[test]
fn a_red_flag_that_holds_is_never_out_of_sight_and_makes_a_brief() {
    let mut cockpit = Cockpit::in_sprint(world());
    cockpit.press("f enter right");
    cockpit.fill(&["", "Grace", "three places, she showed them"]);
    let up = select::guide::flags_up(&cockpit.state);
    assert_eq!(up.len(), 1);
    let lines = select::text::flags(&cockpit.state).join(" ");
    assert!(lines.contains("An engineer"), "{lines}");
    assert!(lines.contains("three places"), "{lines}");
}

#[test]
fn what_was_put_off_comes_back_at_the_gate() {
    let mut cockpit = Cockpit::in_sprint(world());
    cockpit.press("f");
    for _ in 0..60 {
        if current(&cockpit) == Task::Gate {
            break;
        }
        cockpit.press("s");
        cockpit.fill(&["not now"]);
    }
    assert_eq!(current(&cockpit), Task::Gate);
    assert!(enabled(&cockpit.state, Action::Skip).is_err());
    cockpit.press("enter");
    assert!(matches!(current(&cockpit), Task::Flag(_)));
    assert!(guide(&cockpit).skipped.is_empty());
}
