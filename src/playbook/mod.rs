//! Playbooks: the five that come with the program and the operator's own, read into the model.
//!
//! What every sprint has in common (phases, workstreams, deliverables, checklist, the founder's questions) stands once, in
//! the shared sprint, and completes each playbook. This room reads text and files; it knows no check: whoever calls passes
//! the ids of those that exist.

mod lint;
mod places;
mod problem;
mod sprint;

use std::path::Path;
use std::sync::LazyLock;

pub use lint::lint;
pub use problem::PlaybookProblem;

use crate::model::playbook::Playbook;
use crate::model::text::nearest;

/// Name and text of each playbook that comes with the program, in the order in which they are offered.
const BUILTIN: [(&str, &str); 5] = [
    (
        "b2b-support.toml",
        include_str!("../../assets/playbooks/b2b-support.toml"),
    ),
    (
        "internal-ops.toml",
        include_str!("../../assets/playbooks/internal-ops.toml"),
    ),
    (
        "b2b-production.toml",
        include_str!("../../assets/playbooks/b2b-production.toml"),
    ),
    (
        "ecommerce-handover.toml",
        include_str!("../../assets/playbooks/ecommerce-handover.toml"),
    ),
    (
        "coaching-security-review.toml",
        include_str!("../../assets/playbooks/coaching-security-review.toml"),
    ),
];

/// Larger files are no playbooks.
const LARGEST: u64 = 1024 * 1024;

static LOADED: LazyLock<Vec<Playbook>> = LazyLock::new(|| {
    BUILTIN
        .iter()
        .filter_map(|(file, text)| load(file, text, &[]).ok())
        .collect()
});

/// The playbooks that come with the program, complete.
pub fn builtin() -> &'static [Playbook] {
    &LOADED
}

/// The built-in playbook of that id; the problem names the nearest one.
pub fn find(id: &str) -> Result<&'static Playbook, PlaybookProblem> {
    builtin()
        .iter()
        .find(|playbook| playbook.id == id)
        .ok_or_else(|| {
            let ids: Vec<&str> = builtin().iter().map(|p| p.id.as_str()).collect();
            PlaybookProblem {
                file: String::new(),
                line: None,
                what: format!("there is no playbook `{id}`; there are {}", ids.join(", ")),
                meant: nearest(id, ids).map(str::to_owned),
            }
        })
}

/// What a person names: a built-in id, or a file (anything with a slash, a backslash or the ending `.toml`).
pub fn resolve(name: &str, known_checks: &[&str]) -> Result<Playbook, Vec<PlaybookProblem>> {
    let is_file = name.contains(['/', '\\'])
        || Path::new(name)
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    if is_file {
        load_file(Path::new(name), known_checks)
    } else {
        find(name).cloned().map_err(|problem| vec![problem])
    }
}

/// The operator's own playbook. All its problems are told at once; with no `known_checks`, check ids are not looked at.
pub fn load_file(path: &Path, known_checks: &[&str]) -> Result<Playbook, Vec<PlaybookProblem>> {
    let file = path.display().to_string();
    let unreadable = |what: String| {
        vec![PlaybookProblem {
            file: file.clone(),
            line: None,
            what,
            meant: None,
        }]
    };
    let size = std::fs::metadata(path)
        .map_err(|error| unreadable(format!("cannot be read: {error}")))?
        .len();
    if size > LARGEST {
        return Err(unreadable(format!(
            "is {size} bytes long; a playbook has at most {LARGEST}"
        )));
    }
    let text = std::fs::read_to_string(path)
        .map_err(|error| unreadable(format!("cannot be read: {error}")))?;
    load(&file, &text, known_checks)
}

/// Reads `text` and completes it from the shared sprint.
fn load(file: &str, text: &str, known_checks: &[&str]) -> Result<Playbook, Vec<PlaybookProblem>> {
    let problems: Vec<PlaybookProblem> = lint(text, known_checks)
        .into_iter()
        .map(|problem| problem.in_file(file))
        .collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    toml::from_str(text)
        .map(sprint::complete)
        .map_err(|error| vec![PlaybookProblem::syntax(text, &error).in_file(file)])
}
