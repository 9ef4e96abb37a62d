//! What frames every screen: the status above, what went wrong below it, the keys at the bottom, messages in the corner.
//!
//! ```text
//!  acme.example › gate  b2b-support        ✖ NO-GO  3 blockers · 1 unknown   ⠹ 47 of 61     status
//!  Fix  ━━━━┿━━━━━●─┼─────┼─────  21:40 of 48:00 · 26:20 left      Fix ends in 02:20        clock
//!  ✖ not saved: the disk is full (ctrl-s tries again)                                       banners
//!
//!  …                                                                                        body
//!
//!  enter open   r re-check   …   ? keys                                                     footer
//! ```

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::canvas::{Canvas, Region};
use super::hints;
use super::theme::{Role, Theme};
use super::widgets::footer::{Footer, KeyHint};
use super::widgets::status::{ClockLine, Status};
use super::widgets::toast::{self, Toast};
use super::{line, paint};
use crate::app::opened::Opened;
use crate::app::select;
use crate::app::select::header::Header;
use crate::app::select::sprint::Counts;
use crate::app::state::Tone;
use crate::app::{Action, Screen, State};
use crate::model::clock::ago;
use crate::model::playbook::Playbook;
use crate::model::session::Session;

/// Draws the frame around a screen; the rectangle for the screen itself is the caller's.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, screen: &Screen) -> Rect {
    let (above, rest) = head(canvas, area, state, screen);
    let banners = banners(state, area, canvas.theme);
    let most = if area.height < 30 { 1 } else { 3 };
    let rows = u16::try_from(banners.len()).unwrap_or(0).min(most);
    paint::lines(
        canvas.buf,
        paint::inset(
            Rect {
                height: rows,
                ..paint::trim(area, above, 0)
            },
            1,
        ),
        &banners,
        0,
    );
    let body = paint::trim(rest, rows, 1);
    if state.overlay.is_none() {
        footer(
            canvas,
            paint::row(area, area.height.saturating_sub(1)),
            hints::of(state),
        );
    }
    let roomy = body.height >= 14;
    paint::trim(body, u16::from(roomy), 0)
}

/// Messages, above the footer and in front of everything.
pub fn toasts(canvas: &mut Canvas<'_>, area: Rect, state: &State) {
    let glyphs = canvas.theme.glyphs;
    let list: Vec<Toast<'_>> = state
        .toasts
        .iter()
        .map(|toast| {
            let (sign, role) = match toast.tone {
                Tone::Plain => (glyphs.dot, Role::Accent),
                Tone::Good => (glyphs.pass, Role::Pass),
                Tone::Refused => (glyphs.blocked, Role::Warn),
                Tone::Problem => (glyphs.fail, Role::Fail),
            };
            Toast {
                sign,
                role,
                text: &toast.text,
            }
        })
        .collect();
    toast::render(&list, paint::trim(area, 2, 1), canvas.buf, canvas.theme);
}

/// Draws hints and notes where each stands.
fn footer(canvas: &mut Canvas<'_>, area: Rect, hints: Vec<(Action, KeyHint)>) {
    let (actions, keys): (Vec<Action>, Vec<KeyHint>) = hints.into_iter().unzip();
    note_footer(canvas, paint::inset(area, 1), &actions, &keys);
    Footer { hints: &keys }.render(area, canvas.buf, canvas.theme);
}

/// Notes where each hint of a row stands.
pub fn note_footer(canvas: &mut Canvas<'_>, area: Rect, actions: &[Action], keys: &[KeyHint]) {
    let part = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    for place in (Footer { hints: keys }).places(usize::from(area.width)) {
        let Some(action) = actions.get(place.hint) else {
            continue;
        };
        let x = area.x.saturating_add(part(place.cells.start));
        let cells = Rect {
            x,
            width: part(place.cells.len()),
            ..area
        };
        canvas.note(cells.intersection(area), Region::Action(*action));
    }
}

fn head(canvas: &mut Canvas<'_>, area: Rect, state: &State, screen: &Screen) -> (u16, Rect) {
    let low = area.height < 20;
    let opened = state
        .opened
        .as_deref()
        .filter(|_| !matches!(screen, Screen::Home(_) | Screen::NewSession(_)));
    let tells_next = matches!(screen, Screen::Sprint(_) | Screen::Plan(_));
    let rows = match (opened, low, state.presenter) {
        (None, ..) | (Some(_), true, _) => 1,
        (Some(_), false, false) if tells_next => 3,
        (Some(_), false, false) => 2,
        (Some(_), false, true) => 4,
    };
    let top = Rect {
        height: rows.min(area.height),
        ..area
    };
    match opened {
        Some(opened) => session_head(canvas, top, state, screen, opened),
        None => plain_head(canvas, top, state, screen),
    }
    (rows, paint::trim(area, rows, 0))
}

/// The program, or the new session, without a clock.
fn plain_head(canvas: &mut Canvas<'_>, area: Rect, state: &State, screen: &Screen) {
    let theme = canvas.theme;
    let inner = paint::inset(area, 1);
    let (left, right) = match screen {
        Screen::NewSession(new) => {
            let domain = select::intent::domain(new).map(|d| d.to_string());
            let name = domain.as_deref().unwrap_or("new session");
            let all = crate::app::new_session::Step::ALL.len();
            let step = format!("step {} of {all}", new.step.number());
            let dot = format!(" {} ", theme.glyphs.dot);
            let right = vec![
                theme.span(Role::Muted, step),
                theme.span(Role::Muted, dot),
                theme.span(Role::Strong, new.step.title()),
            ];
            (vec![theme.span(Role::Title, name)], right)
        }
        _ => (
            vec![theme.span(Role::Title, "launch-ready")],
            super::screens::home::summary(state, theme),
        ),
    };
    paint::line(
        canvas.buf,
        paint::row(inner, 0),
        &line::spread(left, right, usize::from(inner.width), theme),
    );
}

