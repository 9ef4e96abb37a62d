//! If something breaks, and the rollback card: what is read at three in the morning, each on a page of its own.

use schemars::JsonSchema;
use serde::Serialize;

use super::document::Block;
use super::handover::shown;
use super::session::{Account, Edition};
use crate::model::session::Session;
use crate::remedy::rollback::{self, Before, RollbackCard};
use crate::remedy::runbook;

/// Both as sections.
pub(super) fn blocks(of: &Account<'_>) -> Vec<Block> {
    let session = told(of);
    let mut blocks = vec![Block::Page("If something breaks".to_owned())];
    for trouble in runbook::runbook(&session) {
        blocks.push(Block::Subsection(trouble.title.to_owned()));
        blocks.push(Block::Verbatim(trouble.command.clone()));
        blocks.push(Block::Steps(trouble.all_steps()));
    }
    blocks.extend(card(rollback::card(&session)));
    blocks
}

fn card(card: RollbackCard) -> Vec<Block> {
    let mut blocks = vec![
        Block::Page("Rollback card".to_owned()),
        Block::Facts(vec![
            ("Go back to".to_owned(), card.target),
            ("Tried".to_owned(), card.drill),
            ("Who may".to_owned(), card.who),
            ("Call".to_owned(), card.call),
        ]),
    ];
    if card.records.is_empty() {
        blocks.push(Block::paragraph(
            "No record was changed that the checks know of.",
        ));
    } else {
        let rows = card.records.into_iter().map(cells).collect();
        let head = ["Record", "Before", "Changed to", "To go back", "Look with"];
        blocks.push(Block::table(&head, rows));
    }
    blocks.push(Block::paragraph("It is back when this passes:"));
    blocks.push(Block::Verbatim(card.proof.clone()));
    blocks
}

fn cells(record: Before) -> Vec<String> {
    let or_none = |text: String| {
        if text.is_empty() {
            "none".to_owned()
        } else {
            text
        }
    };
    vec![
        record.record,
        or_none(record.before),
        or_none(record.after),
        record.undo,
        record.proof,
    ]
}

/// The session as this edition tells it: no edition names a whole phone number.
fn told(of: &Account<'_>) -> Session {
    let mut session = of.session.clone();
    for contact in &mut session.pack.contacts {
        contact.channel = shown(of, &contact.channel);
    }
    for line in &mut session.access {
        for text in [&mut line.how, &mut line.second_factor, &mut line.recovery] {
            *text = shown(of, text);
        }
        if of.edition == Edition::Client {
            line.recovery.clear();
        }
    }
    session
}

/// A trouble as scripts read it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TroubleReport {
    id: String,
    title: String,
    /// The first step.
    command: String,
    steps: Vec<String>,
}

/// The card as scripts read it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RollbackReport {
    target: String,
    drill: String,
    who: String,
    call: String,
    records: Vec<BeforeReport>,
    proof: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct BeforeReport {
    record: String,
    before: String,
    after: String,
    undo: String,
    check: String,
}

/// The runbook for scripts.
pub(super) fn troubles(of: &Account<'_>) -> Vec<TroubleReport> {
    let list = runbook::runbook(&told(of)).into_iter();
    list.map(|trouble| TroubleReport {
        id: trouble.id.to_owned(),
        title: trouble.title.to_owned(),
        command: trouble.command,
        steps: trouble.steps,
    })
    .collect()
}

/// The card for scripts.
pub(super) fn way_back(of: &Account<'_>) -> RollbackReport {
    let card = rollback::card(&told(of));
    let records = card.records.into_iter().map(|r| BeforeReport {
        record: r.record,
        before: r.before,
        after: r.after,
        undo: r.undo,
        check: r.proof,
    });
    RollbackReport {
        target: card.target,
        drill: card.drill,
        who: card.who,
        call: card.call,
        records: records.collect(),
        proof: card.proof,
    }
}

#[cfg(test)]
mod tests {
    use crate::report::{Edition, fixture, session_html, session_json, session_markdown};

    #[test]
    fn runbook_and_card_stand_in_every_format() {
        let state = fixture::session();
        let account = fixture::account(&state, Edition::Internal);
        let markdown = session_markdown(&account);
        let page = session_html(&account);
        for title in ["If something breaks", "Rollback card"] {
            assert!(markdown.contains(&format!("## {title}")), "{title}");
            assert!(
                page.contains(&format!("<h2 class=\"page\">{title}</h2>")),
                "{title}"
            );
        }
        let value: serde_json::Value =
            serde_json::from_str(&session_json(&account).unwrap()).unwrap();
        assert_eq!(value["runbook"].as_array().unwrap().len(), 5);
        let proof = value["rollback"]["proof"].as_str().unwrap();
        assert!(
            proof.starts_with("launch-ready check acme.example --only"),
            "{proof}"
        );
    }
}
