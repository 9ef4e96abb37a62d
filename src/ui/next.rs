//! The next best action in one line: what, who and by when, why, and the key that goes there.
//!
//! ```text
//!  next  add TXT _dmarc.acme.example · ada · due in 2 h   first, it needs up to 60 min …   . go
//! ```

use ratatui::text::{Line, Span};

use crate::app::{Action, Context, State, select};
use crate::model::next::Next;
use crate::ui::line::{self, Piece};
use crate::ui::theme::{Role, Theme};
use crate::ui::{hints, text};

/// The line of the open session in `width` cells; `None` when nothing is left to do.
pub fn line(state: &State, width: usize, theme: &Theme) -> Option<Line<'static>> {
    let next = select::next::next(state)?;
    let key = hints::key(state, Context::Global, Action::GoNext);
    let right = vec![theme.span(Role::Key, key), theme.span(Role::Muted, " go")];
    let room = width.saturating_sub(line::spans_width(&right) + 2);
    let left = spans(state, &next, room, theme);
    Some(line::spread(left, right, width, theme))
}

/// What, who and why in `width` cells; the reason gives way first.
pub fn spans(state: &State, next: &Next, width: usize, theme: &Theme) -> Vec<Span<'static>> {
    let who = select::next::who(state, next);
    let late = next.due.is_some_and(|due| due < state.now);
    let mut what = vec![
        theme.span(Role::Accent, "next  "),
        theme.span(Role::Strong, &next.what),
    ];
    if !who.is_empty() {
        let role = if late { Role::Fail } else { Role::Text };
        what.push(theme.span(Role::Muted, format!(" {} ", theme.glyphs.dot)));
        what.push(theme.span(role, who));
    }
    let taken = line::spans_width(&what);
    let room = width.saturating_sub(taken + 2);
    if room >= 12 && !next.why.is_empty() {
        let why = text::cut(&text::safe(&next.why), room, theme.glyphs.ellipsis);
        let why = Piece::new(1, vec![theme.span(Role::Muted, why)]);
        let line = line::fit(vec![Piece::new(0, what), why], Vec::new(), 2, width, theme);
        return line.spans;
    }
    line::cut_spans(what, width, theme)
}
