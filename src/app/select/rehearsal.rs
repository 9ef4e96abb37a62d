//! What the checks will see after the switch, beside what they see today.

use std::collections::BTreeMap;

use super::super::rehearsal::{Rehearsal, RehearsalScreen};
use super::super::screen::Screen;
use super::super::state::State;
use super::text;
use crate::model::drift::{Change, Drifted, compare};
use crate::model::finding::{Finding, FindingKey};

/// The look that is there, or under way.
pub fn current(state: &State) -> Option<&Rehearsal> {
    state.opened.as_ref()?.rehearsal.as_deref()
}

/// Whether it is under way.
pub fn is_busy(state: &State) -> bool {
    current(state).is_some_and(|r| r.run.is_busy())
}

/// Today against then, for every row that was looked at; the gravest change first.
pub fn comparison(state: &State) -> Vec<Drifted> {
    let (Some(rehearsal), Some(opened)) = (current(state), &state.opened) else {
        return Vec::new();
    };
    let today: BTreeMap<FindingKey, Finding> = opened
        .session
        .findings
        .iter()
        .filter(|(key, _)| rehearsal.findings.contains_key(*key))
        .map(|(key, finding)| (key.clone(), finding.clone()))
        .collect();
    compare(&today, &rehearsal.findings)
}

/// The rows that the screen lists.
pub fn rows(state: &State, screen: &RehearsalScreen) -> Vec<Drifted> {
    comparison(state)
        .into_iter()
        .filter(|d| screen.everything || d.change != Change::Same)
        .filter(|d| {
            let name = format!("{} {}", d.key.check, d.key.subject);
            screen.filter.lets(&name)
        })
        .collect()
}

/// Their keys.
pub fn keys(state: &State, screen: &RehearsalScreen) -> Vec<FindingKey> {
    rows(state, screen).into_iter().map(|d| d.key).collect()
}

/// The row that the operator is on.
pub fn selected(state: &State) -> Option<Drifted> {
    let Some(Screen::Rehearsal(screen)) = state.screen() else {
        return None;
    };
    let rows = rows(state, screen);
    let keys: Vec<FindingKey> = rows.iter().map(|d| d.key.clone()).collect();
    let key = screen.cursor.current(&keys)?;
    rows.iter().find(|d| d.key == *key).cloned()
}

/// What is assumed, one assumption a line.
pub fn assumptions(rehearsal: &Rehearsal) -> Vec<String> {
    let hosts = rehearsal
        .switch
        .hosts
        .iter()
        .map(|(host, address)| format!("{host} has the address {address}"));
    let servers = rehearsal
        .switch
        .servers
        .iter()
        .map(|(server, address)| match address {
            Some(address) => format!("the domain is served by {server} ({address})"),
            None => format!("the domain is served by {server}"),
        });
    hosts.chain(servers).collect()
}

/// Everything about a row, as plain text.
pub fn text(state: &State, row: &Drifted) -> Vec<String> {
    let mut lines: Vec<String> = current(state).map(assumptions).unwrap_or_default();
    lines.insert(0, "This is about the world after the switch:".to_owned());
    lines.push(String::new());
    if let Some(finding) = &row.before {
        let today = format!("Today: {} {}", finding.verdict, finding.summary);
        lines.extend([today, String::new()]);
    }
    if let Some(finding) = &row.now {
        lines.extend(text::of_finding(state, finding));
    }
    lines
}
