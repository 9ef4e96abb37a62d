//! What those who take over get beside the findings: the access map, contacts, what ends, what each record is for, their own
//! answers with the gaps, known risks, and where the evidence of each row comes from.
//!
//! The client's edition shows no way into an account and no phone number; the internal one shows its last four digits.

mod data;
mod index;

pub(super) use data::HandoverPack;

use jiff::Timestamp;

use super::document::Block;
use super::people::listed;
use super::session::{Account, Edition, minute};
use crate::model::access::{proposed, warnings};
use crate::model::pack::without_phone_numbers;
use crate::model::quiz::{gaps, unanswered};
use crate::model::record::Access;
use crate::model::renewal::renewals;
use crate::model::risk::risks;
use crate::remedy::portal_records::portal_records;

/// The sections.
pub(super) fn blocks(of: &Account<'_>) -> Vec<Block> {
    let mut blocks = access(of);
    let tables = [called(of), ends(of), records(of), acceptance(of)];
    blocks.extend(tables.into_iter().flatten());
    blocks.extend(known_gaps(of));
    blocks.extend(known_risks(of));
    blocks.extend(index::blocks(of));
    blocks
}

/// The words of a person as this edition shows them.
pub(super) fn shown(of: &Account<'_>, text: &str) -> String {
    let digits = match of.edition {
        Edition::Client => 0,
        Edition::Internal => 4,
    };
    without_phone_numbers(text, digits)
}

/// `2026-12-03`.
fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// The map, sorted by place.
fn map<'a>(of: &Account<'a>) -> Vec<&'a Access> {
    let mut lines: Vec<&Access> = of.session.access.iter().collect();
    lines.sort_by(|a, b| a.place.cmp(&b.place));
    lines
}

fn access(of: &Account<'_>) -> Vec<Block> {
    let internal = of.edition == Edition::Internal;
    let rows = map(of).into_iter().map(|line| {
        let mut cells = vec![&line.place, &line.owner, &line.who, &line.how];
        cells.push(&line.second_factor);
        if internal {
            cells.push(&line.recovery);
        }
        cells.into_iter().map(|text| shown(of, text)).collect()
    });
    let mut head = vec!["Where", "Whose account", "Who", "How", "Second factor"];
    if internal {
        head.push("Recovery");
    }
    let none = "Nothing is recorded yet.";
    let mut blocks = listed("Access map", &head, rows.collect(), none).to_vec();
    let unsaid: Vec<String> = proposed(of.session).into_iter().map(|p| p.name).collect();
    if !unsaid.is_empty() {
        blocks.push(Block::paragraph(format!(
            "Not written down yet: {}.",
            unsaid.join(", ")
        )));
    }
    // A warning names the address by which an account is recovered.
    let warnings = warnings(of.session);
    if internal && !warnings.is_empty() {
        blocks.push(Block::List(warnings));
    }
    blocks
}

fn called(of: &Account<'_>) -> [Block; 2] {
    let contacts = of.session.pack.contacts.iter();
    let rows = contacts.map(|contact| {
        [
            &contact.name,
            &contact.calls_for,
            &contact.channel,
            &contact.hours,
        ]
        .map(|text| shown(of, text))
        .to_vec()
    });
    let head = ["Who", "When", "Channel", "Hours"];
    let none = "Nobody is written down yet.";
    listed("Who is called", &head, rows.collect(), none)
}

fn ends(of: &Account<'_>) -> [Block; 2] {
    let list = renewals(of.session, of.playbook, of.now);
    let rows = list.iter().map(|renewal| {
        let over = if renewal.is_over(of.now) {
            " (over)"
        } else {
            ""
        };
        let payer = match renewal.payer.as_str() {
            "" if renewal.kind.has_payer() => "nobody said".to_owned(),
            payer => shown(of, payer),
        };
        vec![
            format!("{}{over}", day(renewal.at)),
            shown(of, &renewal.what),
            payer,
            renewal.kind.source().to_owned(),
        ]
    });
    let head = ["Ends", "What", "Who pays", "Known from"];
    let none = "Nothing that is known of.";
    listed("What ends in the next 90 days", &head, rows.collect(), none)
}

fn records(of: &Account<'_>) -> [Block; 2] {
    let list = portal_records(of.session);
    let rows = list.into_iter().map(|record| {
        let seen = record.seen.map_or_else(|| "not seen".to_owned(), day);
        let purpose = match record.purpose.as_str() {
            "" => "nobody said".to_owned(),
            purpose => shown(of, purpose),
        };
        let mut cells = vec![record.name, record.rtype, purpose, seen];
        if of.edition == Edition::Internal {
            cells.push(record.values.join("  "));
        }
        cells
    });
    let mut head = vec!["Name", "Type", "What it is for", "Seen"];
    if of.edition == Edition::Internal {
        head.push("Value");
    }
    let none = "No record was seen yet.";
    let title = "Records that the portal lives from";
    listed(title, &head, rows.collect(), none)
}

fn acceptance(of: &Account<'_>) -> [Block; 2] {
    let asked = of.playbook.quiz.iter();
    let rows = asked.map(|question| {
        let answer = of.session.answers.get(&question.id);
        let cells = match answer {
            None => [
                "nobody yet".to_owned(),
                String::new(),
                String::new(),
                String::new(),
            ],
            Some(answer) => [
                if answer.yes { "known" } else { "gap" }.to_owned(),
                answer.by.clone(),
                minute(answer.at),
                shown(of, &answer.evidence),
            ],
        };
        [question.text.clone()].into_iter().chain(cells).collect()
    });
    let head = ["Question", "Answer", "By", "When", "In their words"];
    let none = "This playbook asks nothing.";
    listed("Answers of whoever takes over", &head, rows.collect(), none)
}

fn known_gaps(of: &Account<'_>) -> [Block; 2] {
    let list = gaps(of.playbook, of.session);
    let rows = list.iter().map(|gap| {
        let owner = gap.owner.map_or("nobody", |owner| owner.name.as_str());
        let due = gap.owner.and_then(|owner| owner.due);
        vec![
            gap.question.text.clone(),
            shown(of, &gap.answer.evidence),
            owner.to_owned(),
            due.map_or_else(|| "no day".to_owned(), day),
        ]
    });
    let head = ["What is not known", "Said", "Who finds out", "By"];
    // Before everybody was asked, the absence of gaps says nothing.
    let none = match unanswered(of.playbook, of.session).len() {
        0 => "None: every question was answered.",
        _ => "Not told yet: questions wait for whoever takes over.",
    };
    listed("Known gaps", &head, rows.collect(), none)
}

fn known_risks(of: &Account<'_>) -> [Block; 2] {
    let list = risks(of.session, of.playbook, of.now);
    let rows = list.iter().map(|risk| {
        vec![
            risk.kind.word().to_owned(),
            risk.what.clone(),
            shown(of, &risk.why),
            match risk.by.as_str() {
                "" => "nobody".to_owned(),
                by => by.to_owned(),
            },
            risk.until.map(day).unwrap_or_default(),
        ]
    });
    let head = ["Kind", "What", "Why", "By", "Until"];
    listed("Known risks", &head, rows.collect(), "None is known.")
}

#[cfg(test)]
#[path = "handover_tests.rs"]
mod tests;
