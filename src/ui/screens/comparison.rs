//! Findings of two moments beside each other: a list of what changed, and below it both sides of the selected row.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use super::rows;
use crate::app::cursor::Cursor;
use crate::app::screen::{Filter, PaneHit};
use crate::app::{State, select};
use crate::model::clock::ago;
use crate::model::drift::{Change, Drifted};
use crate::model::expected::Expected;
use crate::model::finding::{Finding, FindingKey};
use crate::ui::canvas::Canvas;
use crate::ui::detail::Detail;
use crate::ui::line::{self, column};
use crate::ui::paint;
use crate::ui::theme::{Role, Theme, word};
use crate::ui::widgets::empty::Empty;
use crate::ui::widgets::pane::{self, Edge, Pane};

/// What is compared.
pub struct Comparison<'a> {
    pub title: &'a str,
    /// The gravest change first.
    pub list: &'a [Drifted],
    pub cursor: &'a Cursor<FindingKey>,
    pub filter: &'a Filter,
    /// What the two sides are called.
    pub sides: [&'a str; 2],
    /// What to say when nothing is listed, and what to do then.
    pub empty: (&'a str, String),
    /// Whether it is a row of the session, that somebody may own.
    pub owned: bool,
}

impl Comparison<'_> {
    /// Draws list and sides.
    pub fn render(&self, canvas: &mut Canvas<'_>, area: Rect, state: &State) {
        let theme = canvas.theme;
        let wanted = u16::try_from(self.list.len())
            .unwrap_or(u16::MAX)
            .saturating_add(2);
        let upper = wanted.min(area.height / 2).max(4);
        let [above, below] =
            Layout::vertical([Constraint::Length(upper), Constraint::Fill(1)]).areas(area);
        let pane = Pane {
            title: self.title,
            note: Vec::new(),
            focused: true,
            edge: Edge::Rule,
        };
        let inner = pane.render(above, canvas.buf, theme);
        let inner = rows::filter(canvas, inner, self.filter, self.list.len());
        if self.list.is_empty() {
            let (headline, next) = &self.empty;
            Empty { headline, next }.render(inner, canvas.buf, theme);
            return;
        }
        let keys: Vec<_> = self.list.iter().map(|d| d.key.clone()).collect();
        let place = rows::list(self.cursor, &keys, inner.height, true);
        rows::draw(canvas, inner, inner, PaneHit::Main, place, |at, width| {
            self.list
                .get(at)
                .map_or_else(Line::default, |d| row(d, state, width, theme))
        });
        if let Some(drifted) = place.selected.and_then(|at| self.list.get(at)) {
            self.both_sides(canvas, below, state, drifted);
        }
    }

    fn both_sides(&self, canvas: &mut Canvas<'_>, area: Rect, state: &State, drifted: &Drifted) {
        let theme = canvas.theme;
        let title = format!(
            "{} {} {}",
            drifted.key.check, theme.glyphs.dot, drifted.key.subject
        );
        let pane = Pane {
            title: &title,
            note: Vec::new(),
            focused: false,
            edge: Edge::Rule,
        };
        let inner = pane.render(area, canvas.buf, theme);
        let text = paint::inset(inner, 2);
        let lines = sides(
            drifted,
            self.sides,
            self.owned,
            state,
            usize::from(text.width),
            theme,
        );
        rows::scrolled(canvas, text, pane::track(area, inner), &lines, 0);
    }
}

