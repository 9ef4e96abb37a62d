//! The founder's guide: one task at a time, in plain words. What a check can see is closed by the check itself.
//!
//! ```text
//!  Fix 3 of 7 · about 5 minutes  ━━━━━━────────       Receivers can tell our mail from forged mail
//!
//!    Why      …
//!    Do       1  Open …
//!             2  …
//!               v=DMARC1; p=none; …
//!    Undo     …
//!    Stuck?   e makes a brief for an engineer
//!    Words    DMARC  The rule that …
//!
//!    Status   ◔ not there yet · asked 4 s ago · next in 6 s
//! ```

mod fix;
mod people;

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::rows;
use crate::app::guide::{GuideScreen, Task};
use crate::app::{Action, Context, State, select};
use crate::model::glossary;
use crate::ui::canvas::Canvas;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::progress;
use crate::ui::{hints, line, paint};

/// Cells of the words at the left.
const LABEL: usize = 10;
/// Lines of the status, the empty one above it among them; on a low screen the text needs them more.
const MOST_STATUS: [usize; 2] = [3, 5];
/// Rows from which on a screen is not low.
const HIGH: u16 = 14;
/// Widest text: longer lines are hard to read.
const WIDEST: u16 = 96;

/// What a task is drawn with.
#[derive(Clone, Copy)]
struct Page<'a> {
    state: &'a State,
    screen: &'a GuideScreen,
    theme: &'a Theme,
    /// Cells beside the words at the left.
    room: usize,
}

/// A task in words.
struct Told {
    /// `Fix 3 of 7 · about 5 minutes`.
    place: String,
    title: String,
    lines: Vec<Line<'static>>,
    /// What the check sees, in sight however long the text is.
    status: Vec<Line<'static>>,
}

/// Draws the current task.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, screen: &GuideScreen) {
    let theme = canvas.theme;
    let body = paint::inset(paint::trim(area, 2, 0), 2);
    let body = Rect {
        width: body.width.min(WIDEST),
        ..body
    };
    let Some(told) = told(state, screen, usize::from(body.width), theme) else {
        return;
    };
    let head = paint::inset(paint::row(area, 0), 2);
    let mut left = vec![theme.span(Role::Title, format!("{}  ", told.place))];
    let (_, total) = select::guide::position(state, screen);
    let fixing = matches!(screen.current, Some(Task::Fix(_) | Task::Look(_)));
    let bar = progress::bar(screen.closed.len(), total, 14, theme);
    let cells = [&left, &bar].map(|spans| line::spans_width(spans));
    let wanted = cells.iter().sum::<usize>() + crate::ui::text::width(&told.title) + 2;
    if fixing && wanted <= usize::from(head.width) {
        left.extend(bar);
    }
    let title = theme.span(Role::Strong, &told.title);
    let width = usize::from(head.width);
    paint::line(
        canvas.buf,
        head,
        &line::spread(left, vec![title], width, theme),
    );

    let mut foot = vec![Line::default()];
    foot.extend(labelled("Status", told.status, theme));
    let [low, high] = MOST_STATUS;
    foot.truncate(if body.height >= HIGH { high } else { low });
    let count = |lines: &[Line<'_>]| u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let text = Rect {
        height: count(&told.lines).min(body.height.saturating_sub(count(&foot))),
        ..body
    };
    let track = Rect {
        y: text.y,
        height: text.height,
        ..area
    };
    rows::scrolled(canvas, text, track, &told.lines, screen.scroll);
    let last = told.lines.len().saturating_sub(usize::from(text.height));
    if screen.scroll < last
        && let Some(first) = foot.first_mut()
    {
        let down = hints::key(state, Context::Guide, Action::Down);
        let more = format!("{:LABEL$}{} goes on below: {down}", "", theme.glyphs.down);
        *first = Line::from(theme.span(Role::Accent, more));
    }
    paint::lines(canvas.buf, paint::trim(body, text.height, 0), &foot, 0);
}

/// The whole text of the task, whatever part of it is in sight: what `L` explains.
pub fn text(state: &State, screen: &GuideScreen, theme: &Theme) -> String {
    told(state, screen, usize::from(WIDEST), theme).map_or_else(String::new, |told| {
        format!(
            "{} {}",
            told.title,
            words(told.lines.iter().chain(&told.status))
        )
    })
}

fn told(state: &State, screen: &GuideScreen, width: usize, theme: &Theme) -> Option<Told> {
    let page = Page {
        state,
        screen,
        theme,
        room: width.saturating_sub(LABEL),
    };
    let mut told = match screen.current.as_ref()? {
        Task::Fix(key) | Task::Look(key) => page.fix(key)?,
        Task::Flag(id) => page.flag(id)?,
        Task::Question(id) => page.question(id)?,
        Task::Gate => page.gate(),
    };
    let mut stop = page.stop();
    stop.append(&mut told.lines);
    told.lines = stop;
    let said = words(told.lines.iter().chain(&told.status));
    told.lines
        .extend(page.explained(&format!("{} {said}", told.title)));
    Some(told)
}

/// Lines as one text with single spaces: what is wrapped on the screen is whole here.
fn words<'a>(lines: impl Iterator<Item = &'a Line<'static>>) -> String {
    let text: Vec<String> = lines.map(ToString::to_string).collect();
    text.join(" ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

impl Page<'_> {
    fn paragraph(&self, text: &str, role: Role) -> Vec<Line<'static>> {
        line::paragraph(text, 0, self.room, role, self.theme)
    }

    /// A part with its label, and an empty line before it.
    fn part(&self, label: &str, lines: Vec<Line<'static>>) -> Vec<Line<'static>> {
        let mut out = vec![Line::default()];
        out.extend(labelled(label, lines, self.theme));
        out
    }

    fn key(&self, action: Action) -> String {
        hints::key(self.state, Context::Guide, action)
    }

    /// Each technical word of the text with its sentence.
    fn explained(&self, text: &str) -> Vec<Line<'static>> {
        let lines: Vec<Line<'static>> = glossary::used_in(text)
            .into_iter()
            .flat_map(|term| {
                let head = vec![self.theme.span(Role::Strong, format!("{}  ", term.term))];
                line::hanging(head, &term.says, self.room, Role::Muted, self.theme)
            })
            .collect();
        match lines.is_empty() {
            true => Vec::new(),
            false => self.part("Words", lines),
        }
    }

    /// What an engineer is needed for before anything else, once a red flag is up.
    fn stop(&self) -> Vec<Line<'static>> {
        let up = select::guide::flags_up(self.state);
        let mut out: Vec<Line<'static>> = Vec::new();
        for flag in up {
            let head = vec![
                self.theme
                    .span(Role::Fail, format!("{} ", self.theme.glyphs.fail)),
            ];
            let text = format!(
                "A senior engineer is needed first. You said: {} {}",
                flag.text, flag.stop
            );
            let lines = line::hanging(head, &text, self.room, Role::Text, self.theme);
            out.extend(labelled("Stop", lines, self.theme));
        }
        if !out.is_empty() {
            out.push(Line::default());
        }
        out
    }
}

fn labelled(label: &str, lines: Vec<Line<'static>>, theme: &Theme) -> Vec<Line<'static>> {
    lines
        .into_iter()
        .enumerate()
        .map(|(at, line)| {
            let word = if at == 0 { label } else { "" };
            let head: Span<'static> = theme.span(Role::Title, format!("{word:<LABEL$}"));
            Line::from(std::iter::once(head).chain(line.spans).collect::<Vec<_>>())
        })
        .collect()
}
