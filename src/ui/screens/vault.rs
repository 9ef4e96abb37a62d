//! The vault: credentials by name, where they are kept, and what their last test said. Never a value.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::rows;
use crate::app::screen::PaneHit;
use crate::app::vault::{Credential, VaultScreen};
use crate::app::{Action, Context, State, select};
use crate::ui::canvas::Canvas;
use crate::ui::line::{self, column};
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::empty::Empty;
use crate::ui::widgets::pane::{Edge, Pane};
use crate::ui::{hints, paint};

/// Draws the names.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, screen: &VaultScreen) {
    let theme = canvas.theme;
    let note = backend(state, theme);
    let inner = Pane {
        title: "credentials",
        note,
        focused: true,
        edge: Edge::Rule,
    }
    .render(area, canvas.buf, theme);
    let problem = problem(state, usize::from(inner.width.saturating_sub(4)), theme);
    paint::lines(canvas.buf, paint::inset(inner, 2), &problem, 0);
    let inner = paint::trim(inner, u16::try_from(problem.len()).unwrap_or(0), 0);
    let list = select::vault::credentials(state);
    if list.is_empty() {
        let set = hints::key(state, Context::Vault, Action::SetSecret);
        let next = format!(
            "Checks behind a sign-in need test accounts, and provider checks need a token. {set} stores one; the session \
             keeps its name only, never its value."
        );
        Empty {
            headline: "No credential is named yet.",
            next: &next,
        }
        .render(inner, canvas.buf, theme);
        return;
    }
    let keys = select::vault::names(state);
    let place = rows::list(&screen.cursor, &keys, inner.height, true);
    rows::draw(canvas, inner, inner, PaneHit::Main, place, |at, width| {
        list.get(at).map_or_else(Line::default, |credential| {
            row(credential, state.presenter, width, theme)
        })
    });
}

fn backend(state: &State, theme: &Theme) -> Vec<Span<'static>> {
    match &state.vault.backend {
        _ if state.vault.busy => vec![theme.span(
            Role::Accent,
            format!("{} asking the vault", theme.spinner(state.spinner)),
        )],
        Some(backend) => vec![theme.span(Role::Muted, format!("kept in: {backend}"))],
        None => vec![theme.span(Role::Muted, "not asked yet")],
    }
}

fn problem(state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    state.vault.problem.as_ref().map_or_else(Vec::new, |why| {
        line::hanging(
            vec![theme.span(Role::Fail, format!("{} ", theme.glyphs.fail))],
            why,
            width,
            Role::Fail,
            theme,
        )
    })
}

fn row(credential: &Credential, presenting: bool, width: usize, theme: &Theme) -> Line<'static> {
    let (sign, role, kept) = if credential.stored {
        (theme.glyphs.pass, Role::Pass, "stored")
    } else {
        (theme.glyphs.blocked, Role::Blocked, "missing")
    };
    let name = if presenting {
        "hidden while presenting"
    } else {
        credential.name.as_str()
    };
    let cells = if width >= 90 { 34 } else { 24 };
    let mut left = vec![
        theme.span(role, format!("{sign} ")),
        column(name, cells, Role::Text, theme),
        Span::raw("  "),
        column(kept, 8, role, theme),
        Span::raw("  "),
    ];
    left.push(match &credential.tested {
        None => theme.span(Role::Muted, "not tested"),
        Some(Ok(said)) => theme.span(Role::Pass, format!("{} {said}", theme.glyphs.pass)),
        Some(Err(why)) => theme.span(Role::Fail, format!("{} {why}", theme.glyphs.fail)),
    });
    line::spread(
        left,
        vec![theme.span(Role::Muted, &credential.used_by)],
        width,
        theme,
    )
}
