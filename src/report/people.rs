//! What people added to a session: answers, waivers, owners, access, checklist, sign-offs, notes.

use super::document::Block;
use super::session::{Account, Edition, minute};
use crate::model::attachment::Attachment;
use crate::model::blocking::waits;
use crate::model::finding::Finding;
use crate::model::playbook::{Playbook, Question};
use crate::model::session::{Answer, Session};
use crate::model::verdict::Verdict;
use crate::model::waiving::{Lapse, lapsed};

/// The sections of a report that people filled.
pub(super) fn blocks(of: &Account<'_>) -> Vec<Block> {
    let (session, playbook) = (of.session, of.playbook);
    let mut blocks = Vec::new();
    blocks.extend(founder(session, playbook));
    blocks.extend(answers(session, playbook));
    blocks.extend(waivers(of));
    blocks.extend(work(session, playbook));
    blocks.extend(owners(of));
    blocks.extend(access(session));
    blocks.push(Block::section("Handover checklist"));
    blocks.push(Block::Tasks(
        playbook
            .checklist
            .iter()
            .map(|item| (session.ticked.contains(&item.id), item.text.clone()))
            .collect(),
    ));
    blocks.extend(sign_offs(session));
    if of.edition == Edition::Internal {
        blocks.extend(internal(session, playbook));
    }
    blocks
}

/// A section with a table, or with the sentence that says that there is nothing.
fn listed(title: &str, head: &[&str], rows: Vec<Vec<String>>, none: &str) -> [Block; 2] {
    let content = if rows.is_empty() {
        Block::paragraph(none)
    } else {
        Block::table(head, rows)
    };
    [Block::section(title), content]
}

fn founder(session: &Session, playbook: &Playbook) -> [Block; 2] {
    let tasks = playbook
        .founder_questions
        .iter()
        .map(|question| match session.answers.get(&question.id) {
            Some(answer) if answer.yes && !answer.evidence.is_empty() => (
                true,
                format!("{} {} ({})", question.text, answer.evidence, answer.by),
            ),
            Some(answer) if answer.yes => (true, format!("{} ({})", question.text, answer.by)),
            _ => (false, question.text.clone()),
        })
        .collect();
    [
        Block::section("What the founder must be able to say"),
        Block::Tasks(tasks),
    ]
}

fn answers(session: &Session, playbook: &Playbook) -> [Block; 2] {
    let asked: Vec<&Question> = playbook
        .criteria
        .iter()
        .flat_map(|row| &row.questions)
        .collect();
    let rows = asked
        .into_iter()
        .filter_map(|question| {
            let answer = session.answers.get(&question.id)?;
            Some(vec![
                question.text.clone(),
                if answer.yes { "yes" } else { "no" }.to_owned(),
                answer.by.clone(),
                minute(answer.at),
                shown_by(answer),
            ])
        })
        .collect();
    let head = ["Question", "Answer", "By", "When", "Evidence"];
    listed("What people attested", &head, rows, "Nothing yet.")
}

/// The words, each file with its size and the start of its hash, and links that are not in the words.
fn shown_by(answer: &Answer) -> String {
    let mut parts: Vec<String> = Vec::new();
    let is_file = |name: &String| answer.evidence == *name;
    let named = answer
        .attachments
        .iter()
        .any(|a| matches!(a, Attachment::File { name, .. } if is_file(name)));
    if !answer.evidence.is_empty() && !named {
        parts.push(answer.evidence.clone());
    }
    let labels = answer.attachments.iter().map(Attachment::label);
    parts.extend(labels.filter(|label| !answer.evidence.contains(label.as_str())));
    parts.join("; ")
}

fn waivers(of: &Account<'_>) -> [Block; 2] {
    let mut list: Vec<_> = of.session.waivers.iter().collect();
    list.sort_by(|a, b| a.criterion.cmp(&b.criterion));
    let lapsed = lapsed(of.playbook, of.session, of.now);
    let rows = list
        .into_iter()
        .map(|waiver| {
            let changed = lapsed
                .iter()
                .any(|(w, why)| *w == waiver && *why == Lapse::Changed);
            let over = match (of.now < waiver.until, changed) {
                (false, _) => " (over)",
                (true, true) => " (lapsed: the fact changed)",
                (true, false) => "",
            };
            vec![
                title(of.playbook, &waiver.criterion),
                waiver.reason.clone(),
                waiver.by.clone(),
                format!("{}{over}", minute(waiver.until)),
                waiver.compensating.clone(),
            ]
        })
        .collect();
    let head = ["Row", "Reason", "Accepted by", "Until", "Meanwhile"];
    listed("What was accepted as it is", &head, rows, "Nothing.")
}