/// A row of the list. What is no surprise is muted.
pub fn row(drifted: &Drifted, state: &State, width: usize, theme: &Theme) -> Line<'static> {
    let (sign, text, role) = theme.change(drifted.change);
    let (role, strong) = match drifted.expected {
        Some(_) => (Role::Muted, Role::Muted),
        None => (role, Role::Strong),
    };
    let mut left = vec![
        theme.span(role, format!("{sign} ")),
        column(text, 10, role, theme),
    ];
    if width >= 90 {
        left.push(column(drifted.key.check.as_str(), 22, Role::Muted, theme));
        left.push(Span::raw(" "));
        left.push(column(&drifted.key.subject, 24, Role::Text, theme));
        left.push(Span::raw(" "));
    } else {
        left.push(column(
            &drifted.key.subject,
            (width / 3).min(24),
            Role::Text,
            theme,
        ));
        left.push(Span::raw(" "));
    }
    let moved = drifted.facts.first().map(|f| f.text(theme.glyphs.arrow));
    let now = moved.unwrap_or_else(|| {
        let now = drifted.now.as_ref();
        now.map_or("no longer seen", |f| select::sentence(state, f))
            .to_owned()
    });
    left.push(theme.span(strong, now));
    let right = match &drifted.expected {
        Some(Expected::Renewed) => vec![theme.span(Role::Muted, "renewed")],
        Some(Expected::Said { .. }) => vec![theme.span(Role::Muted, "meant")],
        None => Vec::new(),
    };
    line::spread(left, right, width, theme)
}

/// Both sides of a row, what differs, and the way out.
pub fn sides(
    drifted: &Drifted,
    names: [&str; 2],
    has_owner: bool,
    state: &State,
    width: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let [then, now] = names;
    for (label, finding) in [(then, &drifted.before), (now, &drifted.now)] {
        lines.extend(side(label, finding.as_ref(), state, width, theme));
    }
    for fact in &drifted.facts {
        let head = vec![theme.span(Role::Muted, "fact   ")];
        let text = fact.text(theme.glyphs.arrow);
        lines.extend(line::hanging(head, &text, width, Role::Strong, theme));
    }
    if let Some(why) = &drifted.expected {
        let head = vec![theme.span(Role::Muted, "why    ")];
        lines.extend(line::hanging(head, &why.text(), width, Role::Text, theme));
    }
    if let Some(note) = drifted.note {
        let head = vec![theme.span(Role::Muted, "note   ")];
        lines.extend(line::hanging(head, note, width, Role::Text, theme));
    }
    let item = select::item_of(&drifted.key);
    if let Some(opened) = state.opened.as_deref() {
        if has_owner {
            let owner = opened.session.owners.get(&item);
            lines.extend(line::hanging(
                vec![theme.span(Role::Muted, "owner  ")],
                owner.map_or("nobody", |o| o.name.as_str()),
                width,
                Role::Text,
                theme,
            ));
        }
        if let Some(finding) = &drifted.now {
            let detail = Detail {
                state,
                session: &opened.session,
                finding,
                width,
                theme,
            };
            lines.extend(detail.evidence(4));
            lines.extend(detail.short_fix());
        }
    }
    lines
}

fn side(
    label: &str,
    finding: Option<&Finding>,
    state: &State,
    width: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let mut head = vec![theme.span(Role::Muted, format!("{label:<6} "))];
    let Some(finding) = finding else {
        return line::hanging(head, "not seen", width, Role::Muted, theme);
    };
    let (sign, role) = theme.finding(finding.verdict, finding.severity);
    head.push(theme.span(role, format!("{sign} {:<8} ", word(finding.verdict))));
    let age = ago(state.now.duration_since(finding.at));
    line::hanging(
        head,
        &format!("{} ({age} ago)", select::sentence(state, finding)),
        width,
        Role::Text,
        theme,
    )
}

/// How many changed in which way, the gravest first.
pub fn tally(list: &[Drifted], theme: &Theme) -> Vec<Span<'static>> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    for change in Change::ALL {
        let count = list.iter().filter(|d| d.change == change).count();
        if count == 0 {
            continue;
        }
        if !spans.is_empty() {
            spans.push(theme.span(Role::Muted, format!(" {} ", theme.glyphs.dot)));
        }
        let (_, text, role) = theme.change(change);
        let text = match change {
            Change::CouldNotCheck => "could not be checked",
            Change::RuleChanged => "by a new rule",
            Change::NotLookedAt => "not looked at since",
            _ => text,
        };
        spans.push(theme.span(role, format!("{count} {text}")));
    }
    spans
}
