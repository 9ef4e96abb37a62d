//! A world: the healthy range with changes, and the verdicts it must give. The form of `tests/simulations/*.toml`.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::change::{
    Changes, DnsChange, HttpChange, PlaceChange, PostChange, RegistrationChange, ServerChange,
    SmtpChange, TlsChange,
};
use super::fault;
use crate::model::intent::Intent;
use crate::model::intent::message::MessageKind;
use crate::model::observation::message::{Folder, LONGEST_MESSAGE, RawMessage};
use crate::model::verdict::Verdict;
use crate::net::Brought;

/// A healthy range with changes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// What the world shows, in one sentence.
    #[serde(default)]
    pub about: String,
    /// Ids of the catalogue's faults that are on.
    #[serde(default)]
    pub faults: Vec<String>,
    /// Top-level keys that replace the healthy intent's; an empty table takes one out.
    #[serde(default)]
    intent: toml::Table,
    /// Third parties that the operator of this world opted in to; when not said: the registries, and those that a fault needs.
    pub third_parties: Option<Vec<String>>,
    #[serde(default)]
    dns: Vec<DnsChange>,
    #[serde(default)]
    server: Vec<ServerChange>,
    #[serde(default)]
    tls: Vec<TlsChange>,
    #[serde(default)]
    http: Vec<HttpChange>,
    #[serde(default)]
    smtp: Vec<SmtpChange>,
    #[serde(default)]
    post: Vec<PostChange>,
    #[serde(default)]
    registration: Vec<RegistrationChange>,
    #[serde(default)]
    place: Vec<PlaceChange>,
    /// Whether the operator of this world stated the authority to test.
    #[serde(default)]
    pub authorised: bool,
    /// Whether the operator of this world has not stored the passwords.
    #[serde(default)]
    pub no_passwords: bool,
    /// Messages that the operator of this world brought.
    #[serde(default)]
    message: Vec<BroughtMessage>,
    /// `check` (every finding of it) or `check subject`, and its verdict.
    #[serde(default)]
    pub expect: BTreeMap<String, Verdict>,
    /// `check subject`, and words that its finding must hold: in the summary, the details or the evidence.
    #[serde(default)]
    pub says: BTreeMap<String, Vec<String>>,
}

/// A message that the operator brought, as text: `{now}` and `{now-300}` become dates of RFC 5322, 300 seconds ago.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct BroughtMessage {
    kind: MessageKind,
    text: String,
    /// Folder of an inbox, `junk` being the one for junk; absent: it was pasted.
    folder: Option<String>,
    /// Seconds ago at which the inbox got it; absent: it was pasted.
    arrived: Option<i64>,
    /// Put behind the text so often; for messages that are long.
    #[serde(default)]
    repeat: Option<(String, usize)>,
    /// Bytes that are no UTF-8, put behind the text.
    #[serde(default)]
    bytes: Vec<u8>,
}

impl BroughtMessage {
    /// The message as it is brought at `now`.
    fn bring(&self, now: Timestamp) -> Brought {
        let mut bytes = dated(&self.text, now).into_bytes();
        if let Some((piece, times)) = &self.repeat {
            let room = (LONGEST_MESSAGE + 1).saturating_sub(bytes.len()) / piece.len().max(1);
            bytes.extend(piece.repeat((*times).min(room + 1)).into_bytes());
        }
        bytes.extend(&self.bytes);
        let cut = bytes.len() > LONGEST_MESSAGE;
        bytes.truncate(LONGEST_MESSAGE);
        let folder = match self.folder.as_deref() {
            None => Folder::Untold,
            Some("inbox") => Folder::Inbox,
            Some("junk") => Folder::Junk("Junk".to_owned()),
            Some(other) => Folder::Other(other.to_owned()),
        };
        Brought {
            kind: self.kind,
            message: RawMessage {
                source: "a pasted message".to_owned(),
                folder,
                arrived: self.arrived.map(|ago| now - SignedDuration::from_secs(ago)),
                bytes: bytes.into(),
                cut,
            },
        }
    }
}

/// The text with its `{now}` and `{now-SECONDS}` filled in.
fn dated(text: &str, now: Timestamp) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once("{now") {
        out.push_str(before);
        if let Some((ago, after)) = from.split_once('}') {
            let ago = ago.trim_start_matches('-').parse().unwrap_or(0);
            let then = now - SignedDuration::from_secs(ago);
            let date = then.to_zoned(TimeZone::UTC);
            out.push_str(&date.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string());
            rest = after;
        } else {
            out.push_str("{now");
            rest = from;
        }
    }
    out.push_str(rest);
    out
}

