//! The founder's guide: one fix at a time, in plain words, closed by the check itself.
//!
//! ```text
//!  Fix 3 of 7  ━━━━━━────────                          Receivers can tell our mail from forged mail
//!
//!    Why      …
//!    Do       1  Open …
//!             2  …
//!               v=DMARC1; p=none; …
//!    Undo     …
//!    Stuck?   e makes a brief for an engineer
//!
//!    Status   ◔ not there yet · asked 4 s ago · next in 6 s
//! ```

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::rows;
use crate::app::guide::GuideScreen;
use crate::app::opened::{WatchPhase, Watching};
use crate::app::state::Words;
use crate::app::{Action, Context, State, select};
use crate::model::clock::ago;
use crate::model::finding::{Finding, RecordAction, RecordChange};
use crate::ui::canvas::Canvas;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::empty::Empty;
use crate::ui::widgets::{progress, remedy};
use crate::ui::{hints, line, paint};

/// Cells of the words at the left.
const LABEL: usize = 10;
/// Lines of the status, the empty one above it among them; on a low screen the text needs them more.
const MOST_STATUS: [usize; 2] = [3, 5];
/// Rows from which on a screen is not low.
const HIGH: u16 = 14;
/// Widest text: longer lines are hard to read.
const WIDEST: u16 = 96;

/// Draws the current fix.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, screen: &GuideScreen) {
    let theme = canvas.theme;
    let (number, total) = select::guide::position(state, screen);
    let Some((key, finding)) = screen
        .current
        .as_ref()
        .and_then(|key| Some((key, select::finding(state, key)?)))
    else {
        let next = format!(
            "Every failure is mended or accepted. The gate is next: {}.",
            hints::key(state, Context::Guide, Action::GoGate)
        );
        let empty = Empty {
            headline: "Nothing is left to fix.",
            next: &next,
        };
        empty.render(area, canvas.buf, theme);
        return;
    };
    let head = paint::inset(paint::row(area, 0), 2);
    let mut left = vec![theme.span(Role::Title, format!("Fix {number} of {total}  "))];
    if area.width >= 78 {
        left.extend(progress::bar(screen.closed.len(), total, 14, theme));
    }
    let title = theme.span(Role::Strong, select::title_of(state, key));
    paint::line(
        canvas.buf,
        head,
        &line::spread(left, vec![title], usize::from(head.width), theme),
    );
    let body = paint::inset(paint::trim(area, 2, 0), 2);
    let body = Rect {
        width: body.width.min(WIDEST),
        ..body
    };
    let watch = state.opened.as_deref().and_then(|o| o.watches.get(key));
    let width = usize::from(body.width);
    let closed = select::guide::is_closed(screen);
    let lines = lines(state, finding, closed, width, theme);
    // What the check sees is in sight however long the text is.
    let mut foot = vec![Line::default()];
    foot.extend(labelled(
        "Status",
        status(state, screen, watch, width.saturating_sub(LABEL), theme),
        theme,
    ));
    let [low, high] = MOST_STATUS;
    foot.truncate(if body.height >= HIGH { high } else { low });
    let count = |lines: &[Line<'_>]| u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let text = Rect {
        height: count(&lines).min(body.height.saturating_sub(count(&foot))),
        ..body
    };
    let track = Rect {
        y: text.y,
        height: text.height,
        ..area
    };
    rows::scrolled(canvas, text, track, &lines, screen.scroll);
    let last = lines.len().saturating_sub(usize::from(text.height));
    if screen.scroll < last
        && let Some(first) = foot.first_mut()
    {
        let down = hints::key(state, Context::Guide, Action::Down);
        let more = format!("{:LABEL$}{} goes on below: {down}", "", theme.glyphs.down);
        *first = Line::from(theme.span(Role::Accent, more));
    }
    paint::lines(canvas.buf, paint::trim(body, text.height, 0), &foot, 0);
}

fn lines(
    state: &State,
    finding: &Finding,
    closed: bool,
    width: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let plain = if finding.plain.is_empty() {
        &finding.summary
    } else {
        &finding.plain
    };
    let guide = state.guides.of(&finding.check);
    let why = guide
        .filter(|g| !g.why_founder.is_empty())
        .map_or(plain, |g| &g.why_founder);
    let mut out = labelled(
        "Why",
        line::paragraph(why, 0, width.saturating_sub(LABEL), Role::Text, theme),
        theme,
    );
    out.push(Line::default());
    let room = width.saturating_sub(LABEL);
    let todo = match closed {
        true => line::paragraph(
            "Nothing more: this one is done.",
            0,
            room,
            Role::Text,
            theme,
        ),
        false => steps(finding, room, state, theme),
    };
    out.extend(labelled("Do", todo, theme));
    if let Some(remedy) = finding.remedy.as_ref().filter(|r| !r.undo.is_empty()) {
        out.push(Line::default());
        let undo = line::paragraph(
            &remedy.undo,
            0,
            width.saturating_sub(LABEL),
            Role::Muted,
            theme,
        );
        out.extend(labelled("Undo", undo, theme));
    }
    out.push(Line::default());
    let brief = hints::key(state, Context::Guide, Action::Brief);
    let stuck = format!("{brief} makes a brief for an engineer, with everything that was seen.");
    out.extend(labelled(
        "Stuck?",
        line::paragraph(&stuck, 0, width.saturating_sub(LABEL), Role::Muted, theme),
        theme,
    ));
    out
}

