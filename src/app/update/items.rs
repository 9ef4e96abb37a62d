//! What an item waits for: the form, and what it leads to.

use jiff::Timestamp;

use super::super::overlay::{Field, Form, FormPurpose, Overlay};
use super::super::state::{State, Tone};
use super::super::{Effect, select};
use super::append;
use crate::model::blocking;
use crate::model::event::EventBody;
use crate::model::waiving;

/// What the selected row waits for.
pub(in crate::app) fn waits_for(state: &mut State) -> Vec<Effect> {
    let Some((item, title)) = select::selected_item(state) else {
        return Vec::new();
    };
    let (Some(opened), Some(playbook)) = (&state.opened, state.playbook()) else {
        return Vec::new();
    };
    let session = &opened.session;
    let before = session.owners.get(&item);
    let before = before.map_or("", |owner| owner.blocked_by.as_str());
    let mut known = blocking::choices(playbook, session);
    known.retain(|id| *id != item);
    let hint = "client: registrar access; or an item's id; empty: nothing";
    let field = Field::text("waits for", hint, before)
        .optional()
        .known(known);
    let form = Form::new(
        "what does it wait for?",
        FormPurpose::WaitsFor { item },
        vec![field],
    )
    .intro([
        title,
        format!(
            "causes: {}; → takes what is suggested",
            blocking::CAUSES.join(", ")
        ),
    ]);
    state.overlay = Some(Overlay::Form(Box::new(form)));
    Vec::new()
}

/// Keeps it, unless it is nothing that one can wait for. Who has no owner yet gets the operator: somebody waits.
pub(super) fn waits(state: &mut State, form: &mut Form, item: String) -> Option<Vec<Effect>> {
    let session = &state.opened.as_ref()?.session;
    let typed = form.value(0);
    let accepted = blocking::accept(state.playbook()?, session, &item, &typed, state.now);
    match accepted {
        Ok(blocked_by) => {
            let known = session.owners.get(&item);
            let body = EventBody::Assigned {
                owner: known.map_or_else(|| state.operator.clone(), |o| o.name.clone()),
                due: known.and_then(|o| o.due),
                item,
                blocked_by,
            };
            Some(append(state, vec![body]))
        }
        Err(why) => {
            if let Some(field) = form.fields.first_mut() {
                field.problem = Some(why);
            }
            None
        }
    }
}

/// A new owner or date leaves what it waits for as it is.
pub(super) fn assigned(state: &State, form: &Form, item: String) -> EventBody {
    let known = state
        .opened
        .as_ref()
        .and_then(|o| o.session.owners.get(&item));
    EventBody::Assigned {
        blocked_by: known.map(|o| o.blocked_by.clone()).unwrap_or_default(),
        item,
        owner: form.value(0),
        due: super::submit::moment(&form.value(1), state.now).ok(),
    }
}

/// Tells which waivers ran out since `before`: nothing is accepted silently, and nothing lapses silently.
pub(super) fn waivers_over(state: &mut State, before: Timestamp) {
    let now = state.now;
    let waivers = state.opened.iter().flat_map(|o| &o.session.waivers);
    let over: Vec<String> = waivers
        .filter(|waiver| before < waiver.until && waiver.until <= now)
        .map(|waiver| {
            format!(
                "the waiver of “{}” is over: decide again at the gate",
                waiver.criterion
            )
        })
        .collect();
    for text in over {
        state.toast(Tone::Problem, text);
    }
}

/// Tells which waivers do not stand any more in a session that was just opened.
pub(super) fn lapsed(state: &mut State) {
    let (Some(opened), Some(playbook)) = (&state.opened, state.playbook()) else {
        return;
    };
    let list = waiving::lapsed(playbook, &opened.session, state.now);
    let told: Vec<String> = list
        .iter()
        .map(|(waiver, lapse)| format!("{} ({})", waiver.criterion, lapse.word()))
        .collect();
    if !told.is_empty() {
        let text = format!("waivers that do not stand any more: {}", told.join(", "));
        state.toast(Tone::Problem, text);
    }
}
