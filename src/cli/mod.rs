//! The command line: one file a subcommand. Arguments in, exit code out.
//!
//! Commands wire the rooms together; they judge nothing and draw nothing themselves.

pub mod args;
mod check;
mod checks;
mod cockpit;
mod credentials;
mod diff;
mod doctor;
mod exit;
mod explain;
mod future;
mod intent;
mod interrupt;
mod messages;
mod new;
mod notify;
mod out;
mod playbooks;
mod problem;
mod range;
mod render;
mod report;
mod sessions;
mod settings;
mod shell;
mod target;
mod third_party;
mod verify;
mod vigil;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{CommandFactory, FromArgMatches};

use crate::diagnostics;
use crate::driver::Opening;
use args::{Arguments, Command, ConfigAction};
use cockpit::Tape;
use exit::Exit;
use settings::Settings;

/// Parses `arguments`, runs the command and tells how it ended.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = match Arguments::command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(usage) => {
            // Help and version are answers, everything else is a usage error; clap prints each where it belongs.
            let code = if usage.use_stderr() {
                Exit::Usage
            } else {
                Exit::Go
            };
            let _ = usage.print();
            return code.into();
        }
    };
    let outcome = Arguments::from_arg_matches(&matches)
        .map_err(anyhow::Error::from)
        .and_then(|parsed| {
            let settings = Settings::gather(&parsed.global, &matches)?;
            diagnostics::log_to(settings.log.value.as_deref()).context("opening the log")?;
            let tape = Tape {
                record: parsed.record,
                replay: parsed.replay,
            };
            run(parsed.command, tape, &settings)
        });
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => problem::report(&error).into(),
    }
}

fn run(command: Option<Command>, tape: Tape, settings: &Settings) -> Result<Exit> {
    match command {
        Some(Command::New(arguments)) => wait(new::run(arguments, settings)),
        Some(Command::Check(arguments)) => wait(check::run(arguments, settings)),
        Some(Command::Watch(arguments)) => wait(watch::run(arguments, settings)),
        Some(Command::Diff(arguments)) => diff::run(&arguments, settings),
        Some(Command::Report(arguments)) => report::run(&arguments, settings),
        Some(Command::Verify { session, head }) => verify::run(&session, head.as_deref(), settings),
        Some(Command::Sessions { action }) => sessions::run(action, settings),
        Some(Command::Credentials { action }) => credentials::run(action, settings),
        Some(Command::Range { action }) => wait(range::run(action)),
        Some(Command::Explain { check }) => explain::run(&check),
        Some(Command::Checks { json }) => checks::run(json),
        Some(Command::Playbooks { action }) => playbooks::run(action),
        Some(Command::Doctor) => wait(doctor::run(settings)),
        Some(Command::Config {
            action: ConfigAction::Show,
        }) => settings.show(),
        Some(Command::Schema) => {
            out::write(&crate::report::schema()?)?;
            Ok(Exit::Go)
        }
        Some(Command::Completions { shell }) => shell::completions(shell),
        Some(Command::Man) => shell::man(),
        Some(Command::Open { session }) => {
            let path = target::located(&session, settings)?;
            wait(cockpit::run(Opening::Session(path), tape, settings))
        }
        Some(Command::Demo { scenario, playbook }) => {
            let open = Opening::Range { scenario, playbook };
            wait(cockpit::run(open, tape, settings))
        }
        None => wait(cockpit::run(Opening::Home, tape, settings)),
    }
}

/// Runs a command that waits for the network.
fn wait(work: impl Future<Output = Result<Exit>>) -> Result<Exit> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("starting the runtime")?
        .block_on(work)
}
