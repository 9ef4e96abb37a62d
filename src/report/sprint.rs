//! The sprint in a session's report: when each gate was planned and what is late, and how the blockers burned down.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::document::Block;
use super::session::{Account, minute};
use crate::model::burndown::{Chart, chart};
use crate::model::clock::{ago, hours_minutes};
use crate::model::schedule::late;

/// Most rows of the table of blockers; a sprint that had more is told every so many.
const ROWS: usize = 16;

/// How many blockers were open from a moment on.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct BlockersLine {
    at: Timestamp,
    open: usize,
}

/// The steps of the burn-down, oldest first.
pub(super) fn blockers(of: &Account<'_>) -> Vec<BlockersLine> {
    let steps = drawn(of).map_or_else(Vec::new, |chart| chart.steps);
    let line = |step: &crate::model::burndown::Step| BlockersLine {
        at: step.at,
        open: step.open,
    };
    steps.iter().map(line).collect()
}

fn drawn(of: &Account<'_>) -> Option<Chart> {
    chart(of.playbook, of.session, of.events, of.now)
}

/// The section; nothing before the clock was started.
pub(super) fn blocks(of: &Account<'_>) -> Vec<Block> {
    let clock = &of.session.clock;
    if clock.started.is_none() {
        return Vec::new();
    }
    let mut blocks = vec![Block::section("The 48 hours")];
    let planned = of.playbook.gates.iter().filter_map(|gate| {
        let at = clock.wall(gate.hour, of.now)?;
        let signed = of.session.signatures(&gate.id);
        let signed = signed
            .last()
            .map_or("not yet".to_owned(), |sign| minute(sign.at));
        Some(vec![
            gate.title.clone(),
            format!("{}", gate.hour),
            minute(at),
            signed,
        ])
    });
    let planned: Vec<Vec<String>> = planned.collect();
    if !planned.is_empty() {
        let head = ["Gate", "Hour", "Planned", "Signed last"];
        blocks.push(Block::table(&head, planned));
    }
    let pauses: Vec<Vec<String>> = clock
        .pauses
        .iter()
        .map(|pause| {
            let to = pause.to.unwrap_or(of.now);
            let took = to.duration_since(pause.from);
            let until = pause.to.map_or("still".to_owned(), minute);
            vec![pause.cause.clone(), minute(pause.from), until, ago(took)]
        })
        .collect();
    if !pauses.is_empty() {
        let head = ["The clock stood for", "From", "To", "How long"];
        blocks.push(Block::table(&head, pauses));
    }
    let overdue: Vec<String> = late(of.playbook, of.session, of.now)
        .iter()
        .map(|late| {
            let by = hours_minutes(late.by);
            format!(
                "{} is {by} late; it waits for: {}",
                late.title, late.waits_for
            )
        })
        .collect();
    if !overdue.is_empty() {
        blocks.push(Block::List(overdue));
    }
    if let Some(chart) = drawn(of).filter(|chart| chart.peak().is_some()) {
        blocks.push(Block::Subsection("Open blockers".to_owned()));
        blocks.push(Block::Burndown(Box::new(chart)));
    }
    blocks
}

/// The steps as a table, for formats without pictures: every step, or every so many of them, and the last.
pub(super) fn table(chart: &Chart) -> (Vec<String>, Vec<Vec<String>>) {
    let every = chart.steps.len().div_ceil(ROWS).max(1);
    let last = chart.steps.len().saturating_sub(1);
    let rows = chart
        .steps
        .iter()
        .enumerate()
        .filter(|(at, _)| at % every == 0 || *at == last)
        .map(|(_, step)| vec![minute(step.at), step.open.to_string()])
        .collect();
    (vec!["From".to_owned(), "Open blockers".to_owned()], rows)
}

/// One sentence that says what the picture shows.
pub(super) fn caption(chart: &Chart) -> String {
    let most = chart.peak().map_or(0, |(_, open)| open);
    let goal = chart.goal.as_ref().map_or_else(String::new, |(title, at)| {
        format!("; the straight line ends at “{title}”, {}", minute(*at))
    });
    format!("{} open, {most} at most{goal}.", chart.open())
}

/// Size of the picture, in its own units, and the room for labels.
const SIZE: (i64, i64) = (720, 200);
const LEFT: i64 = 34;
const TOP: i64 = 10;
const FOOT: i64 = 24;

