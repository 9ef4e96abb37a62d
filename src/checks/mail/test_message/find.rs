//! Which of the messages in the inbox is the one that is meant.
//!
//! Best by the tag in the address that it went to, which nobody else writes to; else by words of its subject and its From.

use super::address::addresses;
use super::message::{Field, Lines, Message};
use super::seen::Found;
use crate::model::encoded_word::decode;
use crate::model::intent::Intent;
use crate::model::intent::message::{ExpectedMessage, MessageKind};
use crate::model::observation::message::RawMessage;

/// The expected messages with the subjects under which they are reported.
pub fn expected(intent: &Intent) -> Vec<(String, &ExpectedMessage)> {
    let mut list: Vec<(String, &ExpectedMessage)> = Vec::new();
    for message in &intent.messages {
        let before = list.iter().filter(|(_, other)| other.kind == message.kind);
        let word = message.kind.word();
        let subject = match before.count() {
            0 => format!("{word} message"),
            more => format!("{word} message {}", more + 1),
        };
        list.push((subject, message));
    }
    list
}

/// What stands behind the `+` of the address to which the portal is asked to write, where an inbox is named.
fn tag(intent: &Intent, kind: MessageKind) -> Option<String> {
    let inbox = intent.test_inbox.as_ref()?;
    Some(inbox.tag(&intent.domain, kind))
}

/// Words of which one must stand in a message that may be the one.
pub fn words(intent: &Intent, message: &ExpectedMessage) -> Vec<String> {
    let tag = tag(intent, message.kind).map(|tag| format!("+{tag}"));
    let named = [&message.subject, &message.from].into_iter().flatten();
    tag.into_iter().chain(named.cloned()).collect()
}

/// The newest message that is the one: by tag before by words.
pub fn choose<'a>(
    messages: &'a [RawMessage],
    intent: &Intent,
    wanted: &ExpectedMessage,
) -> Option<(&'a RawMessage, Found)> {
    let fits = |found: Found| {
        let mut newest = messages.iter().rev();
        newest
            .find(|raw| how(raw, intent, wanted) == Some(found))
            .map(|raw| (raw, found))
    };
    fits(Found::Tagged).or_else(|| fits(Found::Fitting))
}

/// The newest of our own with `nonce` in its subject.
pub fn ours<'a>(messages: &'a [RawMessage], nonce: &str) -> Option<&'a RawMessage> {
    let mut newest = messages.iter().rev();
    newest.find(|raw| {
        let lines = Lines::of(&raw.bytes);
        subject(&lines.message()).contains(&nonce.to_lowercase())
    })
}

fn how(raw: &RawMessage, intent: &Intent, wanted: &ExpectedMessage) -> Option<Found> {
    let lines = Lines::of(&raw.bytes);
    let message = lines.message();
    let tag = tag(intent, wanted.kind).map(|tag| format!("+{tag}@").to_lowercase());
    let recipients = ["To", "Delivered-To", "X-Original-To", "Envelope-To"];
    let to = message
        .fields
        .iter()
        .filter(|field| recipients.iter().any(|name| field.is(name)));
    if tag.is_some_and(|tag| {
        to.filter_map(Field::text)
            .any(|text| text.to_lowercase().contains(&tag))
    }) {
        return Some(Found::Tagged);
    }
    let from = message
        .first("From")
        .and_then(Field::text)
        .and_then(|t| addresses(&t).ok());
    let from_fits = wanted.from.as_ref().map(|wanted| {
        let mut all = from.iter().flatten();
        all.any(|a| format!("{}@{}", a.local, a.domain).eq_ignore_ascii_case(wanted))
    });
    let subject_fits = wanted
        .subject
        .as_ref()
        .map(|wanted| subject(&message).contains(&wanted.to_lowercase()));
    let fits = match (from_fits, subject_fits) {
        (Some(false), _) | (_, Some(false)) | (None, None) => false,
        (_, Some(true)) => true,
        // From alone tells a message only where no other kind has the same.
        (Some(true), None) => {
            let same = intent
                .messages
                .iter()
                .filter(|other| other.from == wanted.from);
            same.count() == 1
        }
    };
    fits.then_some(Found::Fitting)
}

/// Decoded, lower case, for comparing only.
fn subject(message: &Message<'_>) -> String {
    let text = message.first("Subject").and_then(Field::text);
    decode(&text.unwrap_or_default()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::mail::worlds;
    use crate::model::intent::message::TestInbox;
    use crate::model::observation::message::Folder;

    fn raw(text: &str) -> RawMessage {
        RawMessage {
            source: text.to_owned(),
            folder: Folder::Inbox,
            arrived: None,
            bytes: text.as_bytes().into(),
            cut: false,
        }
    }

    fn message(kind: MessageKind, from: Option<&str>, subject: Option<&str>) -> ExpectedMessage {
        ExpectedMessage {
            kind,
            from: from.map(str::to_owned),
            subject: subject.map(str::to_owned),
        }
    }

    #[test]
    fn a_tag_goes_before_words_and_the_newest_counts() {
        let mut intent = worlds::intent();
        intent.test_inbox = Some(TestInbox {
            address: "t@inbox.example".into(),
            imap: None,
            user: None,
            receiver: None,
            code: None,
        });
        let reset = message(
            MessageKind::Reset,
            Some("no-reply@acme.example"),
            Some("Reset your"),
        );
        intent.messages = vec![
            reset.clone(),
            message(MessageKind::Invite, Some("no-reply@acme.example"), None),
        ];
        let old = "From: no-reply@acme.example\nTo: t+acme-example-RESET@inbox.example\n\n1";
        let new = old.replace("\n\n1", "\nSubject: x\n\n2");
        let worded =
            "From: A <No-Reply@acme.example>\nSubject: =?utf-8?q?RESET_YOUR?= password\n\n3";
        let other = "From: someone@else.example\nSubject: Reset your mind\n\n4";
        let list = [raw(old), raw(&new), raw(worded), raw(other)];
        let (found, how) = choose(&list, &intent, &reset).unwrap();
        assert_eq!((found.source.as_str(), how), (new.as_str(), Found::Tagged));
        let (found, how) = choose(&list[2..], &intent, &reset).unwrap();
        assert_eq!((found.source.as_str(), how), (worded, Found::Fitting));
        assert!(choose(&list[3..], &intent, &reset).is_none());
        // Two kinds share the From, and nothing else tells them apart.
        assert!(choose(&list[2..], &intent, &intent.messages[1]).is_none());
        intent.messages.remove(0);
        assert!(choose(&list[2..], &intent, &intent.messages[0]).is_some());
    }

    #[test]
    fn several_of_a_kind_have_subjects_of_their_own() {
        let mut intent = worlds::intent();
        let kinds = [MessageKind::Reset, MessageKind::SignUp, MessageKind::Reset];
        intent.messages = kinds.map(|kind| message(kind, None, None)).to_vec();
        let subjects: Vec<String> = expected(&intent).into_iter().map(|(s, _)| s).collect();
        assert_eq!(
            subjects,
            ["reset message", "sign-up message", "reset message 2"]
        );
    }
}
