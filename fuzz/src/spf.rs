//! SPF: the grammar, the composer, the evaluation and the finding.

use std::collections::BTreeSet;
use std::net::IpAddr;

use launch_ready::checks::mail::spf::check_host::{Request, SpfResult, check_host};
use launch_ready::checks::mail::spf::mark::marked;
use launch_ready::checks::mail::spf::parse::{Parsed, VERSION, parse};
use launch_ready::checks::mail::spf::select::{Selection, select};
use launch_ready::checks::mail::spf::term::{Mechanism, Qualifier, TermKind};
use launch_ready::checks::mail::spf::tree::SpfNode;
use launch_ready::checks::mail::spf::zone::{Question, Reply, Zone};
use launch_ready::checks::mail::spf::{Spf, SpfSeen, compose};
use launch_ready::checks::rule::Rule;
use launch_ready::model::observation::dns::{RecordData, RecordType};
use launch_ready::model::verdict::Verdict;

use super::world::{self, DOMAIN, assert_harmless, assert_words_harmless};

const SENDER: &str = "_spf.sender.example";
/// Problems whose place is drawn; each drawing reads the record once.
const DRAWN: usize = 3;

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let record = match select(&[text.to_string()]) {
        Selection::One(record) => record,
        _ => format!("{VERSION} {text}"),
    };
    let parsed = parse(&record);
    places(&record, &parsed);
    assert_eq!(kinds(&rewritten(&parsed)), kinds(&parsed), "{record:?}");
    composed(&record, &parsed);
    evaluated(&record, &parsed);
    judged(&text);
}

/// Every place lies inside the record, on the boundaries of characters, in order, and holds what is said of it.
fn places(record: &str, parsed: &Parsed) {
    let mut end = VERSION.len();
    for term in &parsed.terms {
        assert!(term.span.start > end - 1 && !term.span.is_empty());
        assert_eq!(record.get(term.span.clone()), Some(term.text.as_str()));
        end = term.span.end;
    }
    for problem in &parsed.problems {
        assert!(record.get(problem.span.clone()).is_some());
        assert_harmless(&problem.line());
    }
    for problem in parsed.problems.iter().take(DRAWN) {
        let drawn = marked(record, &problem.span);
        assert_harmless(&drawn);
        assert_eq!(drawn.lines().count(), 2);
    }
}

fn kinds(parsed: &Parsed) -> Vec<&TermKind> {
    parsed.terms.iter().map(|term| &term.kind).collect()
}

/// The terms that could be read, written out and read again.
fn rewritten(parsed: &Parsed) -> Parsed {
    let mut text = VERSION.to_owned();
    for term in &parsed.terms {
        text.push(' ');
        text.push_str(&term.text);
    }
    parse(&text)
}

/// What is composed out of a record is accepted, and does what it is composed for.
fn composed(record: &str, parsed: &Parsed) {
    let senders = [SENDER.to_owned()];
    let added = compose::with_includes(record, &senders);
    let read = accepted(&added);
    let includes = read.evaluated().any(|term| {
        term.directive()
            .is_some_and(|(sign, _)| sign == Qualifier::Pass)
            && term
                .include()
                .is_some_and(|target| target.text.eq_ignore_ascii_case(SENDER))
    });
    assert!(includes, "{added:?}");
    assert!(
        read.all().is_some_and(|sign| sign != Qualifier::Pass),
        "{added:?}"
    );
    assert_eq!(compose::with_includes(&added, &senders), added);
    assert_nothing_new(parsed, &read, &added);

    let merged = compose::merge(&[
        record.to_owned(),
        format!("{VERSION} include:{SENDER} -all"),
    ]);
    let read = accepted(&merged);
    let there: BTreeSet<String> = read
        .terms
        .iter()
        .map(|term| term.text.to_ascii_lowercase())
        .collect();
    for kept in parsed.evaluated().filter(|term| term.all().is_none()) {
        assert!(
            there.contains(&kept.text.to_ascii_lowercase()),
            "{merged:?} lacks {:?}",
            kept.text
        );
    }

    assert_nothing_new(parsed, &read, &merged);

    let ended = accepted(&compose::ending_in(record, Qualifier::Fail));
    assert_eq!(ended.all(), Some(Qualifier::Fail));
    assert_nothing_new(parsed, &ended, record);
    let is_ptr = |kind: &TermKind| {
        matches!(
            kind,
            TermKind::Directive {
                mechanism: Mechanism::Ptr(_),
                ..
            }
        )
    };
    assert!(!ended.terms.iter().any(|term| is_ptr(&term.kind)));

    if let Some(spaced) = compose::with_spaces(record) {
        accepted(&spaced);
    }
}

