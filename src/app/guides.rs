//! The guides of the checks, as the cockpit shows them: one Markdown text a check with fixed sections.

use std::collections::BTreeMap;

use crate::model::finding::CheckId;

/// All guides, by check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guides {
    by_check: BTreeMap<CheckId, Guide>,
}

/// One guide.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guide {
    /// The sentence that is true when the check passes.
    pub title: String,
    /// Whether the check needs the operator's stated authority.
    pub intrusive: bool,
    pub looks_at: String,
    pub why_engineer: String,
    pub why_founder: String,
    /// The title in a founder's words.
    pub plain_title: String,
    /// `A senior engineer is needed to …`, where a founder must not mend it alone.
    pub stop: String,
    pub passes_when: String,
    pub fix: String,
    pub undo: String,
    pub standards: String,
}

impl Guides {
    /// Adds the guide of a check from its Markdown.
    pub fn insert(&mut self, check: &str, title: &str, intrusive: bool, markdown: &str) {
        let mut guide = Guide::parse(markdown);
        title.clone_into(&mut guide.title);
        guide.intrusive = intrusive;
        self.by_check.insert(CheckId::from(check), guide);
    }

    /// The guide of a check.
    pub fn of(&self, check: &CheckId) -> Option<&Guide> {
        self.by_check.get(check)
    }

    /// Every check and its guide.
    pub fn iter(&self) -> impl Iterator<Item = (&CheckId, &Guide)> {
        self.by_check.iter()
    }
}

impl Guide {
    /// Reads the sections; one that is missing stays empty.
    pub fn parse(markdown: &str) -> Self {
        let mut guide = Self::default();
        let mut parts = markdown.split("\n## ");
        if let Some(head) = parts.next() {
            head.trim()
                .trim_start_matches("# ")
                .clone_into(&mut guide.title);
        }
        for part in parts {
            let (heading, body) = part.split_once('\n').unwrap_or((part, ""));
            let body = body.trim().to_owned();
            match heading.trim() {
                "What it looks at" => guide.looks_at = body,
                "Why it matters" => {
                    guide.why_engineer = paragraph(&body, "**Engineer.**");
                    guide.why_founder = paragraph(&body, "**Founder.**");
                    paragraph(&body, "**Plainly.**")
                        .trim_end_matches('.')
                        .clone_into(&mut guide.plain_title);
                    guide.stop = paragraph(&body, "**Stop.**");
                }
                "Passes when" => guide.passes_when = body,
                "How to fix" => guide.fix = body,
                "How to undo" => guide.undo = body,
                "Standards" => guide.standards = body,
                _ => {}
            }
        }
        guide
    }
}

fn paragraph(body: &str, start: &str) -> String {
    body.split("\n\n")
        .find_map(|p| p.trim().strip_prefix(start))
        .unwrap_or_default()
        .trim()
        .replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_found_by_their_headings() {
        let guide = Guide::parse(
            "# One SPF record\n\n## What it looks at\nTXT of the apex.\n\n## Why it matters\n**Engineer.** Two are an\nerror.\n\n\
             **Founder.** Mail goes to spam.\n\n## Passes when\nThere is one.\n\n## How to fix\n1. Merge them.\n\n## How to undo\nPut it back.\n\n## Standards\nRFC 7208\n",
        );
        assert_eq!(guide.title, "One SPF record");
        assert_eq!(guide.why_engineer, "Two are an error.");
        assert_eq!(guide.why_founder, "Mail goes to spam.");
        assert_eq!(guide.fix, "1. Merge them.");
        assert_eq!(guide.standards, "RFC 7208");
    }
}
