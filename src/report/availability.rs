//! Whether the front doors answered, and how fast, from the samples of watches. Nothing where nobody watched.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::document::{Block, Chart};
use super::session::{Account, minute};
use super::signs::{Look, sign};
use crate::model::availability::{Figures, WINDOWS, figures, standing, strip};
use crate::model::sample::{ANSWERS, Sample};
use crate::model::verdict::Verdict;

/// A front door as scripts read it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DoorReport {
    host: String,
    now: Option<Verdict>,
    /// The first look of the unbroken row of looks that say so.
    since: Option<Timestamp>,
    windows: Vec<WindowReport>,
}

/// A stretch of time that ends with the report.
#[derive(Debug, Serialize, JsonSchema)]
struct WindowReport {
    hours: i64,
    looks: u32,
    down: u32,
    /// Of the time that was looked at; `null` when none was.
    percent: Option<f64>,
    up_s: f64,
    down_s: f64,
    /// Neither: nobody looked, or could tell.
    unseen_s: f64,
    p50_ms: Option<u32>,
    p95_ms: Option<u32>,
    /// Seconds between two looks, as planned.
    every_s: u32,
}

impl DoorReport {
    /// Every front door that was looked at, by name.
    pub(super) fn all(of: &Account<'_>) -> Vec<Self> {
        doors(of)
            .into_iter()
            .map(|(host, samples)| {
                let stands = standing(samples);
                Self {
                    host: host.to_owned(),
                    now: stands.map(|s| s.verdict),
                    since: stands.map(|s| s.since),
                    windows: WINDOWS
                        .map(|(_, window)| WindowReport::of(window, samples, of.now))
                        .into(),
                }
            })
            .collect()
    }
}

impl WindowReport {
    fn of(window: SignedDuration, samples: &[Sample], now: Timestamp) -> Self {
        let figures = figures(samples, now, window);
        Self {
            hours: window.as_hours(),
            looks: figures.looks,
            down: figures.down,
            percent: figures.percent(),
            up_s: figures.up_s,
            down_s: figures.down_s,
            unseen_s: figures.unseen_s,
            p50_ms: figures.p50,
            p95_ms: figures.p95,
            every_s: figures.every,
        }
    }
}

/// A day in hours, then a month in days.
const CHARTS: [(&str, SignedDuration, usize); 2] = [
    (
        "the last 24 hours, an hour a bar",
        SignedDuration::from_hours(1),
        24,
    ),
    (
        "the last 30 days, a day a bar",
        SignedDuration::from_hours(24),
        30,
    ),
];

/// The section, where there are samples of a front door.
pub(super) fn blocks(of: &Account<'_>) -> Vec<Block> {
    let doors = doors(of);
    if doors.is_empty() {
        return Vec::new();
    }
    let head = [
        "Front door",
        "Now",
        "24 h",
        "7 d",
        "30 d",
        "Not looked at",
        "Median",
        "95 %",
    ];
    let rows = doors.iter().map(|(host, samples)| row(of, host, samples));
    let mut blocks = vec![
        Block::section("Availability"),
        Block::table(&head, rows.collect()),
    ];
    let month = |samples: &[Sample]| figures(samples, of.now, WINDOWS[2].1);
    let coarsest = doors
        .iter()
        .map(|(_, samples)| month(samples))
        .max_by_key(|figures| figures.every);
    if let Some(figures) = coarsest.filter(|figures| figures.every > 0) {
        blocks.push(Block::paragraph(format!(
            "As seen from the computer that watched, with {}. Times in which nobody looked count as neither up nor down. \
             Times are those of one whole answer, with connection and TLS.",
            figures.resolution()
        )));
    }
    for (host, samples) in doors {
        blocks.extend(charts(of, host, samples));
    }
    blocks
}

fn doors<'a>(of: &Account<'a>) -> Vec<(&'a str, &'a [Sample])> {
    of.samples
        .iter()
        .filter(|(key, samples)| key.check.as_str() == ANSWERS && !samples.is_empty())
        .map(|(key, samples)| (key.subject.as_str(), samples.as_slice()))
        .collect()
}

