//! MTA-STS: the policy file, and the record that announces it.

use jiff::Timestamp;
use launch_ready::checks::mail::mta_sts::policy::{Policy, covers, is_one, read, write};
use launch_ready::checks::mail::mta_sts::record;
use launch_ready::checks::mail::versioned::{Choice, choose};

use super::world::{assert_harmless, txt};

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    policy(&text);
    policy(&format!(
        "version: STSv1\nmode: enforce\nmax_age: 604800\n{text}"
    ));
    announced(&text);
    announced(&format!("v=STSv1; {text}"));
}

fn policy(text: &str) {
    let policy = read(text);
    let _ = is_one(text);
    for line in policy.problems.iter().chain(&policy.notes) {
        assert_harmless(line);
    }
    for pattern in &policy.mx {
        matching(pattern);
    }
    if let (true, Some(mode), Some(max_age)) =
        (policy.problems.is_empty(), policy.mode, policy.max_age)
    {
        let written = write(mode, max_age, &policy.mx);
        assert!(is_one(&written), "{written:?}");
        let again = Policy {
            notes: Vec::new(),
            ..read(&written)
        };
        assert_eq!(
            again,
            Policy {
                notes: Vec::new(),
                ..policy
            },
            "{text:?}"
        );
    }
}

/// A pattern that was accepted covers one server at least, and never what stands above it or deeper below.
fn matching(pattern: &str) {
    match pattern.strip_prefix("*.") {
        Some(above) => {
            assert!(covers(pattern, &format!("mx.{above}")));
            assert!(!covers(pattern, above));
            assert!(!covers(pattern, &format!("a.mx.{above}")));
        }
        None => {
            assert!(covers(pattern, &pattern.to_ascii_uppercase()));
            assert!(!covers(pattern, &format!("mx.{pattern}")));
        }
    }
}

fn announced(text: &str) {
    match choose(&txt("_mta-sts.acme.example", text), "STSv1") {
        Choice::One(only) => assert_eq!(only, text),
        Choice::Missing(Some((_, why))) => assert!(!why.is_empty()),
        Choice::Missing(None) => {}
        Choice::Several(list) => panic!("{list:?} out of one"),
    }
    let read = record::read(text);
    read.problems
        .iter()
        .for_each(|problem| assert_harmless(problem));
    let next = record::next(Timestamp::UNIX_EPOCH, read.id.as_deref());
    let again = record::read(&next);
    assert_eq!(again.problems, Vec::<String>::new());
    assert_ne!(again.id, read.id);
}
