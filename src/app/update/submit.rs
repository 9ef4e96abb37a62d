//! What a form that is saved leads to. A form with a problem stays open and says where.

use jiff::{SignedDuration, Timestamp};

use super::super::handover::HandoverRow;
use super::super::overlay::{FieldKind, Form, FormPurpose, Overlay};
use super::super::screen::Screen;
use super::super::state::State;
use super::super::vault::Secret;
use super::super::{Effect, attach, guide, mail, new_session, proofs, rehearsal, select};
use super::{append, good, items, refused, session};
use crate::model::attachment::Attachment;
use crate::model::board::access_missing;
use crate::model::event::EventBody;
use crate::model::standing::WITHOUT_ACCESS;
use crate::model::waiving;

/// Enter: to the next field, and saved from the last one.
pub(super) fn enter(state: &mut State) -> Vec<Effect> {
    let Some(Overlay::Form(form)) = &mut state.overlay else {
        return Vec::new();
    };
    if form.busy.is_some() {
        return refused(state, "the file is still being read: esc leaves without it");
    }
    if form.focus + 1 < form.fields.len() {
        form.focus += 1;
        return Vec::new();
    }
    save(state)
}

/// Saves the form that is open, if it is complete.
fn save(state: &mut State) -> Vec<Effect> {
    let Some(Overlay::Form(mut form)) = state.overlay.take() else {
        return Vec::new();
    };
    check(&mut form, state.now);
    let outcome = if form.fields.iter().any(|f| f.problem.is_some()) {
        None
    } else {
        submit(state, &mut form)
    };
    outcome.unwrap_or_else(|| {
        form.focus = form
            .fields
            .iter()
            .position(|f| f.problem.is_some())
            .unwrap_or(form.focus);
        state.overlay = Some(Overlay::Form(form));
        Vec::new()
    })
}

fn check(form: &mut Form, now: Timestamp) {
    for field in &mut form.fields {
        let Some(input) = field.input() else {
            continue;
        };
        field.problem = match &field.kind {
            _ if input.is_blank() => field.required.then(|| "this is needed".to_owned()),
            FieldKind::Date(_) => moment(input.text(), now).err(),
            _ => None,
        };
    }
    if matches!(form.purpose, FormPurpose::Waive { .. }) {
        long_waiver(form, now);
    }
}

/// A waiver of more than ninety days is half a decision: it needs a sentence, not a word.
fn long_waiver(form: &mut Form, now: Timestamp) {
    let until = moment(&form.value(2), now);
    let long = until.is_ok_and(|until| until.duration_since(now) > waiving::LONG);
    let reason = form.value(0).chars().count();
    if let Some(field) = form.fields.first_mut()
        && long
        && field.problem.is_none()
        && reason < waiving::LONG_REASON
    {
        let text = "longer than 90 days: say in a sentence why it can wait that long";
        field.problem = Some(text.to_owned());
    }
}

/// Does what the form is for. `None`: a field has a problem.
fn submit(state: &mut State, form: &mut Form) -> Option<Vec<Effect>> {
    let value = |n: usize| form.value(n);
    let body = match form.purpose.clone() {
        FormPurpose::Waive {
            criterion,
            fingerprints,
        } => EventBody::Waived {
            criterion,
            reason: value(0),
            by: value(1),
            until: moment(&value(2), state.now).ok()?,
            compensating: value(3),
            fingerprints,
        },
        FormPurpose::Assign { item } => items::assigned(state, form, item),
        FormPurpose::WaitsFor { item } => return items::waits(state, form, item),
        FormPurpose::Note { item } => EventBody::Noted {
            item,
            text: value(0),
        },
        FormPurpose::Answer { question } => return Some(attach::answered(state, form, question)),
        FormPurpose::StartClock if matches!(state.screen(), Some(Screen::NewSession(_))) => {
            return Some(new_session::create(state, Some(&value(0))));
        }
        FormPurpose::StartClock => {
            let why = EventBody::Noted {
                item: WITHOUT_ACCESS.to_owned(),
                text: value(0),
            };
            return Some(append(state, vec![why, EventBody::ClockStarted]));
        }
        FormPurpose::AddAccess => EventBody::AccessRecorded {
            place: value(0),
            who: value(1),
            how: value(2),
            owner: String::new(),
            second_factor: String::new(),
            recovery: String::new(),
        },
        FormPurpose::Meant { key, fingerprint } => EventBody::ChangeExpected {
            key,
            fingerprint,
            why: value(0),
            by: value(1),
        },
        FormPurpose::PauseClock => EventBody::ClockPaused {
            cause: format!("{}: {}", value(0), value(1)),
        },
        FormPurpose::Sign { gate } => signature(state, form, gate)?,
        FormPurpose::HandOver => return Some(hand_over(state, value(0))),
        other => return elsewhere(state, form, other),
    };
    Some(append(state, vec![body]))
}

