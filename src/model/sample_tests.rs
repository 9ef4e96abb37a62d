//! Stretches, sums, and that thinning loses no minute.

use super::*;
use crate::model::availability::figures;

const NOW: i64 = 60 * 24 * 3_600;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn look(second: i64, verdict: Verdict, total: Option<u32>) -> Sample {
    let every = SignedDuration::from_secs(60);
    let ms = total.map(|total| Times::from([5, 10, 20, total]));
    Sample::look(at(second), answers("a.example"), verdict, every, ms)
}

#[test]
fn looks_that_say_the_same_are_one_stretch() {
    let mut first = look(0, Verdict::Pass, None);
    assert!(first.extend(&look(60, Verdict::Pass, None)));
    assert!(first.extend(&look(125, Verdict::Pass, None)));
    assert_eq!(first.looks(), (3, 0));
    assert!(!first.extend(&look(180, Verdict::Fail, None)), "it turned");
    assert!(
        !first.extend(&look(400, Verdict::Pass, None)),
        "nobody looked between"
    );
    assert!(
        !first.extend(&look(180, Verdict::Pass, Some(9))),
        "it was timed"
    );
    let long = segments(std::slice::from_ref(&first), at(10_000))[0];
    assert_eq!(long.to, at(185));
    assert!((long.up_s - 185.0).abs() < 1e-6, "{long:?}");
}

#[test]
fn what_is_kept_reads_back_and_is_short() {
    for sample in [
        look(0, Verdict::Fail, None),
        look(0, Verdict::NotApplicable, Some(7)),
    ] {
        let text = serde_json::to_string(&sample.seen).unwrap();
        assert!(text.len() < 60, "{text}");
        assert_eq!(serde_json::from_str::<Seen>(&text).unwrap(), sample.seen);
    }
    let all = [
        look(0, Verdict::Pass, Some(7)),
        look(60, Verdict::Fail, None),
    ];
    let sum = &thinned(&all, at(NOW))[0].by.seen;
    let text = serde_json::to_string(sum).unwrap();
    assert_eq!(
        text,
        r#"{"n":2,"d":1,"w":120,"u":60,"f":60,"e":60,"p":[7,7,7]}"#
    );
    assert_eq!(&serde_json::from_str::<Seen>(&text).unwrap(), sum);
}

#[test]
fn thinning_changes_no_figure_and_once_is_enough() {
    // Three days of looks a minute: an outage of 7 minutes on the first day, a night without looks.
    let begin = NOW - 3 * 24 * 3_600;
    let samples: Vec<Sample> = (0..3 * 24 * 60)
        .filter(|minute| !(600..900).contains(minute))
        .map(|minute| {
            let down = (100..107).contains(&minute);
            let second = begin + minute * 60;
            if down {
                look(second, Verdict::Fail, None)
            } else {
                look(
                    second,
                    Verdict::Pass,
                    Some(100 + u32::try_from(minute % 50).unwrap()),
                )
            }
        })
        .collect();
    let window = SignedDuration::from_hours(72);
    let before = figures(&samples, at(NOW), window);
    let mut thin = samples.clone();
    for step in thinned(&samples, at(NOW)).into_iter().rev() {
        thin.splice(step.gone, [step.by]);
    }
    assert!(
        thin.len() < samples.len() - 800,
        "{} of {}",
        thin.len(),
        samples.len()
    );
    let after = figures(&thin, at(NOW), window);
    assert_eq!((after.looks, after.down), (before.looks, before.down));
    assert!((before.down_s - 420.0).abs() < 1e-6, "{before:?}");
    for (a, b) in [
        (before.up_s, after.up_s),
        (before.down_s, after.down_s),
        (before.unseen_s, after.unseen_s),
    ] {
        assert!((a - b).abs() < 1.0, "{a} {b}");
    }
    assert_eq!(before.p50.unwrap(), 124);
    assert!((124..140).contains(&after.p50.unwrap()), "{:?}", after.p50);
    assert!(after.p95.unwrap() >= before.p95.unwrap());
    assert_eq!(thinned(&thin, at(NOW)), []);
    // Later, hours remain.
    let later = at(NOW + 40 * 24 * 3_600);
    for step in thinned(&thin.clone(), later).into_iter().rev() {
        thin.splice(step.gone, [step.by]);
    }
    assert_eq!(thin.len(), 3 * 24 - 5);
    let month = figures(&thin, later, SignedDuration::from_hours(44 * 24));
    assert_eq!((month.looks, month.down), (before.looks, before.down));
    assert_eq!(thinned(&thin, later), []);
}

#[test]
fn a_quantile_is_a_value_that_was_seen() {
    assert_eq!(quantile(&[], 50), None);
    let points: Vec<(u32, u64)> = (1..=100).map(|ms| (ms, 20)).collect();
    assert_eq!(quantile(&points, 50), Some(50));
    assert_eq!(quantile(&points, 95), Some(95));
    assert_eq!(quantile(&points[..1], 95), Some(1));
}
