//! Looking: at what was brought, then in the inbox; and handing over a message of our own, where that was allowed.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::facts::facts;
use super::find::{choose, ours, words};
use super::recall::has_fresh;
use super::seen::{Facts, Found, Gap, Looked, TestMessageSeen};
use super::send::{Letter, letter, nonce};
use crate::checks::rule::Look;
use crate::model::intent::message::{
    ExpectedMessage, INBOX_PASSWORD, MessageKind, SUBMISSION_PASSWORD, SubmissionServer, TestInbox,
};
use crate::model::observation::message::{Folder, RawMessage, Step, Submission};
use crate::model::observation::{Failure, FailureKind};
use crate::net::Search;

/// A message is waited for as long as this, in seconds.
pub const IN_TIME_S: i64 = 120;
/// Between the first two looks into the inbox, and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// How far back a message may lie: evidence that is older counts for nothing.
const BACK: SignedDuration = SignedDuration::from_hours(24);
/// The inbox's clock may be behind ours.
const SKEW: SignedDuration = SignedDuration::from_mins(10);

/// What was seen, and what was not.
pub async fn observe(look: Look<'_>, wanted: &ExpectedMessage) -> TestMessageSeen {
    let brought = look.network.brought(wanted.kind);
    if let Some(raw) = pick(&brought, look, wanted) {
        return seen(Ok(read(look, raw, Found::Brought, wanted).await));
    }
    let Some(inbox) = look.intent.test_inbox.as_ref() else {
        return seen(Err(Gap::NoInbox));
    };
    match (wanted.kind, &look.intent.submission) {
        (MessageKind::Test, Some(server)) => Errand::of(look, inbox, server, wanted).run().await,
        _ => triggered(look, inbox, wanted).await,
    }
}

/// Nothing but why, or the message.
pub fn seen(message: Result<Facts, Gap>) -> TestMessageSeen {
    TestMessageSeen {
        at: Timestamp::now(),
        handed: None,
        look: None,
        message,
        recalled: None,
        asked: String::new(),
    }
}

/// Of the messages that were brought the last; where the intent has several of a kind, the last that fits this one.
fn pick<'a>(
    brought: &[&'a RawMessage],
    look: Look<'_>,
    wanted: &ExpectedMessage,
) -> Option<&'a RawMessage> {
    let same = look
        .intent
        .messages
        .iter()
        .filter(|other| other.kind == wanted.kind);
    if same.count() <= 1 {
        return brought.last().copied();
    }
    let fits = |raw: &&&RawMessage| choose(&[(***raw).clone()], look.intent, wanted).is_some();
    brought.iter().rev().find(fits).copied()
}

async fn read(look: Look<'_>, raw: &RawMessage, found: Found, wanted: &ExpectedMessage) -> Facts {
    let inbox = look.intent.test_inbox.as_ref();
    facts(look.network, raw, found, wanted, inbox).await
}

/// Whether the inbox can be read at all; `Err` says what is missing.
fn readable(look: Look<'_>, inbox: &TestInbox) -> Result<(), Gap> {
    if inbox.imap.is_none() {
        return Err(Gap::NotBrought);
    }
    match look.network.config().credentials.get(INBOX_PASSWORD) {
        Some(_) => Ok(()),
        None => Err(Gap::NoInboxPassword),
    }
}

/// A message that somebody makes the portal write.
async fn triggered(look: Look<'_>, inbox: &TestInbox, wanted: &ExpectedMessage) -> TestMessageSeen {
    if let Err(gap) = readable(look, inbox) {
        return seen(Err(gap));
    }
    let search = Search {
        since: Timestamp::now() - BACK,
        any_of: words(look.intent, wanted),
    };
    let found = look.network.inbox(inbox, &search).await;
    let looked = |outcome| Looked {
        source: found.source.clone(),
        at: found.at,
        waited_s: 0,
        outcome,
    };
    let (outcome, message) = match &found.outcome {
        Err(failure) => (Err(failure.clone()), Err(Gap::InboxUnread)),
        Ok(messages) => {
            let message = match choose(messages, look.intent, wanted) {
                Some((raw, how)) => Ok(read(look, raw, how, wanted).await),
                None => Err(Gap::NotTriggered),
            };
            (Ok(messages.len()), message)
        }
    };
    TestMessageSeen {
        look: Some(looked(outcome)),
        ..seen(message)
    }
}

/// Handing over one message and waiting for it.
struct Errand<'a> {
    look: Look<'a>,
    inbox: &'a TestInbox,
    server: &'a SubmissionServer,
    wanted: &'a ExpectedMessage,
}

impl<'a> Errand<'a> {
    const fn of(
        look: Look<'a>,
        inbox: &'a TestInbox,
        server: &'a SubmissionServer,
        wanted: &'a ExpectedMessage,
    ) -> Self {
        Self {
            look,
            inbox,
            server,
            wanted,
        }
    }

