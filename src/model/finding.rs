//! A finding: check × subject, with its verdict, its evidence and its remedy.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::exhibit::Exhibit;
use super::verdict::{Confidence, Severity, Verdict};

/// The key of `details` under which a check keeps what it can hardly see again, and nothing secret. `null`: what was kept
/// before counts no longer.
pub const KEPT: &str = "kept";

/// What checks kept, by row.
pub type Kept = BTreeMap<FindingKey, serde_json::Value>;

/// Id of a check, `family.name`.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct CheckId(pub String);

impl CheckId {
    /// The part before the dot.
    pub fn family(&self) -> &str {
        self.0.split('.').next().unwrap_or_default()
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for CheckId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&str> for CheckId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

/// One check's word on one subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    pub check: CheckId,
    /// What this is about: a zone, a host, `host address`, a URL, a selector.
    pub subject: String,
    pub verdict: Verdict,
    /// The severity of a failure, whatever the verdict is.
    pub severity: Severity,
    pub confidence: Confidence,
    /// One sentence for an engineer.
    pub summary: String,
    /// The same for a founder, without jargon.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub plain: String,
    /// Facts for scripts, by check.
    #[serde(default)]
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub details: serde_json::Map<String, serde_json::Value>,
    /// What was seen, laid out for the eye.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exhibits: Vec<Exhibit>,
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
    /// The rule's source: `RFC 7208 §4.5`.
    #[serde(default)]
    pub standards: Vec<String>,
    /// Changes when, and only when, the fact behind the verdict changes. A waiver is bound to it.
    pub fingerprint: String,
    pub took_ms: u64,
    /// When it was seen.
    pub at: Timestamp,
}

impl Finding {
    /// The stable key of the row that this finding fills.
    pub fn key(&self) -> FindingKey {
        FindingKey {
            check: self.check.clone(),
            subject: self.subject.clone(),
        }
    }

    /// Whether it stands in the way of launching on its own.
    pub fn blocks(&self) -> bool {
        self.verdict == Verdict::Fail && self.severity == Severity::Blocker
    }

    /// Order on a screen: blockers first, then by verdict, severity and name.
    pub fn rank(&self) -> (u8, u8, Severity) {
        (u8::from(!self.blocks()), self.verdict.rank(), self.severity)
    }
}

/// Check × subject.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FindingKey {
    pub check: CheckId,
    pub subject: String,
}

/// Sixteen hex digits over what a verdict rests on.
pub fn fingerprint(check: &str, subject: &str, verdict: Verdict, fact: &str) -> String {
    let mut hash = Sha256::new();
    for part in [check, subject, verdict.word(), fact] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize()
        .iter()
        .take(8)
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// One thing that was seen, with the line by which anybody can see it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// `dns`, `tls`, `http`, `smtp`, `rdap`, `note`.
    pub kind: String,
    pub at: Timestamp,
    /// Who said it: an address, a resolver, a URL.
    pub source: String,
    /// The raw answer, cut and redacted, escaped for a terminal.
    pub text: String,
    /// A `dig`, `curl` or `openssl` line that repeats it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub repeat: String,
}

/// The guided fix.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Remedy {
    /// What to do, in order, in plain words.
    pub steps: Vec<String>,
    /// The records to change, composed for this domain.
    #[serde(default)]
    pub records: Vec<RecordChange>,
    /// Settings or files to paste elsewhere (a server's configuration, a header).
    #[serde(default)]
    pub settings: Vec<Setting>,
    /// How to take it back.
    pub undo: String,
    /// The check that proves it.
    pub proof: String,
}

impl Remedy {
    /// What goes on the clipboard: the record values as `typed` writes them, else the settings, else the steps. What is only to
    /// be deleted is not pasted anywhere.
    pub fn clipboard(&self, typed: impl Fn(&RecordChange) -> String) -> String {
        let pasted: Vec<String> = self
            .records
            .iter()
            .filter(|record| record.action != RecordAction::Delete)
            .map(typed)
            .collect();
        if !pasted.is_empty() {
            return pasted.join("\n");
        }
        if !self.settings.is_empty() {
            return self
                .settings
                .iter()
                .map(|s| s.value.as_str())
                .collect::<Vec<_>>()
                .join("\n");
        }
        self.steps.join("\n")
    }
}

/// One DNS record to add, replace or delete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordChange {
    pub action: RecordAction,
    /// Fully qualified, without the trailing dot.
    pub name: String,
    #[serde(rename = "type")]
    pub rtype: String,
    /// Seconds.
    pub ttl: u32,
    /// The new value (the value to delete, when deleting).
    pub value: String,
    /// What stands there now, when known. Without it a replacement leaves the value as it is and changes the TTL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
}

/// What to do with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecordAction {
    Add,
    Replace,
    Delete,
}

impl RecordAction {
    /// The word and the sign that stand before the record.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Replace => "~",
            Self::Delete => "-",
        }
    }
}

/// A setting that is not a DNS record: where it goes, and what it becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Setting {
    /// Where: `nginx server block of portal.acme.example`, `Vercel → Domains`.
    pub place: String,
    pub name: String,
    pub value: String,
}
