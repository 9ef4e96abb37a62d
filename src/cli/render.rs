//! A run in the format that was asked for.

use std::collections::BTreeMap;

use anyhow::Result;

use super::args::RunFormat;
use super::out;
use super::settings::Settings;
use crate::checks::registry::CHECKS;
use crate::model::playbook::Playbook;
use crate::model::run::Run;
use crate::report::{self, Look};

/// Prints `run`. With `jsonl` the findings are out already; the gate follows as the last line.
pub fn run(run: &Run, playbook: &Playbook, format: RunFormat, settings: &Settings) -> Result<()> {
    let text = match format {
        RunFormat::Text => report::text(run, playbook, look(settings)),
        RunFormat::Json => report::json(run)?,
        RunFormat::Jsonl => report::jsonl_end(run),
        RunFormat::Markdown => report::markdown(run, playbook),
        RunFormat::Junit => report::junit(run),
        RunFormat::Sarif => {
            let titles: BTreeMap<&str, &str> = CHECKS
                .iter()
                .map(|check| check.meta())
                .map(|meta| (meta.id, meta.title))
                .collect();
            report::sarif(run, &titles)?
        }
    };
    out::write(&text)?;
    Ok(())
}

/// Glyphs unless plain, colours only for a person who wants them.
pub fn look(settings: &Settings) -> Look {
    let plain = settings.plain.value;
    Look {
        unicode: !plain,
        colour: !plain && !settings.no_color.value && out::is_terminal(),
    }
}
