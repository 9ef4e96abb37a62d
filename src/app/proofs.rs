//! Proofs: the way back and the drills against the clock, the rotation list, the client's journey.

use super::action::{Action, Reason};
use super::cursor::Cursor;
use super::effect::Effect;
use super::overlay::{Field, Form, FormPurpose, Overlay};
use super::screen::Screen;
use super::state::State;
use super::update::{self, append, work};
use super::{select, update::moment};
use crate::model::drill::{DrillKind, is_same_person, stopwatch};
use crate::model::event::EventBody;
use crate::model::exposed::{certain_secret, likely_secret, name_of};
use crate::model::finding::FindingKey;
use crate::model::proofs::Proofs;

/// State of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProofsScreen {
    pub cursor: Cursor<ProofRow>,
}

/// A line that the cursor can stand on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProofRow {
    WayBack,
    Drill(DrillKind),
    /// An entry of the rotation list, by name.
    Secret(String),
    /// A secret that a check saw and that nobody listed.
    Seen(FindingKey),
    AddSecret,
    /// A step of the journey, by id.
    Step(String),
}

/// What a form of this screen is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProofForm {
    WayBack,
    /// The end of a drill.
    Drill(DrillKind),
    /// An entry of the rotation list.
    Secret,
    /// That it is done, by name.
    Rotated(String),
    Step(String),
}

/// Whether this is the screen in front.
pub(super) fn is_in_front(state: &State) -> bool {
    matches!(state.screen(), Some(Screen::Proofs(_)))
}

/// The line that the cursor is on.
pub(super) fn current(state: &State) -> Option<ProofRow> {
    match state.screen()? {
        Screen::Proofs(s) => s.cursor.current(&select::proofs::keys(state)).cloned(),
        _ => None,
    }
}

/// What the keys of this screen do.
pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match (action, current(state)) {
        (Action::AddExposed, _) => list_secret(state, None),
        (Action::Owner, Some(ProofRow::Secret(name))) => list_secret(state, Some(&name)),
        _ => work::act(state, action, None),
    }
}

/// Whether Enter, or the key for the owner, does something on this screen now.
pub(super) fn enabled(state: &State, action: Action) -> Result<(), Reason> {
    let proofs = proofs(state);
    match (action, current(state)) {
        (Action::Owner, Some(ProofRow::Secret(name))) => match is_done(proofs, &name) {
            true => Reason::because("it is rotated: + lists it again if it was seen again"),
            false => Ok(()),
        },
        (Action::Owner, _) => Reason::because("only secrets of the rotation list have an owner"),
        (_, Some(ProofRow::Drill(kind))) => {
            why_no_drill(proofs, kind).map_or(Ok(()), Reason::because)
        }
        (_, Some(ProofRow::Secret(name))) if is_done(proofs, &name) => {
            Reason::because("it is rotated: + lists it again if it was seen again")
        }
        (_, None) => Reason::because("there is no row to open"),
        _ => Ok(()),
    }
}

/// Why a drill can neither start nor end now.
fn why_no_drill(proofs: Option<&Proofs>, kind: DrillKind) -> Option<String> {
    let proofs = proofs?;
    match proofs.running() {
        Some(drill) if drill.kind == kind => None,
        Some(drill) => Some(format!(
            "the {} drill is running: end it first",
            drill.kind.word()
        )),
        None if kind == DrillKind::Rollback && proofs.way_back.is_none() => Some(
            "write the way back first: what changes, to which deploy it goes back, in which steps"
                .to_owned(),
        ),
        None => None,
    }
}

fn proofs(state: &State) -> Option<&Proofs> {
    state.opened.as_ref().map(|opened| &opened.session.proofs)
}

fn is_done(proofs: Option<&Proofs>, name: &str) -> bool {
    let mut list = proofs.into_iter().flat_map(|p| &p.exposed);
    list.any(|entry| entry.name == name && entry.done.is_some())
}

/// The drill that answers a question, or ticks a line of the checklist.
pub(super) fn drill_of(state: &State, id: &str) -> Option<DrillKind> {
    let playbook = state.playbook()?;
    let answers = |kind: &DrillKind| {
        let mut proofs = playbook.proofs.iter().filter(|p| p.id == kind.proof());
        proofs.any(|p| p.questions.iter().chain(&p.items).any(|known| known == id))
    };
    DrillKind::ALL.into_iter().find(answers)
}

/// Whether a line of the checklist is ticked by hand.
pub(super) fn by_hand(state: &State, id: &str) -> Result<(), Reason> {
    match drill_of(state, id) {
        Some(_) => Reason::because("a drill ticks this line: P goes to it"),
        None => Ok(()),
    }
}

