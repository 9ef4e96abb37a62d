//! Every screen and overlay as a picture, at the three sizes that the layout knows; roles at the middle one. And what
//! must hold at any size.

use proptest::prelude::*;
use ratatui::layout::Rect;

use super::theme::Theme;
use super::{Gesture, fixtures, hit, testing, view};
use crate::app::message::Hit;
use crate::app::screen::PaneHit;
use crate::app::{Action, State};

fn picture(state: &State, width: u16, height: u16) -> ratatui::buffer::Buffer {
    let theme = testing::theme();
    testing::frame(width, height, |frame| view(state, frame, &theme))
}

#[test]
fn wide() {
    for (name, state) in fixtures::all(120, 40) {
        insta::assert_snapshot!(
            format!("{name}-120x40"),
            testing::plain(&picture(&state, 120, 40))
        );
    }
}

#[test]
fn middle() {
    for (name, state) in fixtures::all(80, 24) {
        insta::assert_snapshot!(
            format!("{name}-80x24"),
            testing::picture(&picture(&state, 80, 24))
        );
    }
}

#[test]
fn small() {
    for (name, state) in fixtures::all(60, 16) {
        insta::assert_snapshot!(
            format!("{name}-60x16"),
            testing::plain(&picture(&state, 60, 16))
        );
    }
}

#[test]
fn smaller_than_anything_fits() {
    let state = fixtures::home(40, 10);
    insta::assert_snapshot!("too-small-40x10", testing::plain(&picture(&state, 40, 10)));
}

#[test]
fn without_unicode_nothing_else_is_drawn() {
    let theme = Theme::default().ascii().still();
    for (name, state) in fixtures::all(80, 24) {
        let buf = testing::frame(80, 24, |frame| view(&state, frame, &theme));
        let text = testing::plain(&buf);
        // What is not ours (a name, an answer) may hold anything; the sample's own words hold these.
        let foreign: String = text
            .chars()
            .filter(|c| !c.is_ascii() && !"“”·…→×–≈•".contains(*c))
            .collect();
        assert_eq!(foreign, "", "{name}\n{text}");
    }
}

#[test]
fn the_mouse_finds_what_is_drawn() {
    let theme = testing::theme();
    let area = Rect::new(0, 0, 120, 40);
    for (name, state) in fixtures::all(120, 40) {
        let lines: Vec<String> = testing::plain(&picture(&state, 120, 40))
            .lines()
            .map(str::to_owned)
            .collect();
        if state.overlay.is_some() {
            assert_eq!(
                hit(&state, &theme, area, (0, 0), Gesture::Press),
                Some(Hit::Outside),
                "{name}"
            );
            continue;
        }
        let footer = lines.last().unwrap();
        if let Some(at) = footer.find("? keys") {
            let cell = (u16::try_from(footer[..at].chars().count()).unwrap(), 39);
            assert_eq!(
                hit(&state, &theme, area, cell, Gesture::Press),
                Some(Hit::Action(Action::Help)),
                "{name}"
            );
        }
    }
}

#[test]
fn a_press_on_a_row_names_that_row() {
    let theme = testing::theme();
    let area = Rect::new(0, 0, 120, 40);
    let state = fixtures::home(120, 40);
    let text = testing::plain(&picture(&state, 120, 40));
    let y = text
        .lines()
        .position(|l| l.contains("coachly.example"))
        .unwrap();
    let cell = (10, u16::try_from(y).unwrap());
    assert_eq!(
        hit(&state, &theme, area, cell, Gesture::Press),
        Some(Hit::Row {
            pane: PaneHit::Main,
            row: 1
        })
    );
    let y = text
        .lines()
        .position(|l| l.contains("practice range"))
        .unwrap();
    let cell = (10, u16::try_from(y).unwrap());
    assert_eq!(
        hit(&state, &theme, area, cell, Gesture::Press),
        Some(Hit::Row {
            pane: PaneHit::Main,
            row: 4
        })
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn no_size_breaks_any_screen(width in 0u16..200, height in 0u16..80, x in 0u16..200, y in 0u16..80) {
        let theme = testing::theme();
        for (_, state) in fixtures::all(width, height) {
            picture(&state, width, height);
            hit(&state, &theme, Rect::new(0, 0, width, height), (x, y), Gesture::Press);
            hit(&state, &theme, Rect::new(0, 0, width, height), (x, y), Gesture::Wheel(1));
        }
    }
}
