//! The command line: one file a subcommand. Arguments in, exit code out.
//!
//! Commands wire the rooms together; they judge nothing and draw nothing themselves.

pub mod args;
pub mod checks;
pub mod exit;
pub mod explain;
pub mod out;
pub mod playbooks;
pub mod problem;
pub mod settings;
pub mod shell;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use args::{Arguments, Command};
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
            run(parsed.command, &settings)
        });
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => problem::report(&error).into(),
    }
}

fn run(command: Option<Command>, settings: &Settings) -> anyhow::Result<Exit> {
    match command {
        Some(Command::Explain { check }) => explain::run(&check),
        Some(Command::Checks { json }) => checks::run(json),
        Some(Command::Playbooks { action }) => playbooks::run(action),
        Some(Command::Completions { shell }) => shell::completions(shell),
        Some(Command::Man) => shell::man(),
        Some(Command::Config {
            action: args::ConfigAction::Show,
        }) => settings.show(),
        _ => Ok(Exit::Go),
    }
}
