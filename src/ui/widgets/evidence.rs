//! Evidence: who said what, when, and the line by which anybody can see it again.

use jiff::Timestamp;
use ratatui::text::Line;

use crate::model::clock::ago;
use crate::model::finding::Evidence;
use crate::ui::line;
use crate::ui::theme::{Role, Theme};

/// Cells before what was said.
const INDENT: usize = 2;

/// Pieces of evidence as lines of `width` cells. Of each answer at most `most` lines are shown.
pub fn lines(
    list: &[Evidence],
    now: Timestamp,
    most: usize,
    width: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    for (at, piece) in list.iter().enumerate() {
        if at > 0 {
            out.push(Line::default());
        }
        out.extend(one(piece, now, most, width, theme));
    }
    out
}

fn one(
    piece: &Evidence,
    now: Timestamp,
    most: usize,
    width: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let age = format!("{} ago", ago(now.duration_since(piece.at)));
    let source = [piece.kind.as_str(), piece.source.as_str()]
        .into_iter()
        .filter(|s| !s.is_empty());
    let source = source
        .collect::<Vec<_>>()
        .join(&format!(" {} ", theme.glyphs.dot));
    let left = vec![theme.span(Role::Accent, source)];
    let mut out = vec![line::spread(
        left,
        vec![theme.span(Role::Muted, age)],
        width,
        theme,
    )];
    let text: Vec<Line<'static>> = piece
        .text
        .split('\n')
        .flat_map(|raw| line::paragraph(raw, INDENT, width, Role::Text, theme))
        .collect();
    let hidden = text.len().saturating_sub(most);
    out.extend(text.into_iter().take(most));
    if hidden > 0 {
        let rest = format!("{} and {hidden} more", theme.glyphs.ellipsis);
        out.extend(line::paragraph(&rest, INDENT, width, Role::Muted, theme));
    }
    if !piece.repeat.is_empty() {
        let head = vec![theme.span(Role::Muted, "  $ ")];
        out.extend(line::hanging(
            head,
            &piece.repeat,
            width,
            Role::Muted,
            theme,
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::ui::{paint, testing};

    #[test]
    fn an_answer_with_its_source_and_its_repetition() {
        let theme = testing::theme();
        let at = Timestamp::UNIX_EPOCH;
        let list = [
            Evidence {
                kind: "dns".into(),
                at,
                source: "ns1.acme.example".into(),
                text: "_dmarc.acme.example TXT → NXDOMAIN\nwith authority\nthird\nfourth".into(),
                repeat: "dig +norecurse TXT _dmarc.acme.example @198.51.100.11".into(),
            },
            Evidence {
                kind: "note".into(),
                at,
                source: String::new(),
                text: "hostile \x1b[2J".into(),
                repeat: String::new(),
            },
        ];
        let lines = lines(&list, at + SignedDuration::from_secs(12), 3, 44, &theme);
        let height = u16::try_from(lines.len()).unwrap();
        insta::assert_snapshot!(testing::picture(&testing::buffer(
            44,
            height,
            |area, buf| {
                paint::lines(buf, area, &lines, 0);
            }
        )));
    }
}
