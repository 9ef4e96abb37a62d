//! A question before something that cannot simply be taken back. The key that opened it never answers it.

use super::super::key::Key;

/// A yes-or-no question.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirm {
    pub question: Question,
    /// What happens on yes, in one or two lines.
    pub text: Vec<String>,
    /// The word on the yes button.
    pub yes: String,
    /// Does not answer the question, so that a key held too long decides nothing.
    pub opened_by: Option<Key>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    RemoveSecret(String),
    WithdrawWaiver(String),
    /// Leave although something could not be saved.
    QuitUnsaved,
}

impl Confirm {
    /// A question that `key` opened.
    pub fn new(question: Question, text: Vec<String>, yes: &str, key: Option<Key>) -> Self {
        Self {
            question,
            text,
            yes: yes.to_owned(),
            opened_by: key,
        }
    }
}
