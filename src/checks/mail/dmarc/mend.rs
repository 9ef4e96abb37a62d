//! Records to publish instead: the first one, a tidy one, and one that was put where nobody looks.

use crate::checks::mail::posture::Sending;
use crate::checks::mail::tags::Tags;
use crate::model::name::HostName;
use crate::model::text::escape;

use super::DmarcSeen;
use super::discover::records;
use super::record::{DmarcRecord, Policy, is_mailto};

/// The record to begin with.
pub fn first_record(domain: &HostName, sending: Sending) -> String {
    if sending.is_yes() {
        format!("v=DMARC1; p=none; rua=mailto:dmarc@{domain}; adkim=s; aspf=s")
    } else {
        "v=DMARC1; p=reject; sp=reject; adkim=s; aspf=s".to_owned()
    }
}

/// The same record without what is ignored or gone from the standard, report addresses as they must be written.
pub fn tidy(record: &DmarcRecord) -> String {
    let tags = Tags::parse(&record.text);
    let mut parts = vec!["v=DMARC1".to_owned()];
    // What is mistyped becomes what receivers take it for.
    let meant = |value: &str| Policy::parse(value).unwrap_or(Policy::None).word();
    let policy = meant(tags.value("p").unwrap_or_default());
    parts.push(format!("p={policy}"));
    for (name, value) in &tags.pairs {
        let name = name.to_ascii_lowercase();
        let part = match name.as_str() {
            "v" | "p" | "pct" | "rf" | "ri" => continue,
            "sp" | "np" => format!("{name}={}", meant(value)),
            "adkim" | "aspf" => match value.chars().next().map(|c| c.to_ascii_lowercase()) {
                Some(c @ ('r' | 's')) => format!("{name}={c}"),
                _ => continue,
            },
            "rua" | "ruf" => {
                let uris: Vec<String> = value.split(',').filter_map(report_address).collect();
                if uris.is_empty() {
                    continue;
                }
                format!("{name}={}", uris.join(","))
            }
            _ => format!("{name}={value}"),
        };
        parts.push(escape(&part));
    }
    parts.join("; ")
}

fn report_address(raw: &str) -> Option<String> {
    let uri = raw.split('!').next()?.trim();
    let full = if uri.contains(':') {
        uri.to_owned()
    } else {
        format!("mailto:{uri}")
    };
    is_mailto(&full).then_some(full)
}

/// A DMARC record where panels and people put it by mistake (trap 54).
pub fn misplaced(seen: &DmarcSeen, domain: &HostName) -> Option<(HostName, String)> {
    let apex = records(&seen.txt).into_iter().next();
    if let Some(text) = apex {
        return Some((domain.clone(), text));
    }
    let doubled = seen.doubled.as_ref()?;
    let text = records(doubled).into_iter().next()?;
    Some((doubled.name.clone(), text))
}

#[cfg(test)]
mod tests {
    use super::super::record::read;
    use super::*;

    #[test]
    fn tidying_keeps_what_counts() {
        let record = read(
            "v=DMARC1; p=Reject; pct=50; rua=a@acme.example,mailto:b@acme.example!10m; adkim=strict; fo=1",
        );
        assert_eq!(
            tidy(&record),
            "v=DMARC1; p=reject; rua=mailto:a@acme.example,mailto:b@acme.example; adkim=s; fo=1"
        );
    }
}
