//! The signs of the cockpit, in two sets: box-drawing Unicode and plain ASCII. Every sign is one cell wide, so a layout
//! never depends on the set. It decides nothing: which sign stands where is the widgets' business.

use ratatui::symbols::border;

/// One set of signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glyphs {
    pub pass: &'static str,
    pub warn: &'static str,
    pub fail: &'static str,
    pub unknown: &'static str,
    pub blocked: &'static str,
    pub not_applicable: &'static str,
    pub waived: &'static str,
    /// Nobody looked yet.
    pub open: &'static str,
    /// Changed, neither better nor worse.
    pub changed: &'static str,
    /// Waiting for the world, not for a person.
    pub waiting: &'static str,
    /// Before the row that the keys act on.
    pub cursor: &'static str,
    /// Between two facts of one line.
    pub dot: &'static str,
    pub ellipsis: &'static str,
    pub arrow: &'static str,
    /// Between the ends of a span of hours.
    pub to: &'static str,
    /// A phase that is behind us.
    pub past: &'static str,
    /// Between a place and what it is part of.
    pub within: &'static str,
    pub up: &'static str,
    pub down: &'static str,
    pub rule: &'static str,
    /// Left edge of a message.
    pub quote: &'static str,
    /// Where typing goes.
    pub caret: &'static str,
    pub timeline: Timeline,
    pub tree: Tree,
    pub chart: Chart,
    /// A path that leads back.
    pub back: &'static str,
    pub thumb: &'static str,
    /// A step of time that was up, partly down, down, and not looked at.
    pub strip: [&'static str; 4],
    /// Heights of a line of bars, lowest first.
    pub levels: [&'static str; 8],
    pub spinner: &'static [&'static str],
    pub border: border::Set<'static>,
}

/// Signs of the sprint's timeline and of progress lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    pub past: &'static str,
    pub past_edge: &'static str,
    pub now: &'static str,
    pub ahead: &'static str,
    pub ahead_edge: &'static str,
}

/// Signs of a chart over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Lines are drawn with the dots of Braille; else each cell is one of these signs.
    pub braille: bool,
    pub step: &'static str,
    /// The straight way.
    pub ideal: &'static str,
    /// Where the clock stood.
    pub stood: &'static str,
}

/// Signs that join a node of a tree to the one above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// Others follow below the same node.
    pub branch: &'static str,
    /// None follows.
    pub last: &'static str,
    /// Past nodes that hang deeper.
    pub trunk: &'static str,
    pub reach: &'static str,
}

/// For terminals that speak UTF-8.
pub const UNICODE: Glyphs = Glyphs {
    pass: "✔",
    warn: "▲",
    fail: "✖",
    unknown: "?",
    blocked: "◌",
    not_applicable: "–",
    waived: "~",
    open: "·",
    changed: "≈",
    waiting: "◔",
    cursor: "▸",
    dot: "·",
    ellipsis: "…",
    arrow: "→",
    to: "–",
    past: "▪",
    within: "›",
    up: "↑",
    down: "↓",
    rule: "─",
    quote: "│",
    caret: "▏",
    timeline: Timeline {
        past: "━",
        past_edge: "┿",
        now: "●",
        ahead: "─",
        ahead_edge: "┼",
    },
    tree: Tree {
        branch: "├",
        last: "└",
        trunk: "│",
        reach: "─",
    },
    chart: Chart {
        braille: true,
        step: "━",
        ideal: "·",
        stood: "░",
    },
    back: "↺",
    thumb: "┃",
    strip: ["█", "▄", "✖", "·"],
    levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    spinner: &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
    border: border::ROUNDED,
};

/// For everything else: no byte above 0x7e.
pub const ASCII: Glyphs = Glyphs {
    pass: "v",
    warn: "!",
    fail: "X",
    unknown: "?",
    blocked: "o",
    not_applicable: "-",
    waived: "~",
    open: ".",
    changed: "%",
    waiting: "@",
    cursor: ">",
    dot: "-",
    ellipsis: "~",
    arrow: ">",
    to: "-",
    past: "*",
    within: ">",
    up: "^",
    down: "v",
    rule: "-",
    quote: "|",
    caret: "_",
    timeline: Timeline {
        past: "=",
        past_edge: "#",
        now: "O",
        ahead: "-",
        ahead_edge: "+",
    },
    tree: Tree {
        branch: "+",
        last: "`",
        trunk: "|",
        reach: "-",
    },
    chart: Chart {
        braille: false,
        step: "#",
        ideal: ".",
        stood: ":",
    },
    back: "<",
    thumb: "#",
    strip: ["#", "=", "X", "."],
    levels: ["_", ".", "-", "~", "+", "*", "o", "#"],
    spinner: &["|", "/", "-", "\\"],
    border: border::Set {
        top_left: "+",
        top_right: "+",
        bottom_left: "+",
        bottom_right: "+",
        vertical_left: "|",
        vertical_right: "|",
        horizontal_top: "-",
        horizontal_bottom: "-",
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::text::width;

    fn signs(set: &Glyphs) -> Vec<&'static str> {
        let mut list = vec![
            set.pass,
            set.warn,
            set.fail,
            set.unknown,
            set.blocked,
            set.not_applicable,
            set.waived,
            set.open,
            set.changed,
            set.waiting,
            set.cursor,
            set.dot,
            set.ellipsis,
            set.arrow,
            set.within,
            set.to,
            set.past,
            set.up,
            set.down,
            set.rule,
            set.quote,
            set.caret,
            set.thumb,
            set.back,
            set.chart.step,
            set.chart.ideal,
            set.chart.stood,
            set.tree.branch,
            set.tree.last,
            set.tree.trunk,
            set.tree.reach,
            set.timeline.past,
            set.timeline.past_edge,
            set.timeline.now,
            set.timeline.ahead,
            set.timeline.ahead_edge,
        ];
        list.extend(set.spinner);
        list.extend(set.strip);
        list.extend(set.levels);
        list
    }

    #[test]
    fn every_sign_is_one_cell_wide() {
        for sign in signs(&UNICODE).into_iter().chain(signs(&ASCII)) {
            assert_eq!(width(sign), 1, "{sign}");
        }
    }

    #[test]
    fn the_plain_set_is_plain() {
        for sign in signs(&ASCII) {
            assert!(sign.bytes().all(|b| (0x20..0x7f).contains(&b)), "{sign}");
        }
    }

    #[test]
    fn verdicts_are_told_apart_without_colour() {
        for set in [&UNICODE, &ASCII] {
            let verdicts = [
                set.pass,
                set.warn,
                set.fail,
                set.unknown,
                set.blocked,
                set.not_applicable,
                set.waived,
            ];
            let distinct: std::collections::BTreeSet<_> = verdicts.iter().collect();
            assert_eq!(distinct.len(), verdicts.len());
        }
    }
}
