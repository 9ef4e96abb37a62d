//! Writes a better record out of what is published: one record, never a second one beside it (trap 19).

use std::collections::BTreeSet;

use super::parse::{Parsed, VERSION, parse};
use super::term::{Qualifier, Term, TermKind};

/// One record that authorises what each of `records` authorised. Broken terms are left out.
pub fn merge(records: &[String]) -> String {
    let parsed: Vec<Parsed> = records.iter().map(|record| parse(record)).collect();
    let mut have = BTreeSet::new();
    let terms: Vec<String> = parsed
        .iter()
        .flat_map(|parsed| admitted(parsed, |_| true))
        .filter(|text| have.insert(text.to_ascii_lowercase()))
        .collect();
    let soft = parsed
        .iter()
        .any(|p| !matches!(p.all(), Some(Qualifier::Fail)));
    write(&terms, &[], if soft { "~all" } else { "-all" })
}

/// `record` with `include:domain` in front of `all`. A `redirect=` becomes an include when there was no `all`.
pub fn with_includes(record: &str, domains: &[String]) -> String {
    let parsed = parse(record);
    let mut terms: Vec<String> = admitted(&parsed, is_no_ptr).collect();
    for domain in domains {
        let plain = format!("include:{domain}");
        // The same include with another sign would decide first.
        terms.retain(|term| {
            let bare = term.strip_prefix(['-', '~', '?']);
            !bare.is_some_and(|bare| bare.eq_ignore_ascii_case(&plain))
        });
        push_new(&mut terms, plain);
    }
    let all = parsed
        .all()
        .filter(|q| matches!(q, Qualifier::Fail | Qualifier::SoftFail))
        .unwrap_or(Qualifier::SoftFail);
    write(&terms, &modifiers(&parsed), &format!("{}all", all.sign()))
}

/// `record` ending in `all` with this qualifier, `ptr` left out.
pub fn ending_in(record: &str, all: Qualifier) -> String {
    let parsed = parse(record);
    let terms: Vec<String> = admitted(&parsed, is_no_ptr).collect();
    write(&terms, &modifiers(&parsed), &format!("{}all", all.sign()))
}

/// `record` with the spaces that are missing between terms; `None` when that does not mend it.
pub fn with_spaces(record: &str) -> Option<String> {
    let mut text = String::with_capacity(record.len());
    let mut before = None;
    for (at, c) in record.char_indices() {
        let is_glued = before.is_some_and(|c| !" +-~?".contains(c));
        if is_glued && opens_term(record.get(at..).unwrap_or_default()) {
            text.push(' ');
        }
        text.push(c);
        before = Some(c);
    }
    let tidy = text
        .split(' ')
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    (tidy != record && parse(&tidy).problems.is_empty()).then_some(tidy)
}

/// Whether `text` begins with what only begins a term.
fn opens_term(text: &str) -> bool {
    [
        "-all",
        "~all",
        "?all",
        "+all",
        "include:",
        "ip4:",
        "ip6:",
        "redirect=",
    ]
    .iter()
    .any(|start| {
        text.get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start))
    })
}

/// The modifiers but `redirect=`; a second `exp=` is an error of the record (RFC 7208 §6).
fn modifiers(parsed: &Parsed) -> Vec<String> {
    let mut explained = false;
    let wanted = |term: &&Term| match term.kind {
        TermKind::Explanation(_) => !std::mem::replace(&mut explained, true),
        TermKind::Unknown { .. } => true,
        TermKind::Directive { .. } | TermKind::Redirect(_) => false,
    };
    let terms = parsed.terms.iter().filter(wanted);
    terms.map(|term| term.text.clone()).collect()
}

/// The directives before `all`, then the target of a redirect that counts: beside `all` it would be ignored, an include
/// keeps what it authorised. What stands behind `all` was never evaluated (RFC 7208 §5.1) and must not begin to count.
fn admitted<'a>(
    parsed: &'a Parsed,
    wanted: fn(&Term) -> bool,
) -> impl Iterator<Item = String> + 'a {
    let directives = parsed
        .evaluated()
        .filter(move |term| term.all().is_none() && wanted(term))
        .map(|term| term.text.clone());
    let redirect = parsed.redirect();
    directives.chain(redirect.map(|(_, target)| format!("include:{}", target.text)))
}

fn is_no_ptr(term: &Term) -> bool {
    !matches!(term.directive(), Some((_, super::term::Mechanism::Ptr(_))))
}

fn push_new(terms: &mut Vec<String>, text: String) {
    if !terms.iter().any(|have| have.eq_ignore_ascii_case(&text)) {
        terms.push(text);
    }
}

fn write(terms: &[String], modifiers: &[String], all: &str) -> String {
    let mut words = vec![VERSION.to_owned()];
    words.extend(terms.iter().chain(modifiers).cloned());
    words.push(all.to_owned());
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_records_become_one() {
        let records = [
            "v=spf1 include:_spf.mailer.example mx -all".to_owned(),
            "v=spf1 mx include:other.example ~all".to_owned(),
        ];
        assert_eq!(
            merge(&records),
            "v=spf1 include:_spf.mailer.example mx include:other.example ~all"
        );
    }

    #[test]
    fn what_was_never_evaluated_does_not_begin_to_count() {
        for record in [
            "v=spf1 mx -all include:late.example",
            "v=spf1 mx -all redirect=late.example",
            "v=spf1 redirect=late.example mx -all",
        ] {
            assert_eq!(merge(&[record.to_owned()]), "v=spf1 mx -all");
            assert_eq!(ending_in(record, Qualifier::Fail), "v=spf1 mx -all");
            let add = ["_spf.mailer.example".to_owned()];
            let added = "v=spf1 mx include:_spf.mailer.example -all";
            assert_eq!(with_includes(record, &add), added);
        }
    }

    #[test]
    fn a_sender_is_added_in_front_of_all() {
        let add = ["_spf.mailer.example".to_owned()];
        for (old, new) in [
            (
                "v=spf1 mx -all",
                "v=spf1 mx include:_spf.mailer.example -all",
            ),
            (
                "v=spf1 mx ?all",
                "v=spf1 mx include:_spf.mailer.example ~all",
            ),
            (
                "v=spf1 redirect=x.example",
                "v=spf1 include:x.example include:_spf.mailer.example ~all",
            ),
            (
                "v=spf1 ?include:_spf.mailer.example mx -all",
                "v=spf1 mx include:_spf.mailer.example -all",
            ),
        ] {
            assert_eq!(with_includes(old, &add), new);
        }
    }

    #[test]
    fn missing_spaces_are_put_in() {
        assert_eq!(
            with_spaces("v=spf1 ip4:192.0.2.1~all").as_deref(),
            Some("v=spf1 ip4:192.0.2.1 ~all")
        );
        assert_eq!(with_spaces("v=spf1 nonsense"), None);
        assert_eq!(with_spaces("v=spf1 mx -all"), None);
    }

    #[test]
    fn a_closing_all_replaces_the_weak_one() {
        assert_eq!(
            ending_in("v=spf1 ptr mx +all", Qualifier::SoftFail),
            "v=spf1 mx ~all"
        );
    }
}