    async fn run(self) -> TestMessageSeen {
        let network = self.look.network;
        if network
            .config()
            .credentials
            .get(SUBMISSION_PASSWORD)
            .is_none()
        {
            return seen(Err(Gap::NoSubmissionPassword));
        }
        let readable = readable(self.look, self.inbox);
        if readable == Err(Gap::NoInboxPassword) {
            return seen(Err(Gap::NoInboxPassword));
        }
        if !self.look.authorised {
            return seen(Err(Gap::NotAuthorised));
        }
        if let Some((nonce, handed)) = network
            .config()
            .handed
            .lately(&self.purpose(), Timestamp::now())
        {
            return self.follow(&nonce, handed, readable).await;
        }
        // Where nobody can look for it, one that was brought is enough until it is old.
        if readable.is_err() && has_fresh(self.look, self.wanted) {
            return seen(Err(Gap::NotBrought));
        }
        let nonce = nonce();
        // Nothing is sent that nobody could find again.
        if readable.is_ok() {
            let first = self.search(&nonce, Timestamp::now()).await;
            if first.outcome.is_err() {
                return TestMessageSeen {
                    look: Some(first),
                    ..seen(Err(Gap::InboxUnread))
                };
            }
        }
        let handed = match self.write(&nonce) {
            Ok(letter) => {
                network
                    .submit(self.server, &self.inbox.address, &letter.text)
                    .await
            }
            Err(submission) => submission,
        };
        network
            .config()
            .handed
            .keep(&self.purpose(), &nonce, &handed);
        self.follow(&nonce, handed, readable).await
    }

    /// What the message is for: one in ten minutes is enough for it.
    fn purpose(&self) -> String {
        let (server, inbox) = (&self.server.server, &self.inbox.address);
        format!("{server} {inbox} {}", self.look.subject)
    }

    /// What became of a message that was handed over.
    async fn follow(
        &self,
        nonce: &str,
        handed: Submission,
        readable: Result<(), Gap>,
    ) -> TestMessageSeen {
        let Ok(accepted) = handed.outcome else {
            return TestMessageSeen {
                handed: Some(handed),
                ..seen(Err(Gap::NotHanded))
            };
        };
        let (look, message) = match readable {
            Ok(()) => self.wait(nonce, accepted).await,
            Err(_) => (None, Err(Gap::HandedUnseen)),
        };
        TestMessageSeen {
            handed: Some(handed),
            look,
            ..seen(message)
        }
    }

    /// The message; `Err`: a submission that was never begun.
    fn write(&self, nonce: &str) -> Result<Letter, Submission> {
        let (intent, now) = (self.look.intent, Timestamp::now());
        let code = self.inbox.code_for(&intent.domain);
        letter(
            &self.server.from,
            &self.inbox.address,
            (&intent.domain, &code),
            nonce,
            now,
        )
        .map_err(|why| Submission {
            server: self.server.server.clone(),
            at: now,
            took_ms: 0,
            step: Step::Connect,
            reply: None,
            outcome: Err(Failure::new(
                FailureKind::Malformed,
                format!("writing the message: {why}"),
            )),
        })
    }

    async fn search(&self, nonce: &str, since: Timestamp) -> Looked {
        self.find(nonce, since, since).await.0
    }

    /// One look; the message when it is there.
    async fn find(
        &self,
        nonce: &str,
        since: Timestamp,
        begun: Timestamp,
    ) -> (Looked, Option<RawMessage>) {
        let search = Search {
            since: since - SKEW,
            any_of: vec![nonce.to_owned()],
        };
        let found = self.look.network.inbox(self.inbox, &search).await;
        let message = found
            .outcome
            .as_ref()
            .ok()
            .and_then(|list| ours(list, nonce));
        let looked = Looked {
            source: found.source.clone(),
            at: found.at,
            waited_s: Timestamp::now().duration_since(begun).as_secs(),
            outcome: match &found.outcome {
                Ok(list) => Ok(list.len()),
                Err(failure) => Err(failure.clone()),
            },
        };
        (looked, message.cloned())
    }

    /// Looks again and again until the message is there or the time is over.
    async fn wait(&self, nonce: &str, accepted: Timestamp) -> (Option<Looked>, Result<Facts, Gap>) {
        let mut pause = FIRST_PAUSE;
        loop {
            tokio::time::sleep(pause).await;
            let (looked, message) = self.find(nonce, accepted, accepted).await;
            if let Some(raw) = message {
                let facts = read(self.look, &raw, Found::Sent, self.wanted).await;
                return (Some(looked), Ok(facts));
            }
            let left = IN_TIME_S - Timestamp::now().duration_since(accepted).as_secs();
            if left <= 0 {
                let gap = match looked.outcome {
                    Ok(_) => Gap::NotArrived,
                    Err(_) => Gap::InboxUnread,
                };
                return (Some(looked), Err(gap));
            }
            let rest = Duration::from_secs(u64::try_from(left).unwrap_or_default() + 1);
            pause = (pause * 3 / 2).min(LONGEST_PAUSE).min(rest);
        }
    }
}

/// Whether a folder is the one for junk.
pub const fn is_junk(folder: &Folder) -> bool {
    matches!(folder, Folder::Junk(_))
}
