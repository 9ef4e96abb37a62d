//! The watch over time: what turns is an event and a message, what does not is a sample, and a bad footing blames nobody.

use jiff::SignedDuration;

use super::{Cockpit, all_pass, finding};
use crate::app::message::Hit;
use crate::app::{Action, Effect, Message, select};
use crate::model::sample::{Sample, answers};
use crate::model::sight::{Sight, Turn};
use crate::model::verdict::{Severity, Verdict};

const HOST: &str = "portal.acme.example";

fn watching() -> Cockpit {
    let mut cockpit = at_the_watches();
    cockpit.press("w");
    cockpit
}

fn at_the_watches() -> Cockpit {
    let mut cockpit = Cockpit::in_sprint(all_pass());
    cockpit.send(Message::Mouse(Hit::Action(Action::GoWatch)));
    cockpit.asked.clear();
    cockpit
}

/// A look at which the front door says `verdict`, for the first time when it `turned`.
fn look(cockpit: &mut Cockpit, verdict: Verdict, turned: Option<Verdict>) {
    let at = cockpit.state.now;
    let every = SignedDuration::from_mins(15);
    let turns = turned.map(|before| Turn {
        key: answers(HOST),
        before: Some(before),
        now: verdict,
        summary: "nobody listens there".into(),
        finding: None,
    });
    let sight = Sight {
        at,
        samples: vec![Sample::look(at, answers(HOST), verdict, every, None)],
        turns: turns.into_iter().collect(),
        ..Sight::default()
    };
    seen(cockpit, sight);
}

fn seen(cockpit: &mut Cockpit, sight: Sight) {
    let next = sight.at + SignedDuration::from_mins(15);
    let sight = Box::new(sight);
    cockpit.send(Message::Sighted { sight, next });
    cockpit.pass(SignedDuration::from_mins(15));
}

fn told(cockpit: &Cockpit) -> Vec<&str> {
    let told = cockpit.asked.iter().filter_map(|effect| match effect {
        Effect::Notify(text) => Some(text.as_str()),
        _ => None,
    });
    told.collect()
}

#[test]
fn what_turns_is_told_once_and_every_look_is_kept() {
    let mut cockpit = watching();
    assert!(
        matches!(cockpit.asked.as_slice(), [Effect::StartVigil(_)]),
        "{:?}",
        cockpit.asked
    );
    look(&mut cockpit, Verdict::Pass, None);
    look(&mut cockpit, Verdict::Fail, Some(Verdict::Pass));
    look(&mut cockpit, Verdict::Fail, None);
    assert_eq!(
        told(&cockpit),
        ["DOWN: portal.acme.example: nobody listens there"]
    );
    let kept = |e: &&Effect| matches!(e, Effect::KeepSamples(samples) if samples.len() == 1);
    assert_eq!(cockpit.asked.iter().filter(kept).count(), 3);
    let doors = select::watch::doors(&cockpit.state);
    assert_eq!(doors.len(), 1);
    assert_eq!(doors[0].standing.unwrap().verdict, Verdict::Fail);
    assert_eq!(
        (doors[0].figures[0].looks, doors[0].figures[0].down),
        (3, 2)
    );

    cockpit.asked.clear();
    cockpit.press("w");
    assert_eq!(cockpit.asked, [Effect::StopVigil]);
    // A look that was on its way is nobody's any more.
    look(&mut cockpit, Verdict::Pass, Some(Verdict::Fail));
    assert_eq!(cockpit.asked, [Effect::StopVigil]);
}

#[test]
fn a_check_that_turns_is_an_event() {
    let mut cockpit = watching();
    let broken = finding("mail.spf", Verdict::Fail, Severity::Blocker);
    let before = cockpit.state.opened.as_ref().unwrap().events.len();
    let sight = Sight {
        at: cockpit.state.now,
        turns: vec![Turn {
            key: broken.key(),
            before: Some(Verdict::Pass),
            now: Verdict::Fail,
            summary: broken.summary.clone(),
            finding: Some(Box::new(broken.clone())),
        }],
        ..Sight::default()
    };
    seen(&mut cockpit, sight);
    let opened = cockpit.state.opened.as_ref().unwrap();
    assert_eq!(opened.events.len(), before + 1);
    assert_eq!(
        opened.session.findings[&broken.key()].verdict,
        Verdict::Fail
    );
}

#[test]
fn a_footing_that_does_not_carry_is_said_once_and_nothing_is_counted() {
    let mut cockpit = watching();
    look(&mut cockpit, Verdict::Pass, None);
    cockpit.asked.clear();
    for _ in 0..2 {
        let sight = Sight {
            at: cockpit.state.now,
            footing: Some("No resolver answers".into()),
            ..Sight::default()
        };
        let next = sight.at + SignedDuration::from_mins(15);
        let sight = Box::new(sight);
        cockpit.send(Message::Sighted { sight, next });
    }
    let said = |t: &&crate::app::state::Toast| t.text.contains("No resolver answers");
    assert_eq!(cockpit.state.toasts.iter().filter(said).count(), 1);
    assert_eq!(cockpit.asked, []);
    let doors = select::watch::doors(&cockpit.state);
    assert_eq!(doors[0].figures[0].looks, 1);
}

#[test]
fn what_was_kept_is_there_again_and_another_programs_looks_too() {
    let mut cockpit = at_the_watches();
    assert!(select::watch::doors(&cockpit.state).is_empty());
    let every = SignedDuration::from_mins(15);
    let sample = Sample::look(cockpit.state.now, answers(HOST), Verdict::Pass, every, None);
    cockpit.send(Message::Sampled(vec![sample]));
    assert!(
        select::text::pane(&cockpit.state)
            .iter()
            .any(|line| line.starts_with(HOST))
    );
}
