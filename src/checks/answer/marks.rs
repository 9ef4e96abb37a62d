//! Marks by which answers that are not the site's own are recognised: facts about products, as data. All text is lower
//! case. Each mark names how many of its signals must be there together; one alone never decides.

use super::challenges::CHALLENGES;
use super::placeholders::PLACEHOLDERS;
use super::platforms::PLATFORMS;

/// What the mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Challenge,
    Platform,
    Parked,
}

/// Something to be seen in a response.
#[derive(Debug, Clone, Copy)]
pub(super) enum Signal {
    Status(&'static [u16]),
    /// A header, and what its value contains (nothing: any value).
    Header(&'static str, &'static str),
    Title(&'static str),
    Body(&'static str),
}

/// A product's way of answering.
#[derive(Debug)]
pub(super) struct Mark {
    pub place: Place,
    pub who: &'static str,
    /// Signals that must be there together.
    pub needs: usize,
    pub signals: &'static [Signal],
}

/// A mark, in one line.
pub(super) const fn mark(
    place: Place,
    who: &'static str,
    needs: usize,
    signals: &'static [Signal],
) -> Mark {
    Mark {
        place,
        who,
        needs,
        signals,
    }
}

/// Every mark; the first that fits wins.
pub(super) fn all() -> impl Iterator<Item = &'static Mark> {
    CHALLENGES.iter().chain(PLATFORMS).chain(PLACEHOLDERS)
}
