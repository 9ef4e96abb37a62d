//! The SPF grammar to the letter (RFC 7208 §12): every term with its place, every flaw with a hint.
//!
//! Never lenient: a receiver answers `permerror` for a flaw anywhere in the record, even behind `all` (§4.6).

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use crate::model::text::escape;

use super::hint::hint;
use super::macros::{DomainSpec, Place, domain_spec, macro_string};
use super::term::{DualCidr, Mechanism, Qualifier, Term, TermKind};

/// The version that opens every record; compared without case.
pub const VERSION: &str = "v=spf1";

/// A record taken apart. Terms that could be read stand beside the problems of the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    pub terms: Vec<Term>,
    pub problems: Vec<Problem>,
}

/// What is wrong at a place of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub span: Range<usize>,
    /// The term, escaped for a terminal.
    pub term: String,
    pub what: String,
    /// What the author probably meant, escaped too.
    pub hint: Option<String>,
}

impl Problem {
    /// The problem in one line, with the column as an editor counts it.
    pub fn line(&self) -> String {
        let hint = self
            .hint
            .as_ref()
            .map(|h| format!("; {h}"))
            .unwrap_or_default();
        format!(
            "column {}, `{}`: {}{hint}",
            self.span.start + 1,
            self.term,
            self.what
        )
    }
}

/// Why a term is not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw(pub String);

impl Flaw {
    /// A flaw in these words; text of the record in it is escaped.
    pub fn of(what: impl AsRef<str>) -> Self {
        Self(escape(what.as_ref()))
    }
}

impl Parsed {
    /// The terms that a receiver evaluates: directives up to and with the first `all` (RFC 7208 §5.1).
    pub fn evaluated(&self) -> impl Iterator<Item = &Term> {
        let end = self
            .terms
            .iter()
            .position(|t| t.all().is_some())
            .map_or(self.terms.len(), |at| at + 1);
        self.terms
            .iter()
            .take(end)
            .filter(|term| term.directive().is_some())
    }

    /// The qualifier of the first `all`.
    pub fn all(&self) -> Option<Qualifier> {
        self.terms.iter().find_map(Term::all)
    }

    /// The `redirect=` that counts: none when `all` is present (RFC 7208 §6.1).
    pub fn redirect(&self) -> Option<(&Term, &DomainSpec)> {
        if self.all().is_some() {
            return None;
        }
        self.terms
            .iter()
            .find_map(|term| Some((term, term.redirect()?)))
    }
}

/// Reads a record that begins with [`VERSION`].
pub fn parse(record: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let mut start = VERSION.len();
    for word in record.get(start..).unwrap_or_default().split(' ') {
        let span = start..start + word.len();
        start = span.end + 1;
        if word.is_empty() {
            continue;
        }
        match term(word) {
            Ok(kind) => parsed.terms.push(Term {
                span,
                text: word.to_owned(),
                kind,
            }),
            Err(Flaw(what)) => parsed.problems.push(Problem {
                span,
                term: escape(word),
                what,
                hint: hint(word).map(|hint| escape(&hint)),
            }),
        }
    }
    repeated(&mut parsed);
    parsed
}

/// `redirect` and `exp` may stand once (RFC 7208 §6).
fn repeated(parsed: &mut Parsed) {
    type Is = fn(&TermKind) -> bool;
    let kinds: [(&str, Is); 2] = [
        ("redirect", |k| matches!(k, TermKind::Redirect(_))),
        ("exp", |k| matches!(k, TermKind::Explanation(_))),
    ];
    for (name, is) in kinds {
        for term in parsed.terms.iter().filter(|t| is(&t.kind)).skip(1) {
            parsed.problems.push(Problem {
                span: term.span.clone(),
                term: escape(&term.text),
                what: format!("`{name}=` may stand only once"),
                hint: None,
            });
        }
    }
}

fn term(word: &str) -> Result<TermKind, Flaw> {
    if let Some(odd) = word.chars().find(|c| !c.is_ascii_graphic()) {
        return Err(Flaw(format!(
            "`{}` is not a visible ASCII character",
            odd.escape_unicode()
        )));
    }
    match word.split_once('=') {
        Some((name, value)) if is_modifier_name(name) => modifier(name, value),
        _ => directive(word),
    }
}

fn is_modifier_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

fn modifier(name: &str, value: &str) -> Result<TermKind, Flaw> {
    match name.to_ascii_lowercase().as_str() {
        "redirect" => Ok(TermKind::Redirect(domain_spec(value)?)),
        "exp" => Ok(TermKind::Explanation(domain_spec(value)?)),
        _ => {
            macro_string(value, Place::Modifier)?;
            Ok(TermKind::Unknown {
                name: name.to_owned(),
            })
        }
    }
}

