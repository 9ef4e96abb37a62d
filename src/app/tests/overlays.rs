use super::*;
use crate::app::message::Hit;
use crate::app::overlay::{Overlay, Palette};
use crate::app::screen::PaneHit;
use crate::app::{Action, Context, select};
use crate::model::exhibit::{Exhibit, TableRow};

fn palette(cockpit: &Cockpit) -> &Palette {
    match &cockpit.state.overlay {
        Some(Overlay::Palette(palette)) => palette,
        other => panic!("{other:?}"),
    }
}

fn sprint() -> Cockpit {
    Cockpit::in_sprint(vec![
        finding("mail.dmarc", Verdict::Fail, Severity::Blocker),
        finding("tls.chain", Verdict::Fail, Severity::Fix),
    ])
}

#[test]
fn the_palette_does_what_the_key_would() {
    let mut cockpit = sprint();
    cockpit.press("ctrl-p");
    cockpit.text("gate");
    let first = &select::palette::entries(&cockpit.state, palette(&cockpit))[0];
    assert_eq!(first.label, "gate");
    cockpit.press("enter");
    assert!(matches!(cockpit.screen(), Screen::Gate(_)));
}

#[test]
fn the_palette_finds_findings() {
    let mut cockpit = sprint();
    cockpit.press(":");
    cockpit.text("tls.ch");
    cockpit.press("enter");
    assert!(matches!(cockpit.screen(), Screen::Finding(f) if f.key == key("tls.chain", DOMAIN)));
}

#[test]
fn what_does_not_work_stays_in_the_palette_and_says_why() {
    let mut cockpit = sprint();
    cockpit.press("ctrl-p");
    cockpit.text("day one");
    cockpit.press("enter");
    assert!(cockpit.said().contains("nothing was handed over"));
    assert!(cockpit.state.overlay.is_some());
    cockpit.press("ctrl-p");
    assert!(cockpit.state.overlay.is_none());
}

#[test]
fn help_is_about_the_screen_below_and_any_of_its_keys_closes_it() {
    for close in ["esc", "?", "q"] {
        let mut cockpit = sprint();
        cockpit.press("?");
        assert!(matches!(
            cockpit.state.overlay,
            Some(Overlay::Help(h)) if h.context == Context::Sprint
        ));
        cockpit.press(close);
        assert!(cockpit.state.overlay.is_none());
    }
}

#[test]
fn the_footer_is_the_keymap_and_says_what_does_not_work() {
    let cockpit = sprint();
    let hints = select::footer::hints(&cockpit.state);
    assert_eq!(hints[0].label, "open");
    assert_eq!(hints[0].key.to_string(), "enter");
    assert!(
        hints.iter().all(|h| h.action != Action::Mend),
        "no range, no mending"
    );
    let empty = Cockpit::in_sprint(Vec::new());
    let refused = select::footer::hints(&empty.state)
        .into_iter()
        .find(|h| h.action == Action::Waive)
        .unwrap();
    assert!(refused.refused.is_some());
}

#[test]
fn the_mouse_selects_opens_and_presses_hints() {
    let mut cockpit = sprint();
    let row = |row| {
        Message::Mouse(Hit::Row {
            pane: PaneHit::Main,
            row,
        })
    };
    cockpit.send(row(1));
    assert_eq!(
        select::selected_key(&cockpit.state),
        Some(key("tls.chain", DOMAIN))
    );
    cockpit.send(row(1));
    assert!(matches!(cockpit.screen(), Screen::Finding(_)));
    cockpit.send(Message::Mouse(Hit::Action(Action::Back)));
    cockpit.send(Message::Mouse(Hit::Action(Action::Help)));
    cockpit.send(Message::Mouse(Hit::Outside));
    assert!(cockpit.state.overlay.is_none());
    cockpit.send(row(99));
    assert!(matches!(cockpit.screen(), Screen::Sprint(_)));
}

#[test]
fn pasted_text_goes_into_texts_only() {
    let mut cockpit = sprint();
    cockpit.send(Message::Paste("qqq".into()));
    assert!(cockpit.asked.is_empty());
    assert_eq!(cockpit.said(), "nothing takes text here");
    cockpit.press("/");
    cockpit.send(Message::Paste("tls\n".into()));
    assert_eq!(
        select::selected_key(&cockpit.state),
        Some(key("tls.chain", DOMAIN))
    );
}

#[test]
fn a_pane_can_be_copied_and_written() {
    let mut cockpit = sprint();
    cockpit.press("Y W");
    assert!(matches!(&cockpit.asked[0], Effect::Copy(text) if text.contains("mail.dmarc")));
    assert!(
        matches!(&cockpit.asked[1], Effect::WriteFile { name, .. } if name == "acme-example-sprint.txt")
    );
    cockpit.press("p enter");
    assert!(
        matches!(&cockpit.asked[2], Effect::Report { format, edition } if format == "html" && edition == "client")
    );
}

#[test]
fn toasts_go_by_themselves_and_nothing_moves_at_rest() {
    let mut cockpit = sprint();
    cockpit.press("W u");
    assert!(!cockpit.state.toasts.is_empty());
    cockpit.pass(SignedDuration::from_secs(20));
    assert!(cockpit.state.toasts.is_empty());
    let before = select::pulse::pulse(&cockpit.state);
    assert!(select::pulse::next_tick(&cockpit.state).as_secs() > 1);
    cockpit.pass(SignedDuration::from_millis(500));
    assert_eq!(select::pulse::pulse(&cockpit.state), before);
    cockpit.pass(SignedDuration::from_secs(60));
    assert_ne!(select::pulse::pulse(&cockpit.state), before);
}

#[test]
fn a_countdown_ticks_only_while_it_is_in_sight() {
    let mut cockpit = sprint();
    let key = select::selected_key(&cockpit.state).unwrap();
    let moves = |cockpit: &mut Cockpit| {
        let before = select::pulse::pulse(&cockpit.state);
        let soon = select::pulse::next_tick(&cockpit.state).as_secs() <= 1;
        cockpit.pass(SignedDuration::from_secs(1));
        let moved = select::pulse::pulse(&cockpit.state) != before;
        assert_eq!(moved, soon);
        moved
    };
    cockpit.pass(SignedDuration::from_secs(20));
    assert!(!moves(&mut cockpit));
    let until = cockpit.state.now + SignedDuration::from_secs(9);
    let session = &mut cockpit.state.opened.as_mut().unwrap().session;
    session.findings.get_mut(&key).unwrap().exhibits = vec![Exhibit::table(
        "caches",
        &["who"],
        [TableRow::told(["198.51.100.53"]).until(until)],
    )];
    assert!(moves(&mut cockpit), "beside the list");
    cockpit.state.size.width = 60;
    assert!(!moves(&mut cockpit), "one pane, and it is the list");
    cockpit.press("enter");
    assert!(moves(&mut cockpit), "the finding's own screen");
    cockpit.state.presenter = true;
    assert!(!moves(&mut cockpit), "hidden while presenting");
    cockpit.state.presenter = false;
    cockpit.pass(SignedDuration::from_secs(9));
    assert!(!moves(&mut cockpit), "over");
}
