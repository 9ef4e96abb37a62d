//! Mail at a glance: what the checks say of each sender, of the way mail takes, of the cost of SPF and of the messages that
//! must arrive. Everything is read from the findings of the session and its intent.

mod cells;
mod rules;

use jiff::Timestamp;

use super::super::mail::{MailColumn, MailRow, MailScreen};
use super::super::opened::WatchPhase;
use super::super::screen::Screen;
use super::super::state::{State, Words};
use crate::model::finding::{CheckId, Finding, FindingKey};
use crate::model::intent::Intent;
use crate::model::intent::message::MessageKind;
use crate::model::receiver;
use crate::model::text::escape;
use crate::model::verdict::Verdict;
pub use cells::{Cell, cell};
pub use rules::{RuleLine, receivers_line, rule};

/// The check of the real messages.
pub const TEST_MESSAGE: &str = "mail.test-message";
/// The check whose tree is shown.
pub const SPF_LOOKUPS: &str = "mail.spf-lookups";

/// The checks of the way that mail takes, in the order of the page: id, engineer's word, founder's word.
const TRANSPORT: [(&str, &str, &str); 8] = [
    ("mail.mx", "MX", "where mail goes"),
    ("mail.starttls", "STARTTLS", "encryption"),
    ("mail.mta-sts", "MTA-STS", "must encrypt"),
    ("mail.tls-rpt", "TLS-RPT", "reports on it"),
    ("mail.dane", "DANE", "keys in DNS"),
    ("mail.reverse-dns", "reverse DNS", "server's name"),
    ("mail.bimi", "BIMI", "logo"),
    ("mail.blocklists", "blocklists", "blocklists"),
];

/// How a message that must arrive stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected<'a> {
    pub kind: MessageKind,
    pub finding: Option<&'a Finding>,
    /// Since when it is being looked for.
    pub looking: Option<Timestamp>,
    /// What the check waits for.
    pub waits_for: Option<&'a str>,
    /// The address to which the portal is to write it.
    pub address: Option<String>,
    /// How many bytes of one the operator brought.
    pub brought: Option<usize>,
}

/// The intent of the session.
pub fn intent(state: &State) -> Option<Intent> {
    state.opened.as_ref()?.session.intent()
}

/// The rows of the page, from its top.
pub fn rows(state: &State) -> Vec<MailRow> {
    let Some(intent) = intent(state) else {
        return Vec::new();
    };
    let senders = intent
        .senders
        .iter()
        .map(|s| MailRow::Sender(s.name.clone()));
    let mut parked: Vec<String> = intent.parked.iter().map(ToString::to_string).collect();
    parked.sort();
    parked.dedup();
    let transport = TRANSPORT
        .iter()
        .map(|(check, ..)| *check)
        .filter(|check| !of(state, check).is_empty());
    let spf = (!of(state, SPF_LOOKUPS).is_empty()).then_some(MailRow::Spf);
    std::iter::once(MailRow::Domain)
        .chain(senders)
        .chain(parked.into_iter().map(MailRow::Parked))
        .chain(transport.map(|check| MailRow::Transport(check.to_owned())))
        .chain(spf)
        .chain(kinds(&intent).into_iter().map(MailRow::Message))
        .chain(rules::rows(&intent))
        .collect()
}

/// The row that the operator is on.
pub fn selected(state: &State) -> Option<MailRow> {
    match state.screen()? {
        Screen::Mail(screen) => screen.cursor.current(&rows(state)).cloned(),
        _ => None,
    }
}

/// The question of the rule that the operator is on, by the id of its answer.
pub fn question(state: &State) -> Option<String> {
    let Some(MailRow::Rule(id)) = selected(state) else {
        return None;
    };
    let asked = receiver::rule(&id)?.question.as_ref()?;
    Some(asked.id.clone())
}

/// The findings behind the cell or the row that the operator is on, the worst first.
pub fn selected_keys(state: &State, screen: &MailScreen) -> Vec<FindingKey> {
    let rows = rows(state);
    match screen.cursor.current(&rows) {
        Some(MailRow::Transport(check)) => keys(worst_first(of(state, check))),
        Some(MailRow::Spf) => keys(worst_first(of(state, SPF_LOOKUPS))),
        Some(MailRow::Message(kind)) => vec![message_key(state, *kind)],
        Some(MailRow::Rule(id)) => keys(worst_first(rules::findings(state, id))),
        Some(row) => cell(state, row, screen.column).keys,
        None => Vec::new(),
    }
}

/// What the row of the transport is called.
pub fn transport_title(state: &State, check: &str) -> &'static str {
    let known = TRANSPORT.iter().find(|(id, ..)| *id == check);
    match (known, state.words) {
        (Some((_, engineer, _)), Words::Engineer) => engineer,
        (Some((.., founder)), Words::Founder) => founder,
        (None, _) => "mail",
    }
}

