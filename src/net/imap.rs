//! A look into a test inbox over IMAP (RFC 3501, RFC 9051) with TLS first (RFC 8314 §3.2): what arrived lately, in the inbox
//! and in the junk folder.
//!
//! Folders are opened with EXAMINE and messages read with PEEK: nothing is marked, moved or deleted. The responses are read
//! here and not by a library, because whoever runs the server may send anything: what is read is bounded in bytes, depth and
//! time, and *nothing found* is only ever said after the server said OK to the question.

mod folder;
mod tokens;
mod wanted;
mod wire;

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use zeroize::Zeroizing;

use super::endpoint::Endpoint;
use super::hidden::{Hidden, plain};
use super::limits::Peer;
use super::message::Search;
use super::reach::Reach;
use super::socket::{millis, timed_out};
use super::tls::verified::verified;
use crate::model::intent::message::{INBOX_PASSWORD, TestInbox};
use crate::model::observation::message::{Folder, InboxLook, LONGEST_MESSAGE, RawMessage};
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::escape;
use folder::{Mailbox, junk, quoted};
use tokens::{Token, value};
use wanted::moment;
use wire::{Answer, Status, Wire};

/// IMAP over TLS (RFC 8314 §7.1).
const USUAL: u16 = 993;
/// Messages that are read, the newest.
const NEWEST: usize = 20;
/// Messages of a folder whose dates are asked for: those with the highest numbers, which came last.
const CANDIDATES: usize = 100;
/// So many times the usual patience is had with one command, and with the whole look.
const COMMAND: u32 = 4;
const LOOK: u32 = 12;

/// Signs in, looks, and leaves.
pub(in crate::net) async fn look(
    reach: &Arc<Reach>,
    inbox: &TestInbox,
    search: &Search,
) -> InboxLook {
    let at = Timestamp::now();
    let begun = Instant::now();
    let server = inbox.imap.as_deref().unwrap_or_default();
    let source = match server {
        "" => escape(&inbox.address),
        _ => escape(&format!("{} at {server}", inbox.address)),
    };
    let limit = reach.timeout() * LOOK;
    let looking = visit(reach, inbox, server, search);
    let outcome = tokio::time::timeout(limit, looking)
        .await
        .unwrap_or_else(|_| {
            let doing = format!("looking into the inbox {source} to the end");
            Err(timed_out(&doing, limit))
        });
    InboxLook {
        source,
        at,
        took_ms: millis(begun.elapsed()),
        outcome,
    }
}

async fn visit(
    reach: &Arc<Reach>,
    inbox: &TestInbox,
    server: &str,
    search: &Search,
) -> Result<Vec<RawMessage>, Failure> {
    let endpoint = Endpoint::parse(server, USUAL)?;
    let account = Account::new(reach, inbox)?;
    let host = endpoint.host.as_str();
    let _waiting = reach.waits.begin(format!("{endpoint} IMAP"));
    let _place = reach.limits.enter(Peer::Host(host.to_owned())).await;
    let (tcp, address) = endpoint.dial(reach, "the inbox").await?;
    let whom = format!("the inbox {endpoint} at {address}");
    let doing = format!("TLS with {whom}");
    let limit = reach.timeout();
    let tls = verified(&reach.ground.trust, tcp, host, limit * 2, &doing).await?;
    let mut session = Session {
        wire: Wire::new(tls, doing, account.hidden.clone(), limit * COMMAND),
        whom,
        source: escape(&format!("{} at {endpoint}", inbox.address)),
        limit,
    };
    let outcome = session.read(&account, search).await;
    session.wire.leave(limit / 4).await;
    outcome
}

/// Who signs in.
struct Account<'a> {
    user: &'a str,
    password: &'a SecretString,
    hidden: Hidden,
}

