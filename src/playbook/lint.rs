//! Every problem of a playbook's text, in the order of its lines.

mod proofs;
mod quiz;

use std::collections::BTreeMap;

use super::places::{Places, Step};
use super::problem::PlaybookProblem;
use super::sprint;
use crate::model::playbook::{Criterion, MOST_KILLER_ROWS, Playbook, glob_matches};
use crate::model::text::escape;

/// Length of a sprint in hours: no window may end later.
const SPRINT_HOURS: u32 = 48;

/// Looks for every problem in `text`. With no `known_checks`, check ids are not looked at.
pub fn lint(text: &str, known_checks: &[&str]) -> Vec<PlaybookProblem> {
    let playbook: Playbook = match toml::from_str(text) {
        Ok(playbook) => playbook,
        Err(error) => return vec![PlaybookProblem::syntax(text, &error)],
    };
    let mut lint = Lint {
        places: Places::of(text),
        known_checks,
        complete: sprint::complete(playbook.clone()),
        problems: Vec::new(),
    };
    lint.head(&playbook);
    for (position, row) in playbook.criteria.iter().enumerate() {
        lint.row(position, row);
    }
    lint.steps(&playbook);
    lint.gates(&playbook);
    lint.proofs(&playbook);
    lint.ids(&playbook);
    lint.windows(&playbook);
    lint.founder_questions();
    lint.quiz(&playbook);
    lint.problems.sort_by_key(|problem| problem.line);
    lint.problems
}

struct Lint<'a> {
    places: Places<'a>,
    known_checks: &'a [&'a str],
    /// With what comes from the shared sprint.
    complete: Playbook,
    problems: Vec<PlaybookProblem>,
}

