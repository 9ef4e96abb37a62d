//! What the keys do while something stands in front of the screen.

use super::super::action::Action;
use super::super::key::Key;
use super::super::overlay::{FieldKind, Form, Overlay, Picker, PickerPurpose, Question, Target};
use super::super::state::{Exit, State};
use super::super::{Effect, select};
use super::act::{look_at, step_of};
use super::{append, forms, keys, leave, moving, refused, session, submit, work};
use crate::model::event::EventBody;

/// Does an action in the overlay.
pub(super) fn act(state: &mut State, action: Action, key: Option<Key>) -> Vec<Effect> {
    let page = select::page(state);
    match (&mut state.overlay, action) {
        (Some(Overlay::Confirm(confirm)), _) if key.is_some() && confirm.opened_by == key => {
            Vec::new()
        }
        (_, Action::Back) => {
            state.overlay = None;
            Vec::new()
        }
        (Some(Overlay::Confirm(_)), Action::Accept) => confirmed(state),
        (Some(Overlay::Picker(_)), Action::Accept) => picked(state),
        (Some(Overlay::Palette(_)), Action::Accept) => chosen(state),
        (Some(Overlay::Form(_)), Action::Submit) => submit::enter(state),
        (Some(Overlay::Form(form)), _) => {
            in_form(form, action);
            Vec::new()
        }
        (Some(Overlay::Reader(reader)), Action::Copy) => {
            vec![Effect::Copy(reader.lines.join("\n"))]
        }
        (Some(Overlay::Reader(reader)), Action::SavePane) => vec![Effect::WriteFile {
            name: reader.file_name.clone(),
            text: reader.lines.join("\n"),
        }],
        (overlay, _) => {
            if let (Some(overlay), Some(step)) = (overlay, step_of(action)) {
                step_in(overlay, step, page);
            }
            clamp_palette(state);
            Vec::new()
        }
    }
}

fn step_in(overlay: &mut Overlay, step: super::super::cursor::Step, page: usize) {
    match overlay {
        Overlay::Help(help) => moving::scroll(&mut help.scroll, step, page),
        Overlay::Words(words) => moving::scroll(&mut words.scroll, step, page),
        Overlay::Reader(reader) => moving::scroll(&mut reader.scroll, step, page),
        Overlay::Palette(palette) => moving::scroll(&mut palette.selected, step, page),
        Overlay::Picker(picker) => {
            let ids = picker.ids();
            picker.cursor.step(&ids, step, page);
        }
        Overlay::Confirm(_) | Overlay::Form(_) => {}
    }
}

fn clamp_palette(state: &mut State) {
    let Some(Overlay::Palette(palette)) = &state.overlay else {
        return;
    };
    let last = select::palette::entries(state, palette)
        .len()
        .saturating_sub(1);
    if let Some(Overlay::Palette(palette)) = &mut state.overlay {
        palette.selected = palette.selected.min(last);
    }
}

fn in_form(form: &mut Form, action: Action) {
    let last = form.fields.len().saturating_sub(1);
    match action {
        Action::NextField => form.focus = (form.focus + 1).min(last),
        Action::PreviousField => form.focus = form.focus.saturating_sub(1),
        Action::NextChoice | Action::PreviousChoice => {
            let focus = form.focus;
            let field = form.fields.get_mut(focus);
            if let Some(FieldKind::Choice { options, chosen }) = field.map(|f| &mut f.kind) {
                let n = options.len().max(1);
                *chosen = match action {
                    Action::NextChoice => (*chosen + 1) % n,
                    _ => (*chosen + n - 1) % n,
                };
            }
        }
        _ => {}
    }
}

fn confirmed(state: &mut State) -> Vec<Effect> {
    let Some(Overlay::Confirm(confirm)) = state.overlay.take() else {
        return Vec::new();
    };
    match confirm.question {
        Question::RemoveSecret(name) => {
            state.vault.busy = true;
            vec![Effect::RemoveCredential(name)]
        }
        Question::WithdrawWaiver(criterion) => {
            append(state, vec![EventBody::WaiverWithdrawn { criterion }])
        }
        Question::QuitUnsaved => leave(state, Exit::Quit),
    }
}

fn picked(state: &mut State) -> Vec<Effect> {
    let Some(Overlay::Picker(picker)) = state.overlay.take() else {
        return Vec::new();
    };
    let ids = picker.ids();
    let Some(id) = picker.cursor.current(&ids) else {
        return Vec::new();
    };
    follow(state, &picker, id)
}

fn follow(state: &mut State, picker: &Picker, id: &str) -> Vec<Effect> {
    match &picker.purpose {
        PickerPurpose::WaiveRow(key) => forms::waive(state, id, Some(key)),
        PickerPurpose::AnswerQuestion => forms::answer(state, id),
        PickerPurpose::Finding => {
            let key = state
                .opened
                .iter()
                .flat_map(|o| o.session.findings.keys())
                .find(|key| select::item_of(key) == id)
                .cloned();
            key.map_or_else(Vec::new, |key| look_at(state, key))
        }
        PickerPurpose::ThirdParty => work::allow(state, id),
        PickerPurpose::ReportFormat => match id.split_once(' ') {
            Some((format, edition)) => vec![Effect::Report {
                format: format.to_owned(),
                edition: edition.to_owned(),
            }],
            None => Vec::new(),
        },
    }
}

/// Enter in the palette: does what the entry says, as if its key had been pressed.
fn chosen(state: &mut State) -> Vec<Effect> {
    let Some(Overlay::Palette(palette)) = &state.overlay else {
        return Vec::new();
    };
    let entries = select::palette::entries(state, palette);
    let Some(entry) = entries.into_iter().nth(palette.selected) else {
        return refused(state, "nothing here matches that");
    };
    if let Some(reason) = entry.refused {
        return refused(state, reason.0);
    }
    state.overlay = None;
    match entry.target {
        Target::Action(action) => keys::perform(state, action, None),
        Target::Session(file) => session::open_file(state, &file),
        Target::Finding(key) => look_at(state, key),
    }
}
