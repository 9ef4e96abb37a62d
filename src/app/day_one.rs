//! Day one: what changed since the handover.

use super::action::Action;
use super::cursor::Cursor;
use super::effect::Effect;
use super::overlay::{Overlay, Reader};
use super::screen::Filter;
use super::select;
use super::state::State;
use super::update::{append, work};
use crate::model::event::EventBody;
use crate::model::finding::FindingKey;

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DayOne {
    pub cursor: Cursor<FindingKey>,
    pub filter: Filter,
    /// Also what is the same.
    pub everything: bool,
}

/// What the keys of this screen do.
pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::Expected => expected(state),
        Action::Runbook => {
            let lines = select::text::runbook(state);
            read(state, "runbook", lines)
        }
        Action::Owners => {
            let lines = select::text::owners(state);
            read(state, "owners", lines)
        }
        _ => work::act(state, action, None),
    }
}

/// Notes that a change was meant, bound to the fact that is seen now.
fn expected(state: &mut State) -> Vec<Effect> {
    let Some(finding) = select::selected_finding(state) else {
        return Vec::new();
    };
    let body = EventBody::Noted {
        item: select::item_of(&finding.key()),
        text: select::day_one::expected_note(&finding.fingerprint),
    };
    append(state, vec![body])
}

fn read(state: &mut State, title: &str, lines: Vec<String>) -> Vec<Effect> {
    let slug = state
        .opened
        .as_ref()
        .map_or("launch-ready", |o| o.session.slug.as_str());
    state.overlay = Some(Overlay::Reader(Reader {
        title: title.to_owned(),
        lines,
        scroll: 0,
        file_name: format!("{slug}-{title}.txt"),
    }));
    Vec::new()
}
