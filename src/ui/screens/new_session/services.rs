//! What was recognised, and who sends mail.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::rows;
use crate::app::new_session::{Discovery, FactKey, NewSession};
use crate::app::screen::PaneHit;
use crate::ui::canvas::Canvas;
use crate::ui::line::{self, column};
use crate::ui::paint;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::pane::{Edge, Pane};

use super::{kept, part};

pub fn render(canvas: &mut Canvas<'_>, area: Rect, new: &NewSession) {
    let theme = canvas.theme;
    let pane = Pane {
        title: "services and who sends mail",
        note: Vec::new(),
        focused: true,
        edge: Edge::Rule,
    };
    let inner = pane.render(area, canvas.buf, theme);
    let below = sends(new, usize::from(inner.width.saturating_sub(4)), theme);
    let wanted = u16::try_from(new.facts.len() + new.senders.len())
        .unwrap_or(u16::MAX)
        .max(1);
    let wanted = wanted.min(inner.height.saturating_sub(3));
    let [list_area, _, foot] = Layout::vertical([
        Constraint::Length(wanted),
        Constraint::Length(1),
        Constraint::Fill(1),
    ])
    .areas(inner);
    let mut lines: Vec<(FactKey, bool, String, String, String)> = new
        .facts
        .iter()
        .map(|row| {
            let fact = &row.fact;
            (
                FactKey::Fact(fact.what),
                row.keep,
                part(fact.what).to_owned(),
                fact.name.clone(),
                fact.why.clone(),
            )
        })
        .collect();
    lines.extend(new.senders.iter().map(|row| {
        let why = if row.added {
            "added by you".to_owned()
        } else {
            row.why.clone()
        };
        let name = row.sender.name.clone();
        (
            FactKey::Sender(name.clone()),
            row.keep,
            "sends mail".to_owned(),
            name,
            why,
        )
    }));
    if lines.is_empty() {
        let text = match new.discovery {
            Discovery::Looking { .. } => "Still looking. What is recognised appears here.",
            _ => "No service and no sender was recognised.",
        };
        paint::lines(
            canvas.buf,
            paint::inset(list_area, 2),
            &[Line::from(theme.span(Role::Muted, text))],
            0,
        );
    }
    let keys: Vec<FactKey> = lines.iter().map(|(key, ..)| key.clone()).collect();
    let list = rows::list(&new.fact_cursor, &keys, list_area.height, true);
    rows::draw(
        canvas,
        list_area,
        list_area,
        PaneHit::Main,
        list,
        |at, width| {
            let Some((_, keep, kind, name, why)) = lines.get(at) else {
                return Line::default();
            };
            let left = vec![
                kept(*keep, theme),
                column(kind, 18, Role::Muted, theme),
                column(name, if width >= 80 { 32 } else { 24 }, Role::Text, theme),
                theme.span(Role::Muted, format!(" {why}")),
            ];
            line::spread(left, Vec::new(), width, theme)
        },
    );
    paint::lines(canvas.buf, paint::inset(foot, 2), &below, 0);
}

/// Whether the domain sends mail, and who says so.
fn sends(new: &NewSession, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let named = new.senders.iter().any(|row| row.keep);
    let text = match (new.sends_mail, named) {
        (Some(true), _) => {
            "You say: this domain sends mail. SPF, DKIM and DMARC must pass for each sender."
        }
        (Some(false), _) => {
            "You say: this domain must not send mail. Its records have to refuse all of it."
        }
        (None, true) => "It sends mail, as the senders above say.",
        (None, false) => "No sender is known, so it counts as a domain that does not send.",
    };
    line::paragraph(text, 0, width, Role::Text, theme)
}
