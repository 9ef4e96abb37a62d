//! `report SESSION`: a session as a document, for the client or for the team.

use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;

use super::args::{Edition, Report, ReportFormat};
use super::exit::Exit;
use super::problem::Problem;
use super::settings::Settings;
use super::target::{Open, session_problem};
use super::{out, playbooks};
use crate::report::{self, Account, Seal};

/// Writes the report where it was asked for.
pub fn run(arguments: &Report, settings: &Settings) -> Result<Exit> {
    let open = Open::named(&arguments.session, settings)?;
    let playbook = playbooks::named(&open.session.playbook)?;
    let verified = open
        .store
        .verify()
        .map_err(|why| session_problem(&arguments.session, &why))?;
    let samples = open
        .store
        .samples()
        .map_err(|why| session_problem(&arguments.session, &why))?;
    let events = open
        .store
        .events()
        .map_err(|why| session_problem(&arguments.session, &why))?;
    let account = Account {
        samples: &samples,
        session: &open.session,
        playbook: &playbook,
        events: &events,
        edition: match arguments.edition {
            Edition::Client => report::Edition::Client,
            Edition::Internal => report::Edition::Internal,
        },
        now: Timestamp::now(),
        seal: verified.is_intact().then_some(Seal {
            events: verified.events,
            head: &verified.head,
        }),
    };
    let text = match arguments.format {
        ReportFormat::Markdown => report::session_markdown(&account),
        ReportFormat::Html => report::session_html(&account),
        ReportFormat::Json => report::session_json(&account)?,
    };
    match &arguments.output {
        Some(path) => write(path, &text)?,
        None => out::write(&text)?,
    }
    Ok(Exit::Go)
}

/// Complete or not at all: an earlier report stands until the new one is whole.
fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    tempfile::NamedTempFile::new_in(folder.unwrap_or_else(|| Path::new(".")))
        .and_then(|mut file| {
            std::io::Write::write_all(&mut file, text.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(path).map_err(|failed| failed.error)?;
            Ok(())
        })
        .map_err(|why| {
            Problem::usage(
                format!("writing {}", path.display()),
                why,
                "name another file with -o",
            )
        })?;
    Ok(())
}
