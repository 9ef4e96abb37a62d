//! A measurement as it came, read leniently where the service may grow and strictly where it counts: it must be a DNS
//! measurement of the name that was asked for, and an answer is only one when all of it is understood.

use jiff::Timestamp;
use serde_json::Value;

use crate::model::name::HostName;
use crate::model::observation::dns::{
    DnsAnswer, DnsMessage, Rcode, Record, RecordData, RecordType, Transport,
};
use crate::model::observation::places::{Place, PlaceGap};
use crate::model::text::escape;

/// Places and records that are kept; more is no measurement of ours.
const MOST: usize = 32;

/// Characters of a foreign text that are kept.
const LONGEST: usize = 120;

/// A measurement, done or not.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) finished: bool,
    pub(super) places: Vec<Place>,
}

/// Reads the measurement of the addresses of `name`, seen at `at`; else how it is none, for a sentence.
pub(super) fn read(text: &str, name: &HostName, at: Timestamp) -> Result<Measured, String> {
    let value: Value = serde_json::from_str(text).map_err(|_| "it is not JSON".to_owned())?;
    let text_of = |key: &str| value.get(key).and_then(Value::as_str);
    if text_of("type") != Some("dns") {
        return Err("it is not about DNS".to_owned());
    }
    let target = text_of("target").ok_or("it names no target")?;
    if HostName::parse(target).ok().as_ref() != Some(name) {
        return Err(format!("it is about {}, not about {name}", excerpt(target)));
    }
    let finished = match text_of("status") {
        Some("finished") => true,
        Some("in-progress") => false,
        Some(other) => return Err(format!("its status is `{}`", excerpt(other))),
        None => return Err("it has no status".to_owned()),
    };
    let results = value
        .get("results")
        .and_then(Value::as_array)
        .ok_or("it has no results")?;
    if results.is_empty() {
        return Err("its results are empty".to_owned());
    }
    let places = results
        .iter()
        .take(MOST)
        .map(|result| place(result, name, at))
        .collect();
    Ok(Measured { finished, places })
}

/// A foreign text, escaped and cut.
pub(super) fn excerpt(text: &str) -> String {
    let safe = escape(text.trim());
    match safe.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", safe.get(..end).unwrap_or_default()),
        None => safe,
    }
}

fn place(value: &Value, name: &HostName, at: Timestamp) -> Place {
    let probe = value.get("probe");
    let told = |key: &str| {
        probe
            .and_then(|probe| probe.get(key)?.as_str())
            .map(excerpt)
            .unwrap_or_default()
    };
    let result = value.get("result").unwrap_or(&Value::Null);
    let resolver = result
        .get("resolver")
        .and_then(Value::as_str)
        .or_else(|| probe?.get("resolvers")?.get(0)?.as_str())
        .map(excerpt)
        .unwrap_or_default();
    let answer = match result.get("status").and_then(Value::as_str) {
        Some("finished") => answer(result, name, &resolver, at).map_err(PlaceGap::Unreadable),
        Some("in-progress") => Err(PlaceGap::NotFinished),
        Some("offline") => Err(PlaceGap::Offline),
        Some("failed") => Err(PlaceGap::Failed(last_line(result))),
        Some(other) => Err(PlaceGap::Unreadable(format!(
            "its status is `{}`",
            excerpt(other)
        ))),
        None => Err(PlaceGap::Unreadable("it has no status".to_owned())),
    };
    Place {
        city: told("city"),
        country: told("country"),
        network: told("network"),
        resolver,
        answer,
    }
}

/// What `dig` said last, without its comment sign.
fn last_line(result: &Value) -> String {
    let output = result.get("rawOutput").and_then(Value::as_str);
    output
        .unwrap_or_default()
        .lines()
        .rev()
        .map(|line| line.trim_start_matches(';').trim())
        .find(|line| !line.is_empty())
        .map_or_else(|| "it does not say why".to_owned(), excerpt)
}

