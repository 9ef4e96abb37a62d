//! What nobody else may read while the screen is shared: other clients, paths of this computer, secrets. And what to ask
//! next.

use std::ops::Range;

use super::super::home::Listing;
use super::super::state::{State, Words};
use super::guide;
use crate::app::guide::Task;
use crate::model::playbook::Question;

/// Where a path of this computer begins.
const PATHS: [&str; 9] = [
    "/home/", "/Users/", "/root/", "/tmp/", "/var/", "/etc/", "/mnt/", "~/", "C:\\",
];

/// How keys and tokens of well-known services begin.
const TOKENS: [&str; 18] = [
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "sk-",
    "AKIA",
    "ASIA",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "SG.",
    "key-",
    "eyJ",
    "whsec_",
    "AIza",
];

/// A word of a token is at least so long.
const SHORT_TOKEN: usize = 16;

/// A word of mixed letters and digits that is so long is a key, whatever it begins with.
const LONG_TOKEN: usize = 32;

/// The parts of a line that are covered, in bytes.
pub fn covered(state: &State, line: &str) -> Vec<Range<usize>> {
    let others = others(state);
    let mut parts = Vec::new();
    for word in words(line) {
        let Some(text) = line.get(word.clone()) else {
            continue;
        };
        let small = text.to_lowercase();
        if others.iter().any(|name| small.contains(name)) || is_secret(text) {
            parts.push(word);
        } else if let Some(at) = PATHS.iter().filter_map(|path| text.find(path)).min() {
            parts.push(word.start + at..word.end);
        }
    }
    parts
}

/// Domains of other clients, in small letters.
fn others(state: &State) -> Vec<String> {
    let Listing::Ready(list) = &state.sessions else {
        return Vec::new();
    };
    let own = state
        .opened
        .as_ref()
        .map(|o| o.session.domain.to_lowercase());
    let names = list.iter().map(|session| session.domain.to_lowercase());
    names
        .filter(|name| !name.is_empty())
        .filter(|name| own.as_ref().is_none_or(|own| !own.ends_with(name.as_str())))
        .collect()
}

/// The words of a line: what stands between spaces, quotes and brackets.
fn words(line: &str) -> Vec<Range<usize>> {
    let ends = |c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '(' | ')' | '<' | '>' | '│' | ',' | ';')
    };
    let mut words = Vec::new();
    let mut start = 0;
    for (at, c) in line.char_indices().chain([(line.len(), ' ')]) {
        if ends(c) {
            if at > start {
                words.push(start..at);
            }
            start = at + c.len_utf8();
        }
    }
    words
}

fn is_secret(word: &str) -> bool {
    let value = word
        .rsplit(['=', ':'])
        .find(|part| !part.is_empty())
        .unwrap_or(word);
    if value.len() >= SHORT_TOKEN && TOKENS.iter().any(|token| value.starts_with(token)) {
        return true;
    }
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '/');
    let mixed =
        value.chars().any(|c| c.is_ascii_digit()) && value.chars().any(|c| c.is_ascii_alphabetic());
    value.len() >= LONG_TOKEN && mixed && value.chars().all(inside)
}

/// What to ask next, in a founder's words: the first question that nobody answered, else the next task.
pub fn ask_next(state: &State) -> Option<String> {
    let playbook = state.playbook()?;
    let unanswered = |question: &&Question| super::gate::answer(state, &question.id).is_none();
    let mut questions = playbook
        .criteria
        .iter()
        .flat_map(|row| &row.questions)
        .chain(&playbook.founder_questions);
    if let Some(question) = questions.find(unanswered) {
        return Some(match question.plain.as_str() {
            "" => question.text.clone(),
            plain => plain.to_owned(),
        });
    }
    match guide::tasks(state).into_iter().next()? {
        Task::Fix(key) | Task::Look(key) => {
            let guide = state.guides.of(&key.check);
            let title = guide
                .map(|g| g.plain_title.clone())
                .filter(|title| !title.is_empty());
            let title = title.unwrap_or_else(|| super::title_of(state, &key));
            Some(format!("who sees to this: {title}?"))
        }
        Task::Flag(id) => playbook
            .red_flag(&id)
            .map(|flag| format!("is it so? {}", flag.text)),
        Task::Question(id) => playbook.question(&id).map(|question| match state.words {
            Words::Founder if !question.plain.is_empty() => question.plain.clone(),
            Words::Founder | Words::Engineer => question.text.clone(),
        }),
        Task::Gate => None,
    }
}
