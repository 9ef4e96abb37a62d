//! One name as many places in the world see it: each asks the resolver of the network that it stands in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Failure;
use super::dns::DnsAnswer;
use crate::model::name::HostName;

/// A look at one name from many places.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Places {
    pub name: HostName,
    pub at: Timestamp,
    /// The URL that was asked last.
    pub source: String,
    /// The request that started it, as it went out; empty where nothing was sent.
    pub sent: String,
    pub outcome: Result<Vec<Place>, PlacesGap>,
}

/// What one place saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    pub city: String,
    /// Two letters (ISO 3166-1).
    pub country: String,
    /// Whose network it stands in.
    pub network: String,
    /// Whom it asked: an address, or `private`; empty where that was not told.
    pub resolver: String,
    /// An answer whose TTL is what was left of it there.
    pub answer: Result<DnsAnswer, PlaceGap>,
}

/// Why one place tells nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceGap {
    /// It could not ask; the last line that it gave.
    Failed(String),
    /// It went away.
    Offline,
    /// It was not done when the waiting ended.
    NotFinished,
    /// What it gave is not understood; why.
    Unreadable(String),
}

/// Why nothing was learned from any place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlacesGap {
    /// Asking was not opted in to.
    NotOptedIn,
    /// The measurements that one run may ask for are used up.
    Spent(usize),
    /// 400: the question was not taken; why.
    Refused(String),
    /// 422: no place could be found that would ask.
    NoProbes(String),
    /// 404: what was begun is not known any more.
    Gone,
    /// 429: asked too often. The value of Retry-After in seconds and when that is over, where it was said.
    RateLimited {
        seconds: Option<i64>,
        again: Option<Timestamp>,
    },
    /// No place was done after so many seconds.
    NotFinished(u64),
    /// An answer that is not a measurement of this name; how, in words.
    NotMeasurement(String),
    /// The certificate does not verify, or the only way leads over plain http.
    NotTrusted(String),
    /// No answer, or one with another status.
    Failed(Failure),
}

impl Places {
    /// What each place saw, when any was asked.
    pub fn seen(&self) -> &[Place] {
        self.outcome.as_deref().unwrap_or_default()
    }
}

impl Place {
    /// `Sydney, AU`.
    pub fn title(&self) -> String {
        let words = [self.city.as_str(), self.country.as_str()];
        let told: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        match told.is_empty() {
            true => "somewhere".to_owned(),
            false => told.join(", "),
        }
    }
}

impl PlaceGap {
    /// The gap in words.
    pub fn said(&self) -> String {
        match self {
            Self::Failed(line) => format!("it could not ask: {line}"),
            Self::Offline => "it went offline".to_owned(),
            Self::NotFinished => "it was not done in time".to_owned(),
            Self::Unreadable(why) => format!("what it gave is not understood: {why}"),
        }
    }
}

impl PlacesGap {
    /// The gap in words.
    pub fn said(&self) -> String {
        match self {
            Self::NotOptedIn => "it is a third party and was not opted in to".to_owned(),
            Self::Spent(most) => {
                format!("the {most} measurements that one run may ask for are used up")
            }
            Self::Refused(why) => format!("it does not take the question (400): {why}"),
            Self::NoProbes(why) => format!("it has no probe that would ask (422): {why}"),
            Self::Gone => "it does not know its own measurement any more (404)".to_owned(),
            Self::RateLimited { seconds, again } => {
                let when = match (seconds, again) {
                    (Some(seconds), _) => format!("try again {seconds} s later, as it asks"),
                    (None, Some(again)) => format!("try again after {again}, as it asks"),
                    (None, None) => "try again in an hour".to_owned(),
                };
                format!("it was asked too often from here (429); {when}")
            }
            Self::NotFinished(seconds) => format!("no place was done within {seconds} s"),
            Self::NotMeasurement(why) => format!("what came back is no measurement: {why}"),
            Self::NotTrusted(why) => format!("it cannot be trusted: {why}"),
            Self::Failed(failure) => failure.text.clone(),
        }
    }
}
