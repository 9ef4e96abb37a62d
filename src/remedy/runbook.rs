//! If something breaks: five troubles with five steps each, put together for one portal from what its session knows. The
//! first step is one command, always. What nobody wrote down is said to be missing.

use super::catalog::{MailSender, mail_sender, platform, runbook as texts};
use super::place;
use crate::model::access::registrar;
use crate::model::fact;
use crate::model::intent::{Intent, Role};
use crate::model::name::HostName;
use crate::model::record::Access;
use crate::model::session::Session;

/// A trouble of this portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub id: &'static str,
    pub title: &'static str,
    /// The first step: the line to type.
    pub command: String,
    /// The steps after it.
    pub steps: Vec<String>,
}

impl Trouble {
    /// All five steps, the command in backquotes.
    pub fn all_steps(&self) -> Vec<String> {
        let first = format!(
            "Run `{}`: it looks again and says what is broken.",
            self.command
        );
        [first].into_iter().chain(self.steps.clone()).collect()
    }
}

/// The runbook of a session.
pub fn runbook(session: &Session) -> Vec<Trouble> {
    let known = Known::of(session);
    texts::all()
        .iter()
        .map(|text| Trouble {
            id: &text.id,
            title: &text.title,
            command: check(session, &text.only),
            steps: text.steps.iter().map(|step| known.fill(step)).collect(),
        })
        .collect()
}

/// `launch-ready check acme.example --only tls.*`. A domain from a file may be anything, and a command goes into a shell.
pub fn check(session: &Session, only: &str) -> String {
    format!("{} --only '{only}'", command("check", session))
}

fn command(verb: &str, session: &Session) -> String {
    let domain = HostName::parse(&session.domain);
    let named = domain.as_ref().map_or("DOMAIN", HostName::as_str);
    format!("launch-ready {verb} {named}")
}

