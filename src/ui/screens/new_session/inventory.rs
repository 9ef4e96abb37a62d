//! The hosts that were found, while they are found.

use std::net::IpAddr;

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use super::super::rows;
use crate::app::State;
use crate::app::new_session::{Discovery, HostRow, NewSession};
use crate::app::screen::PaneHit;
use crate::model::clock::ago;
use crate::ui::canvas::Canvas;
use crate::ui::line::{self, column};
use crate::ui::paint;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::pane::{Edge, Pane};

use super::{kept, part};

pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, new: &NewSession) {
    let theme = canvas.theme;
    let note = vec![theme.span(
        Role::Muted,
        format!("{} kept", new.hosts.iter().filter(|h| h.keep).count()),
    )];
    let pane = Pane {
        title: "found so far",
        note,
        focused: true,
        edge: Edge::Rule,
    };
    let inner = pane.render(area, canvas.buf, theme);
    let below = discovery(
        new,
        state,
        usize::from(inner.width.saturating_sub(4)),
        theme,
    );
    let reserved = u16::try_from(below.len() + 1)
        .unwrap_or(0)
        .min(inner.height / 3);
    let wanted = u16::try_from(new.hosts.len())
        .unwrap_or(u16::MAX)
        .min(inner.height - reserved);
    let [list_area, _, foot] = Layout::vertical([
        Constraint::Length(wanted),
        Constraint::Length(1),
        Constraint::Fill(1),
    ])
    .areas(inner);
    let keys: Vec<_> = new
        .hosts
        .iter()
        .map(|row| row.found.host.name.clone())
        .collect();
    let list = rows::list(&new.host_cursor, &keys, list_area.height, true);
    rows::draw(
        canvas,
        list_area,
        list_area,
        PaneHit::Main,
        list,
        |at, width| {
            new.hosts
                .get(at)
                .map_or_else(Line::default, |row| host(row, width, theme))
        },
    );
    paint::lines(canvas.buf, paint::inset(foot, 2), &below, 0);
}

fn host(row: &HostRow, width: usize, theme: &Theme) -> Line<'static> {
    let found = &row.found;
    let role = if row.keep { Role::Text } else { Role::Muted };
    let name = if width >= 90 { 30 } else { 26 };
    let mut left = vec![
        kept(row.keep, theme),
        column(found.host.name.as_str(), name, role, theme),
        Span::raw(" "),
    ];
    if width >= 76 {
        left.push(column(&addresses(&found.addresses), 16, Role::Muted, theme));
        left.push(Span::raw(" "));
    }
    left.push(column(
        found.host.role.word(),
        8,
        if row.keep { Role::Accent } else { Role::Muted },
        theme,
    ));
    let why = if row.added {
        "added by you".to_owned()
    } else {
        found.why.join(&format!(" {} ", theme.glyphs.dot))
    };
    left.push(theme.span(Role::Muted, why));
    let right = found
        .doubt
        .iter()
        .map(|doubt| theme.span(Role::Unknown, format!("{} {doubt}", theme.glyphs.unknown)));
    line::spread(left, right.collect(), width, theme)
}

/// The first address, and how many more there are.
fn addresses(list: &[IpAddr]) -> String {
    match list {
        [] => "no address".to_owned(),
        [one] => one.to_string(),
        [one, rest @ ..] => format!("{one} +{}", rest.len()),
    }
}

/// How far the discovery is, and what it recognised.
fn discovery(new: &NewSession, state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = vec![match &new.discovery {
        Discovery::NotAsked => Line::from(theme.span(Role::Muted, "not looked yet")),
        Discovery::Looking { since, at } => {
            let left = vec![
                theme.span(Role::Accent, format!("{} ", theme.spinner(state.spinner))),
                theme.span(Role::Text, format!("looking at {at}")),
            ];
            let age = ago(state.now.duration_since(*since));
            line::spread(left, vec![theme.span(Role::Muted, age)], width, theme)
        }
        Discovery::Done => {
            Line::from(theme.span(Role::Pass, format!("{} all looked at", theme.glyphs.pass)))
        }
        Discovery::Failed(why) => Line::from(line::cut_spans(
            vec![theme.span(Role::Fail, format!("{} {why}", theme.glyphs.fail))],
            width,
            theme,
        )),
    }];
    let facts: Vec<String> = new
        .facts
        .iter()
        .map(|row| format!("{} {}", part(row.fact.what), row.fact.name))
        .collect();
    for remark in &new.remarks {
        lines.extend(line::hanging(
            vec![theme.span(Role::Accent, format!("{} ", theme.glyphs.dot))],
            remark,
            width,
            Role::Muted,
            theme,
        ));
    }
    if !facts.is_empty() {
        lines.extend(line::paragraph(
            &facts.join(&format!(" {} ", theme.glyphs.dot)),
            0,
            width,
            Role::Muted,
            theme,
        ));
    }
    lines
}
