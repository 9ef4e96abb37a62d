//! One DMARC record, tag by tag (RFC 9989 §4.7, §4.8).

use crate::checks::mail::tags::Tags;
use crate::model::text::escape;

/// What the owner asks receivers to do with mail that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Policy {
    None,
    Quarantine,
    Reject,
}

impl Policy {
    /// The value in a record.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
        }
    }

    /// Values are compared without case.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::None, Self::Quarantine, Self::Reject]
            .into_iter()
            .find(|policy| policy.word().eq_ignore_ascii_case(word))
    }

    /// One level weaker: what `t=y` asks for (RFC 9989 §4.7).
    #[must_use]
    pub const fn lowered(self) -> Self {
        match self {
            Self::Reject => Self::Quarantine,
            Self::Quarantine | Self::None => Self::None,
        }
    }
}

/// `psd=`: whether the name is a public suffix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Psd {
    Yes,
    No,
    Unknown,
}

/// A record that opens with the version tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DmarcRecord {
    /// As published.
    pub text: String,
    /// As receivers understand it: `None` means that the record counts for nothing.
    pub policy: Option<Policy>,
    /// For subdomains that exist, when it differs.
    pub subdomains: Option<Policy>,
    /// For names that do not exist (NXDOMAIN).
    pub missing_names: Option<Policy>,
    /// Addresses for aggregate reports, as published.
    pub rua: Vec<String>,
    /// Addresses for reports of single failures, as published.
    pub ruf: Vec<String>,
    /// `t=y`.
    pub testing: bool,
    pub psd: Psd,
    /// Why receivers may discard it.
    pub errors: Vec<String>,
    /// What is ignored, old or mistyped, but does no harm to the whole.
    pub notes: Vec<String>,
}

impl DmarcRecord {
    /// The policy for the domain itself, `t=y` considered.
    pub fn effective(&self) -> Policy {
        self.lower(self.policy.unwrap_or(Policy::None))
    }

    /// The policy for existing subdomains.
    pub fn effective_subdomains(&self) -> Policy {
        let policy = self.subdomains.or(self.policy);
        self.lower(policy.unwrap_or(Policy::None))
    }

    /// The policy for names that do not exist: `np`, else `sp`, else `p`.
    pub fn effective_missing(&self) -> Policy {
        let policy = self.missing_names.or(self.subdomains).or(self.policy);
        self.lower(policy.unwrap_or(Policy::None))
    }

    const fn lower(&self, policy: Policy) -> Policy {
        if self.testing {
            policy.lowered()
        } else {
            policy
        }
    }
}

/// Reads a record that [`is_dmarc`](super::version::is_dmarc).
pub fn read(text: &str) -> DmarcRecord {
    let tags = Tags::parse(text);
    let mut record = DmarcRecord {
        text: text.to_owned(),
        policy: None,
        subdomains: None,
        missing_names: None,
        rua: list(&tags, "rua"),
        ruf: list(&tags, "ruf"),
        testing: tags.value("t").is_some_and(|v| v.eq_ignore_ascii_case("y")),
        psd: psd(&tags),
        errors: Vec::new(),
        notes: Vec::new(),
    };
    record.policy = policy(&tags, &mut record);
    record.subdomains = optional(&tags, "sp");
    record.missing_names = optional(&tags, "np");
    for name in tags.repeated() {
        record
            .errors
            .push(format!("the tag `{}=` stands twice", escape(&name)));
    }
    for piece in &tags.odd {
        record.notes.push(format!(
            "`{}` is no `tag=value` and is ignored",
            escape(piece)
        ));
    }
    small_things(&tags, &mut record);
    record
}

/// `p`, missing or mistyped, or a mistyped `sp` or `np`: the whole record means `p=none` where reports are asked for, and no
/// DMARC at all where they are not (RFC 9989 §4.10.1, trap 50).
fn policy(tags: &Tags, record: &mut DmarcRecord) -> Option<Policy> {
    let published = tags.value("p");
    let policy = published.and_then(Policy::parse);
    let mistyped = ["sp", "np"].into_iter().filter_map(|name| {
        let value = tags.value(name)?;
        let what = || format!("`{name}={}` is no policy", escape(value));
        Policy::parse(value).is_none().then(what)
    });
    let own = match published {
        _ if policy.is_some() => None,
        None => Some("there is no `p=`".to_owned()),
        Some(value) if value.contains('=') => Some(format!(
            "`p={}` is no policy: a semicolon is missing",
            escape(value)
        )),
        Some(value) => Some(format!("`p={}` is no policy", escape(value))),
    };
    let wrong: Vec<String> = own.into_iter().chain(mistyped).collect();
    if wrong.is_empty() {
        return policy;
    }
    let what = wrong.join(", and ");
    let reports = record.rua.iter().any(|uri| is_mailto(uri));
    if reports {
        record
            .notes
            .push(format!("{what}; receivers take it for `p=none`"));
        Some(Policy::None)
    } else {
        record.errors.push(format!(
            "{what}, and no `rua=` either, so the record counts for nothing"
        ));
        None
    }
}

/// `sp` or `np`, when receivers heed it: one that is mistyped takes the other with it (RFC 9989 §4.10.1).
fn optional(tags: &Tags, name: &str) -> Option<Policy> {
    let is_right = |name| tags.value(name).is_none_or(|v| Policy::parse(v).is_some());
    (is_right("sp") && is_right("np"))
        .then(|| tags.value(name).and_then(Policy::parse))
        .flatten()
}

fn psd(tags: &Tags) -> Psd {
    match tags.value("psd").map(str::to_ascii_lowercase).as_deref() {
        Some("y") => Psd::Yes,
        Some("n") => Psd::No,
        _ => Psd::Unknown,
    }
}

