//! A playbook: audience × readiness target, as data.

use serde::{Deserialize, Serialize};

/// The playbook where none is named.
pub const USUAL: &str = "b2b-support";

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
    /// When to stop and bring in a senior engineer, and why.
    #[serde(default)]
    pub stop: String,
    /// Asked early: what calls for a senior engineer when it holds.
    #[serde(default, rename = "red_flag")]
    pub red_flags: Vec<RedFlag>,
    /// What a founder can do alone.
    #[serde(default)]
    pub diy: Vec<Step>,
    #[serde(rename = "criterion")]
    pub criteria: Vec<Criterion>,
    /// Phases of the 48 hours. This and the lists below are completed from the shared sprint when a playbook is loaded,
    /// but for the first checks.
    #[serde(default, rename = "phase")]
    pub phases: Vec<Phase>,
    #[serde(default, rename = "workstream")]
    pub workstreams: Vec<Workstream>,
    #[serde(default, rename = "first_check")]
    pub first_checks: Vec<FirstCheck>,
    /// What the client gets.
    #[serde(default, rename = "deliverable")]
    pub deliverables: Vec<Deliverable>,
    /// What is ticked off at the handover.
    #[serde(default, rename = "checklist")]
    pub checklist: Vec<ChecklistItem>,
    /// The founder's questions, asked before go. Each also stands in a row, under the same id.
    #[serde(default, rename = "founder_question")]
    pub founder_questions: Vec<Question>,
    /// What must be in hand before hour 0.
    #[serde(default)]
    pub access: Vec<Question>,
    /// What whoever takes over must be able to say: a yes is known, a no is a gap.
    #[serde(default)]
    pub quiz: Vec<Question>,
    /// The gates of the sprint, in the order of their hours.
    #[serde(default, rename = "gate")]
    pub gates: Vec<Gate>,
    /// What is proven by doing it, and what that answers.
    #[serde(default, rename = "proof")]
    pub proofs: Vec<Proof>,
    /// The client's journey, in the order in which it is walked.
    #[serde(default)]
    pub journey: Vec<JourneyStep>,
}

impl Playbook {
    /// The row of that id.
    pub fn criterion(&self, id: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|row| row.id == id)
    }

    /// The first row that rests on a check.
    pub fn row_of(&self, check: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|row| row.names(check))
    }

    /// The workstream of that id.
    pub fn workstream(&self, id: &str) -> Option<&Workstream> {
        self.workstreams.iter().find(|work| work.id == id)
    }

    /// Every question: of the rows, the founder's, about access, and of the quiz. One of the founder's stands in a row too.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.criteria
            .iter()
            .flat_map(|row| &row.questions)
            .chain(&self.founder_questions)
            .chain(&self.access)
            .chain(&self.quiz)
    }

    /// The question of that id: in a row, among the founder's, about access, or in the quiz.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions().find(|question| question.id == id)
    }

    /// The red flag of that id.
    pub fn red_flag(&self, id: &str) -> Option<&RedFlag> {
        self.red_flags.iter().find(|flag| flag.id == id)
    }

    /// Ids of the questions that something proves by being done.
    pub fn proven_by(&self, kind: ProofKind) -> &[String] {
        let proof = self.proofs.iter().find(|proof| proof.id == kind);
        proof.map_or(&[], |proof| &proof.questions)
    }

    /// The step of the client's journey of that id.
    pub fn journey_step(&self, id: &str) -> Option<&JourneyStep> {
        self.journey.iter().find(|step| step.id == id)
    }

    /// The gate of that id.
    pub fn gate(&self, id: &str) -> Option<&Gate> {
        self.gates.iter().find(|gate| gate.id == id)
    }

    /// The rows that must hold at a gate, in the order of the playbook. In a playbook whose rows name no gate, every row
    /// stands at each.
    pub fn killer_rows<'a>(&'a self, gate: &'a str) -> impl Iterator<Item = &'a Criterion> {
        let unsaid = self.criteria.iter().all(|row| row.gates.is_empty());
        let stands = move |row: &&Criterion| unsaid || row.gates.iter().any(|id| id == gate);
        self.criteria.iter().filter(stands)
    }
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
    /// The same in a founder's words.
    #[serde(default)]
    pub plain: String,
    /// What breaks otherwise.
    pub breaks: String,
    /// The workstream that does the work, by id.
    pub workstream: String,
    /// The gates at which it is a killer row, by id.
    #[serde(default)]
    pub gates: Vec<String>,
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
    /// Unique among the rows; a founder's question repeats the id of a row's.
    pub id: String,
    /// Answered by yes (attested) or no.
    pub text: String,
    /// The same in a founder's words, where they differ.
    #[serde(default)]
    pub plain: String,
    /// What would show it.
    #[serde(default)]
    pub evidence: String,
    /// How many days a yes is good for; absent: until it is taken back.
    #[serde(default)]
    pub good_for_days: Option<u16>,
}

