//! `diff SESSION`: what changed since the handover, or since a run.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::json;

use super::args::{Diff, DiffFormat};
use super::exit::Exit;
use super::out;
use super::problem::Problem;
use super::settings::Settings;
use super::target::Open;
use crate::model::drift::{Change, Drifted, compare};
use crate::model::event::EventBody;
use crate::model::finding::{Finding, FindingKey};
use crate::model::text::escape;

/// Prints the differences, the gravest first. Exit 1 when something is worse, 3 when something could not be checked.
pub fn run(arguments: &Diff, settings: &Settings) -> Result<Exit> {
    let open = Open::named(&arguments.session, settings)?;
    let before = baseline(&open, &arguments.since)?;
    let drift = compare(&before, &open.session.findings);
    match arguments.format {
        DiffFormat::Text => print(&drift)?,
        DiffFormat::Json => {
            let list: Vec<_> = drift
                .iter()
                .filter(|d| d.change != Change::Same)
                .map(as_json)
                .collect();
            out::line(&serde_json::to_string_pretty(&list)?)?;
        }
    }
    let has = |change| drift.iter().any(|d| d.change == change);
    Ok(match (has(Change::Worse), has(Change::CouldNotCheck)) {
        (true, _) => Exit::NoGo,
        (false, true) => Exit::CouldNotTell,
        (false, false) => Exit::Go,
    })
}

fn baseline(open: &Open, since: &str) -> Result<BTreeMap<FindingKey, Finding>> {
    let doing = format!("comparing {}", open.session.slug);
    if since == "handover" {
        return open
            .session
            .handed_over
            .as_ref()
            .map(|handover| handover.findings.clone())
            .ok_or_else(|| {
                Problem::usage(
                    doing,
                    "it was not handed over yet",
                    "compare with a run: --since RUN",
                )
                .into()
            });
    }
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

const fn word(change: Change) -> &'static str {
    match change {
        Change::Worse => "worse",
        Change::Changed => "changed",
        Change::CouldNotCheck => "could-not-check",
        Change::Better => "better",
        Change::Same => "same",
    }
}

fn as_json(drifted: &Drifted) -> serde_json::Value {
    let mut line = json!({
        "check": drifted.key.check, "subject": drifted.key.subject, "change": word(drifted.change),
        "before": drifted.before, "now": drifted.now,
    });
    if let (Some(note), Some(line)) = (drifted.note, line.as_object_mut()) {
        line.insert("note".to_owned(), note.into());
    }
    line
}

fn print(drift: &[Drifted]) -> Result<()> {
    for drifted in drift.iter().filter(|d| d.change != Change::Same) {
        let say = |finding: &Option<Finding>| {
            finding.as_ref().map_or_else(
                || "nothing".to_owned(),
                |f| format!("{}: {}", f.verdict, escape(&f.summary)),
            )
        };
        out::line(&format!(
            "{:<16} {}  {}",
            word(drifted.change),
            drifted.key.check,
            escape(&drifted.key.subject)
        ))?;
        out::line(&format!("  then {}", say(&drifted.before)))?;
        out::line(&format!("  now  {}", say(&drifted.now)))?;
        if let Some(note) = drifted.note {
            out::line(&format!("  {note}"))?;
        }
    }
    let same = drift.iter().filter(|d| d.change == Change::Same).count();
    out::line(&format!("{same} the same"))?;
    Ok(())
}
