//! Rows as tables: every way into every state.

use super::*;
use crate::model::finding::{CheckId, fingerprint};
use crate::model::playbook::Question;
use crate::model::verdict::Confidence;

fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

const NOW: i64 = 100;

fn row(checks: &[&str], questions: &[&str]) -> Criterion {
    Criterion {
        id: "row".into(),
        title: "Row".into(),
        passes: "It holds.".into(),
        plain: String::new(),
        breaks: "It breaks.".into(),
        workstream: "email".into(),
        gates: Vec::new(),
        checks: checks.iter().map(|id| (*id).to_owned()).collect(),
        questions: questions
            .iter()
            .map(|id| Question {
                id: (*id).to_owned(),
                text: "Is it so?".into(),
                plain: String::new(),
                evidence: String::new(),
                good_for_days: None,
            })
            .collect(),
    }
}

fn finding(check: &str, verdict: Verdict, severity: Severity, hour: i64) -> Finding {
    Finding {
        check: CheckId::from(check),
        subject: "acme.example".into(),
        verdict,
        severity,
        confidence: Confidence::Certain,
        summary: format!("{check} is {verdict}"),
        plain: String::new(),
        details: serde_json::Map::new(),
        exhibits: Vec::new(),
        evidence: Vec::new(),
        remedy: None,
        standards: Vec::new(),
        fingerprint: fingerprint(check, "acme.example", verdict, "fact"),
        took_ms: 1,
        at: at(hour),
    }
}

fn waiver(until: i64, made: i64, fingerprints: &[&Finding]) -> Waiver {
    Waiver {
        criterion: "row".into(),
        reason: "cache lands Monday".into(),
        by: "founder".into(),
        until: at(until),
        compensating: String::new(),
        fingerprints: fingerprints.iter().map(|f| f.fingerprint.clone()).collect(),
        at: at(made),
    }
}

fn answer(yes: bool, hour: i64) -> Answer {
    Answer {
        yes,
        by: "Ada".into(),
        evidence: String::new(),
        attachments: Vec::new(),
        at: at(hour),
    }
}

/// One world: what was found, answered and waived.
#[derive(Default)]
struct World {
    findings: Vec<Finding>,
    answers: Vec<(&'static str, Answer)>,
    waivers: Vec<Waiver>,
    changed: Option<i64>,
    planned: Option<BTreeSet<FindingKey>>,
}

impl World {
    fn of(findings: impl IntoIterator<Item = Finding>) -> Self {
        Self {
            findings: findings.into_iter().collect(),
            ..Self::default()
        }
    }

    fn answered(mut self, question: &'static str, yes: bool, hour: i64) -> Self {
        self.answers.push((question, answer(yes, hour)));
        self
    }

    fn waived(mut self, waiver: Waiver) -> Self {
        self.waivers.push(waiver);
        self
    }

    fn report(&self, row: &Criterion, people: bool) -> CriterionReport {
        let findings = self.findings.iter().map(|f| (f.key(), f.clone())).collect();
        let answers = self
            .answers
            .iter()
            .map(|(id, answer)| ((*id).to_owned(), answer.clone()))
            .collect();
        assess(
            row,
            Facts {
                findings: &findings,
                answers: &answers,
                waivers: &self.waivers,
                now: at(NOW),
                changed: self.changed.map(at),
                planned: self.planned.as_ref(),
                people,
                proofs: None,
                plain: false,
            },
        )
    }

