//! What is proven by doing it, and the client's journey: every question, line and check that they name is there.

use super::{Lint, ids, ids_of};
use crate::model::playbook::{JourneyStep, Playbook, Proof};
use crate::model::text::escape;
use crate::playbook::places::Step;

impl Lint<'_> {
    /// Looks at the playbook's own proofs and steps; those of the shared sprint are held by a test.
    pub(super) fn proofs(&mut self, playbook: &Playbook) {
        let asked: Vec<String> = playbook
            .criteria
            .iter()
            .flat_map(|row| &row.questions)
            .map(|question| question.id.clone())
            .collect();
        for (position, proof) in playbook.proofs.iter().enumerate() {
            self.proof(position, proof, playbook, &asked);
        }
        for (position, step) in playbook.journey.iter().enumerate() {
            self.journey_step(position, step, &asked);
        }
        self.no_id_twice(ids_of("journey", &playbook.journey, |step| &step.id));
    }

    fn proof(&mut self, position: usize, proof: &Proof, playbook: &Playbook, asked: &[String]) {
        let at = |key| [Step::Key("proof"), Step::Item(position), Step::Key(key)];
        for question in &proof.questions {
            self.one_of(&at("questions"), "proof", "question", question, asked);
        }
        let lines = ids(&self.complete.checklist, |item| &item.id);
        for item in &proof.items {
            self.one_of(&at("items"), "proof", "checklist line", item, &lines);
        }
        let mut before = playbook.proofs.iter().take(position);
        if before.any(|other| other.id == proof.id) {
            self.report(&at("id"), "this proof stands here twice");
        }
    }

    fn journey_step(&mut self, position: usize, step: &JourneyStep, asked: &[String]) {
        let at = |key| [Step::Key("journey"), Step::Item(position), Step::Key(key)];
        self.id_form(&at("id"), &step.id);
        let id = escape(&step.id);
        for (key, text) in [
            ("title", &step.title),
            ("text", &step.text),
            ("see", &step.see),
        ] {
            if text.trim().is_empty() {
                self.report(&at(key), format!("`{key}` of `{id}` is empty"));
            }
        }
        for question in &step.questions {
            self.one_of(&at("questions"), &id, "question", question, asked);
        }
        self.checks("journey", position, &step.id, &step.checks);
        if step.questions.is_empty() {
            self.report(
                &at("id"),
                format!("`{id}` names no question: a no would fail no row"),
            );
        }
        if !step.look && step.checks.is_empty() {
            self.report(
                &at("look"),
                format!("`{id}` has no check, and nobody looks: nothing could pass it"),
            );
        }
    }
}
