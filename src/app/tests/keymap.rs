use super::*;
use crate::app::keymap::KeymapProblem;
use crate::app::{Action, Context};

fn shipped() -> Keymap {
    Keymap::parse(DEFAULT).unwrap()
}

#[test]
fn every_action_is_bound_or_in_the_palette() {
    let keymap = shipped();
    for action in Action::ALL {
        assert!(
            keymap.bindings().iter().any(|b| b.action == action),
            "{action:?} is nowhere"
        );
    }
    for (at, action) in Action::ALL.iter().enumerate() {
        assert!(!Action::ALL[..at].contains(action), "{action:?} twice");
    }
}

#[test]
fn esc_always_leaves() {
    let keymap = shipped();
    for context in Context::ALL {
        let esc: Key = "esc".parse().unwrap();
        assert_eq!(
            keymap.action(context, esc),
            Some(Action::Back),
            "{context:?}"
        );
    }
}

#[test]
fn a_text_takes_every_character() {
    let keymap = shipped();
    for binding in keymap.bindings().iter().filter(|b| b.context.is_text()) {
        for key in &binding.keys {
            assert_eq!(
                key.typed(),
                None,
                "{key} is taken from the text of {:?}",
                binding.context
            );
        }
    }
}

#[test]
fn hints_of_a_context_have_places_of_their_own() {
    let keymap = shipped();
    for context in Context::ALL {
        let lines = keymap.in_context(context);
        let mut places: Vec<u8> = lines.iter().map(|b| b.hint).filter(|h| *h > 0).collect();
        places.sort_unstable();
        let all = places.len();
        places.dedup();
        assert_eq!(places.len(), all, "{context:?}");
        assert!(all > 0, "{context:?} has no hint");
        assert!(
            lines
                .iter()
                .filter(|b| b.hint > 0)
                .all(|b| !b.keys.is_empty()),
            "{context:?}"
        );
    }
}

#[test]
fn a_key_that_means_two_things_is_an_error() {
    let text = r#"
        [[bind]]
        context = "home"
        keys = ["n"]
        action = "new-session"
        label = "new"
        group = "go"
        [[bind]]
        context = "home"
        keys = ["n", "x"]
        action = "import"
        label = "import"
        group = "go"
    "#;
    assert!(matches!(
        Keymap::parse(text),
        Err(KeymapProblem::Twice { .. })
    ));
    assert!(matches!(
        Keymap::parse("[[bind]]\nkey = 1"),
        Err(KeymapProblem::Syntax(_))
    ));
}
