//! A run or a session as a document: one small file a format. Everything is sorted, and escaped for the format it goes into.
//!
//! Reads the model and writes text; opens no file and draws no screen.

mod junit;
mod markdown;
mod sarif;
mod signs;
mod text;

pub use junit::junit;
pub use markdown::markdown;
pub use sarif::sarif;
pub use signs::{Look, sign};
pub use text::text;

use crate::model::run::Run;

/// The run as the contract's JSON, indented, with a line feed at the end.
pub fn json(run: &Run) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(run).map(|text| text + "\n")
}

/// JSON Schema (2020-12) of [`json`].
pub fn schema() -> Result<String, serde_json::Error> {
    let mut schema = schemars::schema_for!(Run);
    schema.insert("$id".to_owned(), crate::model::run::SCHEMA.into());
    serde_json::to_string_pretty(&schema).map(|text| text + "\n")
}
