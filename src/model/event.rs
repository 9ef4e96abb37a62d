//! Events: everything that ever happened in a session. Its state is their fold.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::attachment::Attachment;
use super::drill::DrillKind;
use super::finding::{Finding, FindingKey};
use super::intent::Intent;
use super::observation::self_check::SelfCheck;
use super::pack::{Contact, Planned};
use super::progress::Progress;
use super::run::QueryCounts;

/// One thing that happened, with who and when. The store adds the hash chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// ULID: sorts by time.
    pub id: String,
    pub at: Timestamp,
    pub actor: String,
    pub device: String,
    pub body: EventBody,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum EventBody {
    Created {
        slug: String,
        domain: String,
        playbook: String,
    },
    PlaybookChosen {
        playbook: String,
    },
    IntentConfirmed {
        intent: Box<Intent>,
    },
    /// The operator states the authority to test these hosts.
    AuthorityStated {
        statement: String,
        hosts: Vec<String>,
    },
    /// Third parties that may be asked from now on, by name; replaces what was allowed before.
    ThirdPartiesAllowed {
        names: Vec<String>,
    },
    ClockStarted,
    ClockPaused {
        cause: String,
    },
    ClockResumed,
    RunStarted {
        run: String,
        rules: u32,
    },
    /// Everything that a whole run will look at. Left out when a run is narrowed to some checks. When the run has seen all
    /// of it, findings of other subjects are gone.
    RunPlanned {
        run: String,
        keys: Vec<FindingKey>,
    },
    Found {
        run: String,
        finding: Box<Finding>,
    },
    RunFinished {
        run: String,
        self_check: SelfCheck,
        queries: QueryCounts,
        took_ms: u64,
    },
    Answered {
        question: String,
        yes: bool,
        by: String,
        evidence: String,
        /// Files by their hash and links that show it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    Waived {
        criterion: String,
        reason: String,
        by: String,
        until: Timestamp,
        compensating: String,
        fingerprints: Vec<String>,
    },
    WaiverWithdrawn {
        criterion: String,
    },
    /// A responsible person for a row or an item; an empty owner takes it back.
    Assigned {
        item: String,
        owner: String,
        due: Option<Timestamp>,
        /// What it waits for: another item's id, or a cause with a name (`client: registrar access`).
        #[serde(default, skip_serializing_if = "String::is_empty")]
        blocked_by: String,
    },
    Noted {
        item: String,
        text: String,
    },
    Ticked {
        item: String,
        done: bool,
    },
    /// Who may reach what, for the handover's access map.
    AccessRecorded {
        place: String,
        who: String,
        how: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        owner: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        second_factor: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        recovery: String,
    },
    /// Somebody who is called; without purpose and channel, not any more.
    ContactNamed {
        contact: Contact,
    },
    /// What people know of a renewal, by its id; with nothing in it, it is taken back.
    RenewalPlanned {
        renewal: String,
        planned: Planned,
    },
    /// What a DNS record is for, by its name and type; empty takes it back.
    PurposeNoted {
        record: String,
        purpose: String,
    },
    /// A sign-off of the gate, refused by the program while rows block.
    SignedOff {
        gate: String,
        by: String,
        role: String,
    },
    HandedOver {
        run: String,
        to: String,
    },
    /// Somebody says that a change since the handover was meant: that of these facts, and no other.
    ChangeExpected {
        key: FindingKey,
        /// [`super::fact::mark`] of the finding.
        fingerprint: String,
        why: String,
        by: String,
    },
    /// The session is about the practice range, in this scenario.
    PracticeStarted {
        scenario: String,
    },
    /// A fault of the practice range was mended.
    PracticeMended {
        fault: String,
    },
    /// How to get back, written before a change.
    WayBackWritten {
        what: String,
        to: String,
        steps: String,
        by: String,
    },
    DrillStarted {
        drill: DrillKind,
    },
    /// What it took is the time since its start; questions and lines of the checklist that it answers, by id.
    DrillEnded {
        drill: DrillKind,
        by: String,
        worked: bool,
        note: String,
        questions: Vec<String>,
        items: Vec<String>,
    },
    /// An exposed secret, by name, never by value; a name that stands there already is written anew.
    SecretListed {
        name: String,
        opens: String,
        seen: String,
        owner: String,
        due: Option<Timestamp>,
    },
    SecretRotated {
        name: String,
        by: String,
        shown: String,
    },
    /// What somebody saw at a step of the client's journey.
    JourneyWalked {
        step: String,
        yes: bool,
        by: String,
        saw: String,
    },
    /// Takes an earlier event back.
    Undone {
        event: String,
    },
}