/// The findings of a check, the worst first.
pub fn findings<'a>(state: &'a State, check: &str) -> Vec<&'a Finding> {
    worst_first(of(state, check))
}

/// A message that must arrive, as it stands.
pub fn message<'a>(state: &'a State, intent: &Intent, kind: MessageKind) -> Expected<'a> {
    let key = message_key(state, kind);
    let opened = state.opened.as_deref();
    let running = opened.and_then(|o| o.run.running.get(&key));
    let watch = opened
        .and_then(|o| o.watches.get(&key))
        .filter(|w| w.phase == WatchPhase::Looking);
    Expected {
        kind,
        finding: super::finding(state, &key),
        looking: running.map(|r| r.since).or_else(|| watch.map(|w| w.since)),
        waits_for: running.and_then(|r| r.waits_for.as_deref()),
        address: address(intent, kind),
        brought: opened.and_then(|o| o.brought.get(&kind).copied()),
    }
}

/// The address to which the portal is to write that message: the test inbox, tagged with the code of this session.
pub fn address(intent: &Intent, kind: MessageKind) -> Option<String> {
    let inbox = intent.test_inbox.as_ref()?;
    inbox.tagged(&intent.domain, kind)
}

/// The row of a message among the findings, also before there is one.
pub fn message_key(state: &State, kind: MessageKind) -> FindingKey {
    let found = of(state, TEST_MESSAGE)
        .into_iter()
        .find(|f| f.subject.split(' ').any(|word| word == kind.word()));
    found.map_or_else(
        || FindingKey {
            check: CheckId::from(TEST_MESSAGE),
            subject: format!("{} message", kind.word()),
        },
        Finding::key,
    )
}

fn kinds(intent: &Intent) -> Vec<MessageKind> {
    let mut kinds: Vec<MessageKind> = intent.messages.iter().map(|m| m.kind).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// What fails first, then what could not be told, then the rest: nothing unknown hides behind a warning.
fn worst_first(mut found: Vec<&Finding>) -> Vec<&Finding> {
    found.sort_by_key(|f| (gravity(f.verdict), f.severity));
    found
}

const fn gravity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Fail => 0,
        Verdict::Unknown => 1,
        Verdict::Blocked => 2,
        Verdict::Warn => 3,
        Verdict::Pass => 4,
        Verdict::NotApplicable => 5,
    }
}

fn keys(found: Vec<&Finding>) -> Vec<FindingKey> {
    found.into_iter().map(Finding::key).collect()
}

fn of<'a>(state: &'a State, check: &str) -> Vec<&'a Finding> {
    state
        .opened
        .iter()
        .flat_map(|o| o.session.findings.values())
        .filter(|f| f.check.as_str() == check)
        .collect()
}

/// The page as plain text.
pub fn text(state: &State) -> Vec<String> {
    let Some(intent) = intent(state) else {
        return Vec::new();
    };
    let said = |cell: &Cell| cell.verdict.map_or("not looked at", |(v, _)| v.word());
    let mut lines: Vec<String> = Vec::new();
    for row in rows(state) {
        lines.push(match &row {
            MailRow::Domain | MailRow::Sender(_) | MailRow::Parked(_) => {
                let name = name(&intent, &row);
                let cells = MailColumn::ALL.map(|column| cell(state, &row, column));
                let [spf, dkim, dmarc, alignment] = cells.each_ref().map(said);
                format!("{name}: SPF {spf}, DKIM {dkim}, DMARC {dmarc}, alignment {alignment}")
            }
            MailRow::Transport(check) => one(state, transport_title(state, check), check),
            MailRow::Spf => one(state, "SPF lookups", SPF_LOOKUPS),
            MailRow::Message(kind) => {
                let message = message(state, &intent, *kind);
                let stands = message.finding.map_or_else(
                    || "not looked at".to_owned(),
                    |f| format!("{} · {}", f.verdict, super::sentence(state, f)),
                );
                format!("message {}: {stands}", kind.word())
            }
            MailRow::Rule(id) => rule(state, id).map_or_else(String::new, |line| {
                format!(
                    "{}: {} · {}",
                    line.title,
                    line.standing.word(),
                    line.asked_by
                )
            }),
        });
    }
    lines
}

/// What a row of the table is called.
pub fn name(intent: &Intent, row: &MailRow) -> String {
    match row {
        MailRow::Domain => intent.domain.to_string(),
        MailRow::Sender(name) | MailRow::Parked(name) => escape(name),
        MailRow::Transport(check) => check.clone(),
        MailRow::Spf => SPF_LOOKUPS.to_owned(),
        MailRow::Message(kind) => kind.word().to_owned(),
        MailRow::Rule(id) => id.clone(),
    }
}

fn one(state: &State, title: &str, check: &str) -> String {
    findings(state, check).first().map_or_else(
        || format!("{title}: not looked at"),
        |f| format!("{title}: {} · {}", f.verdict, super::sentence(state, f)),
    )
}
