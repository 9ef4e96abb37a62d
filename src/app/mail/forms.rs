//! What a person says about mail: who sends, where test messages are received, through which server they are handed over,
//! which must arrive, and one that arrived elsewhere.

use std::path::PathBuf;

use url::Url;

use super::super::effect::{Bringing, Effect};
use super::super::new_session::sender_in;
use super::super::overlay::{Field, FieldKind, Form, FormPurpose, Overlay};
use super::super::select;
use super::super::state::State;
use super::super::update::{append, good};
use super::super::vault::Secret;
use crate::model::event::EventBody;
use crate::model::intent::Intent;
use crate::model::intent::message::{
    ExpectedMessage, INBOX_PASSWORD, MessageKind, SUBMISSION_PASSWORD, SubmissionServer, TestInbox,
};

/// The field of the form that takes a message.
const MESSAGE: usize = 1;

fn show(state: &mut State, form: Form) -> Vec<Effect> {
    state.overlay = Some(Overlay::Form(Box::new(form)));
    Vec::new()
}

fn intent(state: &State) -> Option<Intent> {
    select::mail::intent(state)
}

/// A service that sends in the domain's name.
pub(super) fn sender(state: &mut State) -> Vec<Effect> {
    let form = Form::new(
        "add a sender of mail",
        FormPurpose::NameSender,
        vec![
            Field::text("service", "resend, google-workspace, own server", ""),
            Field::text("DKIM selectors", "s1, s2", "").optional(),
            Field::text("SPF include", "_spf.service.example", "").optional(),
            Field::text("bounce domain", "send.acme.example", "").optional(),
        ],
    )
    .intro(["a name that is there already is changed".to_owned()]);
    show(state, form)
}

/// Where test messages are received.
pub(super) fn inbox(state: &mut State) -> Vec<Effect> {
    let known = intent(state).and_then(|i| i.test_inbox);
    let text = |pick: fn(&TestInbox) -> Option<&String>| {
        known.as_ref().and_then(pick).cloned().unwrap_or_default()
    };
    let form = Form::new(
        "the inbox that receives the test messages",
        FormPurpose::TestInbox,
        vec![
            Field::text("address", "test@inbox.example", &text(|i| Some(&i.address))),
            Field::text("IMAP server", "imap.inbox.example, imap.inbox.example:993", &text(|i| i.imap.as_ref())).optional(),
            Field::text("signs in as", "the address, if empty", &text(|i| i.user.as_ref())).optional(),
            Field::text("receiver's name", "as in Authentication-Results; known, if empty", &text(|i| i.receiver.as_ref())).optional(),
        ],
    )
    .intro([format!(
        "without a server you paste the messages yourself; the password goes to the vault, as “{INBOX_PASSWORD}”"
    )]);
    show(state, form)
}

/// Through which server the portal sends.
pub(super) fn outgoing(state: &mut State) -> Vec<Effect> {
    let known = intent(state).and_then(|i| i.submission);
    let text = |pick: fn(&SubmissionServer) -> &String| {
        known.as_ref().map(pick).cloned().unwrap_or_default()
    };
    let form = Form::new(
        "the server that the portal hands its mail to",
        FormPurpose::Outgoing,
        vec![
            Field::text("server", "smtp.mailer.example:587", &text(|s| &s.server)),
            Field::text("signs in as", "user name", &text(|s| &s.user)),
            Field::text("From", "the address as the portal writes it", &text(|s| &s.from)),
        ],
    )
    .intro([format!(
        "one test message is handed over a run; the password goes to the vault, as “{SUBMISSION_PASSWORD}”"
    )]);
    show(state, form)
}

/// Which messages must arrive.
pub(super) fn expect(state: &mut State) -> Vec<Effect> {
    let words = MessageKind::ALL.map(MessageKind::word);
    let form = Form::new(
        "a message that must arrive",
        FormPurpose::Expect,
        vec![
            Field::choice("message", &words),
            Field::choice("must arrive", &["yes", "no"]),
            Field::text("From", "any address of the domain, if empty", "").optional(),
            Field::text("subject has", "reset your password", "").optional(),
        ],
    )
    .intro(["“test” we send ourselves; the others the portal sends when you ask it to".to_owned()]);
    show(state, form)
}

/// A message that arrived somewhere else.
pub(super) fn bring(state: &mut State) -> Vec<Effect> {
    let selected = match select::mail::selected(state) {
        Some(super::MailRow::Message(kind)) => Some(kind),
        _ => None,
    };
    let mut words: Vec<&str> = MessageKind::ALL.iter().map(|k| k.word()).collect();
    if let Some(kind) = selected {
        words.retain(|word| *word != kind.word());
        words.insert(0, kind.word());
    }
    let mut form = Form::new(
        "a message that arrived",
        FormPurpose::Bring,
        vec![
            Field::choice("message", &words),
            Field::message("source or file", "paste its source, or drop a file here"),
        ],
    )
    .intro([
        "in your mail program: “show original” or “view source”, then copy all of it. It stays in memory and is \
         gone when you leave."
            .to_owned(),
    ]);
    form.focus = usize::from(selected.is_some());
    show(state, form)
}

/// Whether a pasted text is a message for the form that is open, wherever its cursor is, and takes it.
pub(in crate::app) fn takes(form: &mut Form, text: &str) -> bool {
    if !text.trim().contains(['\n', '\r']) {
        return false;
    }
    for (at, field) in form.fields.iter_mut().enumerate() {
        if let FieldKind::Message { pasted, .. } = &mut field.kind {
            *pasted = Some(Secret::new(text.to_owned()));
            field.problem = None;
            form.focus = at;
            return true;
        }
    }
    false
}

