//! The watch over time: everything of the session on a schedule, for as long as the cockpit is open on it.

use jiff::Timestamp;

use super::effect::VigilRequest;
use super::opened::Opened;
use super::state::{State, Tone};
use super::update::{append, good, refused};
use super::{Effect, select};
use crate::model::event::EventBody;
use crate::model::sample::Sample;
use crate::model::sight::{Sight, knowledge};

/// A watch over time that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vigil {
    pub since: Timestamp,
    pub looks: u32,
    /// When the next look begins; `None` while the first is under way.
    pub next: Option<Timestamp>,
    /// Why nothing can be told from here.
    pub footing: Option<String>,
}

/// Starts it, or ends it.
pub(super) fn toggle(state: &mut State) -> Vec<Effect> {
    if let Some(opened) = &mut state.opened
        && opened.vigil.take().is_some()
    {
        good(
            state,
            "not watching over time any more: what was seen stays",
        );
        return vec![Effect::StopVigil];
    }
    let Some(run) = select::intent::run_request(state, Vec::new()) else {
        return refused(state, "this session has no playbook that is known here");
    };
    let now = state.now;
    let Some(opened) = &mut state.opened else {
        return Vec::new();
    };
    opened.vigil = Some(Vigil {
        since: now,
        looks: 0,
        next: None,
        footing: None,
    });
    let known = knowledge(&opened.session, &opened.samples);
    good(
        state,
        "watching over time: you hear of what breaks, and when it holds again",
    );
    vec![Effect::StartVigil(Box::new(VigilRequest { run, known }))]
}

/// One look.
pub(super) fn sighted(state: &mut State, sight: Sight, next: Timestamp) -> Vec<Effect> {
    let Some(opened) = &mut state.opened else {
        return Vec::new();
    };
    let Some(vigil) = &mut opened.vigil else {
        return Vec::new();
    };
    let lost = sight.footing.is_some() && vigil.footing.is_none();
    vigil.next = Some(next);
    vigil.footing.clone_from(&sight.footing);
    if let Some(why) = sight.footing {
        // Said once, and not with every look.
        if lost {
            state.toast(
                Tone::Problem,
                format!("nothing can be told from here: {why}"),
            );
        }
        return Vec::new();
    }
    vigil.looks += 1;
    opened.keep(&sight.samples);
    let run = opened.session.runs.last();
    let run = run.map(|r| r.id.clone()).unwrap_or_default();
    let news: Vec<String> = sight
        .turns
        .iter()
        .filter(|turn| turn.is_news())
        .map(crate::model::sight::Turn::words)
        .collect();
    let bodies: Vec<EventBody> = sight
        .turns
        .into_iter()
        .filter_map(|turn| turn.finding)
        .map(|finding| EventBody::Found {
            run: run.clone(),
            finding,
        })
        .collect();
    let mut effects = vec![Effect::KeepSamples(sight.samples)];
    if !bodies.is_empty() {
        effects.extend(append(state, bodies));
    }
    for text in news {
        state.toast(Tone::Plain, text.clone());
        effects.push(Effect::Notify(text));
    }
    effects
}

/// It could not begin.
pub(super) fn failed(state: &mut State, why: &str) -> Vec<Effect> {
    if let Some(opened) = &mut state.opened {
        opened.vigil = None;
    }
    super::update::problem(state, format!("the watch over time did not start: {why}"))
}

impl Opened {
    /// Takes new samples in, as the file does.
    pub fn keep(&mut self, samples: &[Sample]) {
        for sample in samples {
            let known = self.samples.entry(sample.key.clone()).or_default();
            if !known.last_mut().is_some_and(|last| last.extend(sample)) {
                known.push(sample.clone());
            }
        }
    }
}