fn directive(word: &str) -> Result<TermKind, Flaw> {
    let sign = word.chars().next().and_then(Qualifier::of);
    let bare = match sign {
        Some(_) => word.get(1..).unwrap_or_default(),
        None => word,
    };
    let end = bare.find([':', '/']).unwrap_or(bare.len());
    let (name, rest) = bare.split_at(end);
    let mechanism = match name.to_ascii_lowercase().as_str() {
        "all" if rest.is_empty() => Mechanism::All,
        "all" => return Err(Flaw::of("nothing may follow `all`")),
        "include" => Mechanism::Include(target(rest)?),
        "exists" => Mechanism::Exists(target(rest)?),
        "ptr" if rest.is_empty() => Mechanism::Ptr(None),
        "ptr" => Mechanism::Ptr(Some(target(rest)?)),
        "a" => {
            let (domain, cidr) = target_and_cidr(rest)?;
            Mechanism::A { domain, cidr }
        }
        "mx" => {
            let (domain, cidr) = target_and_cidr(rest)?;
            Mechanism::Mx { domain, cidr }
        }
        "ip4" => ip4(rest)?,
        "ip6" => ip6(rest)?,
        _ => return Err(Flaw::of(format!("`{name}` is no mechanism of SPF"))),
    };
    Ok(TermKind::Directive {
        qualifier: sign.unwrap_or(Qualifier::Pass),
        mechanism,
    })
}

/// `:domain-spec`, nothing else.
fn target(rest: &str) -> Result<DomainSpec, Flaw> {
    match rest.strip_prefix(':') {
        Some(domain) => domain_spec(domain),
        None if rest.is_empty() => Err(Flaw::of("a `:` and a domain must follow")),
        None => Err(Flaw::of("a prefix length cannot stand here")),
    }
}

/// `[:domain-spec][/ip4-length][//ip6-length]`. A slash is legal inside a domain-spec, so the lengths are cut off the end.
fn target_and_cidr(rest: &str) -> Result<(Option<DomainSpec>, DualCidr), Flaw> {
    let Some(after) = rest.strip_prefix(':') else {
        return Ok((None, dual_cidr(rest)?));
    };
    let domain = after.trim_end_matches(|c: char| c.is_ascii_digit() || c == '/');
    let run = after.get(domain.len()..).unwrap_or_default();
    let cut = run
        .find('/')
        .map_or(after.len(), |slash| domain.len() + slash);
    let (domain, cidr) = after.split_at(cut);
    Ok((Some(domain_spec(domain)?), dual_cidr(cidr)?))
}

fn dual_cidr(text: &str) -> Result<DualCidr, Flaw> {
    let (four, six) = match text.split_once("//") {
        Some((four, six)) => (four, Some(six)),
        None => (text, None),
    };
    let mut cidr = DualCidr::default();
    if let Some(length) = six {
        cidr.ip6 = prefix(length, 128)?;
    }
    if let Some(length) = four.strip_prefix('/') {
        cidr.ip4 = prefix(length, 32)?;
    } else if !four.is_empty() {
        return Err(Flaw::of(format!("`{four}` is no prefix length")));
    }
    Ok(cidr)
}

fn prefix(text: &str, most: u8) -> Result<u8, Flaw> {
    let written = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !written {
        return Err(Flaw::of(format!("`/{text}` is no prefix length")));
    }
    if text.len() > 1 && text.starts_with('0') {
        return Err(Flaw::of(format!(
            "`/{text}`: a prefix length has no leading zero"
        )));
    }
    text.parse::<u8>()
        .ok()
        .filter(|length| *length <= most)
        .ok_or_else(|| Flaw::of(format!("`/{text}`: the longest prefix here is /{most}")))
}

fn ip4(rest: &str) -> Result<Mechanism, Flaw> {
    let (address, length) = network(rest)?;
    let network: Ipv4Addr = address
        .parse()
        .map_err(|_| Flaw::of(format!("`{address}` is no IPv4 address")))?;
    Ok(Mechanism::Ip4 {
        network,
        prefix: length.map_or(Ok(32), |l| prefix(l, 32))?,
    })
}

fn ip6(rest: &str) -> Result<Mechanism, Flaw> {
    let (address, length) = network(rest)?;
    let network: Ipv6Addr = address
        .parse()
        .map_err(|_| Flaw::of(format!("`{address}` is no IPv6 address")))?;
    Ok(Mechanism::Ip6 {
        network,
        prefix: length.map_or(Ok(128), |l| prefix(l, 128))?,
    })
}

