//! What of a message is right and what is not, one point each. Pure.

use jiff::{SignedDuration, Timestamp};

use super::authentication::authentication;
use super::observe::{IN_TIME_S, is_junk};
use super::proof::{Proof, Way};
use super::seen::{Facts, Found, TestMessageSeen};
use super::verify::Fate;
use crate::model::intent::Intent;
use crate::model::observation::message::Folder;
use crate::model::text::escape;
use crate::model::verdict::Verdict;

/// An inbox's clock may differ by so much, and no more.
const CLOCKS: SignedDuration = SignedDuration::from_mins(1);
/// Evidence that is older says nothing about today.
pub const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// One thing that keeps a message from passing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    pub kind: Kind,
    pub verdict: Verdict,
    /// Behind `KIND message: `.
    pub text: String,
}

/// What a point is about: the fact on which a verdict rests, and what mends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Author,
    SeveralAuthors,
    Stranger,
    Old,
    Clocks,
    Late,
    Undated,
    Junk,
    Cut,
    Untold,
    ReceiverUnknown,
    Dmarc,
    NoDmarc,
    NotAligned,
    Spf,
    SpfUnaligned,
    Dkim,
    DkimUnaligned,
    Unsigned,
    Signature,
    Unseen,
}

impl Kind {
    /// The word by which the fact is known again.
    pub fn word(self) -> String {
        format!("{self:?}").to_ascii_lowercase()
    }
}

/// One point.
pub(super) fn point(kind: Kind, verdict: Verdict, text: impl Into<String>) -> Point {
    let text = text.into();
    Point {
        kind,
        verdict,
        text,
    }
}

/// All points, in the order in which they are told.
pub fn points(
    seen: &TestMessageSeen,
    facts: &Facts,
    intent: &Intent,
    now: Timestamp,
) -> Vec<Point> {
    let proof = Proof::of(facts);
    let mut points = author(facts, intent);
    points.extend(place(facts));
    points.extend(time(seen, facts, now));
    points.extend(authentication(facts, &proof));
    points.extend(signatures(facts, &proof));
    points
}

fn author(facts: &Facts, intent: &Intent) -> Vec<Point> {
    let author = &facts.author;
    if let Some(why) = &author.problem {
        return vec![point(
            Kind::Author,
            Verdict::Unknown,
            format!("From cannot be read: {why}"),
        )];
    }
    let mut points = Vec::new();
    if author.fields > 1 || author.domains.len() > 1 {
        let text = format!(
            "{} addresses in {} From fields: receivers want one author",
            author.domains.len(),
            author.fields
        );
        points.push(point(Kind::SeveralAuthors, Verdict::Warn, text));
    }
    let off = author
        .domains
        .iter()
        .find(|domain| !domain.is_within(&intent.domain));
    let meant = matches!(facts.found, Found::Tagged | Found::Sent);
    match (off, author.as_named) {
        (_, Some(true)) | (None, None) => {}
        (_, Some(false)) if !meant => points.push(point(
            Kind::Stranger,
            Verdict::Unknown,
            "it is from another address than the intent names: is it the right message?",
        )),
        (Some(domain), _) if meant => points.push(point(
            Kind::Stranger,
            Verdict::Fail,
            format!(
                "the portal writes as {domain}, which is not {}",
                intent.domain
            ),
        )),
        (Some(domain), _) => points.push(point(
            Kind::Stranger,
            Verdict::Unknown,
            format!(
                "it is from {domain}, not from {}: is it the right message?",
                intent.domain
            ),
        )),
        (None, _) => points.push(point(
            Kind::Stranger,
            Verdict::Warn,
            "it is from another address than the intent names",
        )),
    }
    points
}

fn place(facts: &Facts) -> Option<Point> {
    match &facts.folder {
        folder if !is_junk(folder) => None,
        Folder::Junk(name) => Some(point(
            Kind::Junk,
            Verdict::Fail,
            format!("it lies in the junk folder ({})", escape(name)),
        )),
        _ => None,
    }
}

/// When it was sent and when it was there, as far as that is known; what it took in seconds.
pub fn times(seen: &TestMessageSeen, facts: &Facts) -> (Option<Timestamp>, Option<Timestamp>) {
    let accepted = seen
        .handed
        .as_ref()
        .and_then(|handed| handed.outcome.as_ref().ok());
    (accepted.copied().or(facts.date), arrival(facts))
}

/// When it was there: by the inbox's clock, else by its topmost Received field.
pub fn arrival(facts: &Facts) -> Option<Timestamp> {
    facts.arrived.or(facts.received)
}

/// Seconds between the two.
pub fn took(seen: &TestMessageSeen, facts: &Facts) -> Option<i64> {
    let (sent, there) = times(seen, facts);
    Some(there?.duration_since(sent?).as_secs())
}

fn time(seen: &TestMessageSeen, facts: &Facts, now: Timestamp) -> Option<Point> {
    let (sent, there) = times(seen, facts);
    let (Some(sent), Some(there)) = (sent, there) else {
        let what = match sent {
            None => "it has no Date that can be read",
            Some(_) => "nothing says when it arrived",
        };
        return Some(point(
            Kind::Undated,
            Verdict::Unknown,
            format!("how long it took is not known: {what}"),
        ));
    };
    let took = there.duration_since(sent);
    let age = now.duration_since(there);
    if took < -CLOCKS || age < -CLOCKS {
        let text = format!(
            "it arrived at {there} and was sent at {sent}, and now is {now}: the clocks differ, so how long it took is not known"
        );
        return Some(point(Kind::Clocks, Verdict::Unknown, text));
    }
    if took.as_secs() > IN_TIME_S {
        return Some(point(
            Kind::Late,
            Verdict::Fail,
            format!(
                "it took {}, and two minutes are the limit",
                span(took.as_secs())
            ),
        ));
    }
    if age > FRESH {
        return Some(point(
            Kind::Old,
            Verdict::Unknown,
            format!("it is of {there}: older than 24 h, and says nothing about today"),
        ));
    }
    None
}

/// `4 s`, `12 min`, `3 h`, `5 d`.
pub fn span(seconds: i64) -> String {
    match seconds {
        ..=180 => format!("{} s", seconds.max(0)),
        181..=7_200 => format!("{} min", seconds / 60),
        7_201..=172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// What our own verification of the domain's signatures shows.
fn signatures(facts: &Facts, proof: &Proof) -> Option<Point> {
    let own: Vec<_> = facts
        .signatures
        .iter()
        .filter(|s| {
            s.domain
                .as_ref()
                .is_some_and(|d| proof.aligns_by_dkim(d) == Ok(true))
        })
        .collect();
    let broken = own.iter().find(|s| s.fate.is_broken())?;
    let text = format!(
        "the signature of {} (selector {}) {}",
        broken
            .domain
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        broken.selector,
        broken.fate.said()
    );
    let another = own.iter().any(|s| s.fate == Fate::Verifies);
    let passed = matches!(proof.dkim, Way::Aligned(_));
    // A pasted message may have lost its shape, and a receiver may change what it has verified.
    let verdict = match broken.fate.is_broken_at_the_sender() {
        true if another => Verdict::Warn,
        true => Verdict::Fail,
        false if passed || another => Verdict::Warn,
        false if facts.told => Verdict::Fail,
        false => return None,
    };
    Some(point(Kind::Signature, verdict, text))
}