fn answer(
    result: &Value,
    name: &HostName,
    resolver: &str,
    at: Timestamp,
) -> Result<DnsAnswer, String> {
    let rcode = rcode(result).ok_or("it has no response code")?;
    let answers = match result.get("answers") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(records)) => records
            .iter()
            .take(MOST)
            .map(record)
            .collect::<Result<_, _>>()?,
        Some(_) => return Err("its answers are no list".to_owned()),
    };
    let took_ms = result
        .get("timings")
        .and_then(|timings| timings.get("total")?.as_u64());
    Ok(DnsAnswer {
        name: name.clone(),
        rtype: RecordType::A,
        server: resolver.to_owned(),
        recursive: true,
        transport: Transport::Udp,
        at,
        took_ms: took_ms.unwrap_or_default(),
        outcome: Ok(DnsMessage {
            rcode,
            aa: false,
            tc: false,
            ra: true,
            ad: false,
            answers,
            authority: Vec::new(),
            additional: Vec::new(),
        }),
    })
}

fn rcode(result: &Value) -> Option<Rcode> {
    let code = result.get("statusCode")?.as_u64()?;
    Some(match u16::try_from(code).ok()? {
        0 => Rcode::NoError,
        1 => Rcode::FormErr,
        2 => Rcode::ServFail,
        3 => Rcode::NxDomain,
        4 => Rcode::NotImp,
        5 => Rcode::Refused,
        other => Rcode::Other(other),
    })
}

fn record(value: &Value) -> Result<Record, String> {
    let text_of = |key: &str| value.get(key).and_then(Value::as_str);
    let (Some(owner), Some(rtype), Some(text)) =
        (text_of("name"), text_of("type"), text_of("value"))
    else {
        return Err("one of its answers is no record".to_owned());
    };
    let ttl = value
        .get("ttl")
        .and_then(Value::as_u64)
        .and_then(|ttl| u32::try_from(ttl).ok())
        .ok_or("one of its answers has no TTL")?;
    let unreadable = || format!("{} {}", excerpt(rtype), excerpt(text));
    let data = match rtype {
        "A" => RecordData::A(text.trim().parse().map_err(|_| unreadable())?),
        "AAAA" => RecordData::Aaaa(text.trim().parse().map_err(|_| unreadable())?),
        "CNAME" => RecordData::Cname(bare(text)),
        _ => RecordData::Other {
            rtype: excerpt(rtype),
            text: excerpt(text),
        },
    };
    Ok(Record {
        name: bare(owner),
        ttl,
        data,
    })
}

