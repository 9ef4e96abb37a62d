//! The way from watching to rejecting, in three steps: what must be seen before each, and where the domain stands.
//!
//! What stands in reports is not seen here. It is told what to look for in them, and how long.

use crate::checks::mail::dmarc::record::Policy;
use crate::checks::mail::senders;
use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::intent::{Intent, Stage};
use crate::model::text::escape;
use crate::model::verdict::Verdict;

/// Weeks of reports before each step.
const WEEKS: u32 = 2;

/// A step, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Watch,
    Quarantine,
    Reject,
}

impl Step {
    const ALL: [Self; 3] = [Self::Watch, Self::Quarantine, Self::Reject];

    /// The step of a policy.
    pub const fn of(policy: Policy) -> Self {
        match policy {
            Policy::None => Self::Watch,
            Policy::Quarantine => Self::Quarantine,
            Policy::Reject => Self::Reject,
        }
    }

    pub const fn policy(self) -> Policy {
        match self {
            Self::Watch => Policy::None,
            Self::Quarantine => Policy::Quarantine,
            Self::Reject => Policy::Reject,
        }
    }

    /// The one after; `None` after the last.
    pub fn after(step: Option<Self>) -> Option<Self> {
        Self::ALL.into_iter().find(|next| Some(*next) > step)
    }

    /// The step that a stage of the intent asks for; any record will do for the audit.
    const fn asked(stage: Stage) -> Option<Self> {
        match stage {
            Stage::Audit => None,
            Stage::Launch => Some(Self::Watch),
            Stage::Enforced => Some(Self::Quarantine),
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Watch => "watch: p=none with reports",
            Self::Quarantine => "put aside: p=quarantine",
            Self::Reject => "refuse: p=reject",
        }
    }

    /// What must be seen before this step is taken.
    pub fn first(self, intent: &Intent) -> String {
        let named: Vec<String> = intent
            .senders
            .iter()
            .map(|sender| escape(senders::title(sender)))
            .collect();
        let everybody = if named.is_empty() {
            "every service that sends for you".to_owned()
        } else {
            named.join(", ")
        };
        match self {
            Self::Watch => "Nothing: with it nobody is refused, and the reports begin.".to_owned(),
            Self::Quarantine => format!(
                "Read {WEEKS} weeks of reports first: {everybody} must pass by SPF or DKIM in alignment, and no source may be left that nobody knows."
            ),
            Self::Reject => format!(
                "Wait {WEEKS} more weeks at quarantine first: no mail of your own may have been put aside, not that which goes out once a month either."
            ),
        }
    }

    /// The same for a founder.
    pub fn plainly(self) -> String {
        match self {
            Self::Watch => {
                "Next: let receivers send you reports; nobody is refused by that.".to_owned()
            }
            Self::Quarantine => format!(
                "Next: after {WEEKS} weeks of reports in which all of your own mail passes, have mail of strangers put aside."
            ),
            Self::Reject => format!(
                "Next: after {WEEKS} more weeks in which none of your own mail was put aside, have mail of strangers refused."
            ),
        }
    }
}

/// The steps, what comes before each, and what `record` writes for the next one alone: nobody should skip one.
pub fn shown(at: Option<Step>, intent: &Intent, record: impl Fn(Step) -> String) -> Exhibit {
    let next = Step::after(at);
    let asked = Step::asked(intent.stage);
    let rows = Step::ALL.map(|step| {
        let is_missing = at < Some(step) && asked >= Some(step);
        let mut stands = if Some(step) == at {
            "here"
        } else if Some(step) < at {
            "done"
        } else if Some(step) == next {
            "next"
        } else {
            "later"
        }
        .to_owned();
        if is_missing {
            stands.push_str(", asked for now");
        }
        let cells = [
            step.title().to_owned(),
            stands,
            step.first(intent),
            next.filter(|next| *next == step)
                .map(&record)
                .unwrap_or_default(),
        ];
        if Some(step) <= at {
            TableRow::judged(Verdict::Pass, cells)
        } else if is_missing {
            TableRow::judged(Verdict::Fail, cells)
        } else {
            TableRow::told(cells)
        }
    });
    Exhibit::table(
        "from watching to refusing",
        &["step", "stands", "first", "record"],
        rows,
    )
}
