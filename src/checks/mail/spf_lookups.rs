//! `mail.spf-lookups`: evaluating the SPF record needs at most ten lookups, at most two of them empty.
//!
//! Counts the worst case: a message that no term matches before the end. The whole tree is shown with its costs, also
//! beyond the limit, because the question is which include to drop (trap 17).

pub mod costs;

use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::verdict::Severity;

use super::change::remedy;
use super::spf::SpfSeen;
use super::spf::select::Selection;
use super::spf::tally::{MOST_LOOKUPS, MOST_VOID, Tally, tally};

/// From here on one more include is one too many.
const NEAR: usize = 9;

/// At most ten lookups, at most two void ones.
pub struct SpfLookups;

impl Rule for SpfLookups {
    type Seen = SpfSeen;

    const META: Meta = Meta {
        id: "mail.spf-lookups",
        title: "SPF stays within 10 lookups and 2 empty ones",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 40,
        version: 1,
        standards: &["RFC 7208 §4.6.4"],
        guide: include_str!("../../../assets/guides/mail.spf-lookups.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        vec![intent.domain.to_string()]
    }

    async fn observe(&self, look: Look<'_>) -> SpfSeen {
        super::spf::look(look).await
    }

    fn judge(&self, seen: &SpfSeen, case: Case<'_>) -> Judgement {
        if let Some(why) = seen.unreadable() {
            return seen.unknown(&why);
        }
        let judgement = match seen.tree.selection() {
            Some(Selection::One(_)) => counted(seen, case),
            Some(Selection::Many(_)) => Judgement::not_applicable(format!(
                "{} publishes several SPF records, so none is evaluated: `mail.spf` tells how to merge them",
                case.subject
            ))
            .plainly("There are several lists of mail services. Once they are one, we look at how long it is."),
            _ => Judgement::not_applicable(format!(
                "{} publishes no SPF record: there is nothing to count",
                case.subject
            ))
            .plainly("There is no list of mail services yet whose length could be looked at."),
        };
        judgement.evidence(seen.evidence())
    }
}

fn counted(seen: &SpfSeen, case: Case<'_>) -> Judgement {
    let domain = &case.intent.domain;
    let tally = tally(&seen.tree);
    let sums = format!(
        "{} of {MOST_LOOKUPS} lookups, {} of {MOST_VOID} empty ones",
        tally.lookups,
        tally.void.len()
    );
    let over = tally.lookups > MOST_LOOKUPS || tally.void.len() > MOST_VOID;
    let looping = tally.broken.iter().find(|line| line.ends_with("a loop"));
    let crowded = tally
        .broken
        .iter()
        .find(|line| line.contains("mail servers"));
    let judgement = if let Some(line) = looping.or(crowded) {
        Judgement::fail(format!(
            "evaluating the SPF record of {domain} ends in an error: {line}"
        ))
        .remedy(advice(case, &tally))
    } else if over {
        Judgement::fail(format!(
            "the SPF record of {domain} needs {sums}: {}",
            culprits(&tally)
        ))
        .remedy(advice(case, &tally))
    } else if let Some(first) = tally.unclear.first() {
        Judgement::unknown(format!(
            "at least {sums}, but not everything could be looked at: {first}"
        ))
    } else if tally.lookups >= NEAR || tally.void.len() == MOST_VOID {
        Judgement::warn(format!("{sums}: the next include may be one too many"))
            .remedy(advice(case, &tally))
    } else {
        Judgement::pass(sums)
    };
    let plain = match judgement.verdict {
        crate::model::verdict::Verdict::Fail => {
            "Your list of mail services has grown so long that receivers stop reading and discard all of it. Services that are not used any more have to go."
        }
        crate::model::verdict::Verdict::Warn => {
            "Your list of mail services is nearly as long as receivers allow. Take one out before the next one comes in."
        }
        crate::model::verdict::Verdict::Unknown => {
            "A part of your list of mail services could not be looked at just now."
        }
        _ => "Your list of mail services is short enough for every receiver to read to the end.",
    };
    judgement
        .plainly(plain)
        .detail("lookups", tally.lookups)
        .detail("void", tally.void.len())
        .detail("tree", tally.lines.clone())
        .exhibit([costs::tree(domain, &tally)])
        .fact(format!(
            "{} lookups, {} void, broken {:?}, unclear {:?}",
            tally.lookups,
            tally.void.len(),
            tally.broken,
            tally.unclear
        ))
}

/// The terms of the root that cost most.
fn culprits(tally: &Tally) -> String {
    if tally.lookups <= MOST_LOOKUPS {
        return format!("nothing is behind {}", tally.void.join(", "));
    }
    let mut top: Vec<(usize, &str)> = tally
        .lines
        .iter()
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| {
            let (term, rest) = line.rsplit_once(" [")?;
            Some((rest.split(']').next()?.parse().ok()?, term))
        })
        .collect();
    top.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let named: Vec<String> = top
        .iter()
        .take(3)
        .map(|(cost, term)| format!("`{term}` costs {cost}"))
        .collect();
    named.join(", ")
}

