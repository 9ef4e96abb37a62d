//! Files and links that show the answers of the open session.

use super::super::state::State;
use crate::model::attachment::{Attachment, FileState};
use crate::model::session::Answer;

/// Every file that is attached to an answer.
pub fn files(state: &State) -> Vec<Attachment> {
    let Some(opened) = &state.opened else {
        return Vec::new();
    };
    let answers = opened.session.answers.values();
    let all = answers.flat_map(|answer| &answer.attachments);
    all.filter(|attachment| attachment.path().is_some())
        .cloned()
        .collect()
}

/// What is attached to an answer, a line each, and what is wrong with it as far as somebody looked.
pub fn lines(state: &State, answer: &Answer) -> Vec<(String, Option<String>)> {
    let seen = |attachment: &Attachment| {
        let files = state.opened.iter().flat_map(|opened| &opened.files);
        let mut same = files.filter(|(file, _)| file == attachment);
        same.next()
            .and_then(|(_, state): &(Attachment, FileState)| state.trouble())
    };
    let list = answer.attachments.iter();
    list.map(|attachment| (attachment.label(), seen(attachment)))
        .collect()
}