/// Deliverables, and how many open findings call for each.
fn work(session: &Session, playbook: &Playbook) -> [Block; 2] {
    let rows = playbook
        .deliverables
        .iter()
        .map(|work| {
            let seen: Vec<&Finding> = session
                .findings
                .values()
                .filter(|finding| work.names(finding.check.as_str()))
                .collect();
            let calls = seen
                .iter()
                .filter(|finding| matches!(finding.verdict, Verdict::Fail | Verdict::Warn))
                .count();
            let state = match calls {
                0 if work.checks.is_empty() => "by the checklist".to_owned(),
                0 if seen.is_empty() => "nobody looked yet".to_owned(),
                0 if seen.iter().any(|finding| finding.verdict.undecided()) => {
                    "could not all be told".to_owned()
                }
                0 => "nothing open".to_owned(),
                1 => "1 finding calls for it".to_owned(),
                count => format!("{count} findings call for it"),
            };
            vec![work.title.clone(), work.text.clone(), state]
        })
        .collect();
    let head = ["Work", "Done when", "State"];
    listed("Deliverables", &head, rows, "None.")
}

fn owners(of: &Account<'_>) -> [Block; 2] {
    let (session, playbook) = (of.session, of.playbook);
    let rows = session
        .owners
        .iter()
        .map(|(item, owner)| {
            let waits = waits(playbook, session, item, of.now).map(|waits| {
                let over = if waits.over { " (settled)" } else { "" };
                format!("{}{over}", title(playbook, &waits.what))
            });
            let due = owner.due.map(|due| {
                let over = if due < of.now { " (overdue)" } else { "" };
                format!("{}{over}", minute(due))
            });
            vec![
                title(playbook, item),
                owner.name.clone(),
                due.unwrap_or_default(),
                waits.unwrap_or_default(),
            ]
        })
        .collect();
    listed(
        "Owners",
        &["What", "Who", "Due", "Waits for"],
        rows,
        "Nobody is named yet.",
    )
}

fn access(session: &Session) -> [Block; 2] {
    let mut rows: Vec<Vec<String>> = session
        .access
        .iter()
        .map(|line| vec![line.place.clone(), line.who.clone(), line.how.clone()])
        .collect();
    rows.sort();
    listed(
        "Access map",
        &["Where", "Who", "How"],
        rows,
        "Nothing is recorded yet.",
    )
}

fn sign_offs(session: &Session) -> [Block; 2] {
    let rows = session
        .sign_offs
        .iter()
        .map(|sign| {
            vec![
                sign.gate.clone(),
                sign.by.clone(),
                sign.role.clone(),
                minute(sign.at),
            ]
        })
        .collect();
    listed(
        "Signed",
        &["Gate", "By", "As", "When"],
        rows,
        "Nobody has signed yet.",
    )
}

fn internal(session: &Session, playbook: &Playbook) -> Vec<Block> {
    let authority = session
        .authority
        .iter()
        .map(|a| {
            vec![
                a.statement.clone(),
                a.hosts.join(", "),
                a.by.clone(),
                minute(a.at),
            ]
        })
        .collect();
    let runs = session
        .runs
        .iter()
        .map(|run| {
            vec![
                minute(run.started),
                run.finished
                    .map_or_else(|| "not finished".to_owned(), minute),
                run.seen.len().to_string(),
                run.rules.to_string(),
            ]
        })
        .collect();
    let notes = session
        .notes
        .iter()
        .map(|note| {
            vec![
                title(playbook, &note.item),
                note.text.clone(),
                note.by.clone(),
                minute(note.at),
            ]
        })
        .collect();
    let mut blocks = vec![
        Block::section("When to stop and call an engineer"),
        Block::paragraph(&playbook.stop),
        Block::List(playbook.red_flags.iter().map(|f| f.text.clone()).collect()),
    ];
    let tables = [
        listed(
            "Authority to test",
            &["Statement", "Hosts", "By", "When"],
            authority,
            "None was stated.",
        ),
        listed(
            "Runs",
            &["Started", "Finished", "Findings", "Rules"],
            runs,
            "None.",
        ),
        listed("Notes", &["On", "Note", "By", "When"], notes, "None."),
    ];
    blocks.extend(tables.into_iter().flatten());
    blocks
}

/// The title of a row or a checklist item; anything else as it is.
fn title(playbook: &Playbook, item: &str) -> String {
    let row = playbook.criterion(item).map(|row| row.title.clone());
    let task = || {
        playbook
            .checklist
            .iter()
            .find(|task| task.id == item)
            .map(|task| task.text.clone())
    };
    row.or_else(task).unwrap_or_else(|| item.to_owned())
}