/// The steps, and what to paste, brought out.
fn steps(finding: &Finding, width: usize, state: &State, theme: &Theme) -> Vec<Line<'static>> {
    let Some(remedy) = &finding.remedy else {
        let fix = state
            .guides
            .of(&finding.check)
            .map(|g| g.fix.as_str())
            .filter(|fix| !fix.is_empty());
        return line::paragraph(
            fix.unwrap_or("An engineer is needed for this one."),
            0,
            width,
            Role::Text,
            theme,
        );
    };
    let mut out = remedy::steps(&remedy.steps, width, theme);
    for record in &remedy.records {
        out.push(Line::default());
        out.extend(paste(state, record, width, theme));
    }
    for setting in &remedy.settings {
        out.push(Line::default());
        out.extend(line::paragraph(
            &format!("{}, {}", setting.place, setting.name),
            4,
            width,
            Role::Muted,
            theme,
        ));
        out.extend(
            setting
                .value
                .split('\n')
                .flat_map(|raw| line::paragraph(raw, 4, width, Role::Added, theme)),
        );
    }
    out
}

/// What happens to a record, and what goes into the fields of the editor.
fn paste(state: &State, record: &RecordChange, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let (name, value) = select::guide::typed(state, record);
    let (what, role) = match record.action {
        RecordAction::Add => ("add this record", Role::Added),
        RecordAction::Replace => ("change this record", Role::Added),
        RecordAction::Delete => ("delete this record", Role::Removed),
    };
    let pair = |label: &str, value: &str, role| {
        line::hanging(
            vec![theme.span(Role::Muted, format!("    {label:<9}"))],
            value,
            width,
            role,
            theme,
        )
    };
    let sign = record.action.sign();
    let mut out = vec![Line::from(theme.span(role, format!("  {sign} {what}")))];
    out.extend(pair("Type", &record.rtype, Role::Strong));
    let name = match name.as_str() {
        "" => format!("(empty: it stands for {})", record.name),
        field if field == record.name => name,
        _ => format!("{name}   (that is {})", record.name),
    };
    out.extend(pair("Name", &name, Role::Strong));
    if let Some(old) = &record.old {
        out.extend(pair("old", old, Role::Removed));
    }
    let label = match record.old {
        Some(_) => "new",
        None => "Content",
    };
    out.extend(pair(label, &value, role));
    out
}

fn status(
    state: &State,
    screen: &GuideScreen,
    watch: Option<&Watching>,
    width: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    if select::guide::is_closed(screen) {
        let next = hints::key(state, Context::Guide, Action::Open);
        let head = vec![theme.span(Role::Pass, format!("{} done. ", theme.glyphs.pass))];
        return line::hanging(
            head,
            &format!("Seen by the check itself. {next} goes on to the next one."),
            width,
            Role::Text,
            theme,
        );
    }
    let Some((watch, look)) = watch.and_then(|w| Some((w, w.last.as_ref()?))) else {
        let text = if watch.is_some() {
            "The first look is under way."
        } else {
            "Copy the content; from then on I keep looking."
        };
        return line::paragraph(text, 0, width, Role::Text, theme);
    };
    let asked = ago(state.now.duration_since(look.at));
    let next = match (
        watch.phase,
        watch.next.map(|at| at.duration_since(state.now)),
    ) {
        (WatchPhase::Looking, Some(left)) if !left.is_negative() => {
            format!("next in {}", ago(left))
        }
        (WatchPhase::Looking, _) => "looking now".to_owned(),
        (WatchPhase::Green, _) => "green".to_owned(),
        (WatchPhase::Stopped, _) => "no longer watched".to_owned(),
    };
    let dot = theme.glyphs.dot;
    let head = vec![theme.span(Role::Accent, format!("{} ", theme.glyphs.waiting))];
    let mut out = line::hanging(
        head,
        &format!("not there yet {dot} asked {asked} ago {dot} {next}"),
        width,
        Role::Text,
        theme,
    );
    let seen = screen
        .current
        .as_ref()
        .and_then(|key| select::finding(state, key))
        .map_or(look.summary.as_str(), |finding| match state.words {
            Words::Founder => select::sentence(state, finding),
            Words::Engineer => &look.summary,
        });
    out.extend(line::paragraph(seen, 2, width, Role::Muted, theme));
    out
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
