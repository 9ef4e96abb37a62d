//! What the engine tells: findings become events, watches turn green.

use jiff::{SignedDuration, Timestamp};

use super::super::opened::{LastLook, WatchPhase};
use super::super::run::RunPhase;
use super::super::screen::Screen;
use super::super::state::{State, Tone, Words};
use super::super::{Effect, guide, select};
use super::{append, good, problem, work};
use crate::model::event::EventBody;
use crate::model::finding::{Finding, FindingKey};
use crate::model::observation::self_check::SelfCheck;
use crate::model::progress::Progress;
use crate::model::sample::Sample;
use crate::model::verdict::Verdict;

/// How long the last look of a watch speaks for.
const LOOK: SignedDuration = SignedDuration::from_secs(10);

/// One step of a run.
pub(super) fn progress(state: &mut State, step: &Progress) -> Vec<Effect> {
    let now = state.now;
    let Some(opened) = &mut state.opened else {
        return Vec::new();
    };
    opened.run.apply(step, now);
    let run = opened.run.run.clone().unwrap_or_default();
    let own = opened.run.self_check.clone().unwrap_or_else(not_checked);
    let mut bodies: Vec<EventBody> = EventBody::of(step, &run, &own).into_iter().collect();
    if let Progress::Planned { run, keys, .. } = step
        && opened.run.whole
    {
        bodies.push(EventBody::RunPlanned {
            run: run.clone(),
            keys: keys.clone(),
        });
    }
    if let Progress::Finished(finding) = step {
        announce(state, finding);
    }
    let mut effects = if bodies.is_empty() {
        Vec::new()
    } else {
        append(state, bodies)
    };
    if let Progress::Ended { cancelled, .. } = step {
        effects.extend(ended(state, *cancelled));
    }
    effects
}

/// A run could not begin.
pub(super) fn run_failed(state: &mut State, why: &str) -> Vec<Effect> {
    if let Some(opened) = &mut state.opened {
        opened.run.phase = RunPhase::Stopped;
    }
    problem(state, format!("the checks did not start: {why}"))
}

/// Notes a blocker that was none before, for the top edge of the list.
fn announce(state: &mut State, finding: &Finding) {
    let key = finding.key();
    let known = select::finding(state, &key).is_some_and(Finding::blocks);
    if known || !finding.blocks() {
        return;
    }
    for screen in &mut state.screens {
        if let Screen::Sprint(sprint) = screen
            && sprint.cursor.selected.is_some()
            && !sprint.news.contains(&key)
        {
            sprint.news.push(key.clone());
        }
    }
}

fn ended(state: &mut State, cancelled: bool) -> Vec<Effect> {
    let Some(opened) = &state.opened else {
        return Vec::new();
    };
    let (done, took) = (opened.run.finished, opened.run.took_ms.unwrap_or_default());
    if cancelled {
        return good(state, format!("stopped after {done} checks"));
    }
    let text = format!("{done} checks in {}.{} s", took / 1_000, took % 1_000 / 100);
    tell(state, text.clone());
    if state.focused {
        Vec::new()
    } else {
        vec![Effect::Notify(text)]
    }
}

/// One look of a watch.
pub(super) fn looked(state: &mut State, finding: Finding, next: Option<Timestamp>) -> Vec<Effect> {
    let (key, now) = (finding.key(), state.now);
    let before = select::finding(state, &key).map(|f| f.fingerprint.clone());
    let Some(opened) = &mut state.opened else {
        return Vec::new();
    };
    let run = opened
        .session
        .runs
        .last()
        .map(|r| r.id.clone())
        .unwrap_or_default();
    let Some(watch) = opened.watches.get_mut(&key) else {
        return Vec::new();
    };
    let same = watch
        .last
        .as_ref()
        .filter(|l| l.verdict == finding.verdict && l.summary == finding.summary);
    let same_since = same.map_or(now, |l| l.same_since);
    watch.attempts += 1;
    watch.next = next;
    watch.last = Some(LastLook {
        verdict: finding.verdict,
        summary: finding.summary.clone(),
        at: now,
        same_since,
    });
    let green = matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable);
    let turned = green && watch.phase == WatchPhase::Looking;
    if green {
        watch.phase = WatchPhase::Green;
    }
    let sample = Sample::look(
        now,
        key.clone(),
        finding.verdict,
        next.map_or(LOOK, |next| next.duration_since(now)),
        None,
    );
    opened.keep(std::slice::from_ref(&sample));
    let mut effects = vec![Effect::KeepSamples(vec![sample])];
    if before.as_ref() != Some(&finding.fingerprint) {
        let finding = Box::new(finding);
        effects.extend(append(state, vec![EventBody::Found { run, finding }]));
    }
    if turned {
        let text = format!("green: {} · {}", select::title_of(state, &key), key.subject);
        tell(state, text.clone());
        effects.push(Effect::Notify(text));
        guide::closed(state, &key);
    }
    effects
}

/// Says how the work goes on, but not over the founder's guide: it shows that itself, and a message would cover the words
/// that are being read and bring others that stand unexplained.
fn tell(state: &mut State, text: String) {
    let guided = matches!(state.screen(), Some(Screen::Guide(_)));
    if !(guided && state.words == Words::Founder) {
        state.toast(Tone::Good, text);
    }
}

/// No look will come any more.
pub(super) fn watch_ended(state: &mut State, key: &FindingKey) -> Vec<Effect> {
    let gave_up = state
        .opened
        .as_mut()
        .and_then(|o| o.watches.get_mut(key))
        .filter(|w| w.phase == WatchPhase::Looking);
    if let Some(watch) = gave_up {
        watch.phase = WatchPhase::Stopped;
        watch.next = None;
        let text = format!("stopped watching {}", select::item_of(key));
        state.toast(Tone::Plain, text);
    }
    Vec::new()
}

/// A fault of the range was mended, or was not.
pub(super) fn mended(state: &mut State, fault: &str, result: Result<(), String>) -> Vec<Effect> {
    let Some(range) = &mut state.range else {
        return Vec::new();
    };
    range.mending.remove(fault);
    if let Err(why) = result {
        return problem(state, format!("the range could not mend {fault}: {why}"));
    }
    range.mended.insert(fault.to_owned());
    let mended = range.faults.iter().find(|f| f.id == fault).cloned();
    let mut effects = append(
        state,
        vec![EventBody::PracticeMended {
            fault: fault.to_owned(),
        }],
    );
    let Some(fault) = mended else {
        return effects;
    };
    tell(state, format!("mended: {}", fault.title));
    // What one fault breaks is rarely one row: everything that does not hold is looked at again.
    let again: Vec<FindingKey> = state
        .opened
        .iter()
        .flat_map(|o| o.session.findings.values())
        .filter(|f| f.check == fault.check || fault.also.contains(&f.check) || !f.verdict.holds())
        .map(Finding::key)
        .collect();
    effects.extend(work::look_again(state, again));
    effects
}

fn not_checked() -> SelfCheck {
    let unknown = || "not-tested".to_owned();
    SelfCheck {
        network: unknown(),
        resolver: unknown(),
        clock: unknown(),
        port_25: unknown(),
        resolvers: Vec::new(),
        problems: Vec::new(),
    }
}
