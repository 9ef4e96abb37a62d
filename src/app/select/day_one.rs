//! Day one, in the order in which it is read: what changed, what could not be looked at, what ends soon, who is woken, where
//! things live, what to do if something breaks.

use super::super::day_one::{DayOne, DayOneRow};
use super::super::state::State;
use crate::model::access::{Place, proposed};
use crate::model::clock::ago;
use crate::model::drift::{Change, Drift, Drifted};
use crate::model::expected::Lapsed;
use crate::model::playbook::Playbook;
use crate::model::record::Access;
use crate::model::renewal::{Renewal, renewals};
use crate::model::session::Session;
use crate::remedy::runbook::{Trouble, runbook};

/// Questions that say who is woken: how it is known that the portal is down, and the last drill.
const WAKING: [&str; 2] = ["production-down", "alert-drill"];

/// A section.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    pub title: &'static str,
    /// What is true of all of it.
    pub notes: Vec<String>,
    pub entries: Vec<Entry>,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    Change(Box<Drifted>),
    Lapsed(Lapsed),
    Soon(Renewal),
    Woken(Woken),
    Place(Access),
    /// A place of which nobody wrote down who gets in.
    Unsaid(Place),
    Trouble(Trouble),
}

/// Somebody who is woken, or something that wakes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Woken {
    pub what: String,
    /// How it is known; `None`: nobody said.
    pub known: Option<String>,
}

impl Entry {
    /// What the cursor remembers it by.
    pub fn row(&self) -> DayOneRow {
        match self {
            Self::Change(line) => DayOneRow::Change(line.key.clone()),
            Self::Lapsed(lapsed) => DayOneRow::Lapsed(lapsed.criterion.clone()),
            Self::Soon(renewal) => DayOneRow::Soon(renewal.id.clone()),
            Self::Woken(woken) => DayOneRow::Woken(woken.what.clone()),
            Self::Place(line) => DayOneRow::Place(line.place.clone()),
            Self::Unsaid(place) => DayOneRow::Place(place.name.clone()),
            Self::Trouble(trouble) => DayOneRow::Trouble(trouble.id),
        }
    }

    /// What a filter looks in.
    fn name(&self) -> String {
        match self {
            Self::Change(line) => format!("{} {}", line.key.check, line.key.subject),
            Self::Lapsed(lapsed) => lapsed.criterion.clone(),
            Self::Soon(renewal) => renewal.what.clone(),
            Self::Woken(woken) => woken.what.clone(),
            Self::Place(line) => line.place.clone(),
            Self::Unsaid(place) => place.name.clone(),
            Self::Trouble(trouble) => trouble.title.to_owned(),
        }
    }
}

/// The comparison with what was signed; `None` before a handover.
pub fn drift(state: &State) -> Option<Drift> {
    state.opened.as_ref()?.session.drift(state.now)
}

/// The sections that have something to say.
pub fn parts(state: &State, screen: &DayOne) -> Vec<Part> {
    let Some(session) = state.opened.as_ref().map(|o| &o.session) else {
        return Vec::new();
    };
    let mut list = drift(state).map_or_else(Vec::new, |drift| changes(drift, screen));
    list.extend(
        state
            .playbook()
            .map(|playbook| soon(state, session, playbook)),
    );
    list.push(woken(state, session));
    list.push(places(session));
    list.push(Part {
        title: "if something breaks",
        notes: Vec::new(),
        entries: runbook(session).into_iter().map(Entry::Trouble).collect(),
    });
    for part in &mut list {
        part.entries
            .retain(|entry| screen.filter.lets(&entry.name()));
        if screen.filter.is_on() {
            part.notes.clear();
        }
    }
    list.retain(|part| !part.entries.is_empty() || !part.notes.is_empty());
    list
}

/// What changed, surprises first; what is the same only when everything is asked for.
fn changes(drift: Drift, screen: &DayOne) -> Vec<Part> {
    let stale = drift.is_stale();
    let (mut surprises, mut expected, mut unseen) = (Vec::new(), Vec::new(), Vec::new());
    let (mut rules, mut old, mut same) = (Vec::new(), Vec::new(), Vec::new());
    for line in drift.lines {
        let list = match line.change {
            Change::CouldNotCheck => &mut unseen,
            Change::RuleChanged => &mut rules,
            Change::NotLookedAt => &mut old,
            Change::Same => &mut same,
            Change::Worse | Change::Changed | Change::Better if line.expected.is_some() => {
                &mut expected
            }
            Change::Worse | Change::Changed | Change::Better => &mut surprises,
        };
        list.push(Entry::Change(Box::new(line)));
    }
    expected.extend(drift.lapsed.into_iter().map(Entry::Lapsed));
    let nothing = match (surprises.is_empty(), stale, old.is_empty()) {
        (true, false, true) => vec!["nothing that was not expected".to_owned()],
        (true, false, false) => {
            vec!["nothing that was not expected, in what was looked at".to_owned()]
        }
        _ => Vec::new(),
    };
    let part = |title, notes, entries| Part {
        title,
        notes,
        entries,
    };
    let mut list = vec![
        part("what nobody expected", nothing, surprises),
        part("expected", Vec::new(), expected),
        part("could not be checked", drift.footing, unseen),
        part("judged otherwise by a new rule", Vec::new(), rules),
    ];
    if screen.everything {
        list.push(part(
            "not looked at since, or not for a day",
            Vec::new(),
            old,
        ));
        list.push(part("the same", Vec::new(), same));
    }
    list
}

