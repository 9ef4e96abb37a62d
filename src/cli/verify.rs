//! `verify`: whether the chain of events is intact, or where it breaks.

use anyhow::Result;

use super::exit::Exit;
use super::out;
use super::settings::Settings;
use super::target::session_problem;
use crate::model::text::escape;
use crate::store::{Store, StoreProblem, Verification, is_lines, locate, verify_lines};

/// Prints the result and what it does and does not prove. Exit 4 where the chain is broken, or where `head`, a head hash that
/// was kept elsewhere, belongs to no event of it.
pub fn run(name: &str, head: Option<&str>, settings: &Settings) -> Result<Exit> {
    let problem = |why: StoreProblem| session_problem(name, &why);
    let path = locate(&settings.data_dir.value, name).map_err(problem)?;
    let seen = if is_lines(&path) {
        verify_lines(&path).map_err(problem)?
    } else {
        let store = Store::open_read_only(&path).map_err(problem)?;
        store.verify().map_err(problem)?
    };
    let span = match (seen.first, seen.last) {
        (Some(first), Some(last)) => format!(", {first} to {last}"),
        _ => String::new(),
    };
    out::line(&format!("{} events intact{span}", seen.events))?;
    out::line(&format!("head    {}", seen.head))?;
    if let Some(broken) = &seen.broken {
        out::line(&format!(
            "BROKEN  event {} ({}): {}",
            broken.event,
            escape(&broken.id),
            escape(&broken.how)
        ))?;
        return Ok(Exit::Session);
    }
    if let Some(head) = head {
        let Some(event) = seen.event_of(head) else {
            out::line(&format!(
                "BROKEN  {} is the hash of no event here: events are missing at the end, or this is another log",
                escape(head)
            ))?;
            return Ok(Exit::Session);
        };
        let since = seen.events - event;
        out::line(&format!(
            "the head that you gave is event {event}: nothing before it was changed, {since} came since"
        ))?;
    }
    out::line(&format!("proves          {}", Verification::proves()))?;
    out::line(&format!(
        "does not prove  {}",
        Verification::does_not_prove()
    ))?;
    Ok(Exit::Go)
}
