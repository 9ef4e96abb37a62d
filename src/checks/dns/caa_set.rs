//! What a CAA record set permits (RFC 8659 §4): pure reading, nothing is looked up.

use crate::model::observation::dns::{Caa, DnsAnswer, RecordData};
use crate::model::text::escape;

/// Property tags that an authority understands (IANA registry); any other with the critical bit forbids issuance.
const KNOWN: [&str; 7] = [
    "issue",
    "issuewild",
    "iodef",
    "contactemail",
    "contactphone",
    "issuemail",
    "issuevmc",
];

/// One record set.
pub struct CaaSet {
    records: Vec<Caa>,
}

/// Who may issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    Everybody,
    /// Nobody, and which property says so.
    Nobody(String),
    /// Issuer domains, lower case, sorted.
    Only(Vec<String>),
}

impl Permission {
    /// The issuer domains for scripts.
    pub fn domains(&self) -> Vec<String> {
        match self {
            Self::Only(domains) => domains.clone(),
            Self::Everybody | Self::Nobody(_) => Vec::new(),
        }
    }
}

impl CaaSet {
    /// The set in an answer.
    pub fn of(answer: &DnsAnswer) -> Self {
        let records = answer
            .records()
            .into_iter()
            .filter_map(|record| match &record.data {
                RecordData::Caa(caa) => Some(caa.clone()),
                _ => None,
            })
            .collect();
        Self { records }
    }

    /// Who may issue a certificate; for a wildcard name `issuewild` counts before `issue` (RFC 8659 §4.3).
    pub fn permission(&self, wildcard: bool) -> Permission {
        let unknown =
            |caa: &&Caa| caa.critical && !KNOWN.contains(&caa.tag.to_ascii_lowercase().as_str());
        if let Some(caa) = self.records.iter().find(unknown) {
            return Permission::Nobody(format!(
                "critical property `{}` that no authority knows",
                escape(&caa.tag)
            ));
        }
        let wild: Vec<&Caa> = self.tagged("issuewild");
        let issue: Vec<&Caa> = self.tagged("issue");
        let deciding = if wildcard && !wild.is_empty() {
            wild
        } else {
            issue
        };
        if deciding.is_empty() {
            return Permission::Everybody;
        }
        let mut domains: Vec<String> = deciding
            .iter()
            .filter_map(|caa| issuer(&caa.value))
            .collect();
        domains.sort();
        domains.dedup();
        if domains.is_empty() {
            let values: Vec<String> = deciding
                .iter()
                .map(|c| format!("{} \"{}\"", c.tag, escape(&c.value)))
                .collect();
            return Permission::Nobody(values.join(", "));
        }
        Permission::Only(domains)
    }

    /// The content of a record that closes the domain to everybody (`0 issue ";"`), which must go when one is let in.
    pub fn closing_record(&self) -> Option<String> {
        self.records
            .iter()
            .find(|caa| caa.tag.eq_ignore_ascii_case("issue") && issuer(&caa.value).is_none())
            .map(|caa| {
                format!(
                    "{} {} \"{}\"",
                    u8::from(caa.critical) << 7,
                    caa.tag,
                    escape(&caa.value)
                )
            })
    }

    fn tagged(&self, tag: &str) -> Vec<&Caa> {
        self.records
            .iter()
            .filter(|caa| caa.tag.eq_ignore_ascii_case(tag))
            .collect()
    }
}

/// The issuer domain of an `issue` value: what stands before the first `;`. `None` when it is empty or no domain name, in
/// which case the property permits nobody (RFC 8659 §4.2).
fn issuer(value: &str) -> Option<String> {
    let domain = value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let is_name = !domain.is_empty()
        && domain.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        });
    is_name.then_some(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(records: &[(bool, &str, &str)]) -> CaaSet {
        CaaSet {
            records: records
                .iter()
                .map(|(critical, tag, value)| Caa {
                    critical: *critical,
                    tag: (*tag).to_owned(),
                    value: (*value).to_owned(),
                })
                .collect(),
        }
    }

    fn only(domains: &[&str]) -> Permission {
        Permission::Only(domains.iter().map(|d| (*d).to_owned()).collect())
    }

    #[test]
    fn the_rules_of_section_four() {
        for (records, wildcard, want) in [
            (
                vec![(false, "issue", "letsencrypt.org")],
                false,
                only(&["letsencrypt.org"]),
            ),
            (
                vec![
                    (false, "issue", "LetsEncrypt.org; validationmethods=dns-01"),
                    (false, "issue", "pki.goog"),
                ],
                false,
                only(&["letsencrypt.org", "pki.goog"]),
            ),
            (
                vec![
                    (false, "issue", "a.example"),
                    (false, "issuewild", "b.example"),
                ],
                false,
                only(&["a.example"]),
            ),
            (
                vec![
                    (false, "issue", "a.example"),
                    (false, "issuewild", "b.example"),
                ],
                true,
                only(&["b.example"]),
            ),
            (
                vec![(false, "issue", "a.example")],
                true,
                only(&["a.example"]),
            ),
            (
                vec![(false, "issuewild", ";")],
                false,
                Permission::Everybody,
            ),
            (
                vec![(false, "iodef", "mailto:x@acme.example")],
                false,
                Permission::Everybody,
            ),
            // One that forbids does not take away what another permits.
            (
                vec![(false, "issue", ";"), (false, "issue", "a.example")],
                false,
                only(&["a.example"]),
            ),
        ] {
            assert_eq!(set(&records).permission(wildcard), want, "{records:?}");
        }
        for closed in [
            vec![(false, "issue", ";")],
            vec![(false, "issue", "")],
            vec![(false, "issue", "not a name")],
            vec![(false, "issue", "bücher.example")],
            vec![(true, "tbs", "x"), (false, "issue", "a.example")],
        ] {
            assert!(
                matches!(set(&closed).permission(false), Permission::Nobody(_)),
                "{closed:?}"
            );
        }
        assert_eq!(
            set(&[(true, "issue", "a.example")]).permission(false),
            only(&["a.example"])
        );
    }
}
