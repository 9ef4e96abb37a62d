//! The tasks of the founder's guide, in their order, and what each of them says.

use super::super::guide::{GuideScreen, Task};
use super::super::screen::Screen;
use super::super::state::State;
use super::sprint::is_waived;
use crate::model::attachment::Attachment;
use crate::model::board;
use crate::model::finding::{Finding, FindingKey, RecordChange};
use crate::model::playbook::{Question, RedFlag};
use crate::model::session::Answer;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy::place;

/// Checks that follow from others: mended last, because they often mend themselves.
const CONSEQUENCES: [&str; 2] = ["mail.alignment", "mail.test-message"];

/// What is left to fix, gravest first: failures that count and were not waived. What follows from another failure of its
/// family comes after it.
pub fn todo(state: &State) -> Vec<&Finding> {
    let mut list = open(state, |f| f.verdict == Verdict::Fail && f.severity.counts());
    list.sort_by_key(|f| (f.rank(), CONSEQUENCES.contains(&f.check.as_str())));
    list
}

/// What could not be seen and keeps a row from being settled.
pub fn unseen(state: &State) -> Vec<&Finding> {
    open(state, |f| {
        f.verdict.undecided() && f.severity != Severity::Info
    })
}

fn open(state: &State, wanted: fn(&Finding) -> bool) -> Vec<&Finding> {
    state.opened.as_ref().map_or_else(Vec::new, |opened| {
        opened
            .session
            .ranked()
            .into_iter()
            .filter(|f| wanted(f) && !is_waived(state, f))
            .collect()
    })
}

/// Everything that is left to do, in the order of the guide: when to stop, what to fix, what could not be seen, what only
/// a person knows, and the gate, which is never done.
pub fn tasks(state: &State) -> Vec<Task> {
    let flags = flags(state).into_iter();
    let mut tasks: Vec<Task> = flags
        .filter(|flag| super::gate::answer(state, &flag.id).is_none())
        .map(|flag| Task::Flag(flag.id.clone()))
        .collect();
    tasks.extend(todo(state).into_iter().map(|f| Task::Fix(f.key())));
    tasks.extend(unseen(state).into_iter().map(|f| Task::Look(f.key())));
    let open = questions(state).into_iter();
    tasks.extend(
        open.filter(|q| !super::gate::answer(state, &q.id).is_some_and(|a| is_good(q, a, state)))
            .map(|q| Task::Question(q.id.clone())),
    );
    tasks.push(Task::Gate);
    tasks
}

fn flags(state: &State) -> Vec<&RedFlag> {
    state
        .playbook()
        .map_or_else(Vec::new, |p| p.red_flags.iter().collect())
}

/// Every question of the rows.
fn questions(state: &State) -> Vec<&Question> {
    let rows = state.playbook().into_iter().flat_map(|p| &p.criteria);
    rows.flat_map(|row| &row.questions).collect()
}

fn is_good(question: &Question, answer: &Answer, state: &State) -> bool {
    let age = state.now.duration_since(answer.at);
    let days = question.good_for_days.map(i64::from);
    answer.yes && days.is_none_or(|days| age.as_hours() <= days * 24)
}

/// The next task: the first that was not put off; when all were, the gate.
pub fn next(state: &State, guide: &GuideScreen) -> Task {
    let mut tasks = tasks(state).into_iter();
    tasks
        .find(|task| !guide.skipped.contains(task))
        .unwrap_or(Task::Gate)
}

/// Whether a task is still to be done.
pub fn is_open(state: &State, task: &Task) -> bool {
    tasks(state).contains(task)
}

/// Whether a finding is still to be mended or seen.
pub fn is_left(state: &State, key: &FindingKey) -> bool {
    let left = todo(state).into_iter().chain(unseen(state));
    left.into_iter().any(|finding| finding.key() == *key)
}