/// Something that calls for a senior engineer when it holds. It is asked like a question; a yes says that it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedFlag {
    /// Unique among questions and red flags.
    pub id: String,
    pub text: String,
    /// What the engineer is needed for.
    pub stop: String,
}

/// A step of the work. It is done when its checks hold and its questions have a yes: nobody ticks it off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub id: String,
    pub text: String,
    /// The phase that it is done in, by id.
    pub phase: String,
    /// Check ids; `mail.*` names a family.
    #[serde(default)]
    pub checks: Vec<String>,
    /// Ids of questions of the rows.
    #[serde(default)]
    pub questions: Vec<String>,
}

/// A point of the sprint at which it goes on or stops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    pub id: String,
    pub title: String,
    /// Hours since the start.
    pub hour: u32,
    pub asks: Asks,
    /// How many people sign it.
    pub signatures: usize,
    /// What is true when it is passed.
    pub text: String,
}

/// What a gate asks of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asks {
    /// It was looked at, and what does not hold has an owner.
    Known,
    /// It holds, or was accepted.
    Settled,
}

/// Most rows that a gate shows: what nobody skips within a minute.
pub const MOST_KILLER_ROWS: usize = 9;

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
    pub id: String,
    pub title: String,
    /// What to look for.
    pub signal: String,
    pub how: String,
    pub fix: String,
    /// The phase that it is done in, by id.
    pub phase: String,
    /// Check ids; `mail.*` names a family.
    #[serde(default)]
    pub checks: Vec<String>,
    /// Ids of questions of the rows.
    #[serde(default)]
    pub questions: Vec<String>,
}

/// A piece of work that the client gets, and what calls for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deliverable {
    pub id: String,
    pub title: String,
    /// What is true when it is done.
    pub text: String,
    /// How long it takes, for people: `2 to 4 hours`.
    #[serde(default)]
    pub effort: String,
    /// Check ids or families; a finding of one of them that does not hold calls for it.
    #[serde(default)]
    pub checks: Vec<String>,
}

impl Deliverable {
    /// Whether a finding of that check calls for it.
    pub fn names(&self, check: &str) -> bool {
        self.checks.iter().any(|glob| glob_matches(glob, check))
    }
}

/// What is proven by doing it, not by saying so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofKind {
    /// A timed drill answers its questions and lines.
    Rollback,
    /// The same.
    Redeploy,
    /// A person answers its questions; while a listed secret is not rotated, their rows do not hold.
    Rotation,
}

/// What a proof answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    pub id: ProofKind,
    /// Ids of questions of the rows.
    #[serde(default)]
    pub questions: Vec<String>,
    /// Ids of lines of the checklist.
    #[serde(default)]
    pub items: Vec<String>,
}

/// A step of the client's journey. It is passed when its checks hold and a named person saw what must be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JourneyStep {
    pub id: String,
    pub title: String,
    /// What to do, as a client would.
    pub text: String,
    /// What must be seen.
    pub see: String,
    /// Checks that see it live; `mail.*` names a family.
    #[serde(default)]
    pub checks: Vec<String>,
    /// Ids of questions; a no fails the rows that ask one of them.
    #[serde(default)]
    pub questions: Vec<String>,
    /// Whether a person must look; without, its checks alone pass it.
    #[serde(default = "yes")]
    pub look: bool,
}

const fn yes() -> bool {
    true
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
