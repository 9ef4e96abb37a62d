//! Each shape wide, narrow and in ASCII, and what must hold for any exhibit at any size.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::model::exhibit::{Bar, Hop, Node, TableRow};
use crate::ui::fixtures::exhibits;
use crate::ui::{fixtures, paint, testing};

fn frame(width: usize, theme: &Theme) -> Frame<'_> {
    Frame {
        now: fixtures::now(),
        width,
        most: 24,
        theme,
    }
}

fn plain(lines: &[Line<'static>], width: u16) -> String {
    let height = u16::try_from(lines.len()).unwrap();
    testing::plain(&testing::buffer(width, height, |area, buf| {
        paint::lines(buf, area, lines, 0);
    }))
}

fn drawn(exhibit: &Exhibit, width: u16, theme: &Theme) -> String {
    plain(&lines(exhibit, frame(width.into(), theme)), width)
}

#[test]
fn each_shape_wide_narrow_and_in_ascii() {
    let (unicode, ascii) = (testing::theme(), Theme::default().ascii().still());
    let all: Vec<String> = exhibits::SHOWN
        .iter()
        .flat_map(|(name, check, _)| {
            let exhibit = exhibits::of(check).remove(0);
            [(96, &unicode), (54, &unicode), (30, &unicode), (72, &ascii)].map(|(width, theme)| {
                let rule = "=".repeat(width.into());
                format!(
                    "{name} {width}\n{rule}\n{}\n",
                    drawn(&exhibit, width, theme)
                )
            })
        })
        .collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_countdown_runs_and_ends() {
    let theme = testing::theme();
    let until = fixtures::now() + SignedDuration::from_secs(61);
    let exhibit = Exhibit::table(
        "t",
        &["who"],
        [TableRow::told(["dns.example"]).until(until)],
    );
    for (after, shown) in [
        (0, "1:01"),
        (1, "1:00"),
        (60, "0:01"),
        (61, "now"),
        (900, "now"),
    ] {
        let frame = Frame {
            now: fixtures::now() + SignedDuration::from_secs(after),
            ..frame(40, &theme)
        };
        let text = plain(&lines(&exhibit, frame), 40);
        assert!(text.ends_with(shown), "{after}: {text}");
    }
}

#[test]
fn a_bar_of_a_certificate_that_ran_out_stands_left_of_now() {
    let theme = testing::theme();
    let ago = |days: i64| fixtures::minutes_ago(days * 24 * 60);
    let bar = Bar {
        label: "x".into(),
        verdict: None,
        from: ago(10),
        to: ago(5),
    };
    let text = drawn(&Exhibit::lifetimes("t", [bar]), 70, &theme);
    let first = text.lines().next().unwrap();
    assert!(
        first.contains('━') && first.contains('│') && !first.contains('●'),
        "{text}"
    );
    assert!(first.ends_with("2026-11-16, over for 5 d"), "{text}");
}

#[test]
fn what_is_left_out_is_counted() {
    let theme = testing::theme();
    let nodes = (0..30).map(|at| Node {
        text: format!("node {at}"),
        ..Node::default()
    });
    let text = drawn(&Exhibit::tree("t", nodes), 40, &theme);
    assert_eq!(text.lines().count(), 25);
    assert!(text.ends_with("… and 6 more"), "{text}");
}

fn verdict() -> impl Strategy<Value = Option<Verdict>> {
    prop_oneof![
        Just(None),
        Just(Some(Verdict::Pass)),
        Just(Some(Verdict::Fail)),
        Just(Some(Verdict::NotApplicable)),
    ]
}

fn moment() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        any::<i32>().prop_map(|s| Timestamp::from_second(i64::from(s)).unwrap()),
        (-9_000i64..9_000).prop_map(|s| fixtures::now() + SignedDuration::from_secs(s)),
        Just(Timestamp::MIN),
        Just(Timestamp::MAX),
    ]
}

/// Words as a hostile server would choose them.
const WORDS: &str = "(\\PC|[\u{0}-\u{1f}\u{202e}\u{1f469}\u{200d}日本]){0,40}";

fn exhibit() -> impl Strategy<Value = Exhibit> {
    let cells = || prop::collection::vec(WORDS, 0..6);
    let row =
        (verdict(), cells(), prop::option::of(moment())).prop_map(|(verdict, cells, until)| {
            TableRow {
                verdict,
                cells,
                until,
            }
        });
    let table =
        (WORDS, cells(), prop::collection::vec(row, 0..6)).prop_map(|(title, columns, rows)| {
            Exhibit {
                title,
                shape: Shape::Table { columns, rows },
            }
        });
    let depth = prop_oneof![0usize..6, Just(usize::MAX), Just(4_000)];
    let node = (depth, verdict(), WORDS, WORDS).prop_map(|(depth, verdict, text, note)| Node {
        depth,
        verdict,
        text,
        note,
    });
    let tree = (WORDS, prop::collection::vec(node, 0..12)).prop_map(|(t, n)| Exhibit::tree(t, n));
    let hop = (verdict(), WORDS, WORDS).prop_map(|(verdict, text, note)| Hop {
        verdict,
        text,
        note,
    });
    let hops = prop::collection::vec(hop, 0..8);
    let path = (WORDS, hops, prop::option::of(0usize..9))
        .prop_map(|(title, hops, back)| Exhibit::path(title, hops, back));
    let bar = (WORDS, verdict(), moment(), moment()).prop_map(|(label, verdict, from, to)| Bar {
        label,
        verdict,
        from,
        to,
    });
    let bars = (WORDS, prop::collection::vec(bar, 0..6))
        .prop_map(|(title, bars)| Exhibit::lifetimes(title, bars));
    prop_oneof![table, tree, path, bars]
}

proptest! {
    #[test]
    fn any_exhibit_fits_any_size(exhibit in exhibit(), width in 0u16..200, height in 0u16..80, most in 0usize..30) {
        let theme = testing::theme();
        let frame = Frame { most, ..frame(width.into(), &theme) };
        let lines = lines(&exhibit, frame);
        testing::buffer(width, height, |area, buf| paint::lines(buf, area, &lines, 0));
        for line in &lines {
            prop_assert!(line::spans_width(&line.spans) <= usize::from(width), "{line:?}");
        }
    }
}
