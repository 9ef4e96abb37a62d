//! What to do when something breaks: the texts, before a portal is put into them.

use std::sync::LazyLock;

use serde::Deserialize;

/// A trouble and the way out of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trouble {
    /// `site-down`.
    pub id: String,
    pub title: String,
    /// The checks that the first step runs, as `--only` takes them.
    pub only: String,
    /// The four steps after it; words in braces are filled in.
    pub steps: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    trouble: Vec<Trouble>,
}

static FILE: LazyLock<File> =
    LazyLock::new(|| super::read(include_str!("../../../assets/catalogs/runbook.toml")));

/// Every trouble, the most frequent first.
pub fn all() -> &'static [Trouble] {
    &FILE.trouble
}
