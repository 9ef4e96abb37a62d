//! `playbooks`: the five that come with the program, and a look at your own.

use std::path::Path;

use anyhow::Result;

use super::args::PlaybooksAction;
use super::exit::Exit;
use super::out;
use super::problem::Problem;
use crate::checks::registry::CHECKS;
use crate::model::playbook::Playbook;
use crate::playbook;

/// Lists, or lints one file.
pub fn run(action: Option<PlaybooksAction>) -> Result<Exit> {
    match action {
        None => list(),
        Some(PlaybooksAction::Lint { file }) => lint(&file),
    }
}

/// The playbook that a person names, or a problem that says which there are.
pub fn named(name: &str) -> Result<Playbook> {
    playbook::resolve(name, &ids()).map_err(|problems| {
        let why = problems
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("; ");
        Problem::usage(
            format!("reading the playbook {name}"),
            why,
            "`launch-ready playbooks` lists them",
        )
        .into()
    })
}

/// The built-in playbook of that id, or a problem that names the nearest one.
pub fn builtin(id: &str) -> Result<&'static Playbook> {
    playbook::find(id).map_err(|problem| {
        let hint = problem.meant.map_or_else(
            || "`launch-ready playbooks` lists them".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        Problem::usage(format!("opening the playbook {id}"), problem.what, hint).into()
    })
}

fn list() -> Result<Exit> {
    let mut text = String::new();
    for playbook in playbook::builtin() {
        text.push_str(&format!(
            "{:<26} {}\n{:<26} {}\n",
            playbook.id, playbook.title, "", playbook.ready
        ));
    }
    out::write(&text)?;
    Ok(Exit::Go)
}

fn lint(file: &Path) -> Result<Exit> {
    match playbook::load_file(file, &ids()) {
        Ok(playbook) => {
            out::line(&format!(
                "{}: {} rows, {} phases, nothing to mend",
                file.display(),
                playbook.criteria.len(),
                playbook.phases.len()
            ))?;
            Ok(Exit::Go)
        }
        Err(problems) => {
            for problem in &problems {
                out::line(&problem.to_string())?;
            }
            Ok(Exit::Usage)
        }
    }
}

fn ids() -> Vec<&'static str> {
    CHECKS.iter().map(|check| check.meta().id).collect()
}
