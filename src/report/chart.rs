//! A chart as inline SVG: readable without scripts, in light and dark, and by ear. A bar is the median of its step; what is
//! down, and what nobody looked at, has a sign of its own.

use super::document::Chart;
use super::html::inline;
use crate::model::availability::Cell;

const STEP: usize = 20;
const HEIGHT: u32 = 80;

/// The picture with its words below it.
pub(super) fn figure(chart: &Chart) -> String {
    let top = chart.top().unwrap_or_default().max(1);
    let width = chart.cells.len() * STEP;
    let marks: String = chart
        .cells
        .iter()
        .enumerate()
        .map(|(at, (cell, ms))| mark(at * STEP, *cell, *ms, top))
        .collect();
    let words = inline(&chart.words());
    format!(
        "<figure>\n<svg viewBox=\"0 0 {width} 100\" role=\"img\">\n<title>{words}</title>\n{marks}\
         <path d=\"M0 {HEIGHT}H{width}\" stroke=\"currentColor\"/>\n</svg>\n\
         <figcaption>{words}. Bar: median (full height {top} ms) · ✖ down · ▲ partly down · · not looked at</figcaption>\n</figure>\n"
    )
}

fn mark(x: usize, cell: Cell, ms: Option<u32>, top: u32) -> String {
    let middle = x + STEP / 2;
    let sign = |sign: &str| {
        format!(
            "<text x=\"{middle}\" y=\"97\" text-anchor=\"middle\" fill=\"currentColor\">{sign}</text>\n"
        )
    };
    let bar = ms.map_or_else(String::new, |ms| {
        let tall = (u64::from(ms) * u64::from(HEIGHT) / u64::from(top)).max(1);
        let (left, y) = (x + 3, u64::from(HEIGHT).saturating_sub(tall));
        let wide = STEP - 6;
        format!("<rect x=\"{left}\" y=\"{y}\" width=\"{wide}\" height=\"{tall}\" fill=\"currentColor\" opacity=\"0.6\"/>\n")
    });
    let sign = match cell {
        Cell::Up => String::new(),
        Cell::Partly => sign("▲"),
        Cell::Down => sign("✖"),
        Cell::Unseen => sign("·"),
    };
    bar + &sign
}