    fn state(&self, row: &Criterion) -> CriterionState {
        self.report(row, true).state
    }
}

fn fresh(check: &str, verdict: Verdict) -> Finding {
    finding(check, verdict, Severity::Fix, NOW)
}

#[test]
fn findings_alone() {
    use CriterionState::{Failing, Open, Proven, Undetermined};
    use Severity::{Advice, Blocker, Fix, Info};
    use Verdict::{Blocked, Fail, NotApplicable, Pass, Unknown, Warn};
    for (verdict, severity, hour, want) in [
        (Pass, Fix, NOW, Proven),
        (Warn, Blocker, NOW, Proven),
        (NotApplicable, Fix, NOW, Proven),
        (Fail, Blocker, NOW, Failing),
        (Fail, Fix, NOW, Failing),
        (Fail, Advice, NOW, Proven),
        (Fail, Info, NOW, Proven),
        (Unknown, Fix, NOW, Undetermined),
        (Unknown, Advice, NOW, Undetermined),
        (Unknown, Info, NOW, Proven),
        (Blocked, Fix, NOW, Undetermined),
        (Pass, Fix, NOW - 24, Proven),
        (Pass, Fix, NOW - 25, Undetermined),
        (NotApplicable, Fix, NOW - 25, Undetermined),
        (Fail, Advice, NOW - 25, Undetermined),
        (Fail, Fix, NOW - 25, Failing),
        (Pass, Fix, NOW + 1, Undetermined),
    ] {
        let world = World::of([finding("a.b", verdict, severity, hour)]);
        assert_eq!(
            world.state(&row(&["a.b"], &[])),
            want,
            "{verdict} {severity} hour {hour}"
        );
    }
    assert_eq!(World::default().state(&row(&["a.b"], &[])), Open);
}

#[test]
fn a_failure_outweighs_what_is_unknown_and_that_what_is_open() {
    let rule = row(&["a.*"], &["asked"]);
    let pass = fresh("a.pass", Verdict::Pass);
    let unknown = fresh("a.unknown", Verdict::Unknown);
    let fail = fresh("a.fail", Verdict::Fail);
    assert_eq!(
        World::of([pass.clone(), unknown.clone(), fail]).state(&rule),
        CriterionState::Failing
    );
    assert_eq!(
        World::of([pass.clone(), unknown]).state(&rule),
        CriterionState::Undetermined
    );
    assert_eq!(World::of([pass]).state(&rule), CriterionState::Open);
}

#[test]
fn people_attest_or_refuse() {
    let both = row(&["a.b"], &["q1", "q2"]);
    let seen = || World::of([fresh("a.b", Verdict::Pass)]);
    assert_eq!(
        seen().answered("q1", true, NOW).state(&both),
        CriterionState::Open
    );
    assert_eq!(
        seen()
            .answered("q1", true, NOW)
            .answered("q2", true, NOW)
            .state(&both),
        CriterionState::Attested
    );
    assert_eq!(
        seen().answered("q1", false, NOW).state(&both),
        CriterionState::Failing
    );
    assert_eq!(
        World::of([fresh("a.b", Verdict::Fail)])
            .answered("q1", true, NOW)
            .answered("q2", true, NOW)
            .state(&both),
        CriterionState::Failing,
        "a person's word does not outweigh what was seen"
    );
    let only_people = row(&[], &["q1"]);
    assert_eq!(World::default().state(&only_people), CriterionState::Open);
    assert_eq!(
        World::default().answered("q1", true, 0).state(&only_people),
        CriterionState::Attested
    );
}

#[test]
fn a_session_needs_every_check_that_the_row_names() {
    let rule = row(&["a.b", "c.*"], &[]);
    let partly = World::of([fresh("a.b", Verdict::Pass)]);
    let report = partly.report(&rule, true);
    assert_eq!(report.state, CriterionState::Open);
    assert_eq!(report.because, ["not looked at yet: c.*"]);
    assert_eq!(partly.report(&rule, false).state, CriterionState::Proven);
}

#[test]
fn a_check_that_a_whole_run_had_no_subject_for_is_not_missed() {
    let rule = row(&["a.b", "c.*"], &[]);
    let seen = fresh("a.b", Verdict::Pass);
    let planned = |checks: &[&str]| {
        let keys = checks.iter().map(|check| fresh(check, Verdict::Pass).key());
        Some(keys.collect())
    };
    for (plan, want) in [
        (planned(&["a.b"]), CriterionState::Proven),
        (planned(&["a.b", "c.d"]), CriterionState::Open),
        (None, CriterionState::Open),
    ] {
        let world = World {
            planned: plan,
            ..World::of([seen.clone()])
        };
        assert_eq!(world.state(&rule), want);
    }
    let nothing = World {
        planned: planned(&["x.y"]),
        ..World::default()
    };
    assert_eq!(nothing.state(&rule), CriterionState::Open);
}

#[test]
fn a_single_run_does_not_wait_for_people_and_proves_nothing_without_a_look() {
    let mixed = row(&["a.b"], &["q1"]);
    let report = World::of([fresh("a.b", Verdict::Pass)]).report(&mixed, false);
    assert_eq!(report.state, CriterionState::Proven);
    assert_eq!(report.unanswered, ["q1"]);
    for rule in [
        row(&["a.b"], &["q1"]),
        row(&[], &["q1"]),
        row(&["a.b"], &[]),
    ] {
        assert_eq!(
            World::default().report(&rule, false).state,
            CriterionState::Open
        );
    }
}

#[test]
fn a_waiver_holds_for_its_fact_and_until_its_date() {
    let rule = row(&["a.b"], &[]);
    let fail = fresh("a.b", Verdict::Fail);
    let mut other = fail.clone();
    other.fingerprint = fingerprint("a.b", "acme.example", Verdict::Fail, "another fact");
    for (finding, waiver, want) in [
        (
            &fail,
            waiver(NOW + 1, NOW, &[&fail]),
            CriterionState::Waived,
        ),
        (
            &fail,
            waiver(NOW, NOW - 9, &[&fail]),
            CriterionState::Failing,
        ),
        (
            &other,
            waiver(NOW + 1, NOW, &[&fail]),
            CriterionState::Failing,
        ),
        (&fail, waiver(NOW + 1, NOW, &[]), CriterionState::Failing),
    ] {
        let world = World::of([finding.clone()]).waived(waiver);
        assert_eq!(world.state(&rule), want);
    }
    let mut elsewhere = waiver(NOW + 1, NOW, &[&fail]);
    elsewhere.criterion = "another".into();
    assert_eq!(
        World::of([fail]).waived(elsewhere).state(&rule),
        CriterionState::Failing
    );
}

#[test]
fn a_waiver_covers_what_could_not_be_told_but_not_what_is_too_old() {
    let rule = row(&["a.*"], &[]);
    let unknown = fresh("a.b", Verdict::Unknown);
    let accepted = World::of([unknown.clone()]).waived(waiver(NOW + 1, NOW, &[&unknown]));
    assert_eq!(accepted.state(&rule), CriterionState::Waived);
    let old = finding("a.c", Verdict::Pass, Severity::Fix, NOW - 25);
    let world = World::of([unknown.clone(), old]).waived(waiver(NOW + 1, NOW, &[&unknown]));
    assert_eq!(world.state(&rule), CriterionState::Undetermined);
}

#[test]
fn a_waiver_accepts_the_answers_that_it_knew() {
    let rule = row(&["a.b"], &["q1"]);
    let pass = || World::of([fresh("a.b", Verdict::Pass)]);
    let standing = || waiver(NOW + 1, NOW - 5, &[]);
    assert_eq!(
        pass().waived(standing()).state(&rule),
        CriterionState::Waived,
        "nobody answered yet"
    );
    assert_eq!(
        pass()
            .answered("q1", false, NOW - 6)
            .waived(standing())
            .state(&rule),
        CriterionState::Waived,
        "a no that was accepted"
    );
    assert_eq!(
        pass()
            .answered("q1", false, NOW - 4)
            .waived(standing())
            .state(&rule),
        CriterionState::Failing,
        "a no after the waiver"
    );
    assert_eq!(
        pass()
            .answered("q1", true, NOW)
            .waived(standing())
            .state(&rule),
        CriterionState::Attested,
        "the waiver is needed no more"
    );
}

#[test]
fn what_was_seen_before_the_intent_changed_does_not_count() {
    let rule = row(&["a.b"], &[]);
    let world = World {
        changed: Some(NOW - 1),
        ..World::of([finding("a.b", Verdict::Pass, Severity::Fix, NOW - 2)])
    };
    let report = world.report(&rule, true);
    assert_eq!(report.state, CriterionState::Undetermined);
    assert_eq!(
        report.because,
        ["a.b is from before the intent changed: check again"]
    );
}
