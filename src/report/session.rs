//! A session as a document, in two editions: the client's in plain words, the internal one with all evidence.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::document::{Block, Document};
use super::run::{exhibits, ranked, remedy, rows, signed, table};
use super::{availability, gates, people, receivers, sprint};
use crate::model::clock::hours_minutes;
use crate::model::drift::{Change, Drift, Drifted};
use crate::model::event::Event;
use crate::model::expected::Lapsed;
use crate::model::finding::{Finding, FindingKey};
use crate::model::gate::{GateReport, GateVerdict};
use crate::model::playbook::Playbook;
use crate::model::sample::Sample;
use crate::model::session::Session;
use crate::model::verdict::Verdict;

/// For whom a session's report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// Plain words: what holds, what does not, what was agreed. No notes.
    Client,
    /// Everything, with evidence and the lines that repeat it.
    Internal,
}

/// What a session's report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    pub session: &'a Session,
    pub playbook: &'a Playbook,
    /// The events that the session is the fold of.
    pub events: &'a [Event],
    pub edition: Edition,
    pub now: Timestamp,
    /// Of the file, when it was verified.
    pub seal: Option<Seal<'a>>,
    /// What watches measured, by row, oldest first.
    pub samples: &'a Samples,
}

/// Samples by row.
pub type Samples = BTreeMap<FindingKey, Vec<Sample>>;

/// The state of the chain of events when the report was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal<'a> {
    pub events: u64,
    /// Hash of the last event, in hex.
    pub head: &'a str,
}

impl Seal<'_> {
    /// The command that says whether the events up to this report are still those of then.
    pub(super) fn command(&self, slug: &str) -> String {
        let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        // A slug that came in a file from elsewhere may be anything, and a command is copied into a shell.
        let named = !slug.is_empty() && !slug.starts_with('-') && slug.chars().all(safe);
        let file = if named { slug } else { "FILE" };
        format!("launch-ready verify {file} --head {}", self.head)
    }
}

/// The session as a document.
pub(super) fn session_document(of: &Account<'_>) -> Document {
    let mut blocks = summary(of);
    blocks.push(Block::section("Scorecard"));
    blocks.push(rows(&of.session.rows(of.playbook, of.now), of.playbook));
    blocks.extend(gates::blocks(of));
    blocks.extend(availability::blocks(of));
    blocks.extend(sprint::blocks(of));
    blocks.extend(findings(of));
    blocks.extend(receivers::blocks(of));
    blocks.extend(drift(of));
    blocks.extend(people::blocks(of));
    Document {
        title: format!("{}: {}", of.session.domain, of.playbook.title),
        blocks,
    }
}

/// `2026-11-21 20:00 UTC`.
pub(super) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn summary(of: &Account<'_>) -> Vec<Block> {
    let session = of.session;
    let gate = session.gate(of.playbook, of.now);
    let mut facts = vec![
        ("Gate".to_owned(), decision(&gate, of.playbook)),
        ("Ready means".to_owned(), of.playbook.ready.clone()),
        ("Report of".to_owned(), minute(of.now)),
    ];
    if let Some(started) = session.clock.started {
        let time = format!(
            "{} ({} of 48:00)",
            minute(started),
            hours_minutes(session.clock.elapsed(of.now))
        );
        facts.push(("Sprint started".to_owned(), time));
    }
    if let Some(finished) = session.runs.iter().rev().find_map(|run| run.finished) {
        facts.push(("Last checked".to_owned(), minute(finished)));
    }
    if let Some(over) = &session.handed_over {
        let to = format!("{}, {}", over.to, minute(over.at));
        facts.push(("Handed over to".to_owned(), to));
    }
    let record = of.seal.map_or_else(
        || "not sealed: run `launch-ready verify` before you rely on it".to_owned(),
        |seal| {
            format!(
                "{} events, the last one sealed as {}",
                seal.events, seal.head
            )
        },
    );
    facts.push(("Record".to_owned(), record));
    if let Some(seal) = of.seal {
        facts.push(("To check it".to_owned(), seal.command(&session.slug)));
    }
    vec![Block::Facts(facts)]
}

fn decision(gate: &GateReport, playbook: &Playbook) -> String {
    let titles: Vec<&str> = gate
        .blocking
        .iter()
        .map(|id| {
            playbook
                .criterion(id)
                .map_or(id.as_str(), |row| row.title.as_str())
        })
        .collect();
    let words = match gate.verdict {
        GateVerdict::Go => return "GO: every row is proven, attested or waived".to_owned(),
        GateVerdict::NoGo => "NO-GO",
        GateVerdict::Undetermined => "COULD NOT TELL",
    };
    match titles.len() {
        0 => words.to_owned(),
        1 => format!("{words}: one row blocks: {}", titles.join("")),
        count => format!("{words}: {count} rows block: {}", titles.join("; ")),
    }
}