/// `Fix 3 of 7`: the number of the task that is shown among those of its kind, and how many there are.
pub fn position(state: &State, guide: &GuideScreen) -> (usize, usize) {
    match &guide.current {
        Some(Task::Flag(id)) => {
            let all = flags(state);
            let at = all.iter().position(|flag| flag.id == *id);
            (at.unwrap_or_default() + 1, all.len())
        }
        Some(Task::Question(id)) => {
            let all = questions(state);
            let at = all.iter().position(|question| question.id == *id);
            (at.unwrap_or_default() + 1, all.len())
        }
        _ => {
            let left = todo(state).len() + unseen(state).len();
            let total = guide.total.max(guide.closed.len() + left);
            // One fix often mends other rows too: those are behind as well.
            let put_off = guide.skipped.iter().filter(|task| match task {
                Task::Fix(key) | Task::Look(key) => {
                    current_key(guide) != Some(key) && is_left(state, key)
                }
                _ => false,
            });
            let behind = total - left + put_off.count();
            let number = behind + usize::from(!is_closed(guide) && left > 0);
            (number.min(total), total)
        }
    }
}

/// About how many minutes a fix takes a person who does it for the first time; `None`: it is an engineer's work.
pub fn minutes(state: &State, finding: &Finding) -> Option<usize> {
    if stop(state, finding).is_some() {
        return None;
    }
    let remedy = finding.remedy.as_ref();
    let records = remedy.map_or(0, |r| r.records.len());
    Some(match (records, remedy.map_or(0, |r| r.settings.len())) {
        (0, 0) => 10,
        (0, settings) => 10 * settings,
        (records, _) => 3 + 2 * records,
    })
}

/// What a senior engineer is needed for, when a founder must not mend it alone.
pub fn stop<'a>(state: &'a State, finding: &Finding) -> Option<&'a str> {
    let guide = state.guides.of(&finding.check)?;
    Some(guide.stop.as_str()).filter(|stop| !stop.is_empty())
}

/// Red flags that are up: what the guide says of each is what an engineer is needed for.
pub fn flags_up(state: &State) -> Vec<&RedFlag> {
    match (&state.opened, state.playbook()) {
        (Some(opened), Some(playbook)) => board::flags_up(playbook, &opened.session),
        _ => Vec::new(),
    }
}

/// Name and value of a record as the record editor of this DNS host wants them typed.
pub fn typed(state: &State, record: &RecordChange) -> (String, String) {
    let opened = state.opened.as_ref();
    let Some(intent) = opened.and_then(|o| o.session.intent()) else {
        return (record.name.clone(), record.value.clone());
    };
    let place = place::console(&intent);
    (
        place.name_field(&record.name),
        place.value_field(&record.rtype, &record.value),
    )
}

/// Whether the fix that is shown turned green.
pub fn is_closed(guide: &GuideScreen) -> bool {
    current_key(guide).is_some_and(|key| guide.closed.contains(key))
}

/// The finding that the task in front is about.
pub const fn current_key(guide: &GuideScreen) -> Option<&FindingKey> {
    match &guide.current {
        Some(Task::Fix(key) | Task::Look(key)) => Some(key),
        _ => None,
    }
}

/// The task in front, when the guide is.
pub fn current(state: &State) -> Option<&Task> {
    match state.screen()? {
        Screen::Guide(guide) => guide.current.as_ref(),
        _ => None,
    }
}

/// Who answered and what shows it; in the guide, whoever answered last most likely answers again.
pub fn said_before(state: &State, known: Option<&Answer>) -> (String, String) {
    if let Some(answer) = known {
        return (answer.by.clone(), shown(answer));
    }
    let guided = current(state).and(state.opened.as_ref());
    let answers = guided.iter().flat_map(|o| o.session.answers.values());
    let last = answers.max_by_key(|answer| answer.at);
    let by = last.map_or_else(String::new, |answer| answer.by.clone());
    (by, String::new())
}

/// What shows an answer, as it would be typed: a file by its path.
fn shown(answer: &Answer) -> String {
    let file = answer.attachments.iter().find_map(Attachment::path);
    file.unwrap_or(&answer.evidence).to_owned()
}
