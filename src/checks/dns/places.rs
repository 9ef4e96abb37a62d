//! A host as many places in the world see it, told by a third party on request. The authorities decide what is right; a place
//! only shows who still has to wait, and a place that tells nothing is nothing. There is no share of the world that sees the
//! new answer: eight places are no poll.

use jiff::Timestamp;

use super::outlook::runs_out;
use super::propagation::Asked;
use super::special;
use super::view::{Truth, View};
use super::zone::{self, list};
use crate::checks::rule::Look;
use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::intent::{Intent, Role};
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::model::observation::places::{Place, Places, PlacesGap};
use crate::model::observation::{Failure, FailureKind};
use crate::model::third_party::GLOBALPING;
use crate::model::verdict::Verdict;

/// Hosts that are looked at from elsewhere, the most important first: each look costs strangers something.
const MOST: usize = 2;

/// Roles whose hosts the public visits, in the order of what it would cost to be wrong. No other name is told to anybody.
const ROLES: [Role; 5] = [Role::Portal, Role::App, Role::Www, Role::Apex, Role::Api];

/// Looks from elsewhere; `None` where that is not allowed, or not for this host.
pub async fn ask(look: Look<'_>, host: &HostName) -> Option<Places> {
    let network = look.network;
    // Other places see today's world, and a run before the switch is about another one.
    let is_today = network.config().future.assumptions().is_empty();
    let asked = network.may_ask(&GLOBALPING) && is_today && is_looked_at(look.subject, look.intent);
    match asked {
        true => Some((*network.places(host).await).clone()),
        false => None,
    }
}

/// Whether this host is among those that are looked at from elsewhere.
fn is_looked_at(host: &str, intent: &Intent) -> bool {
    if intent.hosts.is_empty() {
        return zone::hosts(intent).iter().any(|known| known == host);
    }
    let of_role = |role: Role| intent.hosts.iter().filter(move |known| known.role == role);
    ROLES
        .into_iter()
        .flat_map(of_role)
        .take(MOST)
        .any(|known| known.name.as_str() == host)
}

/// What the places tell, held against the right answer.
#[derive(Debug, Default)]
pub struct Elsewhere {
    /// Whether any place was to be asked.
    asked: bool,
    /// Why none could be.
    gap: String,
    /// Places that were asked and that told nothing of use.
    silent: usize,
    right: usize,
    /// What has another answer now.
    pub other: Vec<Asked>,
}

impl Elsewhere {
    /// Holds what was seen against `truth` at `now`.
    pub fn of(seen: Option<&Places>, truth: &Truth, now: Timestamp) -> Self {
        let Some(seen) = seen else {
            return Self::default();
        };
        let mut all = Self {
            asked: true,
            gap: seen
                .outcome
                .as_ref()
                .err()
                .map(PlacesGap::said)
                .unwrap_or_default(),
            ..Self::default()
        };
        for place in seen.seen() {
            match Told::by(place, Some(truth), now) {
                Told::Right(_) => all.right += 1,
                Told::Other(_) => all.other.extend(asked(place)),
                Told::Nothing(_) | Told::Unjudged(_) => all.silent += 1,
            }
        }
        all
    }

    /// What it adds to a sentence; empty where nobody was asked.
    pub fn clause(&self) -> String {
        if !self.asked {
            return String::new();
        }
        if !self.gap.is_empty() {
            return format!("; other places could not be asked: {}", self.gap);
        }
        if !self.other.is_empty() {
            let said: Vec<String> = self
                .other
                .iter()
                .filter_map(|asked| asked.view().ok())
                .map(|view| view.to_string())
                .collect();
            return format!(
                "; seen from elsewhere, {}, which is older or meant for that place",
                list(&said)
            );
        }
        match self.right {
            0 => format!(
                "; {} other places were asked and none could tell",
                self.silent
            ),
            1 => "; seen from elsewhere, the one place that could tell has it too".to_owned(),
            right => {
                format!("; seen from elsewhere, the {right} places that could tell have it too")
            }
        }
    }
}

