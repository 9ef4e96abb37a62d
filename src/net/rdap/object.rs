//! An RDAP domain object as it came (RFC 9083 §5.3), read leniently where registries differ and strictly where it counts: it
//! must be a domain object, and of the domain that was asked for.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::model::name::HostName;
use crate::model::observation::rdap::{DomainObject, RdapEvent};

/// Events, states and servers that are kept; more is no registration of a portal.
const MOST: usize = 64;

/// Reads the object of `domain`; else how it is none, for a sentence.
pub(super) fn read(text: &str, domain: &HostName) -> Result<DomainObject, String> {
    let value: Value = serde_json::from_str(text).map_err(|_| "is not JSON".to_owned())?;
    let text_of = |key: &str| value.get(key).and_then(Value::as_str);
    if text_of("objectClassName") != Some("domain") {
        return Err("is not an RDAP domain object".to_owned());
    }
    let name = text_of("ldhName")
        .or_else(|| text_of("unicodeName"))
        .ok_or("names no domain")?;
    if HostName::parse(name).ok().as_ref() != Some(domain) {
        return Err(format!("is about {name}, not about {domain}"));
    }
    Ok(DomainObject {
        name: name.to_owned(),
        status: list(&value, "status")
            .map(|all| all.filter_map(Value::as_str).map(str::to_owned).collect()),
        events: list(&value, "events")
            .into_iter()
            .flatten()
            .filter_map(event)
            .collect(),
        nameservers: list(&value, "nameservers").map(|all| {
            let mut names: Vec<String> = all.filter_map(server).collect();
            names.sort();
            names.dedup();
            names
        }),
        delegation_signed: value
            .get("secureDNS")
            .and_then(|secure| secure.get("delegationSigned"))
            .and_then(Value::as_bool),
        registrar: list(&value, "entities")
            .into_iter()
            .flatten()
            .find(|entity| is_registrar(entity))
            .and_then(full_name),
    })
}

fn list<'a>(value: &'a Value, key: &str) -> Option<impl Iterator<Item = &'a Value>> {
    value
        .get(key)
        .and_then(Value::as_array)
        .map(|all| all.iter().take(MOST))
}

fn event(value: &Value) -> Option<RdapEvent> {
    let action = value
        .get("eventAction")?
        .as_str()?
        .trim()
        .to_ascii_lowercase();
    let date = value.get("eventDate").and_then(Value::as_str);
    Some(RdapEvent {
        action,
        date: date.map_or_else(
            || Err(String::new()),
            |text| when(text).ok_or_else(|| text.to_owned()),
        ),
    })
}

/// RFC 3339 as RFC 9083 §4.5 asks; some registries leave out the zone or the time, which is UTC then.
fn when(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let utc = |civil: DateTime| civil.to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp());
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| text.parse::<DateTime>().ok().and_then(utc))
        .or_else(|| {
            text.parse::<Date>()
                .ok()
                .and_then(|d| utc(d.at(0, 0, 0, 0)))
        })
}

fn server(value: &Value) -> Option<String> {
    let name = value.get("ldhName").or_else(|| value.get("unicodeName"))?;
    let name = name.as_str()?;
    Some(HostName::parse(name).map_or_else(|_| name.to_ascii_lowercase(), |n| n.to_string()))
}

fn is_registrar(entity: &Value) -> bool {
    list(entity, "roles")
        .into_iter()
        .flatten()
        .any(|role| role.as_str() == Some("registrar"))
}

/// The `fn` property of the entity's jCard (RFC 7095).
fn full_name(entity: &Value) -> Option<String> {
    let card = entity.get("vcardArray")?.get(1)?.as_array()?;
    card.iter()
        .find(|property| property.get(0).and_then(Value::as_str) == Some("fn"))?
        .get(3)?
        .as_str()
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acme() -> HostName {
        HostName::parse("acme.com").unwrap()
    }

    #[test]
    fn a_registrys_answer_reads() {
        let object = read(
            r#"{"objectClassName":"domain","ldhName":"ACME.COM.","status":["client transfer prohibited"],
            "events":[{"eventAction":"registration","eventDate":"1995-08-14T04:00:00Z"},
                      {"eventAction":"Expiration","eventDate":"2027-08-13T04:00:00+02:00"}],
            "nameservers":[{"ldhName":"B.IANA-SERVERS.NET."},{"ldhName":"A.IANA-SERVERS.NET"}],
            "secureDNS":{"delegationSigned":true},
            "entities":[{"roles":["abuse"]},{"roles":["registrar"],"vcardArray":["vcard",[["version",{},"text","4.0"],["fn",{},"text","Registrar One"]]]}]}"#,
            &acme(),
        )
        .unwrap();
        assert_eq!(object.registrar.as_deref(), Some("Registrar One"));
        assert_eq!(
            object.nameservers.as_deref().unwrap(),
            ["a.iana-servers.net", "b.iana-servers.net"]
        );
        assert_eq!(object.delegation_signed, Some(true));
        assert_eq!(
            object.event("expiration"),
            Some(Ok("2027-08-13T02:00:00Z".parse().unwrap()))
        );
    }

    #[test]
    fn what_is_no_object_of_this_domain_is_said() {
        for (text, want) in [
            ("<html>", "not JSON"),
            ("[]", "not an RDAP domain object"),
            (r#"{"errorCode":404}"#, "not an RDAP domain object"),
            (r#"{"objectClassName":"domain"}"#, "names no domain"),
            (
                r#"{"objectClassName":"domain","ldhName":"com"}"#,
                "is about com",
            ),
        ] {
            let why = read(text, &acme()).unwrap_err();
            assert!(why.contains(want), "{why}");
        }
    }

    #[test]
    fn hostile_members_are_no_members() {
        let text = r#"{"objectClassName":"domain","ldhName":"acme.com","status":"ok","events":[1,{"eventAction":7},{"eventAction":"expiration","eventDate":"soon"}],"nameservers":[{}],"entities":[{"roles":["registrar"],"vcardArray":[]}]}"#;
        let object = read(text, &acme()).unwrap();
        assert_eq!(
            (object.status.as_ref(), object.registrar.as_ref()),
            (None, None)
        );
        assert_eq!(object.event("expiration"), Some(Err("soon")));
        assert_eq!(object.nameservers.as_deref(), Some(&[][..]));
    }

    #[test]
    fn dates_without_zone_or_time_are_utc() {
        for (text, want) in [
            ("2027-03-01T10:00:00Z", Some("2027-03-01T10:00:00Z")),
            ("2027-03-01T10:00:00", Some("2027-03-01T10:00:00Z")),
            ("2027-03-01", Some("2027-03-01T00:00:00Z")),
            ("01.03.2027", None),
        ] {
            let want = want.map(|w| w.parse::<Timestamp>().unwrap());
            assert_eq!(when(text), want, "{text}");
        }
    }
}