/// Forms that lead to more, or to something else, than one event.
fn elsewhere(state: &mut State, form: &mut Form, purpose: FormPurpose) -> Option<Vec<Effect>> {
    match purpose {
        FormPurpose::AddHost => new_session::add_host(state, form),
        FormPurpose::AddSender => new_session::add_sender(state, form),
        FormPurpose::Assume => rehearsal::assumed(state, form),
        FormPurpose::Proof(of) => proofs::submit(state, form, of),
        FormPurpose::NameSender
        | FormPurpose::TestInbox
        | FormPurpose::Outgoing
        | FormPurpose::Expect
        | FormPurpose::Bring => mail::submit(state, form, &purpose),
        FormPurpose::Import => match session::close(state) {
            Ok(mut effects) => {
                effects.push(Effect::ImportSession(form.value(0).into()));
                Some(effects)
            }
            Err(reason) => Some(refused(state, reason.0)),
        },
        FormPurpose::StoreSecret { name } => store_secret(state, form, 0, name),
        FormPurpose::NewSecret => {
            let name = form.value(0);
            store_secret(state, form, 1, name)
        }
        FormPurpose::Skip { item } => {
            let text = format!("skipped for now: {}", form.value(0));
            let mut effects = append(state, vec![EventBody::Noted { item, text }]);
            effects.extend(guide::skipped(state));
            Some(effects)
        }
        _ => Some(Vec::new()),
    }
}

/// An answer, with what shows it.
pub(in crate::app) fn keep_answer(
    state: &mut State,
    form: &Form,
    question: String,
    evidence: String,
    attachments: Vec<Attachment>,
) -> Vec<Effect> {
    let mut bodies = vec![EventBody::Answered {
        question,
        yes: form.value(0) == "yes",
        by: form.value(1),
        evidence,
        attachments,
    }];
    bodies.extend(completes_access(state, &bodies));
    append(state, bodies)
}

/// The clock starts by itself with the last kind of access that is confirmed.
fn completes_access(state: &mut State, answer: &[EventBody]) -> Option<EventBody> {
    let playbook = state.playbook()?.clone();
    let session = &state.opened.as_ref()?.session;
    let [
        EventBody::Answered {
            question,
            yes: true,
            ..
        },
    ] = answer
    else {
        return None;
    };
    let missing = access_missing(&playbook, session);
    let is_last = matches!(missing.as_slice(), [only] if only.id == *question);
    if session.clock.started.is_some() || !is_last {
        return None;
    }
    good(state, "all access is there: the 48 hours begin");
    Some(EventBody::ClockStarted)
}

fn signature(state: &State, form: &mut Form, gate: String) -> Option<EventBody> {
    let (by, role) = (form.value(0), form.value(1));
    if select::handover::has_signed(state, &gate, &by) {
        if let Some(field) = form.fields.first_mut() {
            field.problem = Some("this name stands there already: another person signs".to_owned());
        }
        return None;
    }
    Some(EventBody::SignedOff { gate, by, role })
}

fn hand_over(state: &mut State, to: String) -> Vec<Effect> {
    let run = state
        .opened
        .iter()
        .flat_map(|o| o.session.runs.iter().rev())
        .find(|r| r.finished.is_some())
        .map(|r| r.id.clone())
        .unwrap_or_default();
    good(state, format!("handed over to {to}"));
    if let Some(Screen::Handover(screen)) = state.screens.last_mut() {
        screen.cursor.selected = Some(HandoverRow::HandOver);
    }
    append(state, vec![EventBody::HandedOver { run, to }])
}

fn store_secret(
    state: &mut State,
    form: &mut Form,
    field: usize,
    name: String,
) -> Option<Vec<Effect>> {
    let value = form.fields.get_mut(field)?.input_mut()?.take();
    state.vault.busy = true;
    Some(vec![Effect::StoreSecret {
        name,
        secret: Secret::new(value),
    }])
}

/// `36h`, `14d`, `2w`, or the end of a day in UTC, `2026-12-03`. It must lie ahead.
pub(in crate::app) fn moment(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let text = text.trim();
    let unreadable = || "write a day like 2026-12-03, or 14d, 2w, 36h".to_owned();
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let at = compact
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(compact.len());
    let (digits, unit) = compact.split_at(at);
    let hours = match unit {
        "h" => Some(1),
        "d" => Some(24),
        "w" => Some(24 * 7),
        _ => None,
    };
    let moment = match (digits.parse::<i64>(), hours) {
        (Ok(n @ 1..=10_000), Some(hours)) => now + SignedDuration::from_hours(n * hours),
        _ => compact
            .parse::<jiff::civil::Date>()
            .and_then(|day| day.at(23, 59, 59, 0).to_zoned(jiff::tz::TimeZone::UTC))
            .map(|zoned| zoned.timestamp())
            .map_err(|_| unreadable())?,
    };
    if moment > now {
        Ok(moment)
    } else {
        Err("that day is over: name one that lies ahead".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_both_ways() {
        let now: Timestamp = "2026-11-21T20:00:00Z".parse().unwrap();
        for (text, want) in [
            ("36h", "2026-11-23T08:00:00Z"),
            ("14 d", "2026-12-05T20:00:00Z"),
            ("2w", "2026-12-05T20:00:00Z"),
            ("2026-12-03", "2026-12-03T23:59:59Z"),
            ("2026-11-21", "2026-11-21T23:59:59Z"),
        ] {
            assert_eq!(moment(text, now).unwrap().to_string(), want, "{text}");
        }
        for text in [
            "",
            "0d",
            "soon",
            "2026-13-01",
            "2026-11-20",
            "99999999999999d",
            "-3d",
        ] {
            assert!(moment(text, now).is_err(), "{text}");
        }
    }
}
