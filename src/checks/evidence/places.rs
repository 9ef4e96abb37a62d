//! What many places in the world told of a name.

use super::{made, redact, repeat};
use crate::model::finding::Evidence;
use crate::model::observation::dns::{AnswerShape, DnsAnswer};
use crate::model::observation::places::{Place, Places};
use crate::model::text::escape;

/// One measurement: what was sent, and what each place saw. Repeats as `curl`.
pub fn places(seen: &Places) -> Evidence {
    let mut lines = Vec::new();
    if !seen.sent.is_empty() {
        lines.push(format!("sent {}", seen.sent));
    }
    match &seen.outcome {
        Err(gap) => lines.push(gap.said()),
        Ok(places) => lines.extend(places.iter().map(line)),
    }
    let lines: Vec<String> = lines.iter().map(|line| escape(line)).collect();
    let begin = seen
        .source
        .split_inclusive("/v1/measurements")
        .next()
        .unwrap_or_default();
    let repeat = match seen.sent.is_empty() {
        true => String::new(),
        false => format!(
            "curl -sS -H 'content-type: application/json' -d {} {}",
            repeat::quote(&seen.sent),
            repeat::quote(begin)
        ),
    };
    made(
        "globalping",
        seen.at,
        &redact::url(begin),
        &lines.join("\n"),
        repeat,
    )
}

fn line(place: &Place) -> String {
    let said = match &place.answer {
        Ok(answer) => said(answer),
        Err(gap) => gap.said(),
    };
    let resolver = match place.resolver.as_str() {
        "" => String::new(),
        resolver => format!(", resolver {resolver}"),
    };
    format!("{} ({}{resolver}): {said}", place.title(), place.network)
}

fn said(answer: &DnsAnswer) -> String {
    let ttl = answer
        .message()
        .and_then(|message| message.answers.iter().map(|record| record.ttl).max());
    match (answer.shape(), ttl) {
        (AnswerShape::Records, Some(ttl)) => {
            format!("{}, {ttl} s left", answer.outcome_line())
        }
        _ => answer.outcome_line(),
    }
}