/// The fields of [`EventBody::Found`], by far the most frequent event.
#[derive(Deserialize)]
struct FoundBody {
    run: String,
    finding: Box<Finding>,
}

/// By serde's words for a kind that no variant has.
fn is_unknown(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("unknown variant")
}

impl EventBody {
    /// The event of the store's columns `kind` and `body`. The same as reading the body by itself, but that one must keep all
    /// of it until it knows the kind, which takes twice as long.
    pub fn read(kind: &str, body: &str) -> serde_json::Result<Self> {
        if kind == "found" {
            let FoundBody { run, finding } = serde_json::from_str(body)?;
            return Ok(Self::Found { run, finding });
        }
        serde_json::from_str(body)
    }

    /// Whether this program knows events of that kind. Asked of the reader itself, so that no second list can lag behind.
    pub fn knows(kind: &str) -> bool {
        let read = serde_json::from_value::<Self>(serde_json::json!({ "kind": kind }));
        read.map_or_else(|error| !is_unknown(&error), |_| true)
    }

    /// What a session keeps of an engine's step; `self_check` is the one that the run reported. Steps that only matter
    /// while they last give nothing.
    pub fn of(progress: &Progress, run: &str, self_check: &SelfCheck) -> Option<Self> {
        match progress {
            Progress::Planned { run, rules, .. } => Some(Self::RunStarted {
                run: run.clone(),
                rules: *rules,
            }),
            Progress::Finished(finding) => Some(Self::Found {
                run: run.to_owned(),
                finding: finding.clone(),
            }),
            Progress::Ended {
                run,
                took_ms,
                queries,
                ..
            } => Some(Self::RunFinished {
                run: run.clone(),
                self_check: self_check.clone(),
                queries: *queries,
                took_ms: *took_ms,
            }),
            Progress::SelfChecked(_)
            | Progress::Started(_)
            | Progress::Slow { .. }
            | Progress::Retrying { .. } => None,
        }
    }

    /// The kind as the store's column holds it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Created { .. } => "created",
            Self::PlaybookChosen { .. } => "playbook-chosen",
            Self::IntentConfirmed { .. } => "intent-confirmed",
            Self::AuthorityStated { .. } => "authority-stated",
            Self::ThirdPartiesAllowed { .. } => "third-parties-allowed",
            Self::ClockStarted => "clock-started",
            Self::ClockPaused { .. } => "clock-paused",
            Self::ClockResumed => "clock-resumed",
            Self::RunStarted { .. } => "run-started",
            Self::RunPlanned { .. } => "run-planned",
            Self::Found { .. } => "found",
            Self::RunFinished { .. } => "run-finished",
            Self::Answered { .. } => "answered",
            Self::Waived { .. } => "waived",
            Self::WaiverWithdrawn { .. } => "waiver-withdrawn",
            Self::Assigned { .. } => "assigned",
            Self::Noted { .. } => "noted",
            Self::Ticked { .. } => "ticked",
            Self::AccessRecorded { .. } => "access-recorded",
            Self::ContactNamed { .. } => "contact-named",
            Self::RenewalPlanned { .. } => "renewal-planned",
            Self::PurposeNoted { .. } => "purpose-noted",
            Self::SignedOff { .. } => "signed-off",
            Self::HandedOver { .. } => "handed-over",
            Self::ChangeExpected { .. } => "change-expected",
            Self::PracticeStarted { .. } => "practice-started",
            Self::PracticeMended { .. } => "practice-mended",
            Self::WayBackWritten { .. } => "way-back-written",
            Self::DrillStarted { .. } => "drill-started",
            Self::DrillEnded { .. } => "drill-ended",
            Self::SecretListed { .. } => "secret-listed",
            Self::SecretRotated { .. } => "secret-rotated",
            Self::JourneyWalked { .. } => "journey-walked",
            Self::Undone { .. } => "undone",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_kinds_are_told_from_those_of_a_newer_program() {
        for kind in ["found", "clock-started", "created", "undone"] {
            assert!(EventBody::knows(kind), "{kind}");
        }
        for kind in ["from-the-future", "", "Found"] {
            assert!(!EventBody::knows(kind), "{kind}");
        }
    }
}