/// Where a drill answers, nobody does by hand: goes to it.
pub(super) fn instead_of_answer(state: &mut State, id: &str) -> Option<Vec<Effect>> {
    let kind = drill_of(state, id)?;
    update::go(state, Screen::Proofs(ProofsScreen::default()));
    if let Some(Screen::Proofs(screen)) = state.screens.last_mut() {
        screen.cursor = Cursor::on(ProofRow::Drill(kind));
    }
    let word = kind.word();
    let text = format!("the {word} drill answers this, nobody does by hand: enter starts it");
    Some(update::refused(state, text))
}

/// Enter: does what the line is for.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    match current(state) {
        Some(ProofRow::WayBack) => write_way_back(state),
        Some(ProofRow::Drill(kind)) => drill(state, kind),
        Some(ProofRow::Secret(name)) => rotated(state, name),
        Some(ProofRow::Seen(key)) => {
            let name = select::finding(state, &key).map(name_of);
            list_secret(state, name.as_deref())
        }
        Some(ProofRow::AddSecret) => list_secret(state, None),
        Some(ProofRow::Step(id)) => walk(state, id),
        None => Vec::new(),
    }
}

fn show(state: &mut State, form: Form) -> Vec<Effect> {
    state.overlay = Some(Overlay::Form(Box::new(form)));
    Vec::new()
}

fn write_way_back(state: &mut State) -> Vec<Effect> {
    let known = proofs(state).and_then(|p| p.way_back.clone());
    let known = known.map_or_else(<[String; 4]>::default, |way| {
        [way.what, way.to, way.steps, way.by]
    });
    let [what, to, steps, by] = &known;
    let form = Form::new(
        "the way back",
        FormPurpose::Proof(ProofForm::WayBack),
        vec![
            Field::text("what is changed", "the deploy of Friday, new sign-in", what),
            Field::text("back to", "deploy 214, commit 3f2a9c1", to),
            Field::text("steps", "Vercel → Deployments → 214 → Promote", steps),
            Field::text("who wrote it", "name", by),
        ],
    )
    .intro(["written before the change, while everybody still thinks clearly".to_owned()]);
    show(state, form)
}

/// Starts a drill, or asks how the one that runs ended.
fn drill(state: &mut State, kind: DrillKind) -> Vec<Effect> {
    let running = proofs(state).and_then(Proofs::running);
    let Some(took) = running.map(|drill| drill.took(state.now)) else {
        let text = format!("the {} drill runs: enter ends it", kind.word());
        update::good(state, text);
        return append(state, vec![EventBody::DrillStarted { drill: kind }]);
    };
    let mut intro = vec![format!(
        "{} on the clock when this opened · {} · it stops when this is saved",
        stopwatch(took),
        kind.asks()
    )];
    let way = proofs(state).and_then(|p| p.way_back.as_ref());
    match (kind, way) {
        (DrillKind::Rollback, Some(way)) => intro.push(format!("back to {}", way.to)),
        (DrillKind::Rollback, None) => {}
        (DrillKind::Redeploy, _) => {
            intro.push("done by somebody of the receiving team, by the written steps".to_owned());
        }
    }
    let form = Form::new(
        format!("end of the {} drill", kind.word()),
        FormPurpose::Proof(ProofForm::Drill(kind)),
        vec![
            Field::choice("it worked", &["yes", "no"]),
            Field::text("who did it", "name", ""),
            Field::text("what to know", "the cache had to be emptied by hand", "").optional(),
        ],
    )
    .intro(intro);
    show(state, form)
}

