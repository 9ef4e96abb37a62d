//! Day one: what changed since the handover.

use super::action::Action;
use super::cursor::Cursor;
use super::effect::Effect;
use super::overlay::{Field, Form, FormPurpose, Overlay, Reader};
use super::screen::Filter;
use super::select;
use super::state::State;
use super::update::work;
use crate::model::fact::mark;
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

/// Asks why a change was meant: of these facts, and no other.
fn expected(state: &mut State) -> Vec<Effect> {
    let Some(finding) = select::selected_finding(state) else {
        return Vec::new();
    };
    let (key, fingerprint) = (finding.key(), mark(finding));
    let drifted = select::day_one::drift(state).map_or_else(Vec::new, |drift| drift.lines);
    let facts = drifted
        .iter()
        .filter(|line| line.key == key)
        .flat_map(|line| &line.facts);
    let mut intro = vec![format!(
        "{} · {}",
        select::item_of(&key),
        select::sentence(state, finding)
    )];
    intro.extend(facts.map(|fact| fact.text("→")));
    intro.push("when it becomes another one, it is a surprise again".to_owned());
    let form = Form::new(
        "this change was meant",
        FormPurpose::Meant { key, fingerprint },
        vec![
            Field::text("why", "moved to the new server, as planned", ""),
            Field::text("who says so", "name", &state.operator),
        ],
    )
    .intro(intro);
    state.overlay = Some(Overlay::Form(Box::new(form)));
    Vec::new()
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
