//! The order of the fixes in the founder's guide.

use super::super::guide::GuideScreen;
use super::super::state::State;
use super::sprint::is_waived;
use crate::model::finding::{Finding, FindingKey, RecordChange};
use crate::model::verdict::Verdict;
use crate::remedy::place;

/// Checks that follow from others: mended last, because they often mend themselves.
const CONSEQUENCES: [&str; 1] = ["mail.alignment"];

/// What is left to fix, gravest first: failures that count and were not waived. What follows from another failure of its
/// family comes after it.
pub fn todo(state: &State) -> Vec<&Finding> {
    let mut list: Vec<&Finding> = state.opened.as_ref().map_or_else(Vec::new, |opened| {
        opened
            .session
            .ranked()
            .into_iter()
            .filter(|f| f.verdict == Verdict::Fail && f.severity.counts())
            .filter(|f| !is_waived(state, f))
            .collect()
    });
    list.sort_by_key(|f| (f.rank(), CONSEQUENCES.contains(&f.check.as_str())));
    list
}

/// The next fix: the first that was not put off, else the first that was.
pub fn next(state: &State, guide: &GuideScreen) -> Option<FindingKey> {
    let keys: Vec<FindingKey> = todo(state).into_iter().map(Finding::key).collect();
    keys.iter()
        .find(|key| !guide.skipped.contains(key) && Some(*key) != guide.current.as_ref())
        .or_else(|| keys.iter().find(|key| Some(*key) != guide.current.as_ref()))
        .or_else(|| keys.first())
        .cloned()
}

/// `Fix 3 of 7`: the number of the fix that is shown and how many there are.
pub fn position(state: &State, guide: &GuideScreen) -> (usize, usize) {
    let left = todo(state).len();
    let total = guide.total.max(guide.closed.len() + left);
    let current_closed = guide
        .current
        .as_ref()
        .is_some_and(|key| guide.closed.contains(key));
    let number = guide.closed.len() + usize::from(!current_closed && left > 0);
    (number.min(total), total)
}

/// Name and value of a record as the record editor of this DNS host wants them typed.
pub fn typed(state: &State, record: &RecordChange) -> (String, String) {
    let opened = state.opened.as_ref();
    let Some(intent) = opened.and_then(|o| o.session.intent()) else {
        return (record.name.clone(), record.value.clone());
    };
    let place = place::console(&intent);
    (
        place.name_field(&record.name),
        place.value_field(&record.rtype, &record.value),
    )
}

/// Whether the fix that is shown turned green.
pub fn is_closed(guide: &GuideScreen) -> bool {
    guide
        .current
        .as_ref()
        .is_some_and(|key| guide.closed.contains(key))
}
