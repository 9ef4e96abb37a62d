//! What is being watched.

use super::super::opened::Watching;
use super::super::state::State;
use crate::model::availability::{Figures, Standing, WINDOWS, figures, standing};
use crate::model::finding::FindingKey;
use crate::model::sample::{ANSWERS, Sample};

/// Every watch of the open session, in the order of its rows.
pub fn watches(state: &State) -> Vec<(&FindingKey, &Watching)> {
    state.opened.iter().flat_map(|o| o.watches.iter()).collect()
}

/// The keys of them.
pub fn keys(state: &State) -> Vec<FindingKey> {
    watches(state)
        .into_iter()
        .map(|(key, _)| key.clone())
        .collect()
}

/// A front door over time.
pub struct Door<'a> {
    pub host: &'a str,
    pub standing: Option<Standing>,
    /// Of the last 24 hours, 7 days and 30 days.
    pub figures: [Figures; 3],
    pub samples: &'a [Sample],
}

/// Every front door of which something was seen, by name.
pub fn doors(state: &State) -> Vec<Door<'_>> {
    let samples = state.opened.iter().flat_map(|o| o.samples.iter());
    samples
        .filter(|(key, samples)| key.check.as_str() == ANSWERS && !samples.is_empty())
        .map(|(key, samples)| Door {
            host: &key.subject,
            standing: standing(samples),
            figures: WINDOWS.map(|(_, window)| figures(samples, state.now, window)),
            samples,
        })
        .collect()
}

/// A front door in a line of text.
pub fn told(door: &Door<'_>) -> String {
    let parts = door
        .figures
        .iter()
        .zip(WINDOWS)
        .map(|(figures, (name, _))| {
            let share = figures.availability();
            format!(
                "{name} {}",
                share.unwrap_or_else(|| "not looked at".to_owned())
            )
        });
    let parts: Vec<String> = parts.collect();
    format!("{}  {}", door.host, parts.join("  "))
}
