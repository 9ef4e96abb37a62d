//! What every sprint has in common, and how it completes a playbook.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::playbook::{
    ChecklistItem, Deliverable, Gate, JourneyStep, Phase, Playbook, Proof, Question, Workstream,
};

const TEXT: &str = include_str!("../../assets/playbooks/shared/sprint.toml");

/// The lists that playbooks share.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sprint {
    #[serde(rename = "phase")]
    pub(super) phases: Vec<Phase>,
    #[serde(rename = "workstream")]
    pub(super) workstreams: Vec<Workstream>,
    #[serde(rename = "deliverable")]
    deliverables: Vec<Deliverable>,
    checklist: Vec<ChecklistItem>,
    #[serde(rename = "founder_question")]
    founder_questions: Vec<Question>,
    access: Vec<Question>,
    quiz: Vec<Question>,
    #[serde(rename = "gate")]
    gates: Vec<Gate>,
    #[serde(rename = "proof")]
    proofs: Vec<Proof>,
    journey: Vec<JourneyStep>,
}

static SHARED: LazyLock<Sprint> = LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

/// The shared sprint.
pub(super) fn shared() -> &'static Sprint {
    &SHARED
}

/// The playbook with what it shares with the others. Its own item replaces the shared one of the same id; further ones
/// come after the shared ones.
pub(super) fn complete(mut playbook: Playbook) -> Playbook {
    let sprint = shared();
    playbook.phases = merge(&sprint.phases, playbook.phases, |phase| &phase.id);
    playbook.phases.sort_by_key(|phase| (phase.from, phase.to));
    playbook.workstreams = merge(&sprint.workstreams, playbook.workstreams, |work| &work.id);
    playbook.deliverables = merge(&sprint.deliverables, playbook.deliverables, |d| &d.id);
    playbook.checklist = merge(&sprint.checklist, playbook.checklist, |item| &item.id);
    playbook.founder_questions =
        merge(&sprint.founder_questions, playbook.founder_questions, |q| {
            &q.id
        });
    playbook.access = merge(&sprint.access, playbook.access, |q| &q.id);
    playbook.quiz = merge(&sprint.quiz, playbook.quiz, |q| &q.id);
    playbook.gates = merge(&sprint.gates, playbook.gates, |gate| &gate.id);
    playbook.proofs = merge(&sprint.proofs, playbook.proofs, |proof| &proof.id);
    playbook.journey = merge(&sprint.journey, playbook.journey, |step| &step.id);
    playbook.gates.sort_by_key(|gate| gate.hour);
    playbook
}

fn merge<T: Clone, K: PartialEq>(shared: &[T], own: Vec<T>, id: impl Fn(&T) -> &K) -> Vec<T> {
    let (replacing, added): (Vec<T>, Vec<T>) = own
        .into_iter()
        .partition(|item| shared.iter().any(|other| id(other) == id(item)));
    shared
        .iter()
        .map(|item| {
            replacing
                .iter()
                .find(|own| id(own) == id(item))
                .unwrap_or(item)
                .clone()
        })
        .chain(added)
        .collect()
}
