//! Steps from stories.

use jiff::SignedDuration;

use super::*;
use crate::model::story::{Story, at, playbook};
use crate::model::verdict::{Severity, Verdict};

fn steps(story: &Story, now: i64) -> Vec<(i64, usize)> {
    burndown(&playbook(), &story.events, at(now))
        .iter()
        .map(|step| (step.at.duration_since(at(0)).as_hours(), step.open))
        .collect()
}

#[test]
fn blockers_come_and_go() {
    let story = Story::default()
        .at(1)
        .found("mail.spf", Verdict::Fail, Severity::Blocker)
        .at(2)
        .found("tls.chain", Verdict::Fail, Severity::Blocker)
        .found("tls.expiry", Verdict::Fail, Severity::Fix)
        .at(3)
        .found("tls.chain", Verdict::Fail, Severity::Blocker)
        .at(5)
        .found("mail.spf", Verdict::Pass, Severity::Blocker);
    assert_eq!(steps(&story, 9), [(1, 1), (2, 2), (5, 1)]);
    let list = burndown(&playbook(), &story.events, at(9));
    let half = SignedDuration::from_mins(30);
    assert_eq!(open_at(&list, at(0)), 0);
    assert_eq!(open_at(&list, at(1) + half), 1);
    assert_eq!(open_at(&list, at(30)), 1);
    assert!(steps(&Story::default(), 9).is_empty());
}

#[test]
fn a_waiver_takes_one_away_until_its_day_or_until_the_fact_changes() {
    let begun = Story::default()
        .at(1)
        .found("mail.spf", Verdict::Fail, Severity::Blocker)
        .at(2);
    let story = begun.clone().waived("mail", 6);
    assert_eq!(steps(&story, 5), [(1, 1), (2, 0)]);
    assert_eq!(steps(&story, 9), [(1, 1), (2, 0), (6, 1)], "its day came");
    let withdrawn = story.clone().at(4).withdrawn("mail");
    assert_eq!(steps(&withdrawn, 9), [(1, 1), (2, 0), (4, 1)]);
    let changed = story.at(3).found_as("mail.spf", "another fact");
    assert_eq!(steps(&changed, 4), [(1, 1), (2, 0), (3, 1)]);
}

#[test]
fn a_no_and_a_red_flag_count_and_what_was_taken_back_does_not() {
    let story = Story::default()
        .at(1)
        .answered("alert-drill", false)
        .at(2)
        .answered("shared-admin", true);
    assert_eq!(steps(&story, 9), [(1, 1), (2, 2)]);
    let better = story.clone().at(3).answered("alert-drill", true);
    assert_eq!(steps(&better, 9), [(1, 1), (2, 2), (3, 1)]);
    assert_eq!(steps(&story.at(3).undone(1), 9), [(1, 1)]);
}

#[test]
fn a_clock_that_was_set_back_gives_no_step_before_another() {
    let story = Story::default()
        .at(5)
        .found("mail.spf", Verdict::Fail, Severity::Blocker)
        .at(2)
        .found("mail.spf", Verdict::Pass, Severity::Blocker)
        .at(3)
        .found("tls.chain", Verdict::Fail, Severity::Blocker);
    let list = burndown(&playbook(), &story.events, at(9));
    assert!(
        list.windows(2).all(|pair| pair[0].at <= pair[1].at),
        "{list:?}"
    );
    assert_eq!(list.last().unwrap().open, 1);
}