/// Why a world cannot be.
#[derive(Debug, thiserror::Error)]
pub enum WorldProblem {
    #[error("reading the world: {0}")]
    Syntax(#[from] Box<toml::de::Error>),
    #[error("the intent of the world: {0}")]
    Intent(Box<toml::de::Error>),
    #[error("no fault is called `{0}`; `launch-ready range list` names them")]
    NoSuchFault(String),
    #[error("`{line}` is not a record: {why}")]
    Record { line: String, why: String },
    #[error("`{line}` is not `owner` or `owner TYPE`: {why}")]
    Removal { line: String, why: String },
    #[error("nothing to remove for `{0}`")]
    NothingThere(String),
    #[error("no DNS server of the range has the address {0}")]
    NoSuchServer(std::net::IpAddr),
    #[error("no zone of the range is called `{0}`")]
    NoSuchZone(String),
    #[error("making {what}: {why}")]
    Making { what: &'static str, why: String },
}

impl World {
    /// The healthy world.
    pub fn healthy() -> Self {
        Self::default()
    }

    /// The healthy world with just these faults.
    pub fn with_faults<S: Into<String>>(faults: impl IntoIterator<Item = S>) -> Self {
        Self {
            faults: faults.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// Reads a world from TOML.
    pub fn parse(text: &str) -> Result<Self, WorldProblem> {
        let world: Self = toml::from_str(text).map_err(Box::new)?;
        for id in &world.faults {
            fault::find(id).ok_or_else(|| WorldProblem::NoSuchFault(id.clone()))?;
        }
        world.intent()?;
        Ok(world)
    }

    /// What the operator of this world has confirmed.
    pub fn intent(&self) -> Result<Intent, WorldProblem> {
        let mut table: toml::Table =
            toml::from_str(HEALTHY_INTENT).map_err(|e| WorldProblem::Intent(Box::new(e)))?;
        for (key, value) in self.intent.clone() {
            if value.as_table().is_some_and(toml::Table::is_empty) {
                table.remove(&key);
            } else {
                table.insert(key, value);
            }
        }
        table
            .try_into()
            .map_err(|e| WorldProblem::Intent(Box::new(e)))
    }

    /// The messages that the operator of this world brought, dated now.
    pub fn brought(&self) -> Vec<Brought> {
        let now = Timestamp::now();
        self.message
            .iter()
            .map(|message| message.bring(now))
            .collect()
    }

    /// The world's own changes, without its faults.
    pub fn changes(&self) -> Changes {
        Changes {
            dns: self.dns.clone(),
            servers: self.server.clone(),
            tls: self.tls.clone(),
            http: vec![self.http.clone()],
            smtp: self.smtp.clone(),
            post: self.post.clone(),
            registrations: self.registration.clone(),
            places: self.place.clone(),
        }
    }
}

/// The intent that fits the healthy world, as TOML.
pub const HEALTHY_INTENT: &str = include_str!("../../assets/range/intent.toml");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_reads_and_a_typo_is_named() {
        let world = World::parse(
            r#"
            about = "x"
            intent = { sends_mail = false, sender = [] }
            [[dns]]
            remove = ["_dmarc.acme.example TXT"]
            [[http]]
            url = "https://www.acme.example/*"
            when = { origin = "*" }
            does = "drip"
            [expect]
            "mail.spf acme.example" = "fail"
            "#,
        )
        .unwrap();
        let intent = world.intent().unwrap();
        assert_eq!(intent.sends_mail, Some(false));
        assert!(intent.senders.is_empty());
        assert_eq!(intent.hosts.len(), 5);
        assert_eq!(world.expect["mail.spf acme.example"], Verdict::Fail);
        let problem = World::parse("[[http]]\nurl = \"https://x/\"\nstaus = 3").unwrap_err();
        assert!(problem.to_string().contains("staus"), "{problem}");
        let problem = World::parse("faults = [\"mail.nothing\"]").unwrap_err();
        assert!(problem.to_string().contains("mail.nothing"));
    }

    #[test]
    fn the_healthy_intent_is_whole() {
        let intent = World::healthy().intent().unwrap();
        assert_eq!(intent.domain.as_str(), "acme.example");
        assert_eq!(intent.routes.len(), 4);
        assert!(intent.is_sender());
    }
}
