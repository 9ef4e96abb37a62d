//! The next best action: one line of what to do now, and why. Nothing but the session, its playbook and the time decide.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::blocking::is_blocked;
use super::board::{Board, access_missing, boards, flags_up};
use super::criterion::FRESH;
use super::drift::Change;
use super::finding::{Finding, FindingKey, RecordAction};
use super::playbook::{Playbook, RedFlag};
use super::session::Session;
use super::waiving::{is_waived, lapsed};

/// What to do now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Next {
    /// `add TXT _dmarc.acme.example`.
    pub what: String,
    /// Why that first.
    pub why: String,
    /// Who has it; empty: nobody was named.
    pub owner: String,
    pub due: Option<Timestamp>,
    pub place: Place,
}

/// Where it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// By the id of its question.
    Access(String),
    /// By id.
    Flag(String),
    /// The clock is started or goes on.
    Clock,
    /// Everything is looked at.
    Run,
    Finding(FindingKey),
    /// A row of a gate: gate, and row where one is meant.
    Gate(String, Option<String>),
    Handover,
    DayOne,
}

/// What is asked about the session.
#[derive(Clone, Copy)]
struct Asked<'a> {
    playbook: &'a Playbook,
    session: &'a Session,
    now: Timestamp,
    /// Rows that are watched until they turn: nothing is left to do there but to wait.
    waiting: &'a BTreeSet<FindingKey>,
}

/// The next best action. `waiting`: rows that are being watched, whose change was made and spreads. `None`: nothing is left.
pub fn next(
    playbook: &Playbook,
    session: &Session,
    now: Timestamp,
    waiting: &BTreeSet<FindingKey>,
) -> Option<Next> {
    let asked = Asked {
        playbook,
        session,
        now,
        waiting,
    };
    if session.handed_over.is_some() {
        return asked.after_the_handover();
    }
    asked
        .before_hour_0()
        .or_else(|| asked.flag())
        .or_else(|| asked.clock())
        .or_else(|| asked.first_look())
        .or_else(|| asked.waiver())
        .or_else(|| asked.blocker())
        .or_else(|| asked.resume())
        .or_else(|| asked.gate())
        .or_else(|| asked.hand_over())
        .map(|next| asked.meanwhile(next))
}