/// What one place tells.
enum Told {
    Right(View),
    Other(View),
    /// An answer, and nothing to hold it against.
    Unjudged(View),
    /// Nothing that proves anything; why.
    Nothing(String),
}

impl Told {
    fn by(place: &Place, truth: Option<&Truth>, now: Timestamp) -> Self {
        let asked = match &place.answer {
            Ok(answer) => with_title(place, answer),
            Err(gap) => return Self::Nothing(gap.said()),
        };
        let view = match View::of(&asked) {
            Ok(view) => view,
            Err(why) => return Self::Nothing(why),
        };
        if view.is_empty() {
            return Self::Nothing(format!(
                "{}: its resolver asked too early, or filters names",
                view.said()
            ));
        }
        let Some(truth) = truth.and_then(Truth::in_ipv4) else {
            return Self::Unjudged(view);
        };
        if truth.holds(&view) {
            return Self::Right(view);
        }
        if let Some(purpose) = nowhere(&view) {
            return Self::Nothing(format!(
                "{} ({purpose}): its resolver filters names",
                view.said()
            ));
        }
        // What was seen some minutes ago may have run out since.
        match runs_out(&asked) {
            Some(over) if over <= now => {
                Self::Nothing(format!("{}, which has run out since", view.said()))
            }
            _ => Self::Other(view),
        }
    }
}

/// The purpose of the addresses, where all of them lead nowhere: filters answer so.
fn nowhere(view: &View) -> Option<&'static str> {
    let mut purposes = view.addresses.iter().map(|a| special::purpose(*a));
    let first = purposes.next()??;
    purposes.all(|purpose| purpose.is_some()).then_some(first)
}

/// A place as one that was asked, when it answered.
fn asked(place: &Place) -> Option<Asked> {
    place
        .answer
        .as_ref()
        .ok()
        .map(|answer| with_title(place, answer))
}

fn with_title(place: &Place, answer: &DnsAnswer) -> Asked {
    Asked {
        title: place.title(),
        name: place.title(),
        a: answer.clone(),
        aaaa: DnsAnswer {
            rtype: RecordType::Aaaa,
            outcome: Err(Failure::new(FailureKind::NotAllowed, "it was not asked")),
            ..answer.clone()
        },
        filters: false,
    }
}

/// One row a place; one alone where none could be asked.
pub fn exhibit(seen: &Places, truth: Option<&Truth>, now: Timestamp) -> Exhibit {
    let rows: Vec<TableRow> = match &seen.outcome {
        Ok(places) => places.iter().map(|place| row(place, truth, now)).collect(),
        Err(gap) => vec![unasked(gap)],
    };
    Exhibit::table(
        "seen from elsewhere, by Globalping (a third party)",
        &["place", "network", "resolver", "answer"],
        rows,
    )
}

fn row(place: &Place, truth: Option<&Truth>, now: Timestamp) -> TableRow {
    let resolver = match place.resolver.as_str() {
        "" => "not told",
        resolver => resolver,
    };
    let cells = |said: String| {
        [
            place.title(),
            place.network.clone(),
            resolver.to_owned(),
            said,
        ]
    };
    let row = match Told::by(place, truth, now) {
        Told::Right(view) => TableRow::judged(Verdict::Pass, cells(view.said())),
        Told::Other(view) => TableRow::judged(Verdict::Warn, cells(view.said())),
        Told::Unjudged(view) => TableRow::told(cells(view.said())),
        Told::Nothing(why) => return TableRow::judged(Verdict::Unknown, cells(why)),
    };
    match asked(place).as_ref().and_then(runs_out) {
        Some(until) => row.until(until),
        None => row,
    }
}

fn unasked(gap: &PlacesGap) -> TableRow {
    let cells = ["every place", "", "", &gap.said()].map(str::to_owned);
    let row = TableRow::judged(Verdict::Unknown, cells);
    match gap {
        PlacesGap::RateLimited {
            again: Some(again), ..
        } => row.until(*again),
        _ => row,
    }
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