/// Nobody is let in whom the published record did not let in, but for the sender.
fn assert_nothing_new(old: &Parsed, new: &Parsed, text: &str) {
    let target = old
        .redirect()
        .map(|(_, target)| format!("include:{}", target.text));
    let mut known: BTreeSet<String> = old
        .evaluated()
        .map(|term| term.text.to_ascii_lowercase())
        .collect();
    known.insert(format!("include:{SENDER}"));
    known.extend(target.map(|text| text.to_ascii_lowercase()));
    for term in new.evaluated().filter(|term| term.all().is_none()) {
        assert!(
            known.contains(&term.text.to_ascii_lowercase()),
            "{text:?} lets in {:?}",
            term.text
        );
    }
}

fn accepted(record: &str) -> Parsed {
    let parsed = parse(record);
    assert_eq!(parsed.problems, [], "{record:?}");
    assert!(
        matches!(select(&[record.to_owned()]), Selection::One(_)),
        "{record:?}"
    );
    parsed
}

/// The domain publishes the record, everything else an address and nothing.
struct Published<'a>(&'a str);

impl Zone for Published<'_> {
    fn reply(&self, question: &Question) -> Option<Reply> {
        Some(Reply::Found(match question.rtype {
            RecordType::Txt if question.name == DOMAIN => {
                vec![RecordData::Txt(vec![self.0.to_owned()])]
            }
            RecordType::A if question.name.len() % 2 == 0 => {
                vec![RecordData::A([192, 0, 2, 1].into())]
            }
            _ => Vec::new(),
        }))
    }
}

/// A record with a flaw is a permanent error to every sender; one without never fails for a reason of the DNS here.
fn evaluated(record: &str, parsed: &Parsed) {
    let clients: [IpAddr; 2] = [
        [192, 0, 2, 1].into(),
        [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1].into(),
    ];
    for ip in clients {
        let request = Request {
            ip,
            domain: DOMAIN.to_owned(),
            sender: format!("a.b-c@{DOMAIN}"),
            helo: format!("mx.{DOMAIN}"),
            receiver: None,
            at: 0,
        };
        let got = check_host(&Published(record), &request).expect("every question has a reply");
        if !parsed.problems.is_empty() {
            assert_eq!(got.result, SpfResult::PermError, "{record:?}");
        }
        assert!(
            !matches!(got.result, SpfResult::None | SpfResult::TempError),
            "{record:?}: {got:?}"
        );
    }
}

/// The finding on the text as it stands.
fn judged(text: &str) {
    let intent = world::intent();
    let answer = world::txt(DOMAIN, text);
    let seen = SpfSeen {
        tree: SpfNode {
            domain: DOMAIN.to_owned(),
            answer: Some(answer),
            branches: Vec::new(),
        },
        mx: world::mx(),
    };
    let judgement = Spf.judge(&seen, world::case(&intent));
    assert_words_harmless(&judgement);
    let valid = match select(&[text.to_owned()]) {
        Selection::One(record) => parse(&record).problems.is_empty(),
        _ => false,
    };
    assert_eq!(
        judgement.verdict == Verdict::Pass,
        valid,
        "{}",
        judgement.summary
    );
}