impl<'a> Account<'a> {
    fn new(reach: &'a Reach, inbox: &'a TestInbox) -> Result<Self, Failure> {
        let doing = || format!("signing in to the inbox of {}", escape(&inbox.address));
        let Some(password) = reach.ground.config.credentials.get(INBOX_PASSWORD) else {
            return Err(Failure::new(
                FailureKind::NotAllowed,
                format!(
                    "{}: there is no password: `launch-ready credentials set {INBOX_PASSWORD}`",
                    doing()
                ),
            ));
        };
        let user = inbox.user.as_deref().unwrap_or(&inbox.address);
        let fits = |text: &str| !text.is_empty() && !text.contains(['\r', '\n', '\0']);
        if !fits(user) || !fits(password.expose_secret()) {
            return Err(Failure::new(
                FailureKind::Malformed,
                format!(
                    "{}: user and password must not be empty or hold line breaks",
                    doing()
                ),
            ));
        }
        Ok(Self {
            user,
            password,
            hidden: Hidden::new(user, password),
        })
    }

    fn is_ascii(&self) -> bool {
        self.user.is_ascii() && self.password.expose_secret().is_ascii()
    }
}

struct Session {
    wire: Wire<TlsStream<TcpStream>>,
    whom: String,
    /// For people: `test@inbox.example at imap.inbox.example:993`.
    source: String,
    limit: Duration,
}

impl Session {
    async fn read(
        &mut self,
        account: &Account<'_>,
        search: &Search,
    ) -> Result<Vec<RawMessage>, Failure> {
        self.wire.doing = format!("waiting for the greeting of {}", self.whom);
        if self.wire.greeting(self.limit * COMMAND).await? != Status::PreAuth {
            self.sign_in(account).await?;
        }
        let junk = self.junk().await?;
        let mut found = self.open(None, search).await?;
        if let Some(folder) = &junk {
            found.extend(self.open(Some(folder), search).await?);
        }
        found.sort_by_key(|message| message.arrived);
        let old = found.len().saturating_sub(NEWEST);
        Ok(found.split_off(old))
    }

    /// LOGIN; AUTHENTICATE PLAIN where LOGIN is switched off, or cannot carry the password (RFC 3501 §6.2).
    async fn sign_in(&mut self, account: &Account<'_>) -> Result<(), Failure> {
        self.wire.doing = format!("signing in to {}", self.whom);
        let answer = self.wire.command("CAPABILITY", "CAPABILITY").await?;
        let has = |word: &str| answer.data.iter().flatten().any(|token| token.is(word));
        let (user, password) = (account.user, account.password);
        let wants_plain = has("LOGINDISABLED") || !account.is_ascii();
        let answer = if !wants_plain {
            let (name, secret) = (
                quoted(user),
                Zeroizing::new(quoted(password.expose_secret())),
            );
            let command = Zeroizing::new(format!("LOGIN {name} {}", *secret));
            self.wire.command(&command, "").await?
        } else if has("AUTH=PLAIN") {
            let message = Zeroizing::new(BASE64.encode(plain(user, password).as_str()));
            self.wire.converse("AUTHENTICATE PLAIN", &message).await?
        } else {
            return Err(Failure::new(
                FailureKind::Refused,
                format!(
                    "{}: it takes no password like this (no AUTH=PLAIN, and LOGIN is switched off or the password is not \
                     ASCII)",
                    self.wire.doing
                ),
            ));
        };
        let advice = "check user and password; Gmail, iCloud, Yahoo and others want an app password here, and IMAP switched on";
        self.agreed(answer, advice).map(drop)
    }

