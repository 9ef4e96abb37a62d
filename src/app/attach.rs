//! Answers with what shows them: words, links, or a file that the driver reads for its hash.

use super::effect::Effect;
use super::overlay::{Form, FormPurpose, Overlay};
use super::select;
use super::state::State;
use super::update::{keep_answer, problem};
use crate::model::attachment::{Attachment, FileState, Meant, meant};

/// The field of the form in which the evidence stands.
const EVIDENCE: usize = 2;

/// A form with an answer was saved. A file is read first, and the form stays until that is done.
pub(super) fn answered(state: &mut State, form: &Form, question: String) -> Vec<Effect> {
    match meant(&form.value(EVIDENCE)) {
        Meant::Words => keep(state, form, question, None),
        Meant::Links(links) => keep(state, form, question, Some(links)),
        Meant::File(path) => {
            let mut waiting = form.clone();
            waiting.busy = Some("reading the file for its hash; it is not kept".to_owned());
            state.overlay = Some(Overlay::Form(Box::new(waiting)));
            vec![Effect::HashFile(path)]
        }
    }
}

/// A file was read, or not: the form that waits for it is saved, or says why it cannot be.
pub(super) fn hashed(
    state: &mut State,
    path: &str,
    result: Result<Attachment, String>,
) -> Vec<Effect> {
    let Some(Overlay::Form(form)) = &mut state.overlay else {
        return late(state, result);
    };
    let waits = form.busy.take().is_some();
    let FormPurpose::Answer { question } = form.purpose.clone() else {
        return late(state, result);
    };
    if !waits || meant(&form.value(EVIDENCE)) != Meant::File(path.to_owned()) {
        return late(state, result);
    }
    match result {
        Ok(file) => {
            let form = form.clone();
            state.overlay = None;
            keep(state, &form, question, Some(vec![file]))
        }
        Err(why) => {
            if let Some(field) = form.fields.get_mut(EVIDENCE) {
                field.problem = Some(why);
            }
            form.focus = EVIDENCE;
            Vec::new()
        }
    }
}

fn late(state: &mut State, result: Result<Attachment, String>) -> Vec<Effect> {
    match result {
        Ok(file) => {
            let name = file.label();
            problem(
                state,
                format!("{name} was read, but its form was left: nothing was kept"),
            )
        }
        Err(_) => Vec::new(),
    }
}

fn keep(
    state: &mut State,
    form: &Form,
    question: String,
    attachments: Option<Vec<Attachment>>,
) -> Vec<Effect> {
    let attachments = attachments.unwrap_or_default();
    let evidence = match attachments.as_slice() {
        // Where the file lies is the operator's business; reports name it.
        [Attachment::File { name, .. }] => name.clone(),
        _ => form.value(EVIDENCE),
    };
    keep_answer(state, form, question, evidence, attachments)
}

/// Looks at every attached file again.
pub(super) fn look(state: &State) -> Vec<Effect> {
    let files = select::attach::files(state);
    if files.is_empty() {
        Vec::new()
    } else {
        vec![Effect::LookAtFiles(files)]
    }
}

/// How the attached files stand now. What is not as it was is told once.
pub(super) fn looked(state: &mut State, list: Vec<(Attachment, FileState)>) -> Vec<Effect> {
    let Some(opened) = &mut state.opened else {
        return Vec::new();
    };
    let news: Vec<String> = list
        .iter()
        .filter(|seen| !opened.files.contains(seen))
        .filter_map(|(file, state)| Some(format!("{}: {}", file.label(), state.trouble()?)))
        .collect();
    opened.files = list;
    match news.as_slice() {
        [] => Vec::new(),
        [one] => problem(state, one.clone()),
        [one, rest @ ..] => problem(state, format!("{one}; and {} more", rest.len())),
    }
}
