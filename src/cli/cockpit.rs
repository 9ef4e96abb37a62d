//! The cockpit: without a command, with `open`, and with `demo`.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use anyhow::Result;

use super::exit::Exit;
use super::problem::Problem;
use super::settings::Settings;
use super::target::{actor, device};
use super::{credentials, playbooks, range};
use crate::driver::{self, DriverOptions, ExitReason, Opening, Palette, Terminal};
use crate::playbook;

/// Recording and playing back, for whoever reports a fault.
#[derive(Debug, Clone, Default)]
pub struct Tape {
    pub record: Option<PathBuf>,
    pub replay: Option<PathBuf>,
}

/// Opens the cockpit on what is asked for.
pub async fn run(open: Opening, tape: Tape, settings: &Settings) -> Result<Exit> {
    if let Opening::Range { scenario, playbook } = &open {
        range::world(scenario)?;
        playbooks::builtin(playbook)?;
    }
    if !(io::stdout().is_terminal() && io::stdin().is_terminal()) {
        return Err(Problem::usage(
            "opening the cockpit",
            "it needs a terminal, and standard input or output is none",
            "`launch-ready check DOMAIN` prints the same truth; `launch-ready --help` lists the rest",
        )
        .into());
    }
    let options = DriverOptions {
        data_dir: settings.data_dir.value.clone(),
        out_dir: std::env::current_dir().unwrap_or_else(|_| settings.data_dir.value.clone()),
        network: settings.network_config(&[]),
        open,
        playbooks: playbook::builtin().to_vec(),
        actor: actor(),
        device: device(),
        terminal: capabilities(settings),
        palette: Palette::Ansi,
        passphrase: credentials::given_passphrase(),
        credentials_dir: settings.credentials_dir.clone(),
        record: tape.record,
        replay: tape.replay,
    };
    Ok(match driver::run(options).await? {
        ExitReason::Quit => Exit::Go,
        ExitReason::Interrupted => Exit::Interrupted,
    })
}

/// From the environment alone: asking the terminal would delay the first frame.
fn capabilities(settings: &Settings) -> Terminal {
    let says = |name: &str| std::env::var(name).unwrap_or_default();
    let locale = [says("LC_ALL"), says("LC_CTYPE"), says("LANG")]
        .into_iter()
        .find(|value| !value.is_empty());
    // Without any locale a modern terminal is the better guess; a locale that is named and is not UTF-8 is believed.
    let utf8 = locale.is_none_or(|value| {
        let value = value.to_ascii_lowercase();
        value.contains("utf-8") || value.contains("utf8")
    });
    let plain = settings.plain.value;
    Terminal {
        unicode: utf8 && !plain && says("TERM") != "linux",
        colour: !settings.no_color.value && says("TERM") != "dumb",
        motion: !plain,
        mouse: !plain,
        remote: !says("SSH_CONNECTION").is_empty() || !says("SSH_TTY").is_empty(),
    }
}