/// An entry of the rotation list, new or to be changed.
fn list_secret(state: &mut State, name: Option<&str>) -> Vec<Effect> {
    let mut list = proofs(state).into_iter().flat_map(|p| &p.exposed);
    let known = list.find(|entry| Some(entry.name.as_str()) == name);
    let due = known
        .and_then(|entry| entry.due)
        .map(|due| due.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default();
    let [opens, seen, owner] = known.map_or_else(<[String; 3]>::default, |entry| {
        [&entry.opens, &entry.seen, &entry.owner].map(Clone::clone)
    });
    let form = Form::new(
        "an exposed secret",
        FormPurpose::Proof(ProofForm::Secret),
        vec![
            Field::text("name", "Stripe live key", name.unwrap_or_default()),
            Field::text("what it opens", "payments, read and write", &opens),
            Field::text("where it was seen", "browser bundle, commit 3f2a9c1", &seen),
            Field::text("who rotates it", "name", &owner),
            Field::date("due", "2026-12-03, 6h, 2d", &due),
        ],
    )
    .intro(["its name and its place, never its value".to_owned()]);
    show(state, form)
}

fn rotated(state: &mut State, name: String) -> Vec<Effect> {
    let form = Form::new(
        "rotated",
        FormPurpose::Proof(ProofForm::Rotated(name.clone())),
        vec![
            Field::text("who rotated it", "name", ""),
            Field::text("how the old one is refused", "a call with it gives 401", ""),
        ],
    )
    .intro([name]);
    show(state, form)
}

fn walk(state: &mut State, id: String) -> Vec<Effect> {
    let Some(step) = state.playbook().and_then(|p| p.journey_step(&id)) else {
        return Vec::new();
    };
    let intro = [format!("do: {}", step.text), format!("see: {}", step.see)];
    let title = format!("journey: {}", step.title.to_lowercase());
    let before = proofs(state).and_then(|p| p.journey.get(&id));
    let options: &[&str] = match before {
        Some(walked) if !walked.yes => &["no", "yes"],
        _ => &["yes", "no"],
    };
    let form = Form::new(
        title,
        FormPurpose::Proof(ProofForm::Step(id)),
        vec![
            Field::choice("it is so", options),
            Field::text("who looked", "name", ""),
            Field::text(
                "what was seen",
                "the page with the new name, on a phone",
                "",
            ),
        ],
    )
    .intro(intro);
    show(state, form)
}

/// Keeps what a form of this screen says. `None`: a field has a problem.
pub(super) fn submit(state: &mut State, form: &mut Form, of: ProofForm) -> Option<Vec<Effect>> {
    let strict = matches!(of, ProofForm::Secret | ProofForm::Rotated(_));
    if holds_secret(form, strict) {
        return None;
    }
    let value = |n: usize| form.value(n);
    let body = match of {
        ProofForm::WayBack => EventBody::WayBackWritten {
            what: value(0),
            to: value(1),
            steps: value(2),
            by: value(3),
        },
        ProofForm::Drill(kind) => return end(state, form, kind),
        ProofForm::Secret => EventBody::SecretListed {
            name: value(0),
            opens: value(1),
            seen: value(2),
            owner: value(3),
            due: moment(&value(4), state.now).ok(),
        },
        ProofForm::Rotated(name) => EventBody::SecretRotated {
            name,
            by: value(0),
            shown: value(1),
        },
        ProofForm::Step(step) => EventBody::JourneyWalked {
            step,
            yes: value(0) == "yes",
            by: value(1),
            saw: value(2),
        },
    };
    select_next(state, &body);
    Some(append(state, vec![body]))
}

/// Takes out what looks like the value of a secret, and says so under its field.
fn holds_secret(form: &mut Form, strict: bool) -> bool {
    let looks = if strict {
        likely_secret
    } else {
        certain_secret
    };
    let mut held = false;
    for field in &mut form.fields {
        let kind = field.input().and_then(|input| looks(input.text()));
        let Some(kind) = kind else { continue };
        if let Some(input) = field.input_mut() {
            input.take();
        }
        field.problem = Some(format!(
            "that looks like {kind}: write its name and its place, never the value"
        ));
        held = true;
    }
    held
}

/// Ends a drill, with the questions and lines that it answers.
fn end(state: &mut State, form: &mut Form, kind: DrillKind) -> Option<Vec<Effect>> {
    let by = form.value(1);
    let operator = proofs(state)
        .and_then(Proofs::running)
        .map_or_else(|| state.operator.clone(), |drill| drill.operator.clone());
    let own = [&operator, &state.operator];
    if kind == DrillKind::Redeploy && own.iter().any(|name| is_same_person(&by, name)) {
        if let Some(field) = form.fields.get_mut(1) {
            field.problem =
                Some("that is the operator: somebody of the receiving team does it".to_owned());
        }
        return None;
    }
    let playbook = state.playbook()?;
    let proofs = playbook.proofs.iter().filter(|p| p.id == kind.proof());
    let (questions, items) = proofs.fold((Vec::new(), Vec::new()), |mut all, proof| {
        all.0.extend(proof.questions.iter().cloned());
        all.1.extend(proof.items.iter().cloned());
        all
    });
    let body = EventBody::DrillEnded {
        drill: kind,
        by,
        worked: form.value(0) == "yes",
        note: form.value(2),
        questions,
        items,
    };
    Some(append(state, vec![body]))
}

/// One step at a time: after the step that is walked now, the cursor stands on the next.
fn select_next(state: &mut State, body: &EventBody) {
    let EventBody::JourneyWalked { step, .. } = body else {
        return;
    };
    let next = select::proofs::step_after(state, step);
    if let (Some(next), Some(Screen::Proofs(screen))) = (next, state.screens.last_mut()) {
        screen.cursor.selected = Some(ProofRow::Step(next));
    }
}
