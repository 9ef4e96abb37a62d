//! `explain CHECK`: the guide of a check, offline.

use anyhow::Result;

use super::exit::Exit;
use super::problem::Problem;
use super::{exit, out};
use crate::checks::registry::{CHECKS, find};
use crate::model::text::nearest;

/// Prints the guide.
pub fn run(id: &str) -> Result<Exit> {
    let Some(check) = find(id) else {
        let known = CHECKS.iter().map(|check| check.meta().id);
        let hint = nearest(id, known).map_or_else(
            || "`launch-ready checks` lists them all".to_owned(),
            |near| format!("did you mean `{near}`? `launch-ready checks` lists them all"),
        );
        return Err(
            Problem::usage(format!("explaining {id}"), "there is no such check", hint).into(),
        );
    };
    let meta = check.meta();
    out::line(meta.guide.trim_end())?;
    out::line(&format!(
        "\nid {} · severity {} · rule version {}",
        meta.id, meta.severity, meta.version
    ))?;
    Ok(exit::Exit::Go)
}