fn row(of: &Account<'_>, host: &str, samples: &[Sample]) -> Vec<String> {
    let look = Look {
        unicode: true,
        colour: false,
    };
    let now = standing(samples).map_or_else(String::new, |stands| {
        let word = if stands.verdict.holds() { "up" } else { "down" };
        let sign = sign(stands.verdict, look);
        let word = if stands.verdict.undecided() {
            "unknown"
        } else {
            word
        };
        format!("{sign} {word} since {}", minute(stands.since))
    });
    let windows: Vec<Figures> = WINDOWS
        .iter()
        .map(|(_, window)| figures(samples, of.now, *window))
        .collect();
    let mut cells = vec![host.to_owned(), now];
    cells.extend(windows.iter().map(|f| {
        f.availability().map_or_else(
            || "not looked at".to_owned(),
            |percent| format!("{percent} ({} looks, {} down)", f.looks, f.down),
        )
    }));
    let month = windows.last().copied().unwrap_or_default();
    let unseen = month.unseen();
    cells.push(unseen.map_or_else(|| "nothing".to_owned(), |long| format!("{long} of 30 d")));
    for time in [month.p50, month.p95] {
        cells.push(time.map_or_else(|| "none".to_owned(), |ms| format!("{ms} ms")));
    }
    cells
}

/// The day, and the month where it goes back further than that.
fn charts(of: &Account<'_>, host: &str, samples: &[Sample]) -> Vec<Block> {
    CHARTS
        .iter()
        .map(|(title, step, count)| Chart {
            title: format!("{host}: {title}"),
            cells: strip(samples, of.now, *step, *count),
        })
        .filter(Chart::says_anything)
        .map(Block::Chart)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::availability::Cell;
    use crate::model::sample::{Times, answers};
    use crate::report::session::session_document;
    use crate::report::{Edition, fixture, session_html, session_json, session_markdown};

    #[test]
    fn figures_and_charts_stand_in_every_format_and_nothing_without_samples() {
        let session = fixture::session();
        let bare = fixture::account(&session, Edition::Client);
        assert!(!session_markdown(&bare).contains("Availability"));
        let every = SignedDuration::from_mins(15);
        let samples: Vec<Sample> = (0..40)
            .map(|n| {
                let at = bare.now - SignedDuration::from_mins((40 - n) * 15);
                let down = (10..14).contains(&n);
                let verdict = if down { Verdict::Fail } else { Verdict::Pass };
                let ms = (!down).then(|| Times::from([9, 20, 60, 100 + u32::try_from(n).unwrap()]));
                Sample::look(at, answers("a<b>.example"), verdict, every, ms)
            })
            .collect();
        let all = BTreeMap::from([(answers("a<b>.example"), samples)]);
        let account = Account {
            samples: &all,
            ..bare
        };
        let text = session_markdown(&account);
        for part in [
            "## Availability",
            "90\\.00 % (40 looks, 4 down)",
            "29 d of 30 d",
            "| 121 ms | 138 ms |",
            "a look every 15 min",
            "1 partly down or down",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        let json = session_json(&account).unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let day = &json["availability"][0]["windows"][0];
        assert_eq!((&day["percent"], &day["looks"]), (&90.0.into(), &40.into()));
        assert!(
            !crate::report::session_json(&bare)
                .unwrap()
                .contains("availability")
        );
        let page = session_html(&account);
        assert_eq!(page.matches("<svg").count(), 2, "{page}");
        assert!(
            page.contains("<title>a&lt;b&gt;.example: the last 24 hours"),
            "{page}"
        );
        assert!(!page.contains("<b>") && !page.contains("<script"));
        let document = session_document(&account);
        let chart = document.blocks.iter().find_map(|block| match block {
            Block::Chart(chart) => Some(chart),
            _ => None,
        });
        let cells = &chart.unwrap().cells;
        assert_eq!(cells.len(), 24);
        assert_eq!(cells[23].0, Cell::Up);
        assert_eq!(cells[0], (Cell::Unseen, None));
    }
}
