//! What passing traffic says about the own clock: dates in HTTP answers, validity windows of DNSSEC signatures.

use std::sync::{Mutex, PoisonError};

use hickory_proto::dnssec::rdata::DNSSECRData;
use hickory_proto::op::Message;
use hickory_proto::rr::RData;
use jiff::{SignedDuration, Timestamp};

use super::dns::convert::moment;

/// What a clock may be off without harm to any verdict.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// The rules are from then: a clock that shows less is wrong.
const NOT_BEFORE: &str = "2026-11-01T00:00:00Z";

/// Signs of the same kind that are needed to doubt the own clock.
const WITNESSES: usize = 2;

/// Signs that the clock is off.
#[derive(Default)]
pub(in crate::net) struct Footing(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    /// Own time less the other's, for each HTTP answer with a date.
    offsets: Vec<SignedDuration>,
    signatures: usize,
    /// Of those, the ones that are good before or after the own time, by how much it would have to change.
    outside: Vec<SignedDuration>,
}

impl Footing {
    /// Notes the Date of an HTTP answer (RFC 9110 §6.6.1) that arrived `at`, straight from its origin and from no cache.
    pub(in crate::net) fn note_date(&self, date: &str, at: Timestamp) {
        if let Ok(theirs) = jiff::fmt::rfc2822::parse(date) {
            let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            seen.offsets.push(at.duration_since(theirs.timestamp()));
        }
    }

    /// Notes the signatures in a DNS message that arrives now.
    pub(in crate::net) fn note_signatures(&self, message: &Message) {
        let now = Timestamp::now();
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for record in message.all_sections() {
            if let RData::DNSSEC(DNSSECRData::RRSIG(signature)) = &record.data {
                let input = signature.input();
                let (from, to) = (
                    moment(input.sig_inception.get()),
                    moment(input.sig_expiration.get()),
                );
                seen.signatures += 1;
                seen.outside.extend(outside(now, from, to));
            }
        }
    }

    /// `Err` with how far the clock seems off, in words. Needs several witnesses: one server's clock, or one stale
    /// signature, proves nothing against the own clock.
    pub(in crate::net) fn clock(&self, now: Timestamp) -> Result<(), String> {
        if NOT_BEFORE.parse::<Timestamp>().is_ok_and(|then| now < then) {
            return Err(format!("shows {now}, before this program was made"));
        }
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let typical = median(&seen.offsets).filter(|_| seen.offsets.len() >= WITNESSES);
        if let Some(offset) = typical.filter(|offset| offset.abs() > TOLERANCE) {
            return Err(format!("off by {} against web servers", words(offset)));
        }
        if seen.signatures >= WITNESSES && seen.outside.len() == seen.signatures {
            let least = median(&seen.outside).unwrap_or_default();
            return Err(format!(
                "off by at least {} against signatures",
                words(least)
            ));
        }
        Ok(())
    }
}

/// How far `now` lies outside a signature's window, beyond the tolerance.
fn outside(now: Timestamp, from: Timestamp, to: Timestamp) -> Option<SignedDuration> {
    let early = now.duration_since(from);
    let late = now.duration_since(to);
    if early < -TOLERANCE {
        Some(early)
    } else if late > TOLERANCE {
        Some(late)
    } else {
        None
    }
}

fn median(of: &[SignedDuration]) -> Option<SignedDuration> {
    let mut sorted = of.to_vec();
    sorted.sort();
    sorted.get(sorted.len() / 2).copied()
}

fn words(offset: SignedDuration) -> String {
    let side = if offset.is_negative() { "slow" } else { "fast" };
    format!("{} {side}", crate::model::clock::ago(offset.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_judged_by_the_majority_of_dates() {
        let footing = Footing::default();
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        assert_eq!(footing.clock(now), Ok(()));
        footing.note_date("Sun, 22 Nov 2026 10:01:00 GMT", now);
        footing.note_date("not a date", now);
        assert_eq!(footing.clock(now), Ok(()));
        for _ in 0..3 {
            footing.note_date("Sun, 22 Nov 2026 08:00:00 GMT", now);
        }
        assert_eq!(
            footing.clock(now),
            Err("off by 2 h fast against web servers".to_owned())
        );
    }

    #[test]
    fn a_clock_from_the_past_is_wrong() {
        assert!(Footing::default().clock(Timestamp::UNIX_EPOCH).is_err());
    }

    #[test]
    fn signatures_have_a_window() {
        let at = |s: &str| s.parse::<Timestamp>().unwrap();
        let (from, to) = (at("2026-11-01T00:00:00Z"), at("2026-11-15T00:00:00Z"));
        assert_eq!(outside(at("2026-11-15T00:04:00Z"), from, to), None);
        assert!(outside(at("2026-10-30T00:00:00Z"), from, to).is_some_and(|d| d.is_negative()));
        assert!(outside(at("2026-11-16T00:00:00Z"), from, to).is_some_and(|d| d.is_positive()));
    }
}