fn advice(case: Case<'_>, tally: &Tally) -> Remedy {
    let mut steps = vec![
        format!(
            "Take out every term whose service is no longer used. {}.",
            culprits(tally)
        ),
        "Replace `a` and `mx` by `ip4:` and `ip6:` where the addresses are your own and rarely change: those cost nothing.".to_owned(),
        "Let a service that can use its own bounce subdomain do so: its include then stands there and not here.".to_owned(),
    ];
    if !tally.void.is_empty() {
        steps.insert(
            0,
            format!("Take out what leads to nothing: {}.", tally.void.join(", ")),
        );
    }
    remedy(case.intent, SpfLookups::META.id, steps, Vec::new())
}

#[cfg(test)]
mod tests {
    use super::super::spf::tree::{Branch, Looked, SpfNode};
    use super::super::worlds::{case, no_name, nothing, sending_intent, silent, txt};
    use super::*;
    use crate::model::observation::dns::RecordType;
    use crate::model::verdict::Verdict;

    fn node(domain: &str, record: &str, branches: Vec<Branch>) -> SpfNode {
        SpfNode {
            domain: domain.into(),
            answer: Some(txt(domain, &[record])),
            branches,
        }
    }

    fn includes(count: usize, leaf: &dyn Fn(usize) -> Looked) -> SpfSeen {
        let terms: Vec<String> = (0..count)
            .map(|n| format!("include:i{n}.example"))
            .collect();
        let branches = terms
            .iter()
            .enumerate()
            .map(|(n, term)| Branch {
                term: term.clone(),
                looked: leaf(n),
            })
            .collect();
        SpfSeen {
            tree: node(
                "acme.example",
                &format!("v=spf1 {} -all", terms.join(" ")),
                branches,
            ),
            mx: nothing("acme.example", RecordType::Mx),
        }
    }

    fn plain_leaf(n: usize) -> Looked {
        Looked::Record(Box::new(node(
            &format!("i{n}.example"),
            "v=spf1 ip4:192.0.2.1 -all",
            Vec::new(),
        )))
    }

    fn verdict(seen: &SpfSeen) -> Judgement {
        SpfLookups.judge(seen, case("acme.example", &sending_intent()))
    }

    #[test]
    fn ten_is_the_limit() {
        for (count, want) in [
            (1, Verdict::Pass),
            (8, Verdict::Pass),
            (9, Verdict::Warn),
            (10, Verdict::Warn),
            (11, Verdict::Fail),
        ] {
            let judgement = verdict(&includes(count, &plain_leaf));
            assert_eq!(judgement.verdict, want, "{count}: {}", judgement.summary);
            assert_eq!(judgement.details["lookups"], count);
        }
    }

    #[test]
    fn the_third_empty_lookup_is_one_too_many() {
        let empty = |missing: usize| {
            includes(4, &move |n| {
                if n < missing {
                    Looked::Answers(vec![no_name("gone.example", RecordType::A)])
                } else {
                    plain_leaf(n)
                }
            })
        };
        assert_eq!(verdict(&empty(1)).verdict, Verdict::Pass);
        assert_eq!(verdict(&empty(2)).verdict, Verdict::Warn);
        assert_eq!(verdict(&empty(3)).verdict, Verdict::Fail);
    }

    #[test]
    fn what_could_not_be_seen_is_unknown_unless_it_is_over_anyway() {
        let silent_leaf = |n: usize| {
            if n == 0 {
                Looked::Answers(vec![silent("x.example", RecordType::A)])
            } else {
                plain_leaf(n)
            }
        };
        assert_eq!(
            verdict(&includes(3, &silent_leaf)).verdict,
            Verdict::Unknown
        );
        assert_eq!(verdict(&includes(12, &silent_leaf)).verdict, Verdict::Fail);
    }

    #[test]
    fn a_loop_is_told() {
        let judgement = verdict(&includes(1, &|_| Looked::Loop("acme.example".into())));
        assert_eq!(judgement.verdict, Verdict::Fail);
        assert!(judgement.summary.contains("loop"), "{}", judgement.summary);
    }

    #[test]
    fn addresses_of_one_term_are_one_lookup() {
        let both = |_| {
            Looked::Answers(vec![
                super::super::worlds::address("i0.example", "203.0.113.1"),
                nothing("i0.example", RecordType::Aaaa),
            ])
        };
        let judgement = verdict(&includes(1, &both));
        assert_eq!(judgement.details["void"], 0);
        assert_eq!(judgement.details["lookups"], 1);
    }

    #[test]
    fn the_tree_shows_where_the_cost_is() {
        let mut seen = includes(1, &plain_leaf);
        let inner = Branch {
            term: "mx".into(),
            looked: Looked::Answers(vec![no_name("i0.example", RecordType::Mx)]),
        };
        if let Looked::Record(leaf) = &mut seen.tree.branches[0].looked {
            leaf.branches.push(inner);
        }
        let lines = tally(&seen.tree).lines;
        assert_eq!(
            lines,
            ["include:i0.example [2]", "  mx [1] void: nothing there"]
        );
    }
}
