//! `sessions`: list, export, import, merge, remove.

use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::args::SessionsAction;
use super::exit::Exit;
use super::out;
use super::problem::Problem;
use super::settings::Settings;
use super::target::{Open, session_problem};
use crate::model::text::escape;
use crate::store::{SessionSummary, Store, StoreProblem, catalog, import, locate, remove, salvage};

/// Runs one action.
pub fn run(action: SessionsAction, settings: &Settings) -> Result<Exit> {
    let folder = &settings.data_dir.value;
    match action {
        SessionsAction::List { json } => list(folder, json),
        SessionsAction::Export { session, output } => {
            let path = locate(folder, &session).map_err(|why| session_problem(&session, &why))?;
            export(&path, &output, &session)
        }
        SessionsAction::Import { file } => {
            let name = file.display().to_string();
            let path = import(folder, &file).map_err(|why| session_problem(&name, &why))?;
            out::line(&path.display().to_string())?;
            Ok(Exit::Go)
        }
        SessionsAction::Merge { session, other } => {
            let mut open = Open::named(&session, settings)?;
            let merged = open
                .store
                .merge(&other)
                .map_err(|why| session_problem(&session, &why))?;
            out::line(&format!(
                "{} events came in, {} were known",
                merged.added, merged.shared
            ))?;
            Ok(Exit::Go)
        }
        SessionsAction::Rm { session, yes } => {
            let path = locate(folder, &session).map_err(|why| session_problem(&session, &why))?;
            if !yes && !confirmed(&path)? {
                return Err(Problem::usage(
                    format!("removing {}", path.display()),
                    "not confirmed, so nothing was removed",
                    format!("launch-ready sessions rm {session} --yes"),
                )
                .into());
            }
            remove(&path).map_err(|why| session_problem(&session, &why))?;
            out::line(&format!("removed {}", path.display()))?;
            Ok(Exit::Go)
        }
    }
}

/// A copy of the whole session; of a damaged one, the events that can still be read, one JSON object a line.
fn export(path: &Path, output: &Path, name: &str) -> Result<Exit> {
    let as_lines = output
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("jsonl"));
    let write = |store: Store| match as_lines {
        true => store.export_lines(output),
        false => store.export(output),
    };
    let problem = match Store::open_read_only(path).and_then(write) {
        Ok(()) => {
            out::line(&output.display().to_string())?;
            return Ok(Exit::Go);
        }
        Err(problem @ (StoreProblem::Truncated { .. } | StoreProblem::Damaged { .. })) => problem,
        Err(problem) => return Err(session_problem(name, &problem).into()),
    };
    let Ok(left) = salvage(path) else {
        return Err(session_problem(name, &problem).into());
    };
    let mut file = File::create_new(output)?;
    for event in &left.events {
        writeln!(file, "{}", serde_json::to_string(event)?)?;
    }
    out::note(&format!(
        "the file is damaged: {} events could be read and are in {}, one JSON object a line; {} more could not ({})",
        left.events.len(),
        output.display(),
        left.lost,
        escape(&left.why)
    ));
    Ok(Exit::Session)
}

fn list(folder: &Path, as_json: bool) -> Result<Exit> {
    let sessions =
        catalog(folder).map_err(|why| session_problem(&folder.display().to_string(), &why))?;
    if as_json {
        let list: Vec<_> = sessions
            .iter()
            .map(|s| {
                json!({
                    "slug": s.slug, "file": s.path, "domain": s.domain, "playbook": s.playbook,
                    "created": s.created, "touched": s.touched, "events": s.events,
                    "handed_over": s.handed_over, "problem": s.problem,
                })
            })
            .collect();
        out::line(&serde_json::to_string_pretty(&list)?)?;
        return Ok(Exit::Go);
    }
    if sessions.is_empty() {
        out::note(&format!(
            "no session in {}: start one with `launch-ready new DOMAIN`",
            folder.display()
        ));
    }
    for session in &sessions {
        out::line(&line(session))?;
    }
    Ok(Exit::Go)
}

fn line(session: &SessionSummary) -> String {
    let state = match (&session.problem, session.handed_over) {
        (Some(problem), _) => escape(problem),
        (None, true) => "handed over".to_owned(),
        (None, false) => session
            .touched
            .map(|at| format!("last event {at}"))
            .unwrap_or_default(),
    };
    format!(
        "{:<26} {:<26} {:<24} {state}",
        escape(&session.slug),
        escape(&session.domain),
        escape(&session.playbook)
    )
}

/// Asks a person; without one, nothing is confirmed.
fn confirmed(path: &Path) -> io::Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    out::note(&format!("remove {} for good? type yes", path.display()));
    let mut typed = String::new();
    io::stdin().lock().read_line(&mut typed)?;
    Ok(typed.trim() == "yes")
}
