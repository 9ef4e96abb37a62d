//! Writes a better record out of what is published: one record, never a second one beside it (trap 19).

use super::parse::{Parsed, VERSION, parse};
use super::term::{Qualifier, Term, TermKind};

/// One record that authorises what each of `records` authorised. Broken terms are left out.
pub fn merge(records: &[String]) -> String {
    let parsed: Vec<Parsed> = records.iter().map(|record| parse(record)).collect();
    let mut terms: Vec<String> = Vec::new();
    for term in parsed.iter().flat_map(|p| &p.terms) {
        let text = match &term.kind {
            // Beside `all` a redirect is ignored; an include keeps what it authorised.
            TermKind::Redirect(target) => format!("include:{}", target.text),
            TermKind::Directive { .. } if term.all().is_none() => term.text.clone(),
            _ => continue,
        };
        push_new(&mut terms, text);
    }
    let soft = parsed
        .iter()
        .any(|p| !matches!(p.all(), Some(Qualifier::Fail)));
    write(&terms, if soft { "~all" } else { "-all" })
}

/// `record` with `include:domain` in front of `all`. A `redirect=` becomes an include when there was no `all`.
pub fn with_includes(record: &str, domains: &[String]) -> String {
    let parsed = parse(record);
    let mut terms = kept(&parsed);
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
    write(&terms, &format!("{}all", all.sign()))
}

/// `record` ending in `all` with this qualifier, `ptr` left out.
pub fn ending_in(record: &str, all: Qualifier) -> String {
    write(&kept(&parse(record)), &format!("{}all", all.sign()))
}

/// `record` with the spaces that are missing between terms; `None` when that does not mend it.
pub fn with_spaces(record: &str) -> Option<String> {
    let mut text = record.to_owned();
    for start in [
        "-all",
        "~all",
        "?all",
        "+all",
        "include:",
        "ip4:",
        "ip6:",
        "redirect=",
    ] {
        let mut from = 1;
        while let Some(at) = text
            .get(from..)
            .and_then(|rest| rest.to_ascii_lowercase().find(start))
            .map(|at| at + from)
        {
            let head = text.get(..at).unwrap_or_default();
            let glued = !head.ends_with([' ', '+', '-', '~', '?']);
            if glued {
                text.insert(at, ' ');
            }
            from = at + start.len() + usize::from(glued);
        }
    }
    let tidy = text
        .split(' ')
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    (tidy != record && parse(&tidy).problems.is_empty()).then_some(tidy)
}

fn kept(parsed: &Parsed) -> Vec<String> {
    parsed
        .terms
        .iter()
        .filter(|term| term.all().is_none() && !is_ptr(term))
        .map(|term| match &term.kind {
            TermKind::Redirect(target) => format!("include:{}", target.text),
            _ => term.text.clone(),
        })
        .collect()
}

fn is_ptr(term: &Term) -> bool {
    matches!(term.directive(), Some((_, super::term::Mechanism::Ptr(_))))
}

fn push_new(terms: &mut Vec<String>, text: String) {
    if !terms.iter().any(|have| have.eq_ignore_ascii_case(&text)) {
        terms.push(text);
    }
}

fn write(terms: &[String], all: &str) -> String {
    let mut words = vec![VERSION.to_owned()];
    words.extend(terms.iter().cloned());
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
