//! The terms of an SPF record as a tree with their costs: what each adds, how far the count has come, where the limit is
//! crossed, and which branch costs most.

use crate::checks::mail::spf::tally::{MOST_LOOKUPS, MOST_VOID, Tally, Term};
use crate::model::exhibit::{Exhibit, Node};
use crate::model::name::HostName;
use crate::model::verdict::Verdict;

/// The tree, the domain at its root. A receiver stops reading at the line of the limit (RFC 7208 §4.6.4).
pub fn tree(domain: &HostName, tally: &Tally) -> Exhibit {
    let over = tally.lookups > MOST_LOOKUPS || tally.void.len() > MOST_VOID;
    let mut nodes = vec![Node {
        depth: 0,
        verdict: Some(if over { Verdict::Fail } else { Verdict::Pass }),
        text: domain.to_string(),
        note: format!(
            "{} of {MOST_LOOKUPS} lookups, {} of {MOST_VOID} empty",
            tally.lookups,
            tally.void.len()
        ),
    }];
    let heaviest = heaviest(tally);
    let mut empty = 0;
    let mut crossed = false;
    for (at, term) in tally.terms.iter().enumerate() {
        if term.number > MOST_LOOKUPS && !crossed {
            crossed = true;
            nodes.push(Node {
                depth: term.depth + 1,
                verdict: Some(Verdict::Fail),
                text: format!("limit: {MOST_LOOKUPS} lookups; receivers stop here"),
                note: String::new(),
            });
        }
        empty += usize::from(term.void);
        let is_heaviest = Some(at) == heaviest;
        nodes.push(Node {
            depth: term.depth + 1,
            verdict: verdict(term, empty, is_heaviest && over),
            text: term.text.clone(),
            note: note(term, empty, is_heaviest.then_some(tally.lookups)),
        });
    }
    Exhibit::tree("what the SPF record costs", nodes)
}

/// The term of the root's own record that costs most, where one stands out.
fn heaviest(tally: &Tally) -> Option<usize> {
    let own = |(_, term): &(usize, &Term)| term.depth == 0 && term.cost > 1;
    let most = tally.terms.iter().enumerate().filter(own);
    // The first of equals.
    most.rev()
        .max_by_key(|(_, term)| term.cost)
        .map(|(at, _)| at)
}

fn verdict(term: &Term, empty: usize, to_drop: bool) -> Option<Verdict> {
    if term.number > MOST_LOOKUPS || term.void && empty > MOST_VOID {
        Some(Verdict::Fail)
    } else if to_drop || term.void {
        Some(Verdict::Warn)
    } else {
        None
    }
}

/// `costs 7, 9 so far; the most: 2 without it`.
fn note(term: &Term, empty: usize, whole: Option<usize>) -> String {
    let so_far = term.number + term.cost - 1;
    let mut note = format!("costs {}, {so_far} so far", term.cost);
    if let Some(whole) = whole {
        note.push_str(&format!("; the most: {} without it", whole - term.cost));
    }
    if term.void {
        note.push_str(&format!("; empty lookup {empty} of {MOST_VOID}"));
    } else if !term.remark.is_empty() {
        note.push_str("; ");
        note.push_str(&term.remark);
    }
    note
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::exhibit::Shape;

    fn term(depth: usize, text: &str, number: usize, cost: usize) -> Term {
        Term {
            depth,
            text: text.into(),
            cost,
            number,
            ..Term::default()
        }
    }

    fn nodes(tally: &Tally) -> Vec<Node> {
        match tree(&HostName::parse("acme.example").unwrap(), tally).shape {
            Shape::Tree { nodes } => nodes,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_limit_stands_before_the_eleventh_lookup_and_the_branch_to_drop_is_named() {
        let mut terms = vec![term(0, "include:a", 1, 1), term(0, "include:b", 2, 10)];
        terms.extend((0..9).map(|n| term(1, "a", 3 + n, 1)));
        terms.push(term(0, "mx", 12, 1));
        let nodes = nodes(&Tally {
            lookups: 12,
            terms,
            ..Tally::default()
        });
        let limit = nodes
            .iter()
            .position(|n| n.text.starts_with("limit"))
            .unwrap();
        assert_eq!(nodes[limit - 1].note, "costs 1, 10 so far");
        assert_eq!(nodes[limit + 1].note, "costs 1, 11 so far");
        assert_eq!(nodes[limit + 1].verdict, Some(Verdict::Fail));
        assert_eq!(nodes[limit - 1].verdict, None);
        let heavy = nodes.iter().find(|n| n.text == "include:b").unwrap();
        assert_eq!(heavy.note, "costs 10, 11 so far; the most: 2 without it");
        assert_eq!(heavy.verdict, Some(Verdict::Warn));
        assert_eq!(nodes[0].verdict, Some(Verdict::Fail));
        assert_eq!(nodes[0].note, "12 of 10 lookups, 0 of 2 empty");
    }

    #[test]
    fn within_the_limit_there_is_no_line_and_nothing_to_drop() {
        let mut empty = term(0, "a:gone", 2, 1);
        empty.void = true;
        let nodes = nodes(&Tally {
            lookups: 2,
            void: vec!["a:gone (acme.example)".into()],
            terms: vec![term(0, "mx", 1, 1), empty],
            ..Tally::default()
        });
        assert!(nodes.iter().all(|n| !n.text.starts_with("limit")));
        assert_eq!(nodes[0].verdict, Some(Verdict::Pass));
        assert_eq!(nodes[2].note, "costs 1, 2 so far; empty lookup 1 of 2");
        assert_eq!(nodes[2].verdict, Some(Verdict::Warn));
        assert_eq!(nodes[1].note, "costs 1, 1 so far");
    }
}
