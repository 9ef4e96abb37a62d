//! A message that an earlier run of the session judged counts on when this run has no newer one: its facts are kept with the
//! finding, and nothing else of it.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::points::{FRESH, arrival, span};
use super::seen::{Facts, Gap, TestMessageSeen};
use crate::checks::rule::Look;
use crate::model::finding::Kept;
use crate::model::intent::Intent;
use crate::model::intent::message::{ExpectedMessage, MessageKind};
use crate::model::text::hex;

/// The kinds of message that were judged in a session: a later run expects them too.
pub fn kinds(kept: &Kept) -> impl Iterator<Item = MessageKind> {
    let judged = kept
        .iter()
        .filter(|(key, seen)| key.check.as_str() == "mail.test-message" && !seen.is_null());
    judged.filter_map(|(key, _)| MessageKind::parse(key.subject.split(' ').next()?))
}

/// What is kept of what was seen. `None` leaves what was kept before.
pub fn kept(seen: &TestMessageSeen) -> Option<Value> {
    match seen.message {
        Ok(_) => serde_json::to_value(seen).ok(),
        Err(gap) if outlives(gap) => None,
        // Newer than every message that came: one that does not come.
        Err(_) => Some(Value::Null),
    }
}

/// What was seen now, or the message that was judged earlier when no newer one was.
pub fn recalled(now: TestMessageSeen, look: Look<'_>, wanted: &ExpectedMessage) -> TestMessageSeen {
    let asked = asked(look.intent, wanted);
    let now = TestMessageSeen { asked, ..now };
    let Err(gap) = now.message else {
        return now;
    };
    match earlier(look, wanted) {
        Some(earlier) if outlives(gap) => TestMessageSeen {
            look: now.look,
            recalled: Some(gap),
            ..earlier
        },
        _ => now,
    }
}

/// Whether a message that was judged earlier still says something about today.
pub fn has_fresh(look: Look<'_>, wanted: &ExpectedMessage) -> bool {
    let earlier = earlier(look, wanted).and_then(|seen| seen.message.ok());
    let there = earlier.as_ref().and_then(arrival);
    there.is_some_and(|there| Timestamp::now().duration_since(there) <= FRESH)
}

/// How old a message is that was judged earlier, and why there is no newer one.
pub fn said(gap: Gap, facts: &Facts, now: Timestamp) -> String {
    let why = match gap {
        Gap::InboxUnread => "the test inbox could not be read now",
        Gap::NotTriggered => "no newer one is in the inbox",
        Gap::HandedUnseen => "nobody can look for the one that was handed over now",
        _ => "no newer one was brought",
    };
    let age = arrival(facts).map(|there| span(now.duration_since(there).as_secs()));
    match age {
        Some(age) => format!("the message is {age} old, {why}"),
        None => format!("the message was judged before, {why}"),
    }
}

/// What was kept of this message, read under the same intent.
fn earlier(look: Look<'_>, wanted: &ExpectedMessage) -> Option<TestMessageSeen> {
    let seen = TestMessageSeen::deserialize(look.kept?).ok()?;
    (seen.message.is_ok() && seen.asked == asked(look.intent, wanted)).then_some(seen)
}

/// Whether a message that was judged earlier counts although this was met: it shows no newer message and no failure.
const fn outlives(gap: Gap) -> bool {
    !matches!(gap, Gap::NotHanded | Gap::NotArrived | Gap::NothingExpected)
}

/// Sixteen hexadecimal digits over what the intent says about a message and about the inbox in which it is read.
fn asked(intent: &Intent, wanted: &ExpectedMessage) -> String {
    let inbox = intent.test_inbox.as_ref();
    let inbox = inbox.map(|inbox| (&inbox.address, &inbox.imap, &inbox.receiver));
    let said = serde_json::to_vec(&(wanted, inbox)).unwrap_or_default();
    hex(Sha256::digest(said).get(..8).unwrap_or_default())
}
