//! Whatever is pressed, in whatever order, nothing breaks and Esc leads home.

use proptest::prelude::*;

use super::*;
use crate::app::message::Hit;
use crate::app::screen::PaneHit;
use crate::app::{Action, select};

fn keys() -> impl Strategy<Value = Key> {
    let mut known: Vec<Key> = Keymap::parse(DEFAULT)
        .unwrap()
        .bindings()
        .iter()
        .flat_map(|b| b.keys.clone())
        .filter(|key| *key != Key::ctrl('c'))
        .collect();
    known.extend(
        ["7", "d", ".", "é", "left", "right", "backspace", "delete"]
            .map(|k| k.parse::<Key>().unwrap()),
    );
    prop::sample::select(known)
}

fn messages() -> impl Strategy<Value = Message> {
    let pane = prop::sample::select(vec![PaneHit::Main, PaneHit::Plan, PaneHit::Detail]);
    prop_oneof![
        20 => keys().prop_map(Message::Key),
        1 => ".{0,12}".prop_map(Message::Paste),
        1 => Just(Message::Tick),
        1 => (pane.clone(), 0..60_usize).prop_map(|(pane, row)| Message::Mouse(Hit::Row { pane, row })),
        1 => (pane, -3..3_i32).prop_map(|(pane, rows)| Message::Mouse(Hit::Scroll { pane, rows })),
        1 => (0..200_u16, 0..80_u16).prop_map(|(width, height)| Message::Resize(Size { width, height })),
        1 => Just(Message::Mouse(Hit::Outside)),
        1 => prop::sample::select(Action::ALL.to_vec()).prop_map(|a| Message::Mouse(Hit::Action(a))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_messages_breaks_the_cockpit(messages in prop::collection::vec(messages(), 1..160)) {
        let mut cockpit = Cockpit::in_sprint(vec![
            finding("mail.dmarc", Verdict::Fail, Severity::Blocker),
            finding("tls.chain", Verdict::Unknown, Severity::Fix),
            finding("dns.soa", Verdict::Pass, Severity::Fix),
        ]);
        for message in messages {
            cockpit.send(message);
            prop_assert!(!cockpit.state.screens.is_empty());
            let _ = select::footer::hints(&cockpit.state);
            let _ = select::header::header(&cockpit.state);
            let _ = select::text::pane(&cockpit.state);
            let _ = select::pulse::next_tick(&cockpit.state);
        }
        for _ in 0..40 {
            cockpit.press("esc");
        }
        prop_assert!(cockpit.state.overlay.is_none());
        prop_assert!(matches!(cockpit.screen(), Screen::Home(_)));
    }
}
