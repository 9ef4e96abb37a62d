//! The cells of the table of senders: each says what the finding behind it says.

use super::{intent, of, worst_first};
use crate::app::mail::{MailColumn, MailRow};
use crate::app::select::sprint::is_waived;
use crate::app::state::State;
use crate::model::finding::{Finding, FindingKey};
use crate::model::intent::{Intent, Sender};
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};

use super::SPF_LOOKUPS;

const SPF_POLICY: &str = "mail.spf-policy";
const ALIGNMENT: &str = "mail.alignment";
const PARKED: &str = "mail.parked";
const DKIM: &str = "mail.dkim";

/// What stands in a cell of the table of senders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// `None`: nobody looked yet.
    pub verdict: Option<(Verdict, Severity)>,
    /// The row of the scorecard that it breaks was accepted as it is.
    pub waived: bool,
    /// Being looked at now.
    pub looking: bool,
    /// By what a sender aligns: `DKIM`, `SPF`; empty elsewhere.
    pub by: String,
    /// The findings behind it, the worst first.
    pub keys: Vec<FindingKey>,
}

/// A cell of the table.
pub fn cell(state: &State, row: &MailRow, column: MailColumn) -> Cell {
    let Some(intent) = intent(state) else {
        return Cell::default();
    };
    match row {
        MailRow::Domain => whole(state, column),
        MailRow::Sender(name) => match intent.senders.iter().find(|s| s.name == *name) {
            Some(sender) => of_sender(state, &intent, sender, column),
            None => Cell::default(),
        },
        MailRow::Parked(name) => of_parked(state, name, column),
        MailRow::Transport(_) | MailRow::Spf | MailRow::Message(_) | MailRow::Rule(_) => {
            Cell::default()
        }
    }
}

/// The domain's own row: everything that is known of the column.
fn whole(state: &State, column: MailColumn) -> Cell {
    let checks: &[&str] = match column {
        MailColumn::Spf => &["mail.spf", SPF_LOOKUPS, SPF_POLICY],
        MailColumn::Dkim => &[DKIM],
        MailColumn::Dmarc => &["mail.dmarc", "mail.dmarc-policy", "mail.dmarc-reports"],
        MailColumn::Alignment => &[ALIGNMENT],
    };
    let mut found: Vec<&Finding> = Vec::new();
    for check in checks {
        found.extend(of(state, check));
    }
    let looking = checks.iter().any(|check| is_looking(state, check, None));
    judged(state, found, looking)
}

fn of_sender(state: &State, intent: &Intent, sender: &Sender, column: MailColumn) -> Cell {
    let name = escape(&sender.name);
    match column {
        MailColumn::Spf => spf_of(state, &name),
        MailColumn::Dkim => {
            let mut subjects: Vec<String> = sender
                .selectors
                .iter()
                .map(|selector| format!("{selector}._domainkey.{}", intent.domain))
                .collect();
            if subjects.is_empty() {
                subjects.push(intent.domain.to_string());
            }
            let found = of(state, DKIM)
                .into_iter()
                .filter(|f| subjects.contains(&f.subject))
                .collect();
            let looking = subjects.iter().any(|s| is_looking(state, DKIM, Some(s)));
            judged(state, found, looking)
        }
        // The policy is the domain's: it holds for whoever sends.
        MailColumn::Dmarc => whole(state, column),
        MailColumn::Alignment => {
            let found: Vec<&Finding> = of(state, ALIGNMENT)
                .into_iter()
                .filter(|f| f.subject == name)
                .collect();
            let by = match found.first() {
                Some(f) if f.verdict == Verdict::Pass => detail(f, "aligned_by"),
                _ => String::new(),
            };
            let looking = is_looking(state, ALIGNMENT, Some(&name));
            Cell {
                by,
                ..judged(state, found, looking)
            }
        }
    }
}

/// Whether the list of allowed servers can be read, and has this sender on it.
fn spf_of(state: &State, sender: &str) -> Cell {
    let mut cell = whole(state, MailColumn::Spf);
    let policy = of(state, SPF_POLICY);
    let Some(policy) = policy.first() else {
        return cell;
    };
    let Some(missing) = policy.details.get("missing_senders") else {
        return cell;
    };
    let is_missing = missing
        .as_array()
        .is_some_and(|names| names.iter().any(|n| n.as_str() == Some(sender)));
    if is_missing {
        cell.keys.retain(|key| *key != policy.key());
        cell.keys.insert(0, policy.key());
    } else {
        // It is another sender that the list lacks.
        let readable = ["mail.spf", SPF_LOOKUPS]
            .iter()
            .flat_map(|check| of(state, check))
            .collect();
        let looking = cell.looking;
        cell = judged(state, readable, looking);
    }
    cell
}

/// A sibling that sends nothing says so with an SPF record and a DMARC policy; the rest is not asked of it.
fn of_parked(state: &State, name: &str, column: MailColumn) -> Cell {
    let found: Vec<&Finding> = of(state, PARKED)
        .into_iter()
        .filter(|f| f.subject == name)
        .collect();
    let looking = is_looking(state, PARKED, Some(name));
    let Some(finding) = found.first() else {
        return Cell {
            looking,
            ..Cell::default()
        };
    };
    let said = match column {
        MailColumn::Spf => finding.details.get("spf"),
        MailColumn::Dmarc => finding.details.get("dmarc"),
        MailColumn::Dkim | MailColumn::Alignment => None,
    };
    let verdict = match (column, said) {
        (MailColumn::Dkim | MailColumn::Alignment, _) => Verdict::NotApplicable,
        (_, Some(said)) => serde_json::from_value(said.clone()).unwrap_or(finding.verdict),
        // A finding of an older program.
        (_, None) => finding.verdict,
    };
    Cell {
        verdict: Some((verdict, finding.severity)),
        waived: !verdict.holds() && is_waived(state, finding),
        looking,
        by: String::new(),
        keys: vec![finding.key()],
    }
}

/// The worst of what was found; what was accepted comes after what was not.
fn judged(state: &State, found: Vec<&Finding>, looking: bool) -> Cell {
    let found = worst_first(found);
    let is_open = |f: &&&Finding| match f.verdict {
        Verdict::Pass | Verdict::NotApplicable => false,
        Verdict::Warn => true,
        Verdict::Fail | Verdict::Unknown | Verdict::Blocked => !is_waived(state, f),
    };
    let worst = found.iter().find(is_open);
    // All that stands in the way was accepted, or nothing does.
    let Some(worst) = worst.or_else(|| found.first()) else {
        return Cell {
            looking,
            ..Cell::default()
        };
    };
    let first = worst.key();
    let rest = found.iter().map(|f| f.key()).filter(|key| *key != first);
    Cell {
        verdict: Some((worst.verdict, worst.severity)),
        waived: !worst.verdict.holds() && is_waived(state, worst),
        looking,
        by: String::new(),
        keys: std::iter::once(first.clone()).chain(rest).collect(),
    }
}

fn is_looking(state: &State, check: &str, subject: Option<&str>) -> bool {
    let fits = |key: &&FindingKey| {
        key.check.as_str() == check && subject.is_none_or(|subject| key.subject == subject)
    };
    state.opened.iter().any(|o| {
        o.run
            .running
            .keys()
            .chain(&o.run.queued)
            .any(|key| fits(&key))
    })
}

fn detail(finding: &Finding, name: &str) -> String {
    let found = finding.details.get(name).and_then(|d| d.as_str());
    found.unwrap_or_default().to_owned()
}