fn network(rest: &str) -> Result<(&str, Option<&str>), Flaw> {
    let after = rest
        .strip_prefix(':')
        .ok_or_else(|| Flaw::of("a `:` and an address must follow"))?;
    Ok(match after.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (after, None),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::text::is_harmless;

    #[test]
    fn valid_records_have_no_problem() {
        for record in [
            "v=spf1",
            "v=spf1   -all  ",
            "V=SPF1 MX -ALL",
            "v=spf1 a/24 a//64 a/24//64 mx:mail.acme.example/24//64 -all",
            "v=spf1 ip4:192.0.2.0/24 ip4:0.0.0.0/0 ip6:2001:db8::/32 ip6:::1 ~all",
            "v=spf1 exists:%{ir}.%{v}._spf.%{d2} ?all",
            "v=spf1 exists:%{l}=x.acme.example -all",
            "v=spf1 a:foo:bar.acme.example -all",
            "v=spf1 moo= default=pass ra=postmaster rp=100 -all",
            "v=spf1 include:_spf.acme.example redirect=_spf.acme.example exp=why.acme.example",
            "v=spf1 ptr ptr:acme.example -all",
            "v=spf1 a:%{d}/24 -all",
        ] {
            assert_eq!(parse(record).problems, [], "{record}");
        }
    }

    #[test]
    fn each_flaw_is_found_at_its_place() {
        for (record, column) in [
            ("v=spf1 all. ", 8),
            ("v=spf1 -all:foo.example", 8),
            ("v=spf1 all/8", 8),
            ("v=spf1 include:", 8),
            ("v=spf1 include:acme.example/24 -all", 8),
            ("v=spf1 mx a:museum -all", 11),
            ("v=spf1 a:1.2.3.4 -all", 8),
            ("v=spf1 a:foo:8080 -all", 8),
            ("v=spf1 a/33 -all", 8),
            ("v=spf1 a//129 -all", 8),
            ("v=spf1 a/032 -all", 8),
            ("v=spf1 a/ -all", 8),
            ("v=spf1 a: -all", 8),
            ("v=spf1 mx/24//64/ -all", 8),
            ("v=spf1 ip4:1.2.3.4//32 -all", 8),
            ("v=spf1 ip4:1.2.3 -all", 8),
            ("v=spf1 ip4:1.2.3.04 -all", 8),
            ("v=spf1 ip4:192.0.2.1~all", 8),
            ("v=spf1 ip4 -all", 8),
            ("v=spf1 ip6:::1.1.1.1/0 ip6:fe80::1%eth0 -all", 24),
            ("v=spf1 ptr/0 -all", 8),
            ("v=spf1 exists:x.example/24 -all", 8),
            ("v=spf1 -all foo", 13),
            ("v=spf1 -all =all", 13),
            ("v=spf1 -all -all=x", 13),
            ("v=spf1 redirect= ", 8),
            ("v=spf1 redirect=a.example redirect=b.example", 27),
            ("v=spf1 exp=a.example exp=b.example", 22),
            ("v=spf1 moo=%abc -all", 8),
            ("v=spf1 a\tmx -all", 8),
            ("v=spf1 a:b\u{e9}.example -all", 8),
            ("v=spf1 --all", 8),
        ] {
            let problems = parse(record).problems;
            assert_eq!(problems.len(), 1, "{record}: {problems:?}");
            assert_eq!(problems[0].span.start + 1, column, "{record}");
        }
    }

    #[test]
    fn nothing_of_the_record_reaches_a_terminal_as_it_is() {
        for record in [
            "v=spf1 mx\u{1b}[31m.acme.example",
            "v=spf1 ip:\u{7}\u{202e}",
        ] {
            let line = parse(record).problems[0].line();
            assert!(line.chars().all(is_harmless), "{line:?}");
        }
    }

    #[test]
    fn what_stands_behind_all_is_not_evaluated() {
        let parsed = parse("v=spf1 mx -all include:late.example redirect=other.example");
        assert_eq!(parsed.evaluated().count(), 2);
        assert!(parsed.redirect().is_none());
        assert_eq!(parsed.all(), Some(Qualifier::Fail));
    }

    proptest! {
        #[test]
        fn nothing_panics_and_spans_are_inside(tail in "\\PC{0,80}") {
            let record = format!("v=spf1 {tail}");
            let parsed = parse(&record);
            for span in parsed.terms.iter().map(|t| &t.span).chain(parsed.problems.iter().map(|p| &p.span)) {
                prop_assert!(record.get(span.clone()).is_some());
            }
        }

        #[test]
        fn spf_like_text_never_panics(tail in "([-+~?]?(a|mx|ip4|ip6|ptr|exists|include|all|exp|redirect)?[:=/%{}.0-9a-z]{0,12} ?){0,8}") {
            let _ = parse(&format!("v=spf1 {tail}"));
        }
    }
}