fn findings(of: &Account<'_>) -> Vec<Block> {
    let all = ranked(of.session.findings.values());
    let (settled, open): (Vec<&Finding>, Vec<&Finding>) = all
        .into_iter()
        .partition(|finding| matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable));
    let mut blocks = vec![Block::section("What is open")];
    if open.is_empty() {
        let text = if settled.is_empty() {
            "Nothing was looked at yet."
        } else {
            "Nothing that the checks can see."
        };
        blocks.push(Block::paragraph(text));
    }
    for finding in open {
        blocks.extend(open_finding(finding, of.edition));
    }
    if settled.is_empty() {
        return blocks;
    }
    blocks.push(Block::section("What holds"));
    match of.edition {
        Edition::Client => blocks.push(table(&settled)),
        Edition::Internal => {
            for finding in settled {
                blocks.push(heading(finding));
                blocks.push(Block::paragraph(&finding.summary));
                blocks.extend(exhibits(finding));
                blocks.extend(evidence(finding));
            }
        }
    }
    blocks
}

fn heading(finding: &Finding) -> Block {
    Block::Subsection(format!(
        "{} · {} · {}",
        signed(finding.verdict),
        finding.check,
        finding.subject
    ))
}

fn open_finding(finding: &Finding, edition: Edition) -> Vec<Block> {
    let mut blocks = vec![heading(finding)];
    if !finding.plain.is_empty() {
        blocks.push(Block::paragraph(&finding.plain));
    }
    if edition == Edition::Internal || finding.plain.is_empty() {
        blocks.push(Block::paragraph(&finding.summary));
    }
    blocks.push(Block::Facts(vec![
        (
            "Weight".to_owned(),
            format!("{}, {}", finding.severity.word(), finding.confidence.word()),
        ),
        ("Seen".to_owned(), minute(finding.at)),
        ("By the rule of".to_owned(), finding.standards.join(", ")),
    ]));
    blocks.extend(exhibits(finding));
    match edition {
        Edition::Internal => blocks.extend(evidence(finding)),
        // One piece of evidence is enough to recognise it by.
        Edition::Client => blocks.extend(evidence(finding).into_iter().take(1)),
    }
    if finding.verdict == Verdict::Fail || finding.verdict == Verdict::Warn {
        blocks.extend(finding.remedy.iter().flat_map(remedy));
    }
    blocks
}

fn evidence(finding: &Finding) -> Vec<Block> {
    finding
        .evidence
        .iter()
        .map(|seen| {
            let repeat = if seen.repeat.is_empty() {
                String::new()
            } else {
                format!("\n$ {}", seen.repeat)
            };
            Block::Verbatim(format!(
                "{} · {} · {}\n{}{repeat}",
                seen.kind,
                seen.source,
                minute(seen.at),
                seen.text
            ))
        })
        .collect()
}

fn drift(of: &Account<'_>) -> Vec<Block> {
    let Some(drift) = of.session.drift(of.now) else {
        return Vec::new();
    };
    let mut blocks = vec![
        Block::section("Since the handover"),
        Block::paragraph(counted(&drift)),
    ];
    if drift.rules_changed() {
        blocks.push(Block::paragraph(
            "The rules are not those that were signed under: a difference may be theirs and not the portal's.",
        ));
    }
    blocks.extend(
        drift
            .footing
            .iter()
            .map(|text| Block::paragraph(format!("{text}."))),
    );
    let cells: Vec<Vec<String>> = drift
        .lines
        .iter()
        .filter(|line| !matches!(line.change, Change::Same | Change::NotLookedAt))
        .map(drifted)
        .chain(drift.lapsed.iter().map(lapsed))
        .collect();
    if !cells.is_empty() {
        let head = ["Change", "Check", "Subject", "Then", "Now"];
        blocks.push(Block::table(&head, cells));
    }
    blocks
}

fn counted(drift: &Drift) -> String {
    let of = |change| drift.count(change);
    let mut text = format!(
        "Against {}: {} the same, {} worse, {} changed, {} better, {} could not be checked",
        minute(drift.since),
        of(Change::Same),
        of(Change::Worse),
        of(Change::Changed),
        of(Change::Better),
        of(Change::CouldNotCheck)
    );
    for (change, words) in [
        (Change::RuleChanged, "judged by a rule that changed"),
        (Change::NotLookedAt, "not looked at since, or not for a day"),
    ] {
        if of(change) > 0 {
            text.push_str(&format!(", {} {words}", of(change)));
        }
    }
    text + "."
}

fn drifted(line: &Drifted) -> Vec<String> {
    let said = |finding: &Option<Finding>| {
        finding.as_ref().map_or_else(
            || "not there".to_owned(),
            |f| format!("{}: {}", f.verdict, f.summary),
        )
    };
    let change = match &line.expected {
        Some(why) => format!("{}, expected: {}", line.change.word(), why.text()),
        None => line.change.word().to_owned(),
    };
    let facts = line.facts.iter().map(|fact| fact.text("→"));
    let now: Vec<String> = [said(&line.now)]
        .into_iter()
        .chain(facts)
        .chain(line.note.map(str::to_owned))
        .collect();
    vec![
        change,
        line.key.check.0.clone(),
        line.key.subject.clone(),
        said(&line.before),
        now.join("; "),
    ]
}

fn lapsed(lapsed: &Lapsed) -> Vec<String> {
    vec![
        "waiver lapsed, expected".to_owned(),
        String::new(),
        lapsed.criterion.clone(),
        format!("accepted by {} until {}", lapsed.by, minute(lapsed.until)),
        "over".to_owned(),
    ]
}
