//! The rules of the large receivers, as the page of mail shows them.

use crate::app::mail::MailRow;
use crate::app::state::{State, Words};
use crate::model::finding::Finding;
use crate::model::intent::Intent;
use crate::model::receiver::{self, Known, ReceiverRule, Standing};

/// A rule as a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleLine {
    pub standing: Standing,
    pub title: &'static str,
    /// What is asked, in the words of whoever looks.
    pub text: &'static str,
    /// Receivers and their first days: `Google and Yahoo since 2024-02-01, Microsoft since 2025-05-05`.
    pub asked_by: String,
    /// What only a person can say.
    pub question: Option<&'static str>,
}

/// The rules; none for a domain that sends no mail.
pub fn rows(intent: &Intent) -> impl Iterator<Item = MailRow> + use<> {
    let all = if intent.is_sender() {
        receiver::rules()
    } else {
        &[]
    };
    all.iter().map(|rule| MailRow::Rule(rule.id.clone()))
}

/// The rule of that id, as it stands.
pub fn rule(state: &State, id: &str) -> Option<RuleLine> {
    let rule = receiver::rule(id)?;
    let founder = state.words == Words::Founder;
    Some(RuleLine {
        standing: known(state)?.standing(rule),
        title: if founder {
            &rule.plain_short
        } else {
            &rule.short
        },
        text: if founder { &rule.plain } else { &rule.title },
        asked_by: asked_by(rule),
        question: rule.question.as_ref().map(|asked| asked.text.as_str()),
    })
}

/// Each receiver with the gravest standing of its rules.
pub fn receivers_line(state: &State) -> Vec<(&'static str, Standing)> {
    let Some(known) = known(state) else {
        return Vec::new();
    };
    receiver::receivers()
        .iter()
        .map(|receiver| (receiver.title.as_str(), known.of_receiver(receiver)))
        .collect()
}

/// The findings that a rule rests on.
pub fn findings<'a>(state: &'a State, id: &str) -> Vec<&'a Finding> {
    match (receiver::rule(id), known(state)) {
        (Some(rule), Some(known)) => known.findings(rule).collect(),
        _ => Vec::new(),
    }
}

fn known(state: &State) -> Option<Known<'_>> {
    let session = &state.opened.as_ref()?.session;
    Some(Known {
        findings: &session.findings,
        answers: &session.answers,
    })
}

fn asked_by(rule: &ReceiverRule) -> String {
    let mut days: Vec<(&str, Vec<&str>)> = Vec::new();
    for receiver in receiver::receivers() {
        let Some(since) = receiver.since(rule) else {
            continue;
        };
        match days.iter_mut().find(|(day, _)| *day == since) {
            Some((_, names)) => names.push(&receiver.title),
            None => days.push((since, vec![&receiver.title])),
        }
    }
    let parts: Vec<String> = days
        .into_iter()
        .map(|(day, names)| format!("{} since {day}", names.join(" and ")))
        .collect();
    parts.join(", ")
}
