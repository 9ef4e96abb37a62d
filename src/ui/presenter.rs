//! While the screen is shared: covers what others may not read, wherever it was drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::theme::Theme;
use crate::app::{State, select};

/// Covers other clients, paths and secrets in everything that was drawn.
pub fn cover(buf: &mut Buffer, area: Rect, state: &State, theme: &Theme) {
    let area = area.intersection(buf.area);
    for y in area.top()..area.bottom() {
        let mut line = String::new();
        // Where the symbol of each column begins.
        let mut starts: Vec<(usize, u16)> = Vec::new();
        for x in area.left()..area.right() {
            if let Some(cell) = buf.cell((x, y)) {
                starts.push((line.len(), x));
                line.push_str(cell.symbol());
            }
        }
        for part in select::presenter::covered(state, &line) {
            for (_, x) in starts.iter().filter(|(at, _)| part.contains(at)) {
                if let Some(cell) = buf.cell_mut((*x, y)) {
                    cell.set_symbol(theme.glyphs.dot);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Screen;
    use crate::app::sprint::Sprint;
    use crate::ui::fixtures;

    fn shown(line: &str) -> String {
        let state = fixtures::at(Screen::Sprint(Sprint::default()), 120, 40);
        let mut text = line.to_owned();
        for part in select::presenter::covered(&state, line).into_iter().rev() {
            text.replace_range(part, "#");
        }
        text
    }

    #[test]
    fn other_clients_paths_and_secrets_are_covered_and_nothing_else() {
        for (line, want) in [
            (
                "worse: api.Coachly.example, since 2 d",
                "worse: #, since 2 d",
            ),
            (
                "portal.acme.example serves /.env",
                "portal.acme.example serves /.env",
            ),
            ("written to /home/ada/report.html", "written to #"),
            ("reading ~/sprints: denied", "reading # denied"),
            (
                "https://portal.acme.example/home/page",
                "https://portal.acme.example#",
            ),
            ("KEY=sk_live_0123456789abcdef", "#"),
            ("token ghp_0123456789abcdefABCDEF here", "token # here"),
            ("d41d8cd98f00b204e9800998ecf8427e", "#"),
            (
                "v=DMARC1; p=none; rua=mailto:dmarc@acme.example",
                "v=DMARC1; p=none; rua=mailto:dmarc@acme.example",
            ),
            (
                "a-very-long-name-of-a-host.of.the.client.example",
                "a-very-long-name-of-a-host.of.the.client.example",
            ),
        ] {
            assert_eq!(shown(line), want);
        }
    }
}
