//! A choice of one from a few.

use super::super::cursor::Cursor;
use crate::model::finding::FindingKey;

/// A list to choose from.
#[derive(Debug, Clone, PartialEq)]
pub struct Picker {
    pub title: String,
    pub choices: Vec<Choice>,
    pub cursor: Cursor<String>,
    pub purpose: PickerPurpose,
}

/// One line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub id: String,
    pub label: String,
    pub note: String,
}

/// What is done with the choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PickerPurpose {
    /// Which row of the scorecard to waive a finding in.
    WaiveRow(FindingKey),
    /// Which finding of a row of the scorecard to look at; ids are items.
    Finding,
    /// Which question of a row to answer.
    AnswerQuestion,
    /// Which third party to allow, or not any more.
    ThirdParty,
    /// Which form a report takes.
    ReportFormat,
}

impl Picker {
    /// Ids in order.
    pub fn ids(&self) -> Vec<String> {
        self.choices.iter().map(|c| c.id.clone()).collect()
    }
}