/// One of these forms was saved; `None` when a field has a problem.
pub(in crate::app) fn submit(
    state: &mut State,
    form: &mut Form,
    purpose: &FormPurpose,
) -> Option<Vec<Effect>> {
    if *purpose == FormPurpose::Bring {
        return Some(vec![Effect::BringMessage(bringing(form)?)]);
    }
    let mut intent = intent(state)?;
    let said = match purpose {
        FormPurpose::NameSender => {
            let sender = sender_in(form)?;
            intent.senders.retain(|known| known.name != sender.name);
            intent.senders.push(sender);
            // Who names a sender says that the domain sends.
            intent.sends_mail = Some(true);
            "the sender is noted: R checks with it"
        }
        FormPurpose::TestInbox => {
            let code = intent.test_inbox.take().and_then(|known| known.code);
            intent.test_inbox = Some(inbox_in(form, code)?);
            "the inbox is noted: v stores its password"
        }
        FormPurpose::Outgoing => {
            intent.submission = Some(SubmissionServer {
                server: server_in(form, 0)?,
                user: form.value(1),
                from: address_in(form, 2)?,
            });
            "the server is noted: v stores its password"
        }
        FormPurpose::Expect => {
            let kind = MessageKind::parse(&form.value(0))?;
            intent.messages.retain(|known| known.kind != kind);
            if form.value(1) == "yes" {
                let from = match form.value(2).is_empty() {
                    true => None,
                    false => Some(address_in(form, 2)?),
                };
                intent.messages.push(ExpectedMessage {
                    kind,
                    from,
                    subject: some(form.value(3)),
                });
            }
            "noted: R checks with it"
        }
        _ => return Some(Vec::new()),
    };
    good(state, said);
    Some(append(
        state,
        vec![EventBody::IntentConfirmed {
            intent: Box::new(intent),
        }],
    ))
}

fn bringing(form: &mut Form) -> Option<Bringing> {
    let kind = MessageKind::parse(&form.value(0))?;
    let field = form.fields.get_mut(MESSAGE)?;
    let FieldKind::Message { path, pasted } = &mut field.kind else {
        return None;
    };
    if let Some(text) = pasted.take() {
        return Some(Bringing::Text { kind, text });
    }
    let file = dropped(path.text());
    if file.as_os_str().is_empty() {
        field.problem = Some("paste the source of the message, or name a file".to_owned());
        return None;
    }
    Some(Bringing::File { kind, file })
}

/// The path that a terminal types when a file is dropped on it: bare, in quotation marks, or with escaped spaces.
fn dropped(typed: &str) -> PathBuf {
    let typed = typed.trim();
    let address = Url::parse(typed).ok().filter(|url| url.scheme() == "file");
    if let Some(Ok(path)) = address.map(|url| url.to_file_path()) {
        return path;
    }
    for mark in ['\'', '"'] {
        if let Some(inner) = typed.strip_prefix(mark).and_then(|t| t.strip_suffix(mark)) {
            return PathBuf::from(inner);
        }
    }
    let mut path = String::new();
    let mut letters = typed.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if !cfg!(windows) => path.extend(letters.next()),
            other => path.push(other),
        }
    }
    PathBuf::from(path)
}

fn inbox_in(form: &mut Form, code: Option<String>) -> Option<TestInbox> {
    let imap = match form.value(1).is_empty() {
        true => None,
        false => Some(server_in(form, 1)?),
    };
    Some(TestInbox {
        address: address_in(form, 0)?,
        imap,
        user: some(form.value(2)),
        receiver: some(form.value(3)),
        code,
    })
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// `NAME@HOST`.
fn address_in(form: &mut Form, field: usize) -> Option<String> {
    let text = form.value(field);
    let right = text.rsplit_once('@').is_some_and(|(local, host)| {
        !local.is_empty()
            && !local.contains(char::is_whitespace)
            && crate::model::name::HostName::parse(host).is_ok()
    });
    if right {
        return Some(text);
    }
    wrong(form, field, "write an address, like test@inbox.example")
}

/// `HOST` or `HOST:PORT`.
fn server_in(form: &mut Form, field: usize) -> Option<String> {
    let text = form.value(field);
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, port.parse::<u16>().ok().filter(|p| *p > 0)),
        None => (text.as_str(), Some(0)),
    };
    if crate::model::name::HostName::parse(host).is_ok() && port.is_some() {
        return Some(text);
    }
    wrong(
        form,
        field,
        "write a server, like smtp.mailer.example or smtp.mailer.example:587",
    )
}

fn wrong(form: &mut Form, field: usize, why: &str) -> Option<String> {
    if let Some(field) = form.fields.get_mut(field) {
        field.problem = Some(why.to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_file_is_found_however_the_terminal_writes_it() {
        for typed in [
            "/tmp/my mail.eml",
            "'/tmp/my mail.eml'",
            "\"/tmp/my mail.eml\"",
            "/tmp/my\\ mail.eml ",
            "file:///tmp/my%20mail.eml",
        ] {
            assert_eq!(dropped(typed), PathBuf::from("/tmp/my mail.eml"), "{typed}");
        }
        assert_eq!(dropped("  "), PathBuf::new());
    }
}