fn list(tags: &Tags, name: &str) -> Vec<String> {
    let Some(value) = tags.value(name) else {
        return Vec::new();
    };
    value
        .split(',')
        .map(|uri| uri.trim().to_owned())
        .filter(|uri| !uri.is_empty())
        .collect()
}

/// A report address that receivers use.
pub fn is_mailto(uri: &str) -> bool {
    uri.get(..7)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
        && uri.get(7..).is_some_and(|address| {
            address
                .split_once('@')
                .is_some_and(|(local, host)| !local.is_empty() && host.contains('.'))
        })
}

fn small_things(tags: &Tags, record: &mut DmarcRecord) {
    for (name, uris) in [("rua", record.rua.clone()), ("ruf", record.ruf.clone())] {
        for uri in uris {
            if !is_mailto(&uri) {
                let hint = if uri.contains('@') && !uri.contains(':') {
                    format!("; write `mailto:{}`", escape(&uri))
                } else {
                    String::new()
                };
                record.notes.push(format!(
                    "`{name}={}` is no report address{hint}",
                    escape(&uri)
                ));
            } else if uri.contains('!') {
                record.notes.push(format!(
                    "the size limit in `{name}={}` is no longer part of DMARC",
                    escape(&uri)
                ));
            }
        }
    }
    for name in ["adkim", "aspf"] {
        if let Some(value) = tags.value(name)
            && !["r", "s"].iter().any(|v| v.eq_ignore_ascii_case(value))
        {
            record
                .notes
                .push(format!("`{name}={}` is neither `r` nor `s`", escape(value)));
        }
    }
    if let Some(value) = tags.value("pct") {
        record.notes.push(match value {
            "100" => "`pct=` is no longer part of DMARC; take it out".to_owned(),
            _ => format!("`pct={}` is no longer part of DMARC: the policy counts for all mail (`t=y` is the new way to test)", escape(value)),
        });
    }
    for name in ["rf", "ri"] {
        if tags.value(name).is_some() {
            record
                .notes
                .push(format!("`{name}=` is no longer part of DMARC; take it out"));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn policies_as_receivers_understand_them() {
        for (text, p, sub, missing) in [
            (
                "v=DMARC1; p=Reject",
                Policy::Reject,
                Policy::Reject,
                Policy::Reject,
            ),
            (
                "v=DMARC1; p=reject; sp=none",
                Policy::Reject,
                Policy::None,
                Policy::None,
            ),
            (
                "v=DMARC1; p=reject; sp=none; np=reject",
                Policy::Reject,
                Policy::None,
                Policy::Reject,
            ),
            (
                "v=DMARC1; p=reject; t=y",
                Policy::Quarantine,
                Policy::Quarantine,
                Policy::Quarantine,
            ),
            (
                "v=DMARC1; p=quarantine; t=y",
                Policy::None,
                Policy::None,
                Policy::None,
            ),
            (
                "v=DMARC1; rua=mailto:a@acme.example",
                Policy::None,
                Policy::None,
                Policy::None,
            ),
            (
                "v=DMARC1; p=rejct; rua=mailto:a@acme.example",
                Policy::None,
                Policy::None,
                Policy::None,
            ),
            (
                "v=DMARC1; p=reject; sp=rejct; np=reject; rua=mailto:a@acme.example",
                Policy::None,
                Policy::None,
                Policy::None,
            ),
        ] {
            let record = read(text);
            assert!(record.errors.is_empty(), "{text}: {:?}", record.errors);
            assert_eq!(record.effective(), p, "{text}");
            assert_eq!(record.effective_subdomains(), sub, "{text}");
            assert_eq!(record.effective_missing(), missing, "{text}");
        }
    }

    #[test]
    fn what_counts_for_nothing_is_an_error() {
        for (text, words) in [
            ("v=DMARC1", "no `p=`"),
            ("v=DMARC1; p=rejct", "no policy"),
            ("v=DMARC1; p=reject; sp=rejct", "`sp=rejct` is no policy"),
            ("v=DMARC1; p=reject; np=", "`np=` is no policy"),
            ("v=DMARC1; p=none rua=mailto:a@acme.example", "semicolon"),
            ("v=DMARC1; rua=a@acme.example", "no `p=`"),
            ("v=DMARC1; p=none; p=reject", "twice"),
        ] {
            let errors = read(text).errors;
            assert!(
                errors.iter().any(|e| e.contains(words)),
                "{text}: {errors:?}"
            );
        }
    }

    #[test]
    fn small_things_are_told_and_do_no_harm() {
        for (text, words) in [
            (
                "v=DMARC1; p=none; rua=a@acme.example",
                "mailto:a@acme.example",
            ),
            (
                "v=DMARC1; p=none; rua=mailto:a@acme.example!10m",
                "size limit",
            ),
            ("v=DMARC1; p=none; pct=50", "pct=50"),
            ("v=DMARC1; p=none; ri=3600", "ri="),
            ("v=DMARC1; p=none; adkim=strict", "adkim"),
            ("v=DMARC1; p=none; reject", "no `tag=value`"),
        ] {
            let record = read(text);
            assert!(record.errors.is_empty());
            assert!(
                record.notes.iter().any(|n| n.contains(words)),
                "{text}: {:?}",
                record.notes
            );
        }
        assert!(read("v=DMARC1; p=none; x-unknown=1;").notes.len() <= 1);
    }

    proptest! {
        #[test]
        fn no_record_panics(text in "v=DMARC1;(( ?(p|sp|np|t|psd|rua|pct|x)?=?[a-z@:!., ]{0,20};?){0,6}|\\PC{0,60})") {
            let record = read(&text);
            let _ = (record.effective(), record.effective_missing());
        }
    }
}
