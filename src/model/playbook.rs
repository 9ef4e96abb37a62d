//! A playbook: audience × readiness target, as data.

use serde::{Deserialize, Serialize};

/// Audience × readiness target. The TOML form in `assets/playbooks/` has the same shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Playbook {
    /// `b2b-support`.
    pub id: String,
    pub title: String,
    /// Whose portal.
    pub audience: String,
    /// Ready for what.
    pub target: String,
    /// What ready means, in one sentence.
    pub ready: String,
    #[serde(rename = "criterion")]
    pub criteria: Vec<Criterion>,
    #[serde(rename = "phase")]
    pub phases: Vec<Phase>,
    #[serde(rename = "workstream")]
    pub workstreams: Vec<Workstream>,
    #[serde(rename = "first_check")]
    pub first_checks: Vec<FirstCheck>,
    /// Things that call for a senior engineer when they hold.
    pub red_flags: Vec<String>,
    /// What a founder can do alone.
    pub diy: Vec<String>,
    /// What is handed over.
    #[serde(rename = "checklist")]
    pub checklist: Vec<ChecklistItem>,
    /// The founder's questions, asked before go.
    #[serde(rename = "founder_question")]
    pub founder_questions: Vec<Question>,
}

/// A scorecard row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// `email-valid`.
    pub id: String,
    pub title: String,
    /// What passes.
    pub passes: String,
    /// What breaks otherwise.
    pub breaks: String,
    /// The workstream that does the work, by id.
    pub workstream: String,
    /// Check ids; `mail.*` names a family.
    #[serde(default)]
    pub checks: Vec<String>,
    /// What only a person can answer.
    #[serde(default, rename = "question")]
    pub questions: Vec<Question>,
}

impl Criterion {
    /// Whether the row rests on that check.
    pub fn names(&self, check: &str) -> bool {
        self.checks.iter().any(|glob| glob_matches(glob, check))
    }
}

/// A question to a person; a yes attests, a no fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Unique in the playbook.
    pub id: String,
    /// Answered by yes (attested) or no.
    pub text: String,
    /// What would show it.
    #[serde(default)]
    pub evidence: String,
}

/// A phase of the 48 hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    pub id: String,
    pub title: String,
    /// Hours since the start.
    pub from: u32,
    pub to: u32,
}

/// A workstream and its window in hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workstream {
    pub id: String,
    pub title: String,
    pub from: u32,
    pub to: u32,
}

/// One of the first checks of the playbook: what to look at, how, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstCheck {
    pub title: String,
    /// What to look for.
    pub signal: String,
    pub how: String,
    pub fix: String,
}

/// A line of the handover checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChecklistItem {
    pub id: String,
    pub text: String,
}

/// Globs over check ids: `*` stands for any run of characters.
pub fn glob_matches(glob: &str, id: &str) -> bool {
    match glob.split_once('*') {
        None => glob == id,
        Some((head, tail)) => id.strip_prefix(head).is_some_and(|rest| {
            (0..=rest.len())
                .filter_map(|at| rest.get(at..))
                .any(|suffix| glob_matches(tail, suffix))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_whole_ids() {
        assert!(glob_matches("mail.*", "mail.spf"));
        assert!(glob_matches("*", "mail.spf"));
        assert!(glob_matches("*.s*f", "mail.spf"));
        assert!(!glob_matches("mail.spf", "mail.spf-policy"));
        assert!(!glob_matches("mail", "mail.spf"));
    }
}