fn soon(state: &State, session: &Session, playbook: &Playbook) -> Part {
    let entries: Vec<Entry> = renewals(session, playbook, state.now)
        .into_iter()
        .map(Entry::Soon)
        .collect();
    let none = entries.is_empty();
    let nothing = none.then(|| "nothing that is known ends within 90 days".to_owned());
    Part {
        title: "what ends within 90 days, and who pays",
        notes: nothing.into_iter().collect(),
        entries,
    }
}

fn woken(state: &State, session: &Session) -> Part {
    let mut entries: Vec<Woken> = session
        .pack
        .contacts
        .iter()
        .map(|contact| Woken {
            what: match contact.calls_for.as_str() {
                "" => contact.name.clone(),
                calls_for => format!("{}: {calls_for}", contact.name),
            },
            known: Some(
                [contact.channel.as_str(), &contact.hours]
                    .join(" ")
                    .trim()
                    .to_owned(),
            ),
        })
        .collect();
    let asked = |id: &&str| {
        let playbook = state.playbook()?;
        let founder = playbook.founder_questions.iter().find(|q| q.id == **id);
        founder.or_else(|| playbook.question(id))
    };
    let questions = WAKING.iter().filter_map(asked);
    entries.extend(questions.map(|question| {
        let answer = session.answers.get(&question.id).filter(|a| a.yes);
        Woken {
            what: super::plan::words(state, question).to_owned(),
            known: answer.map(|answer| {
                let age = ago(state.now.duration_since(answer.at));
                format!("{} ({}, {age} ago)", answer.evidence, answer.by)
            }),
        }
    }));
    Part {
        title: "who is woken, and how it is known",
        notes: Vec::new(),
        entries: entries.into_iter().map(Entry::Woken).collect(),
    }
}

fn places(session: &Session) -> Part {
    let lines = session.access.iter().cloned().map(Entry::Place);
    let unsaid = proposed(session).into_iter().map(Entry::Unsaid);
    Part {
        title: "where things live",
        notes: Vec::new(),
        entries: lines.chain(unsaid).collect(),
    }
}

/// Every row that the cursor can stand on.
pub fn keys(state: &State, screen: &DayOne) -> Vec<DayOneRow> {
    rows_of(&parts(state, screen))
}

/// The same, of sections that are at hand.
pub fn rows_of(parts: &[Part]) -> Vec<DayOneRow> {
    parts
        .iter()
        .flat_map(|part| &part.entries)
        .map(Entry::row)
        .collect()
}

/// The row that the cursor is on.
pub fn current(state: &State, screen: &DayOne) -> Option<Entry> {
    let parts = parts(state, screen);
    let keys = rows_of(&parts);
    let at = screen.cursor.index(&keys);
    parts.into_iter().flat_map(|part| part.entries).nth(at)
}

/// A row in words, for the pane below, the reader and the clipboard. Of a change only what the list says.
pub fn told(state: &State, entry: &Entry) -> Vec<String> {
    match entry {
        Entry::Change(line) => vec![super::text::changed(line)],
        Entry::Lapsed(lapsed) => vec![
            format!(
                "The waiver of {} ran out on {}.",
                lapsed.criterion,
                day(lapsed.until)
            ),
            format!(
                "{} accepted the row until then. It counts again: mend it, or accept it anew on the gate.",
                lapsed.by
            ),
        ],
        Entry::Soon(renewal) => {
            let payer = match (renewal.kind.has_payer(), renewal.payer.as_str()) {
                (true, "") => {
                    "Nobody said who pays for it: the handover page takes a name.".to_owned()
                }
                (true, payer) => format!("{payer} pays for it, or sees to it."),
                (false, _) => "Nobody pays for it; somebody looks at it again.".to_owned(),
            };
            vec![
                format!("{} · {}", renewal.what, when(renewal, state)),
                payer,
                format!("known by: {}", renewal.kind.source()),
            ]
        }
        Entry::Woken(woken) => vec![
            woken.what.clone(),
            woken.known.clone().unwrap_or_else(|| {
                "Nobody said so: it is not known that anybody is woken. A drill shows it."
                    .to_owned()
            }),
        ],
        Entry::Place(line) => {
            let parts = [
                ("who gets in", &line.who),
                ("how", &line.how),
                ("whose account", &line.owner),
                ("second factor with", &line.second_factor),
                ("recovered by", &line.recovery),
            ];
            let told = parts.iter().map(|(label, text)| match text.as_str() {
                "" => format!("{label}: nobody said"),
                text => format!("{label}: {text}"),
            });
            [line.place.clone()].into_iter().chain(told).collect()
        }
        Entry::Unsaid(place) => vec![
            format!("{}: {}", place.name, place.hint),
            "Nobody wrote down who gets in: the handover page takes it.".to_owned(),
        ],
        Entry::Trouble(trouble) => {
            let steps = trouble.all_steps().into_iter().enumerate();
            [trouble.title.to_owned()]
                .into_iter()
                .chain(steps.map(|(n, step)| format!("{}. {step}", n + 1)))
                .collect()
        }
    }
}

/// The screen as plain text.
pub fn text(state: &State, screen: &DayOne) -> Vec<String> {
    let mut lines = Vec::new();
    for part in parts(state, screen) {
        lines.push(part.title.to_owned());
        lines.extend(part.notes.iter().map(|note| format!("  {note}")));
        for entry in &part.entries {
            lines.extend(
                told(state, entry)
                    .into_iter()
                    .map(|line| format!("  {line}")),
            );
        }
    }
    lines
}

/// `in 41 d`, or that it is over.
pub fn when(renewal: &Renewal, state: &State) -> String {
    let left = renewal.at.duration_since(state.now);
    match renewal.is_over(state.now) {
        true => format!("over for {}", ago(left.abs())),
        false => format!("in {}", ago(left)),
    }
}

fn day(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
