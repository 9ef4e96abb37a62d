//! Every problem of a playbook's text, in the order of its lines.

use std::collections::BTreeMap;

use super::places::{Places, Step};
use super::problem::PlaybookProblem;
use super::sprint;
use crate::model::playbook::{Criterion, Playbook, glob_matches};
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
    lint.ids(&playbook);
    lint.windows(&playbook);
    lint.founder_questions();
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
        if self.complete.workstream(&row.workstream).is_none() {
            let line = self.places.line(&at("workstream"));
            let works: Vec<&str> = self
                .complete
                .workstreams
                .iter()
                .map(|w| w.id.as_str())
                .collect();
            let problem = PlaybookProblem::at(
                line,
                format!(
                    "`{id}` names the unknown workstream `{}`; there are {}",
                    escape(&row.workstream),
                    works.join(", ")
                ),
            )
            .meaning(&row.workstream, works);
            self.problems.push(problem);
        }
        for (nth, check) in row.checks.iter().enumerate() {
            let path = [
                Step::Key("criterion"),
                Step::Item(position),
                Step::Key("checks"),
                Step::Item(nth),
            ];
            self.check_id(&path, &id, check);
            if row.checks.iter().take(nth).any(|earlier| earlier == check) {
                self.report(&path, format!("`{id}` names `{}` twice", escape(check)));
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
            ids_of("founder_question", &playbook.founder_questions, |x| &x.id),
        ];
        for list in lists {
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

/// The ids of the questions of all rows.
fn question_ids(playbook: &Playbook) -> Vec<Placed> {
    let mut ids = Vec::new();
    for (row, criterion) in playbook.criteria.iter().enumerate() {
        for (path, id) in ids_of("question", &criterion.questions, |x| &x.id) {
            let row = [Step::Key("criterion"), Step::Item(row)];
            ids.push((row.into_iter().chain(path).collect(), id));
        }
    }
    ids
}