/// What is known of a portal, by the words that the texts use.
struct Known(Vec<(&'static str, String)>);

impl Known {
    fn of(session: &Session) -> Self {
        let intent = session.intent();
        let intent = intent.as_ref();
        Self(vec![
            ("domain", session.domain.clone()),
            ("portal", portal(session, intent)),
            ("host", host(intent)),
            (
                "host_access",
                access(session, &["hosting", "host"], "hosting"),
            ),
            ("dns", dns(intent)),
            (
                "dns_open",
                intent.map_or_else(
                    || "Open the editor of the DNS records.".to_owned(),
                    |i| place::console(i).open(),
                ),
            ),
            ("registrar_access", registrar_access(session)),
            ("name_servers", facts(session, "dns.nameservers", "NS ")),
            (
                "registered",
                facts(session, "domain.expiry", "registration "),
            ),
            ("certificate", facts(session, "tls.expiry", "certificate ")),
            ("mail_records", facts(session, "mail.", "")),
            ("sender", senders(intent)),
            ("sender_access", access(session, &["mail"], "mail")),
            ("accounts", accounts(intent)),
            (
                "rollback",
                said(
                    session,
                    &["rollback-target", "rollback-drill"],
                    "which deploy, and how",
                ),
            ),
            (
                "zone",
                said(session, &["zone-exported"], "where the export is"),
            ),
            (
                "login",
                said(
                    session,
                    &["login-failure"],
                    "what happens when sign-in fails",
                ),
            ),
            (
                "secrets",
                said(session, &["secrets-home"], "where secrets live"),
            ),
            ("call", call(session)),
            ("watch", command("watch", session)),
        ])
    }

    /// The text with every word in braces filled in.
    fn fill(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((head, tail)) = rest.split_once('{') {
            out.push_str(head);
            let Some((word, after)) = tail.split_once('}') else {
                out.push('{');
                rest = tail;
                continue;
            };
            match self.0.iter().find(|(name, _)| *name == word) {
                Some((_, value)) => out.push_str(value),
                None => out.extend(["{", word, "}"]),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

fn missing(what: &str) -> String {
    format!("(nobody wrote down {what})")
}

/// The answer of a person to the first of these questions that was answered yes.
pub(super) fn said(session: &Session, questions: &[&str], what: &str) -> String {
    let answers = questions.iter().filter_map(|id| session.answers.get(*id));
    answers
        .filter(|answer| answer.yes && !answer.evidence.trim().is_empty())
        .map(|answer| format!("{} ({})", answer.evidence.trim(), answer.by))
        .next()
        .unwrap_or_else(|| missing(what))
}

/// The lines of the access map whose place begins so, the first words first.
pub(super) fn access(session: &Session, words: &[&str], what: &str) -> String {
    let begins = |line: &&Access, word: &str| line.place.to_lowercase().starts_with(word);
    let lines: Vec<String> = words
        .iter()
        .map(|word| {
            session
                .access
                .iter()
                .filter(|l| begins(l, word))
                .map(way_in)
                .collect()
        })
        .find(|list: &Vec<String>| !list.is_empty())
        .unwrap_or_default();
    match lines.is_empty() {
        true => missing(&format!("who gets in at {what}")),
        false => lines.join("; "),
    }
}

fn way_in(line: &Access) -> String {
    let parts = [
        (String::new(), &line.who),
        (String::new(), &line.how),
        ("account of ".to_owned(), &line.owner),
        ("second factor with ".to_owned(), &line.second_factor),
        ("recovery: ".to_owned(), &line.recovery),
    ];
    let told: Vec<String> = parts
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(before, text)| format!("{before}{text}"))
        .collect();
    format!("{}: {}", line.place, told.join(", "))
}

/// Whom to call, in the order in which they are called.
pub(super) fn call(session: &Session) -> String {
    let contacts = session.pack.contacts.iter().map(|contact| {
        let hours = match contact.hours.as_str() {
            "" => String::new(),
            hours => format!(", {hours}"),
        };
        format!("{} ({}{hours})", contact.name, contact.channel)
    });
    let list: Vec<String> = contacts.collect();
    match list.is_empty() {
        true => missing("whom to call: name somebody on the handover page"),
        false => list.join(", then "),
    }
}

fn portal(session: &Session, intent: Option<&Intent>) -> String {
    let named = intent.and_then(|i| i.host_of(Role::Portal).or_else(|| i.host_of(Role::App)));
    named.map_or_else(|| session.domain.clone(), |host| host.name.to_string())
}

fn host(intent: Option<&Intent>) -> String {
    let id = intent.and_then(|i| i.platform.as_deref());
    let known = id.and_then(platform::platform).map(|p| p.title.clone());
    known
        .or_else(|| id.map(str::to_owned))
        .unwrap_or_else(|| missing("which one it is"))
}

fn dns(intent: Option<&Intent>) -> String {
    intent.map_or_else(
        || "your DNS host".to_owned(),
        |i| place::console(i).name().to_owned(),
    )
}

fn registrar_access(session: &Session) -> String {
    let who = registrar(session).map(|hint| format!("{hint}; "));
    let way = access(session, &["registrar"], "the registrar");
    who.unwrap_or_default() + &way
}

fn senders(intent: Option<&Intent>) -> String {
    let all = intent.into_iter().flat_map(|i| &i.senders);
    let titles: Vec<String> = all
        .map(|sender| {
            let known: Option<&MailSender> = mail_sender::find(&sender.name);
            known.map_or_else(|| sender.name.clone(), |known| known.title.clone())
        })
        .collect();
    match titles.is_empty() {
        true => missing("which service sends"),
        false => titles.join(", "),
    }
}

fn accounts(intent: Option<&Intent>) -> String {
    let names: Vec<&str> = intent
        .into_iter()
        .flat_map(|i| &i.accounts)
        .map(|account| account.name.as_str())
        .collect();
    match names.is_empty() {
        true => missing("any"),
        false => names.join(", "),
    }
}

/// Facts of these checks whose name begins so, as they were signed at the handover, else as they were seen last.
fn facts(session: &Session, checks: &str, begins: &str) -> String {
    let signed = session.handed_over.as_ref().map(|over| &over.findings);
    let list: Vec<String> = signed
        .unwrap_or(&session.findings)
        .values()
        .filter(|finding| finding.check.as_str().starts_with(checks))
        .flat_map(fact::of)
        .filter(|(name, values)| name.starts_with(begins) && !values.is_empty())
        .map(|(name, values)| {
            let values: Vec<String> = values.into_iter().map(short).collect();
            format!("{name} {}", values.join(", "))
        })
        .collect();
    match list.is_empty() {
        true => "(not seen yet)".to_owned(),
        false => list.join("; "),
    }
}

/// A key is told by its beginning.
fn short(value: &str) -> String {
    match value.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}

#[cfg(test)]
#[path = "runbook_tests.rs"]
mod tests;