impl Lint<'_> {
    fn report(&mut self, path: &[Step], what: impl Into<String>) {
        let line = self.places.line(path);
        self.problems.push(PlaybookProblem::at(line, what));
    }

    fn head(&mut self, playbook: &Playbook) {
        self.id_form(&[Step::Key("id")], &playbook.id);
        if playbook.criteria.is_empty() {
            self.report(
                &[Step::Key("criterion")],
                "a playbook needs at least one criterion",
            );
        }
        for (key, value) in [
            ("title", &playbook.title),
            ("audience", &playbook.audience),
            ("target", &playbook.target),
            ("ready", &playbook.ready),
        ] {
            if value.trim().is_empty() {
                self.report(&[Step::Key(key)], format!("`{key}` is empty"));
            }
        }
    }

    fn row(&mut self, position: usize, row: &Criterion) {
        let at = |key| [Step::Key("criterion"), Step::Item(position), Step::Key(key)];
        self.id_form(&at("id"), &row.id);
        let id = escape(&row.id);
        if row.checks.is_empty() && row.questions.is_empty() {
            self.report(
                &at("id"),
                format!("`{id}` has neither a check nor a question: nothing could settle it"),
            );
        }
        let works = ids(&self.complete.workstreams, |w| &w.id);
        self.one_of(
            &at("workstream"),
            &id,
            "workstream",
            &row.workstream,
            &works,
        );
        let gates = ids(&self.complete.gates, |g| &g.id);
        for gate in &row.gates {
            self.one_of(&at("gates"), &id, "gate", gate, &gates);
        }
        self.checks("criterion", position, &row.id, &row.checks);
    }

    /// The checks of an item of a list.
    fn checks(&mut self, list: &'static str, position: usize, id: &str, checks: &[String]) {
        let id = escape(id);
        for (nth, check) in checks.iter().enumerate() {
            let path = [
                Step::Key(list),
                Step::Item(position),
                Step::Key("checks"),
                Step::Item(nth),
            ];
            self.check_id(&path, &id, check);
            if checks.iter().take(nth).any(|earlier| earlier == check) {
                self.report(&path, format!("`{id}` names `{}` twice", escape(check)));
            }
        }
    }

    /// An id that must be one of those that there are.
    fn one_of(&mut self, path: &[Step], item: &str, what: &str, id: &str, known: &[String]) {
        if known.iter().any(|other| other == id) {
            return;
        }
        let line = self.places.line(path);
        let problem = PlaybookProblem::at(
            line,
            format!(
                "`{item}` names the unknown {what} `{}`; there are {}",
                escape(id),
                known.join(", ")
            ),
        )
        .meaning(id, known.iter().map(String::as_str));
        self.problems.push(problem);
    }

    /// First checks and what a founder does alone: each in a phase, each bound to something that shows when it is done.
    fn steps(&mut self, playbook: &Playbook) {
        let first = playbook.first_checks.iter().enumerate().map(|(n, step)| {
            let bound = (&step.checks, &step.questions);
            ("first_check", n, &step.id, &step.phase, bound)
        });
        let alone = playbook.diy.iter().enumerate().map(|(n, step)| {
            let bound = (&step.checks, &step.questions);
            ("diy", n, &step.id, &step.phase, bound)
        });
        let phases = ids(&self.complete.phases, |phase| &phase.id);
        let asked: Vec<String> = self
            .complete
            .criteria
            .iter()
            .flat_map(|row| &row.questions)
            .map(|question| question.id.clone())
            .collect();
        for (list, position, id, phase, (checks, questions)) in first.chain(alone) {
            let at = |key| [Step::Key(list), Step::Item(position), Step::Key(key)];
            self.id_form(&at("id"), id);
            self.one_of(&at("phase"), &escape(id), "phase", phase, &phases);
            self.checks(list, position, id, checks);
            for question in questions {
                self.one_of(&at("questions"), &escape(id), "question", question, &asked);
            }
            if checks.is_empty() && questions.is_empty() {
                self.report(
                    &at("id"),
                    format!(
                        "`{}` has neither a check nor a question: nothing could show that it is done",
                        escape(id)
                    ),
                );
            }
        }
    }

    /// Few enough rows at each gate, and gates within the sprint.
    fn gates(&mut self, playbook: &Playbook) {
        let crowded: Vec<String> = self
            .complete
            .gates
            .iter()
            .filter_map(|gate| {
                let named = |row: &&Criterion| row.gates.contains(&gate.id);
                let rows = playbook.criteria.iter().filter(named).count();
                (rows > MOST_KILLER_ROWS).then(|| {
                    format!(
                        "the gate `{}` has {rows} killer rows; {MOST_KILLER_ROWS} at most",
                        escape(&gate.id)
                    )
                })
            })
            .collect();
        for what in crowded {
            self.report(&[Step::Key("criterion")], what);
        }
        for (position, gate) in playbook.gates.iter().enumerate() {
            let at = |key| [Step::Key("gate"), Step::Item(position), Step::Key(key)];
            self.id_form(&at("id"), &gate.id);
            if gate.hour == 0 || gate.hour > SPRINT_HOURS {
                self.report(
                    &at("hour"),
                    format!(
                        "`{}` is at hour {}; the sprint has {SPRINT_HOURS}",
                        escape(&gate.id),
                        gate.hour
                    ),
                );
            }
            if gate.signatures == 0 {
                self.report(
                    &at("signatures"),
                    format!("`{}` is signed by nobody", escape(&gate.id)),
                );
            }
        }
    }

    fn check_id(&mut self, path: &[Step], row: &str, check: &str) {
        let known = self.known_checks;
        if known.is_empty() || known.iter().any(|id| glob_matches(check, id)) {
            return;
        }
        let what = if check.contains('*') {
            format!("`{row}` names `{}`, which matches no check", escape(check))
        } else {
            format!("`{row}` names the unknown check `{}`", escape(check))
        };
        let line = self.places.line(path);
        self.problems
            .push(PlaybookProblem::at(line, what).meaning(check, known.iter().copied()));
    }

    fn id_form(&mut self, path: &[Step], id: &str) {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.is_empty() || !id.chars().all(plain) {
            self.report(
                path,
                format!(
                    "`{}` is no id: use lower-case letters, digits and hyphens",
                    escape(id)
                ),
            );
        }
    }

    /// No id twice in one list. Questions share one list over all rows, since an answer is kept by its question's id.
    fn ids(&mut self, playbook: &Playbook) {
        let lists = [
            ids_of("criterion", &playbook.criteria, |x| &x.id),
            question_ids(playbook),
            ids_of("phase", &playbook.phases, |x| &x.id),
            ids_of("workstream", &playbook.workstreams, |x| &x.id),
            ids_of("deliverable", &playbook.deliverables, |x| &x.id),
            ids_of("checklist", &playbook.checklist, |x| &x.id),
            ids_of("gate", &playbook.gates, |x| &x.id),
            step_ids(playbook),
            ids_of("founder_question", &playbook.founder_questions, |x| &x.id),
        ];
        for list in lists {
            self.no_id_twice(list);
        }
    }

    fn no_id_twice(&mut self, list: Vec<Placed>) {
        let mut first: BTreeMap<String, Option<usize>> = BTreeMap::new();
        for (path, id) in list {
            let line = self.places.line(&path);
            match first.get(&id) {
                None => {
                    first.insert(id, line);
                }
                Some(earlier) => {
                    let before = earlier
                        .map(|l| format!(" (first in line {l})"))
                        .unwrap_or_default();
                    self.report(
                        &path,
                        format!("the id `{}` is used twice{before}", escape(&id)),
                    );
                }
            }
        }
    }

    fn windows(&mut self, playbook: &Playbook) {
        let phases = playbook
            .phases
            .iter()
            .enumerate()
            .map(|(n, p)| ("phase", n, &p.id, p.from, p.to));
        let works = playbook
            .workstreams
            .iter()
            .enumerate()
            .map(|(n, w)| ("workstream", n, &w.id, w.from, w.to));
        for (list, position, id, from, to) in phases.chain(works) {
            let path = [Step::Key(list), Step::Item(position), Step::Key("to")];
            let id = escape(id);
            if from >= to {
                self.report(
                    &path,
                    format!(
                        "`{id}` ends at hour {to}, which is not after its start at hour {from}"
                    ),
                );
            }
            if to > SPRINT_HOURS {
                self.report(
                    &path,
                    format!("`{id}` ends at hour {to}; the sprint ends at hour {SPRINT_HOURS}"),
                );
            }
        }
        let overlap = self.complete.phases.windows(2).find_map(|pair| match pair {
            [a, b] if b.from < a.to => Some(format!(
                "the phases `{}` and `{}` overlap",
                escape(&a.id),
                escape(&b.id)
            )),
            _ => None,
        });
        if let Some(what) = overlap {
            self.report(&[Step::Key("phase")], what);
        }
    }

    /// Each of the founder's questions must stand in a row too, or a gate could say go without its answer.
    fn founder_questions(&mut self) {
        let missing: Vec<String> = self
            .complete
            .founder_questions
            .iter()
            .filter(|question| {
                !self
                    .complete
                    .criteria
                    .iter()
                    .flat_map(|row| &row.questions)
                    .any(|asked| asked.id == question.id)
            })
            .map(|question| {
                format!(
                    "no row asks the founder's question `{}` ({}): add a question of that id to a criterion",
                    escape(&question.id),
                    escape(&question.text)
                )
            })
            .collect();
        for what in missing {
            self.report(&[Step::Key("criterion")], what);
        }
    }
}