fn session_head(
    canvas: &mut Canvas<'_>,
    area: Rect,
    state: &State,
    screen: &Screen,
    opened: &Opened,
) {
    let Some(header) = select::header::header(state) else {
        return;
    };
    let session = &opened.session;
    let place = if matches!(screen, Screen::Sprint(_)) {
        ""
    } else {
        screen.title()
    };
    let status = Status {
        subject: header.domain,
        place,
        playbook: header.playbook,
        gate: header.gate.filter(|_| !session.findings.is_empty()),
        counts: counts(header.counts),
        run: header.run,
        clock: clock(&header, session, state),
        spinner: state.spinner,
    };
    if area.height < 4 {
        let status_rows = Rect {
            height: area.height.min(2),
            ..area
        };
        status.render(status_rows, canvas.buf, canvas.theme);
        if area.height == 3 {
            next(canvas, paint::row(area, 2), state);
        }
        return;
    }
    status.render(
        Rect {
            y: area.y + 1,
            height: 2,
            ..area
        },
        canvas.buf,
        canvas.theme,
    );
    if let Some(next) = state.playbook().and_then(|p| ask_next(session, p)) {
        let inner = paint::inset(paint::row(area, 3), 1);
        let spans = vec![
            canvas.theme.span(Role::Accent, "ask next  "),
            canvas.theme.span(Role::Strong, next),
        ];
        let line = Line::from(line::cut_spans(
            spans,
            usize::from(inner.width),
            canvas.theme,
        ));
        paint::line(canvas.buf, inner, &line);
    }
}

/// What to do next, and the key that goes there.
fn next(canvas: &mut Canvas<'_>, row: Rect, state: &State) {
    let inner = paint::inset(row, 1);
    if let Some(line) = super::next::line(state, usize::from(inner.width), canvas.theme) {
        canvas.note(inner, Region::Action(Action::GoNext));
        paint::line(canvas.buf, inner, &line);
    }
}

/// The first question of the playbook that nobody answered.
fn ask_next<'a>(session: &Session, playbook: &'a Playbook) -> Option<&'a str> {
    playbook
        .criteria
        .iter()
        .flat_map(|row| &row.questions)
        .chain(&playbook.founder_questions)
        .find(|question| !session.answers.contains_key(&question.id))
        .map(|question| question.text.as_str())
}

/// `3 blockers`, `1 unknown`, `2 blocked`: only what is not nought.
fn counts(counts: Counts) -> Vec<(Role, String)> {
    [
        (
            Role::Fail,
            counts.blockers,
            if counts.blockers == 1 {
                "blocker"
            } else {
                "blockers"
            },
        ),
        (Role::Fail, counts.fails, "more fail"),
        (Role::Unknown, counts.unknown, "unknown"),
        (Role::Blocked, counts.blocked, "blocked"),
    ]
    .into_iter()
    .filter(|(_, count, _)| *count > 0)
    .map(|(role, count, word)| (role, format!("{count} {word}")))
    .collect()
}

fn clock<'a>(header: &Header<'a>, session: &'a Session, state: &'a State) -> ClockLine<'a> {
    ClockLine {
        phase: header.elapsed.and(
            header
                .phase
                .map_or(Some("sprint"), |(title, _)| Some(title)),
        ),
        elapsed: header.elapsed.unwrap_or_default(),
        edges: state.playbook().map_or_else(Vec::new, |p| {
            p.phases.iter().map(|phase| phase.from).collect()
        }),
        paused: session
            .clock
            .pause()
            .map(|p| (p.cause.as_str(), state.now.duration_since(p.from))),
        next: header.phase,
        over: session.handed_over.as_ref().map(|h| {
            format!(
                "handed over {} ago to {}",
                ago(state.now.duration_since(h.at)),
                h.to
            )
        }),
    }
}

/// What must not be overlooked: nothing saved, read-only, the tool's own footing.
fn banners(state: &State, area: Rect, theme: &Theme) -> Vec<Line<'static>> {
    let width = usize::from(area.width.saturating_sub(2));
    if state.leaving.is_some() {
        let text = format!(
            "{} leaving as soon as what you entered is in the file",
            theme.spinner(state.spinner)
        );
        return vec![Line::from(theme.span(Role::Accent, text))];
    }
    let mut lines: Vec<Line<'static>> = drill(state, width, theme).into_iter().collect();
    let Some(text) = select::header::header(state).and_then(|header| header.warning) else {
        return lines;
    };
    let unsaved = state.opened.as_ref().is_some_and(|o| o.unsaved.is_some());
    let (sign, role) = if unsaved {
        (theme.glyphs.fail, Role::Fail)
    } else {
        (theme.glyphs.unknown, Role::Unknown)
    };
    let head = vec![theme.span(role, format!("{sign} "))];
    if area.height < 30 {
        let spans = head.into_iter().chain([theme.span(role, text)]).collect();
        lines.push(Line::from(line::cut_spans(spans, width, theme)));
        return lines;
    }
    lines.extend(line::hanging(head, &text, width, role, theme));
    lines
}

/// The drill that runs, wherever the operator is.
fn drill(state: &State, width: usize, theme: &Theme) -> Option<Line<'static>> {
    let (text, late) = select::proofs::running(state)?;
    let role = if late { Role::Fail } else { Role::Accent };
    let spans = vec![theme.span(role, format!("{} {text}", theme.glyphs.waiting))];
    Some(Line::from(line::cut_spans(spans, width, theme)))
}