    async fn junk(&mut self) -> Result<Option<Mailbox>, Failure> {
        self.wire.doing = format!("listing the folders of {}", self.whom);
        let answer = self.wire.command(r#"LIST "" "*""#, "LIST").await?;
        let answer = self.agreed(answer, "")?;
        Ok(junk(
            answer
                .data
                .iter()
                .filter_map(|listed| Mailbox::read(listed))
                .collect(),
        ))
    }

    /// The wanted messages of the inbox, or of the junk folder.
    async fn open(
        &mut self,
        junk: Option<&Mailbox>,
        search: &Search,
    ) -> Result<Vec<RawMessage>, Failure> {
        let (name, place, folder) = match junk {
            None => ("INBOX".to_owned(), "INBOX".to_owned(), Folder::Inbox),
            Some(junk) => (
                junk.quoted(),
                junk.name.clone(),
                Folder::Junk(junk.name.clone()),
            ),
        };
        self.wire.doing = format!("reading {place} of {}", self.whom);
        let answer = self.wire.command(&format!("EXAMINE {name}"), "").await?;
        self.agreed(answer, "")?;
        let answer = self.wire.command(&search.command(), "SEARCH").await?;
        let answer = self.agreed(answer, "")?;
        let mut numbers: Vec<u32> = answer
            .data
            .iter()
            .flatten()
            .filter_map(Token::number)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let newest = numbers.split_off(numbers.len().saturating_sub(CANDIDATES));
        let mut dated = self.dates(&newest, search).await?;
        dated.sort_by_key(|(number, arrived)| (*arrived, *number));
        let old = dated.len().saturating_sub(NEWEST);
        let mut found = Vec::new();
        for (number, arrived) in dated.split_off(old) {
            let Some((bytes, cut)) = self.message(number).await? else {
                continue;
            };
            if search.wants(&bytes) {
                found.push(RawMessage {
                    source: format!("{place} of {}", self.source),
                    folder: folder.clone(),
                    arrived,
                    bytes: bytes.into(),
                    cut,
                });
            }
        }
        Ok(found)
    }

    /// When they arrived, of those that are new enough.
    async fn dates(
        &mut self,
        numbers: &[u32],
        search: &Search,
    ) -> Result<Vec<(u32, Option<Timestamp>)>, Failure> {
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let list: Vec<String> = numbers.iter().map(u32::to_string).collect();
        let command = format!("UID FETCH {} (UID INTERNALDATE)", list.join(","));
        let answer = self.wire.command(&command, "FETCH").await?;
        let answer = self.agreed(answer, "")?;
        let mut dated: Vec<_> = answer
            .data
            .iter()
            .filter_map(|words| {
                let number = value(words, |token| token.is("UID"))?.number()?;
                let date = value(words, |token| token.is("INTERNALDATE"))?;
                Some((number, date.bytes().and_then(moment)))
            })
            .filter(|(number, arrived)| numbers.contains(number) && search.is_new(*arrived))
            .collect();
        dated.sort_by_key(|(number, _)| *number);
        dated.dedup_by_key(|(number, _)| *number);
        Ok(dated)
    }

    /// A message and whether there was more of it; `None` when it went away in between. One byte more than is kept is asked
    /// for, so that nobody's word about the size is needed.
    async fn message(&mut self, number: u32) -> Result<Option<(Vec<u8>, bool)>, Failure> {
        let most = LONGEST_MESSAGE + 1;
        let command = format!("UID FETCH {number} (UID BODY.PEEK[]<0.{most}>)");
        let answer = self.wire.fetch(&command, most as u64).await?;
        let answer = self.agreed(answer, "")?;
        let body = answer.data.into_iter().find_map(|words| {
            let theirs = value(&words, |token| token.is("UID"))?.number()?;
            let is_body = |token: &Token| token.is("BODY[]<0>") || token.is("BODY[]");
            match value(&words, is_body)? {
                Token::Text(text) if theirs == number => Some(text.clone()),
                _ => None,
            }
        });
        Ok(body.map(|mut bytes| {
            let cut = bytes.len() > LONGEST_MESSAGE;
            bytes.truncate(LONGEST_MESSAGE);
            (bytes, cut)
        }))
    }

    /// The answer when it is OK; else the server's words.
    fn agreed(&self, answer: Answer, advice: &str) -> Result<Answer, Failure> {
        let word = match answer.status {
            Status::Ok => return Ok(answer),
            Status::Bad => "BAD",
            _ => "NO",
        };
        let text = answer.text;
        let advice = if advice.is_empty() {
            String::new()
        } else {
            format!(": {advice}")
        };
        Err(Failure::new(
            FailureKind::Refused,
            format!("{}: the server said {word} {text}{advice}", self.wire.doing),
        ))
    }
}
