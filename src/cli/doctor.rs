//! `doctor`: the footing of the program on this computer, one line each, with what to do where something is wrong.

use std::io;

use anyhow::Result;

use super::exit::Exit;
use super::out;
use super::settings::Settings;
use crate::model::text::escape;
use crate::model::verdict::Verdict;
use crate::report::{Look, sign};
use crate::vault::{Options, Place, Vault};

/// One line of the examination.
struct Line {
    what: &'static str,
    verdict: Verdict,
    text: String,
}

/// Examines and prints. The exit code is 0 when everything needed is there.
pub async fn run(settings: &Settings) -> Result<Exit> {
    let mut lines = vec![terminal(), data_folder(settings)];
    lines.push(keyring(settings).await);
    lines.extend(network(settings).await?);
    let look = Look {
        unicode: !settings.plain.value,
        colour: false,
    };
    for line in &lines {
        out::line(&format!(
            "{} {:<12} {}",
            sign(line.verdict, look),
            line.what,
            escape(&line.text)
        ))?;
    }
    let broken = lines.iter().any(|line| line.verdict == Verdict::Fail);
    Ok(if broken { Exit::CouldNotTell } else { Exit::Go })
}

fn terminal() -> Line {
    let size = crossterm::terminal::size().ok();
    let (verdict, text) = match size {
        _ if !out::is_terminal() => (
            Verdict::Warn,
            "standard output is no terminal: the cockpit needs one, `check` does not".to_owned(),
        ),
        Some((width, height)) if width < 60 || height < 16 => (
            Verdict::Warn,
            format!("{width}×{height}: the cockpit needs 60×16"),
        ),
        Some((width, height)) => (Verdict::Pass, format!("{width}×{height}")),
        None => (Verdict::Warn, "its size cannot be read".to_owned()),
    };
    Line {
        what: "terminal",
        verdict,
        text,
    }
}

fn data_folder(settings: &Settings) -> Line {
    let folder = &settings.data_dir.value;
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| tempfile::NamedTempFile::new_in(folder))
        .and_then(tempfile::NamedTempFile::close);
    let place = folder.display();
    match written {
        Ok(()) => Line {
            what: "data folder",
            verdict: Verdict::Pass,
            text: place.to_string(),
        },
        Err(why) if why.kind() == io::ErrorKind::StorageFull => Line {
            what: "data folder",
            verdict: Verdict::Fail,
            text: format!(
                "{place}: the disk is full: make room, or choose another with --data-dir"
            ),
        },
        Err(why) => Line {
            what: "data folder",
            verdict: Verdict::Fail,
            text: format!("{place}: {why}: choose another with --data-dir"),
        },
    }
}

async fn keyring(settings: &Settings) -> Line {
    let options = Options {
        folder: settings.data_dir.value.clone(),
        scope: "doctor".to_owned(),
        passphrase: None,
        only: Some(Place::Keyring),
        work_factor: None,
    };
    let opened = tokio::task::spawn_blocking(move || Vault::open(options).map(drop)).await;
    match opened {
        Ok(Ok(())) => Line {
            what: "keyring",
            verdict: Verdict::Pass,
            text: "takes and gives back".to_owned(),
        },
        Ok(Err(why)) => Line {
            what: "keyring",
            verdict: Verdict::Warn,
            text: format!("{why}; an encrypted file works too (LAUNCH_READY_PASSPHRASE)"),
        },
        Err(why) => Line {
            what: "keyring",
            verdict: Verdict::Warn,
            text: why.to_string(),
        },
    }
}

async fn network(settings: &Settings) -> Result<Vec<Line>> {
    let network = settings.network(&[])?;
    let check = network.self_check().await;
    let word = |good: bool| if good { Verdict::Pass } else { Verdict::Fail };
    let mut lines = vec![
        Line {
            what: "network",
            verdict: word(check.network == "up"),
            text: check.network.clone(),
        },
        Line {
            what: "resolver",
            verdict: word(check.resolver_is_honest()),
            text: format!("{} ({})", check.resolver, check.resolvers.join(", ")),
        },
        Line {
            what: "clock",
            verdict: word(check.clock == "sane"),
            text: check.clock.clone(),
        },
        Line {
            what: "port 25",
            verdict: match check.port_25.as_str() {
                "open" => Verdict::Pass,
                "closed" => Verdict::Warn,
                _ => Verdict::NotApplicable,
            },
            text: check.port_25.clone(),
        },
    ];
    lines.extend(check.problems.iter().map(|text| Line {
        what: "",
        verdict: Verdict::Warn,
        text: text.clone(),
    }));
    Ok(lines)
}
