//! `checks`: every check in one list.

use anyhow::Result;
use serde_json::json;

use super::exit::Exit;
use super::out;
use crate::checks::registry::CHECKS;

/// Prints the list, as a table or as JSON.
pub fn run(as_json: bool) -> Result<Exit> {
    if as_json {
        let list: Vec<_> = CHECKS
            .iter()
            .map(|check| check.meta())
            .map(|m| {
                json!({
                    "id": m.id, "title": m.title, "severity": m.severity, "intrusive": m.intrusive,
                    "version": m.version, "standards": m.standards,
                })
            })
            .collect();
        out::line(&serde_json::to_string_pretty(&list)?)?;
        return Ok(Exit::Go);
    }
    let mut text = String::new();
    for meta in CHECKS.iter().map(|check| check.meta()) {
        text.push_str(&format!(
            "{:<26} {:<8} {}\n",
            meta.id, meta.severity, meta.title
        ));
    }
    text.push_str(&format!(
        "\n{} checks · `launch-ready explain ID` tells what one looks at, and why\n",
        CHECKS.len()
    ));
    out::write(&text)?;
    Ok(Exit::Go)
}