/// Lower case, without the trailing dot.
fn bare(name: &str) -> String {
    name.trim().trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::observation::dns::AnswerShape;

    fn portal() -> HostName {
        HostName::parse("portal.acme.example").unwrap()
    }

    fn read_result(result: &Value) -> Result<DnsAnswer, PlaceGap> {
        let text = json!({
            "id": "x", "type": "dns", "status": "finished", "target": "Portal.Acme.Example.", "probesCount": 1,
            "results": [{
                "probe": { "city": "Sydney", "country": "AU", "state": null, "network": "Southern\u{1b}[31m Cable", "resolvers": ["private"] },
                "result": result
            }],
            "new": {}
        });
        let mut measured = read(&text.to_string(), &portal(), Timestamp::UNIX_EPOCH).unwrap();
        let place = measured.places.remove(0);
        assert_eq!(place.title(), "Sydney, AU");
        assert_eq!(place.network, "Southern\\x1b[31m Cable");
        assert_eq!(place.resolver, "private");
        place.answer
    }

    #[test]
    fn an_answer_reads_along_its_aliases() {
        let answer = read_result(&json!({
            "status": "finished", "statusCode": 0, "statusCodeName": "NOERROR", "resolver": null, "timings": { "total": 7 },
            "answers": [
                { "name": "PORTAL.acme.example.", "type": "CNAME", "ttl": 60, "class": "IN", "value": "edge.Host.example." },
                { "name": "edge.host.example.", "type": "A", "ttl": 20, "class": "IN", "value": "203.0.113.20" },
                { "name": "edge.host.example.", "type": "RRSIG", "ttl": 20, "class": "IN", "value": "A 13" }
            ]
        }))
        .unwrap();
        assert_eq!(answer.shape(), AnswerShape::Records);
        assert_eq!(
            answer.addresses(),
            ["203.0.113.20".parse::<std::net::IpAddr>().unwrap()]
        );
        assert_eq!(answer.took_ms, 7);
    }

    #[test]
    fn no_answers_are_an_answer_only_with_a_code() {
        let with = |code: Value, answers: Value| {
            read_result(&json!({ "status": "finished", "statusCode": code, "answers": answers }))
        };
        let shape = |code, answers| with(code, answers).unwrap().shape();
        assert_eq!(shape(json!(0), Value::Null), AnswerShape::NoData);
        assert_eq!(shape(json!(3), json!([])), AnswerShape::NoName);
        assert_eq!(shape(json!(2), json!([])), AnswerShape::Error);
        assert!(with(Value::Null, json!([])).is_err());
        assert!(with(json!(0), json!("none")).is_err());
        assert!(with(json!(0), json!([{}])).is_err());
        let a = |ttl: Value, value: &str| json!([{ "name": "portal.acme.example.", "type": "A", "ttl": ttl, "value": value }]);
        assert!(with(json!(0), a(json!(60), "203.0.113.20")).is_ok());
        for (ttl, value) in [
            (Value::Null, "203.0.113.20"),
            (json!(-1), "203.0.113.20"),
            (json!(60), "soon"),
        ] {
            assert!(
                with(json!(0), a(ttl.clone(), value)).is_err(),
                "{ttl} {value}"
            );
        }
    }

    #[test]
    fn a_place_that_tells_nothing_says_why() {
        let dig = "\n; <<>> DiG 9.16 <<>> -t A x\n;; global options: +cmd\n;; connection timed out; no servers could be reached\n";
        for (result, want) in [
            (
                json!({ "status": "failed", "statusCode": null, "answers": [], "rawOutput": dig }),
                PlaceGap::Failed("connection timed out; no servers could be reached".to_owned()),
            ),
            (
                json!({ "status": "failed", "rawOutput": null }),
                PlaceGap::Failed("it does not say why".to_owned()),
            ),
            (json!({ "status": "offline" }), PlaceGap::Offline),
            (
                json!({ "status": "in-progress", "rawOutput": "" }),
                PlaceGap::NotFinished,
            ),
            (
                json!({ "status": "quarantined" }),
                PlaceGap::Unreadable("its status is `quarantined`".to_owned()),
            ),
            (
                Value::Null,
                PlaceGap::Unreadable("it has no status".to_owned()),
            ),
        ] {
            assert_eq!(read_result(&result), Err(want), "{result}");
        }
    }

    #[test]
    fn what_is_no_measurement_of_this_name_is_said() {
        let target = r#""type":"dns","target":"portal.acme.example""#;
        for (text, want) in [
            ("", "not JSON"),
            ("<html>", "not JSON"),
            ("[]", "not about DNS"),
            ("null", "not about DNS"),
            (r#"{"type":"ping"}"#, "not about DNS"),
            (r#"{"type":"dns"}"#, "no target"),
            (
                r#"{"type":"dns","target":"acme.example","status":"finished"}"#,
                "about acme.example",
            ),
            (&format!("{{{target}}}"), "no status"),
            (
                &format!(r#"{{{target},"status":"paused"}}"#),
                "status is `paused`",
            ),
            (
                &format!(r#"{{{target},"status":"finished"}}"#),
                "no results",
            ),
            (
                &format!(r#"{{{target},"status":"finished","results":[]}}"#),
                "empty",
            ),
        ] {
            let why = read(text, &portal(), Timestamp::UNIX_EPOCH).unwrap_err();
            assert!(why.contains(want), "{text}: {why}");
        }
    }
}