impl Asked<'_> {
    /// An action on an item, with its owner.
    fn on(self, item: &str, what: String, why: impl Into<String>, place: Place) -> Next {
        let owner = self.session.owners.get(item);
        Next {
            what,
            why: why.into(),
            owner: owner.map(|o| o.name.clone()).unwrap_or_default(),
            due: owner.and_then(|o| o.due),
            place,
        }
    }

    /// Until the clock runs, access comes first; it starts with the last of it.
    fn before_hour_0(self) -> Option<Next> {
        if self.session.clock.started.is_some() {
            return None;
        }
        let missing = access_missing(self.playbook, self.session);
        let first = missing
            .iter()
            .find(|q| !self.is_blocked(&q.id))
            .or(missing.first())?;
        let why = match missing.len() {
            1 => "the last access before hour 0".to_owned(),
            n => format!("{n} kinds of access are missing before hour 0"),
        };
        let what = format!("ask: {}", first.text);
        Some(self.on(&first.id, what, why, Place::Access(first.id.clone())))
    }

    fn flag(self) -> Option<Next> {
        let flags = self.playbook.red_flags.iter();
        let unasked: Vec<&RedFlag> = flags
            .filter(|flag| !self.session.answers.contains_key(&flag.id))
            .collect();
        let place = |flag: &RedFlag| Place::Flag(flag.id.clone());
        if let Some(flag) = unasked.first() {
            let why = match unasked.len() {
                1 => "1 red flag was not asked about".to_owned(),
                n => format!("{n} red flags were not asked about"),
            };
            return Some(self.on(&flag.id, format!("ask: {}", flag.text), why, place(flag)));
        }
        let up = flags_up(self.playbook, self.session).into_iter();
        let accepted = |flag: &&RedFlag| {
            let mut waivers = self.session.waivers.iter();
            waivers.any(|waiver| waiver.covers_row(&flag.id, self.now))
        };
        let mut open = up.filter(|flag| !accepted(flag) && !self.is_blocked(&flag.id));
        // Somebody who has it is on it; the rest of the work goes on.
        let flag = open.find(|flag| !self.session.owners.contains_key(&flag.id))?;
        let what = format!("bring in an engineer: {}", flag.text);
        Some(self.on(&flag.id, what, flag.stop.clone(), place(flag)))
    }

    fn clock(self) -> Option<Next> {
        if self.session.clock.started.is_some() {
            return None;
        }
        let what = "start the clock".to_owned();
        Some(self.on("", what, "all access is there", Place::Clock))
    }

    fn first_look(self) -> Option<Next> {
        let looked = self.session.runs.iter().any(|run| run.finished.is_some());
        let seen = looked || !self.session.findings.is_empty();
        (!seen).then(|| {
            let what = "check everything".to_owned();
            self.on("", what, "nobody looked yet", Place::Run)
        })
    }

    fn waiver(self) -> Option<Next> {
        let (waiver, lapse) = lapsed(self.playbook, self.session, self.now)
            .into_iter()
            .next()?;
        let row = &waiver.criterion;
        let title = self
            .playbook
            .criterion(row)
            .map_or(row.as_str(), |r| &r.title);
        let why = format!("the waiver by {} lapsed: {}", waiver.by, lapse.word());
        let place = Place::Gate(self.gate_of(row), Some(row.clone()));
        Some(self.on(row, format!("decide again: {title}"), why, place))
    }

    /// The blocker to mend first: what must spread before anything that does not, the longest first; then what unblocks most.
    fn blocker(self) -> Option<Next> {
        let mut open: Vec<&Finding> = self
            .session
            .ranked()
            .into_iter()
            .filter(|f| f.blocks() && f.remedy.is_some())
            .filter(|f| !self.waiting.contains(&f.key()))
            .filter(|f| !is_waived(self.playbook, self.session, f, self.now))
            .filter(|f| !self.is_blocked(&item(f)))
            .collect();
        open.sort_by_key(|f| std::cmp::Reverse((spreads(f), self.unblocks(f))));
        let first = open.first()?;
        let why = match (spreads(first), open.len()) {
            (0, 1) => format!("the last blocker: {}", first.summary),
            (0, n) => format!("1 of {n} blockers: {}", first.summary),
            (ttl, _) => format!(
                "first, it needs up to {} to spread: {}",
                minutes(ttl),
                first.summary
            ),
        };
        Some(self.on(&item(first), to_do(first), why, Place::Finding(first.key())))
    }

    /// The clock stands, and nothing that it does not wait for is left.
    fn resume(self) -> Option<Next> {
        let pause = self.session.clock.pause()?;
        let what = "go on with the clock".to_owned();
        let why = format!("once it is there: {}", pause.cause);
        Some(self.on("", what, why, Place::Clock))
    }

    /// What the next gate waits for, then its signature.
    fn gate(self) -> Option<Next> {
        let boards = boards(self.playbook, self.session, self.now);
        let board = boards.iter().find(|board| !board.is_signed())?;
        let id = &board.gate.id;
        let title = &board.gate.title;
        let place = |row: Option<&str>| Place::Gate(id.clone(), row.map(str::to_owned));
        if !board.stale().is_empty() {
            let what = format!("look again, then sign “{title}”");
            return Some(self.on(
                "",
                what,
                "only old evidence keeps the gate shut",
                place(None),
            ));
        }
        if let Some(next) = self.row(board) {
            return Some(next);
        }
        if let Some(missing) = board.missing.first() {
            let access = access_missing(self.playbook, self.session);
            if let Some(question) = access.first()
                && missing.contains("access")
            {
                let what = format!("ask: {}", question.text);
                let at = Place::Access(question.id.clone());
                return Some(self.on(&question.id, what, missing.clone(), at));
            }
            let what = format!("see to “{title}”");
            return Some(self.on("", what, missing.clone(), place(None)));
        }
        if !board.is_open() {
            return None;
        }
        let more = board.gate.signatures.saturating_sub(board.signed.len());
        let why = match more {
            1 => "nothing keeps the gate shut; one name is missing".to_owned(),
            n => format!("nothing keeps the gate shut; {n} names are missing"),
        };
        Some(self.on("", format!("sign “{title}”"), why, place(None)))
    }

    /// The first row that keeps a gate shut and waits for nobody: by its question, or by what was found.
    fn row(self, board: &Board<'_>) -> Option<Next> {
        let shut = || board.rows.iter().filter(|row| row.blocks.is_some());
        let free = |row: &&super::board::BoardRow<'_>| {
            let watched =
                self.session.findings.values().any(|f| {
                    row.criterion.names(f.check.as_str()) && self.waiting.contains(&f.key())
                });
            !watched && !self.is_blocked(&row.criterion.id)
        };
        let row = shut().find(free)?;
        let id = &row.criterion.id;
        let place = Place::Gate(board.gate.id.clone(), Some(id.clone()));
        let why = format!(
            "“{}” is shut by “{}”",
            board.gate.title, row.criterion.title
        );
        let what = match (row.report.unanswered.first(), row.blocks.as_deref()) {
            (Some(question), _) if row.report.because.is_empty() => {
                let asked = self.playbook.question(question);
                format!("ask: {}", asked.map_or(question.as_str(), |q| &q.text))
            }
            (_, Some(why)) if why.ends_with("no owner") => {
                format!("name an owner of “{}”", row.criterion.title)
            }
            (_, why) => format!("settle: {}", why.unwrap_or_default()),
        };
        Some(self.on(id, what, why, place))
    }

    fn hand_over(self) -> Option<Next> {
        let boards = boards(self.playbook, self.session, self.now);
        boards.iter().all(Board::is_signed).then(|| {
            let what = "hand over".to_owned();
            self.on("", what, "every gate is signed", Place::Handover)
        })
    }

    /// What got worse, then a waiver that lapsed, then that nobody looked for a day.
    fn after_the_handover(self) -> Option<Next> {
        let worse = self
            .session
            .drift(self.now)
            .map_or(0, |d| d.count(Change::Worse));
        if worse > 0 {
            let noun = if worse == 1 {
                "finding is"
            } else {
                "findings are"
            };
            let why = format!("{worse} {noun} worse than at sign-off");
            return Some(self.on("", "look at day one".to_owned(), why, Place::DayOne));
        }
        if let Some(next) = self.waiver() {
            return Some(next);
        }
        let looked = self
            .session
            .runs
            .iter()
            .filter_map(|run| run.finished)
            .max();
        let old = looked.is_none_or(|at| self.now.duration_since(at) > FRESH);
        old.then(|| {
            let why = "the last look is older than a day";
            self.on("", "check everything again".to_owned(), why, Place::DayOne)
        })
    }

    /// Says that something spreads, when there is something to do meanwhile.
    fn meanwhile(self, mut next: Next) -> Next {
        let spreading = self.waiting.iter().next();
        if let Some(key) = spreading {
            let more = match self.waiting.len() {
                1 => String::new(),
                n => format!(" and {} more", n - 1),
            };
            next.why = format!("while {} spreads{more}: {}", key.check, next.why);
        }
        next
    }

    fn is_blocked(self, item: &str) -> bool {
        is_blocked(self.playbook, self.session, item, self.now)
    }

    /// In how many rows a finding is in the way, and how many items wait for it.
    fn unblocks(self, finding: &Finding) -> usize {
        let rows = self.playbook.criteria.iter();
        let rows = rows.filter(|row| row.names(finding.check.as_str())).count();
        let item = item(finding);
        let owners = self.session.owners.values();
        rows + owners.filter(|owner| owner.blocked_by == item).count()
    }

    /// The first gate at which a row stands; the first of all where none names it.
    fn gate_of(self, row: &str) -> String {
        let gates = self.playbook.gates.iter();
        let named = |gate: &&super::playbook::Gate| {
            self.playbook.killer_rows(&gate.id).any(|r| r.id == row)
        };
        let gate = gates.clone().find(named).or_else(|| gates.clone().next());
        gate.map(|gate| gate.id.clone()).unwrap_or_default()
    }
}

/// Under which name owners of a finding are kept.
fn item(finding: &Finding) -> String {
    format!("{} {}", finding.check, finding.subject)
}

/// For how many seconds caches may go on with what stood there before; 0: nothing spreads.
fn spreads(finding: &Finding) -> u32 {
    let records = finding.remedy.iter().flat_map(|remedy| &remedy.records);
    records.map(|record| record.ttl.max(60)).max().unwrap_or(0)
}

fn minutes(seconds: u32) -> String {
    match seconds.div_ceil(60) {
        n @ 0..=90 => format!("{n} min"),
        n => format!("{} h", n.div_ceil(60)),
    }
}

/// `add TXT _dmarc.acme.example`, or what is wrong.
fn to_do(finding: &Finding) -> String {
    let record = finding.remedy.as_ref().and_then(|r| r.records.first());
    match record {
        Some(record) => {
            let verb = match record.action {
                RecordAction::Add => "add",
                RecordAction::Replace => "change",
                RecordAction::Delete => "delete",
            };
            format!("{verb} {} {}", record.rtype, record.name)
        }
        None => format!("fix: {}", finding.summary),
    }
}

#[cfg(test)]
#[path = "next_tests.rs"]
mod tests;