/// The picture as inline SVG: numbers and moments only, no text from outside, no script, nothing fetched.
pub(super) fn svg(chart: &Chart) -> String {
    let (wide, high) = SIZE;
    let most = i64::try_from(chart.peak().map_or(1, |(_, open)| open))
        .unwrap_or(1)
        .max(1);
    let span = chart.to.duration_since(chart.from).as_secs().max(1);
    let x = |at: Timestamp| {
        let past = at.duration_since(chart.from).as_secs().clamp(0, span);
        let part = i128::from(past) * i128::from(wide - LEFT - 4) / i128::from(span);
        LEFT + i64::try_from(part).unwrap_or(0)
    };
    let ground = high - FOOT;
    let y = |open: usize| {
        let open = i64::try_from(open).unwrap_or(most).min(most);
        ground - open * (ground - TOP) / most
    };
    let mut out = format!(
        "<svg viewBox=\"0 0 {wide} {high}\" role=\"img\" aria-label=\"Open blockers over the sprint\" class=\"chart\">\n"
    );
    for (from, to) in &chart.stood {
        let (from, to) = (x(*from), x(*to));
        let width = (to - from).max(1);
        out.push_str(&format!(
            "<rect x=\"{from}\" y=\"{TOP}\" width=\"{width}\" height=\"{}\" class=\"stood\"/>\n",
            ground - TOP
        ));
    }
    out.push_str(&format!(
        "<path d=\"M{LEFT} {TOP}V{ground}H{}\" class=\"axis\"/>\n",
        wide - 4
    ));
    if let (Some((top, open)), Some((_, goal))) = (chart.peak(), &chart.goal)
        && top < *goal
    {
        let (x1, y1, x2) = (x(top), y(open), x(*goal));
        out.push_str(&format!(
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{ground}\" class=\"ideal\"/>\n"
        ));
    }
    let mut path = format!("M{LEFT} {}", y(chart.open_at(chart.from)));
    for step in chart.steps.iter().filter(|step| step.at > chart.from) {
        path.push_str(&format!("H{}V{}", x(step.at), y(step.open)));
    }
    path.push_str(&format!("H{}", x(chart.now)));
    out.push_str(&format!("<path d=\"{path}\" class=\"steps\"/>\n"));
    let labels = [
        (4, TOP + 10, "start", most.to_string()),
        (4, ground, "start", "0".to_owned()),
        (LEFT, high - 6, "start", minute(chart.from)),
        (wide - 4, high - 6, "end", minute(chart.to)),
    ];
    for (x, y, anchor, text) in labels {
        out.push_str(&format!(
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>\n"
        ));
    }
    out + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::clock::Pause;
    use crate::model::session::Session;
    use crate::report::{Edition, fixture, session_html, session_json, session_markdown};
    use jiff::SignedDuration;

    /// A sprint that began half a day ago and stood for an hour.
    fn sprint() -> (Session, Vec<crate::model::event::Event>) {
        let mut events = fixture::events();
        for (event, minutes) in events.iter_mut().zip(1..) {
            event.at = fixture::now() - SignedDuration::from_mins(300 - minutes);
        }
        let mut session = Session::fold(&events);
        let ago = |hours| fixture::now() - SignedDuration::from_hours(hours);
        session.handed_over = None;
        session.clock.started = Some(ago(12));
        session.clock.pauses = vec![Pause {
            from: ago(3),
            to: Some(ago(2)),
            cause: "client: a <b>signature</b>".into(),
        }];
        (session, events)
    }

    #[test]
    fn the_blockers_are_a_picture_a_table_and_data() {
        let (session, events) = sprint();
        let account = Account {
            events: &events,
            ..fixture::account(&session, Edition::Client)
        };
        let html = session_html(&account);
        assert_eq!(html.matches("<svg").count(), 1, "{html}");
        for want in [
            "class=\"steps\"",
            "class=\"ideal\"",
            "class=\"stood\"",
            " at most; the straight line ends at “",
        ] {
            assert!(html.contains(want), "{want}\n{html}");
        }
        assert!(!html.contains("<b>signature"), "nothing breaks out");
        let text = session_markdown(&account);
        for want in [
            "## The 48 hours",
            "### Open blockers",
            "| From | Open blockers |",
            "| client: a ",
        ] {
            assert!(text.contains(want), "{want}\n{text}");
        }
        assert!(text.contains("late; it waits for"), "{text}");
        let json = session_json(&account).unwrap();
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert!(value["blockers"][0]["open"].as_u64().unwrap() > 0, "{json}");
    }

    #[test]
    fn before_the_clock_there_is_nothing_to_tell() {
        let mut session = fixture::session();
        session.clock.started = None;
        let text = session_markdown(&fixture::account(&session, Edition::Client));
        assert!(!text.contains("The 48 hours"), "{text}");
    }
}
