//! A run or a session as a document: one small file a format. Everything is sorted, and escaped for the format it goes into.
//!
//! Reads the model and writes text; opens no file and draws no screen. What stands in a finding came from somebody else's
//! server: no format lets it out of its place.

mod availability;
mod chart;
mod document;
mod exhibit;
#[cfg(test)]
mod fixture;
mod gates;
mod html;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod people;
mod receivers;
mod run;
mod sarif;
mod session;
mod signs;
mod sprint;
mod text;

pub use html::session_html;
pub use json::{SESSION_SCHEMA, json, schema, session_json, session_schema};
pub use jsonl::{jsonl, jsonl_end, jsonl_finding};
pub use junit::junit;
pub use markdown::{markdown, session_markdown};
pub use run::before_the_switch;
pub use sarif::sarif;
pub use session::{Account, Edition, Seal};
pub use signs::{Look, sign};
pub use text::text;
