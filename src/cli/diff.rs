//! `diff SESSION`: what changed since the handover, or since a run.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::Timestamp;
use serde_json::json;

use super::args::{Diff, DiffFormat};
use super::exit::Exit;
use super::out;
use super::problem::Problem;
use super::settings::Settings;
use super::target::Open;
use crate::model::drift::{Change, Drift, Drifted};
use crate::model::event::EventBody;
use crate::model::expected::{Expected, Lapsed};
use crate::model::finding::{Finding, FindingKey};
use crate::model::text::escape;

/// Prints the differences, the gravest first. Exit 1 when something is worse, 3 when something could not be checked or was not
/// looked at again.
pub fn run(arguments: &Diff, settings: &Settings) -> Result<Exit> {
    let open = Open::named(&arguments.session, settings)?;
    let drift = match arguments.since.as_str() {
        "handover" => since_handover(&open)?,
        run => since_run(&open, run)?,
    };
    match arguments.format {
        DiffFormat::Text => print(&drift)?,
        DiffFormat::Json => {
            let lines = drift.lines.iter().filter(|d| d.change != Change::Same);
            let list: Vec<_> = lines
                .map(as_json)
                .chain(drift.lapsed.iter().map(lapse))
                .collect();
            out::line(&serde_json::to_string_pretty(&list)?)?;
        }
    }
    let has = |change| drift.count(change) > 0;
    let untold = has(Change::CouldNotCheck) || has(Change::NotLookedAt);
    Ok(match (has(Change::Worse), untold) {
        (true, _) => Exit::NoGo,
        (false, true) => Exit::CouldNotTell,
        (false, false) => Exit::Go,
    })
}

fn since_handover(open: &Open) -> Result<Drift> {
    open.session.drift(Timestamp::now()).ok_or_else(|| {
        Problem::usage(
            format!("comparing {}", open.session.slug),
            "it was not handed over yet",
            "compare with a run: --since RUN",
        )
        .into()
    })
}

/// Against what one run found.
fn since_run(open: &Open, run: &str) -> Result<Drift> {
    let lines = open.session.against(&baseline(open, run)?);
    let record = open.session.runs.iter().find(|r| r.id == run);
    Ok(Drift {
        since: record.map_or(Timestamp::UNIX_EPOCH, |r| r.started),
        rules_then: record.map(|r| r.rules),
        rules_now: open.session.runs.last().map(|r| r.rules),
        lines,
        lapsed: Vec::new(),
        footing: Vec::new(),
    })
}

fn baseline(open: &Open, since: &str) -> Result<BTreeMap<FindingKey, Finding>> {
    let doing = format!("comparing {}", open.session.slug);
    let events = open
        .store
        .events()
        .map_err(|why| super::target::session_problem(since, &why))?;
    let found: BTreeMap<FindingKey, Finding> = events
        .into_iter()
        .filter_map(|event| match event.body {
            EventBody::Found { run, finding } if run == since => Some((finding.key(), *finding)),
            _ => None,
        })
        .collect();
    if found.is_empty() {
        let runs: Vec<&str> = open
            .session
            .runs
            .iter()
            .map(|run| run.id.as_str())
            .collect();
        let why = format!(
            "there is no run {since} in it; there are {}",
            runs.join(", ")
        );
        return Err(Problem::usage(doing, why, "--since handover, or one of these").into());
    }
    Ok(found)
}

fn as_json(drifted: &Drifted) -> serde_json::Value {
    let mut line = json!({
        "check": drifted.key.check, "subject": drifted.key.subject, "change": drifted.change.word(),
        "expected": drifted.expected.is_some(), "facts": drifted.facts,
        "before": drifted.before, "now": drifted.now,
    });
    let because = drifted.expected.as_ref().map(Expected::text);
    let more = [("because", because.as_deref()), ("note", drifted.note)];
    for (key, text) in more {
        if let (Some(text), Some(line)) = (text, line.as_object_mut()) {
            line.insert(key.to_owned(), text.into());
        }
    }
    line
}

fn lapse(lapsed: &Lapsed) -> serde_json::Value {
    json!({
        "criterion": lapsed.criterion, "change": "waiver-lapsed", "expected": true,
        "by": lapsed.by, "until": lapsed.until,
    })
}

fn print(drift: &Drift) -> Result<()> {
    let shown = |d: &&Drifted| !matches!(d.change, Change::Same | Change::NotLookedAt);
    for drifted in drift.lines.iter().filter(shown) {
        entry(drifted)?;
    }
    for lapsed in &drift.lapsed {
        out::line(&format!(
            "waiver lapsed    {}  accepted by {} until {} (expected)",
            escape(&lapsed.criterion),
            escape(&lapsed.by),
            lapsed.until
        ))?;
    }
    for sentence in &drift.footing {
        out::line(&escape(sentence))?;
    }
    if drift.rules_changed() {
        out::line("the rules are not those of then: a difference may be theirs")?;
    }
    let old = drift.count(Change::NotLookedAt);
    if old > 0 {
        out::line(&format!(
            "{old} not looked at since, or not for a day: check the session first"
        ))?;
    }
    out::line(&format!("{} the same", drift.count(Change::Same)))?;
    Ok(())
}

fn entry(drifted: &Drifted) -> Result<()> {
    let say = |finding: &Option<Finding>| {
        finding.as_ref().map_or_else(
            || "nothing".to_owned(),
            |f| format!("{}: {}", f.verdict, escape(&f.summary)),
        )
    };
    let because = drifted.expected.as_ref().map(Expected::text);
    let because = because.map(|text| format!("  (expected: {})", escape(&text)));
    out::line(&format!(
        "{:<16} {}  {}{}",
        drifted.change.word(),
        drifted.key.check,
        escape(&drifted.key.subject),
        because.unwrap_or_default()
    ))?;
    for fact in &drifted.facts {
        out::line(&format!("  {}", escape(&fact.text("→"))))?;
    }
    out::line(&format!("  then {}", say(&drifted.before)))?;
    out::line(&format!("  now  {}", say(&drifted.now)))?;
    if let Some(note) = drifted.note {
        out::line(&format!("  {note}"))?;
    }
    Ok(())
}