/// Where an id stands, and the id.
type Placed = (Vec<Step>, String);

/// The ids of a list and where they stand.
fn ids_of<T>(list: &'static str, items: &[T], id: impl Fn(&T) -> &String) -> Vec<Placed> {
    items
        .iter()
        .enumerate()
        .map(|(position, item)| {
            let path = vec![Step::Key(list), Step::Item(position), Step::Key("id")];
            (path, id(item).clone())
        })
        .collect()
}

/// The ids of a list.
fn ids<T>(items: &[T], id: impl Fn(&T) -> &String) -> Vec<String> {
    items.iter().map(|item| id(item).clone()).collect()
}

/// The ids of all steps.
fn step_ids(playbook: &Playbook) -> Vec<Placed> {
    let mut ids = ids_of("first_check", &playbook.first_checks, |x| &x.id);
    ids.extend(ids_of("diy", &playbook.diy, |x| &x.id));
    ids
}

/// The ids of everything that is answered: the questions of all rows, about access, of the quiz, and the red flags.
fn question_ids(playbook: &Playbook) -> Vec<Placed> {
    let mut ids = Vec::new();
    for (row, criterion) in playbook.criteria.iter().enumerate() {
        for (path, id) in ids_of("question", &criterion.questions, |x| &x.id) {
            let row = [Step::Key("criterion"), Step::Item(row)];
            ids.push((row.into_iter().chain(path).collect(), id));
        }
    }
    ids.extend(ids_of("access", &playbook.access, |x| &x.id));
    ids.extend(ids_of("quiz", &playbook.quiz, |x| &x.id));
    ids.extend(ids_of("red_flag", &playbook.red_flags, |x| &x.id));
    ids
}
