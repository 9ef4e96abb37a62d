//! What an item waits for: another item, which may be settled one day, or somebody or something outside.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::board::steps;
use super::criterion::assess;
use super::finding::FindingKey;
use super::playbook::Playbook;
use super::session::Session;
use super::text::nearest;
use super::waiving::is_waived;

/// For whom or what work may stand still.
pub const CAUSES: [&str; 4] = ["client", "registrar", "propagation", "vendor"];

/// What an item waits for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    /// `mail.spf acme.example`, `client: registrar access`.
    pub what: String,
    /// What it waited for is settled.
    pub over: bool,
}

impl Waits {
    /// `waits for mail.spf acme.example`, `no longer blocked by …`.
    pub fn text(&self) -> String {
        if self.over {
            format!("no longer blocked: {} is settled", self.what)
        } else {
            format!("waits for {}", self.what)
        }
    }
}

/// What an item waits for; `None`: nobody said that it waits for anything.
pub fn waits(playbook: &Playbook, session: &Session, item: &str, now: Timestamp) -> Option<Waits> {
    let what = &session.owners.get(item)?.blocked_by;
    (!what.is_empty()).then(|| Waits {
        what: what.clone(),
        over: settled(playbook, session, what, now) == Some(true),
    })
}

/// Whether an item waits for something that is not settled.
pub fn is_blocked(playbook: &Playbook, session: &Session, item: &str, now: Timestamp) -> bool {
    waits(playbook, session, item, now).is_some_and(|waits| !waits.over)
}

/// Whether an item is settled; `None`: there is none of that id.
fn settled(playbook: &Playbook, session: &Session, item: &str, now: Timestamp) -> Option<bool> {
    if let Some(row) = playbook.criterion(item) {
        return Some(assess(row, session.facts(playbook, now)).state.settled());
    }
    if playbook.question(item).is_some() {
        return Some(session.answers.get(item).is_some_and(|answer| answer.yes));
    }
    if playbook.red_flag(item).is_some() {
        return Some(session.answers.get(item).is_some_and(|answer| !answer.yes));
    }
    if let Some(finding) = key(item).and_then(|key| session.findings.get(&key)) {
        let holds = finding.verdict.holds();
        return Some(holds || is_waived(playbook, session, finding, now));
    }
    let steps = steps(playbook, session, now);
    let step = steps.iter().find(|step| step.id == item)?;
    Some(step.report.state.settled())
}

fn key(item: &str) -> Option<FindingKey> {
    let (check, subject) = item.split_once(' ')?;
    Some(FindingKey {
        check: check.into(),
        subject: subject.to_owned(),
    })
}

/// Every id that an item may wait for: open findings first, then rows, access, flags and questions; last the causes.
pub fn choices(playbook: &Playbook, session: &Session) -> Vec<String> {
    let open = session.ranked().into_iter().filter(|f| !f.verdict.holds());
    let findings = open.map(|f| format!("{} {}", f.check, f.subject));
    let rows = playbook.criteria.iter().map(|row| row.id.clone());
    let access = playbook.access.iter().map(|question| question.id.clone());
    let flags = playbook.red_flags.iter().map(|flag| flag.id.clone());
    let questions = playbook.criteria.iter().flat_map(|row| &row.questions);
    let questions = questions.map(|question| question.id.clone());
    let causes = CAUSES.iter().map(|cause| format!("{cause}: "));
    let mut told = BTreeSet::new();
    findings
        .chain(rows)
        .chain(access)
        .chain(flags)
        .chain(questions)
        .chain(causes)
        .filter(|id| told.insert(id.clone()))
        .collect()
}

/// What somebody typed, as it is kept; or why an item cannot wait for that.
pub fn accept(
    playbook: &Playbook,
    session: &Session,
    item: &str,
    typed: &str,
    now: Timestamp,
) -> Result<String, String> {
    let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    if typed.is_empty() {
        return Ok(typed);
    }
    if let Some((cause, name)) = typed.split_once(':')
        && CAUSES.contains(&cause.trim())
    {
        return match name.trim() {
            "" => Err(format!(
                "name what the {} has to do: `{}: registrar access`",
                cause.trim(),
                cause.trim()
            )),
            name => Ok(format!("{}: {name}", cause.trim())),
        };
    }
    if settled(playbook, session, &typed, now).is_none() {
        let known = choices(playbook, session);
        let meant = nearest(&typed, known.iter().map(String::as_str));
        let hint = meant.map_or_else(String::new, |id| format!(" (did you mean {id}?)"));
        return Err(format!(
            "no item has that id{hint}: name one, or write a cause like `client: registrar access`"
        ));
    }
    match round(session, item, &typed) {
        Some(path) => Err(format!("that would go round: {path}")),
        None => Ok(typed),
    }
}

/// The way from an item back to itself, if it waited for `first`.
fn round(session: &Session, item: &str, first: &str) -> Option<String> {
    let mut path = vec![item];
    let mut at = first;
    loop {
        path.push(at);
        if at == item {
            return Some(path.join(" waits for "));
        }
        let next = session
            .owners
            .get(at)
            .map(|owner| owner.blocked_by.as_str());
        // A ring that does not touch this item was made by two programs at once; it is not this item's doing.
        at = next.filter(|next| !next.is_empty() && !path.contains(next) || *next == item)?;
    }
}

#[cfg(test)]
#[path = "blocking_tests.rs"]
mod tests;
