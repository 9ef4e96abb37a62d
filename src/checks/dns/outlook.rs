//! What every server says of a host, and until when each resolver will go on saying so, laid out for the eye. Times stand
//! in `until` only: two runs print the same but for them.

use jiff::{SignedDuration, Timestamp};

use super::places::{self, Elsewhere};
use super::propagation::{Asked, Seen};
use super::view::{Truth, View};
use crate::checks::rule::Case;
use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::intent::Host;
use crate::model::verdict::Verdict;

/// The host's entry in the intent.
pub fn intended(case: Case<'_>) -> Option<&Host> {
    case.intent
        .hosts
        .iter()
        .find(|host| host.name.as_str() == case.subject)
}

/// One row a server and resolver, and a place elsewhere; behind it, when all is clear, if somebody still has the old answer.
pub fn exhibits(seen: &Seen, case: Case<'_>) -> Vec<Exhibit> {
    let views: Vec<View> = seen
        .authorities
        .iter()
        .filter_map(|asked| View::of(asked).ok())
        .collect();
    let truth = Truth::of(intended(case), &views).ok();
    let authorities = seen
        .authorities
        .iter()
        .map(|asked| row(asked, "name server", truth.as_ref()));
    let resolvers = seen.resolvers.iter().map(|asked| {
        let row = row(asked, "resolver", truth.as_ref());
        match runs_out(asked) {
            Some(until) => row.until(until),
            None => row,
        }
    });
    let mut exhibits = vec![Exhibit::table(
        "what each name server and resolver answers",
        &["asked", "kind", "answer"],
        authorities.chain(resolvers),
    )];
    let elsewhere = seen.places.as_ref();
    exhibits.extend(elsewhere.map(|seen| places::exhibit(seen, truth.as_ref(), case.now)));
    if let Some(truth) = &truth {
        let elsewhere = Elsewhere::of(elsewhere, truth, case.now);
        exhibits.extend(all_clear(seen, truth, &views, &elsewhere.other));
    }
    exhibits
}

fn row(asked: &Asked, kind: &str, truth: Option<&Truth>) -> TableRow {
    match asked.view() {
        Ok(view) => {
            let cells = [asked.title.clone(), kind.to_owned(), view.said()];
            match truth.map(|truth| truth.holds(&view)) {
                Some(true) => TableRow::judged(Verdict::Pass, cells),
                Some(false) if kind == "resolver" => TableRow::judged(Verdict::Warn, cells),
                Some(false) => TableRow::judged(Verdict::Fail, cells),
                None => TableRow::told(cells),
            }
        }
        Err(why) => TableRow::judged(
            Verdict::Unknown,
            [asked.title.clone(), kind.to_owned(), why],
        ),
    }
}

/// When the answer that a resolver holds runs out: its TTL, or the negative TTL of the SOA (RFC 2308 §5).
pub fn runs_out(asked: &Asked) -> Option<Timestamp> {
    later(asked.a.at, asked.view().ok()?.ttl?)
}

fn later(from: Timestamp, seconds: u32) -> Option<Timestamp> {
    from.checked_add(SignedDuration::from_secs(seconds.into()))
        .ok()
}

/// At the earliest: the last old answer that was seen runs out. At the latest: a cache that was not asked may have taken the
/// old answer a moment ago and keep it for the longest TTL in sight.
fn all_clear(seen: &Seen, truth: &Truth, views: &[View], elsewhere: &[Asked]) -> Option<Exhibit> {
    let lagging: Vec<&Asked> = seen
        .resolvers
        .iter()
        .filter(|asked| asked.view().is_ok_and(|view| !truth.holds(&view)))
        .chain(elsewhere)
        .collect();
    let earliest = lagging.iter().filter_map(|asked| runs_out(asked)).max()?;
    let longest = views
        .iter()
        .filter_map(|view| view.ttl)
        .chain(lagging.iter().filter_map(|asked| asked.view().ok()?.ttl))
        .chain(seen.resolvers.iter().filter_map(|a| a.a.negative_ttl()))
        .max()?;
    let asked_last = lagging.iter().map(|asked| asked.a.at).max()?;
    let latest = later(asked_last, longest)?.max(earliest);
    Some(Exhibit::table(
        "when the old answer is gone",
        &["all clear", "why"],
        [
            TableRow::told([
                "at the earliest",
                "the last old answer that was seen runs out",
            ])
            .until(earliest),
            TableRow::told([
                "at the latest",
                "a resolver that was not asked may have taken the old answer just now",
            ])
            .until(latest),
        ],
    ))
}
