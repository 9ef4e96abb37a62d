//! Scorecard and gate: go or no-go, every row with what it rests on, and who signed.
//!
//! ```text
//!  ✖ NO-GO  2 of 10 rows block                               go-live: signed by 1 of 2
//!  [scorecard]  audit closed ✔  fix closed  go-live  handover
//!  ── scorecard ──────────────────────────────────────────────────────────
//!  ▸ ✔ Sign-in is enforced        34 of 34 routes …             proven     2 h
//!  ── what it rests on ───────────────────────────────────────────────────
//! ```

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use super::rows;
use crate::app::gate::{GO_LIVE, Gate};
use crate::app::screen::PaneHit;
use crate::app::select::gate::Row;
use crate::app::{State, select};
use crate::model::board::{self, Board};
use crate::model::clock::ago;
use crate::model::criterion::CriterionState;
use crate::ui::canvas::Canvas;
use crate::ui::theme::{Role, Theme, word};
use crate::ui::widgets::pane::{self, Edge, Pane};
use crate::ui::widgets::scorecard::ScoreRow;
use crate::ui::{line, paint};

/// Draws the gate.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, gate: &Gate) {
    let theme = canvas.theme;
    let head = paint::inset(paint::row(area, 0), 2);
    paint::line(
        canvas.buf,
        head,
        &verdict(state, usize::from(head.width), theme),
    );
    let tabs = paint::inset(paint::row(area, 1), 2);
    paint::line(
        canvas.buf,
        tabs,
        &boards(state, gate, usize::from(tabs.width), theme),
    );
    let area = paint::trim(area, 2, 0);
    let list = select::gate::rows(state, gate);
    let wanted = u16::try_from(list.len())
        .unwrap_or(u16::MAX)
        .saturating_add(2);
    let upper = wanted.min(area.height * 3 / 5).max(4);
    let [above, below] =
        Layout::vertical([Constraint::Length(upper), Constraint::Fill(1)]).areas(area);
    let inner = Pane {
        title: if gate.board.is_some() {
            "killer rows"
        } else {
            "scorecard"
        },
        note: Vec::new(),
        focused: true,
        edge: Edge::Rule,
    }
    .render(above, canvas.buf, theme);
    let inner = rows::filter(canvas, inner, &gate.filter, list.len());
    let keys: Vec<String> = list.iter().map(|row| row.criterion.id.clone()).collect();
    let place = rows::list(&gate.cursor, &keys, inner.height, true);
    rows::draw(canvas, inner, inner, PaneHit::Main, place, |at, width| {
        list.get(at)
            .map_or_else(Line::default, |row| score(row, state).line(width, theme))
    });
    if let Some(row) = place.selected.and_then(|at| list.get(at)) {
        rests_on(canvas, below, state, row);
    }
}

/// The whole scorecard and the gates, the one in front in brackets.
fn boards(state: &State, gate: &Gate, width: usize, theme: &Theme) -> Line<'static> {
    let (Some(opened), Some(playbook)) = (&state.opened, state.playbook()) else {
        return Line::default();
    };
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut tab = |title: &str, mark: &str, front: bool| {
        let (open, close) = if front { ("[", "]") } else { (" ", " ") };
        let role = if front { Role::Accent } else { Role::Muted };
        spans.push(theme.span(role, format!("{open}{title}{mark}{close} ")));
    };
    tab("scorecard", "", gate.board.is_none());
    for board in board::boards(playbook, &opened.session, state.now) {
        let mark = match (board.is_signed(), board.is_open()) {
            (true, true) => format!(" {}", theme.glyphs.pass),
            (true, false) => format!(" {}", theme.glyphs.warn),
            (false, _) => String::new(),
        };
        let front = gate.board.as_ref() == Some(&board.gate.id);
        tab(&board.gate.title.to_lowercase(), &mark, front);
    }
    Line::from(line::cut_spans(spans, width, theme))
}

/// Whether the gate in front may be signed, and who did.
fn board_line(board: &Board<'_>, width: usize, theme: &Theme) -> Line<'static> {
    let blocking = board.blocking().len();
    let (sign, role, text) = match (blocking, board.missing.first()) {
        (0, None) => (
            theme.glyphs.pass,
            Role::Pass,
            "nothing keeps it shut".to_owned(),
        ),
        (0, Some(why)) => (theme.glyphs.blocked, Role::Blocked, why.clone()),
        (1, _) => (theme.glyphs.fail, Role::Fail, "1 row blocks".to_owned()),
        (n, _) => (theme.glyphs.fail, Role::Fail, format!("{n} rows block")),
    };
    let head = format!(
        "{sign} {} {} h {}",
        board.gate.title, theme.glyphs.dot, board.gate.hour
    );
    let mut left = vec![
        theme.span(role, head),
        theme.span(Role::Text, format!("  {text}")),
    ];
    if !board.changed.is_empty() {
        let n = board.changed.len();
        left.push(theme.span(
            Role::Warn,
            format!("  {n} changed since the last signature"),
        ));
    }
    let names: Vec<&str> = board.signed.iter().map(|s| s.by.as_str()).collect();
    let signed = signed_by(&names, board.gate.signatures);
    line::spread(left, vec![theme.span(Role::Muted, signed)], width, theme)
}

fn verdict(state: &State, width: usize, theme: &Theme) -> Line<'static> {
    if let Some(board) = select::gate::board(state) {
        return board_line(&board, width, theme);
    }
    let Some(report) = select::gate::report(state) else {
        return Line::default();
    };
    let (sign, text, role) = theme.gate(report.verdict);
    let all = state.playbook().map_or(0, |p| p.criteria.len());
    let blocking = match report.blocking.len() {
        0 => "no row blocks".to_owned(),
        1 => format!("1 of {all} rows blocks"),
        n => format!("{n} of {all} rows block"),
    };
    let left = vec![
        theme.span(role, format!("{sign} {text}")),
        theme.span(Role::Text, format!("  {blocking}")),
    ];
    let names: Vec<&str> = select::gate::signatures(state, GO_LIVE)
        .iter()
        .map(|s| s.by.as_str())
        .collect();
    let signed = signed_by(&names, select::gate::wanted(state, GO_LIVE));
    line::spread(left, vec![theme.span(Role::Muted, signed)], width, theme)
}

fn signed_by(names: &[&str], wanted: usize) -> String {
    match names.len() {
        0 => format!("signed by 0 of {wanted}"),
        n if n < wanted => format!("signed by {n} of {wanted}: {}", names.join(", ")),
        _ => format!("signed by {}", names.join(", ")),
    }
}

fn score<'a>(row: &'a Row<'_>, state: &State) -> ScoreRow<'a> {
    let youngest = select::gate::findings(state, row.criterion)
        .iter()
        .map(|f| f.at)
        .max();
    let because = match (&row.waiver, row.report.because.first()) {
        (Some(waiver), _) if row.report.state == CriterionState::Waived => waiver.reason.as_str(),
        (_, Some(why)) => row.blocks.as_ref().unwrap_or(why).as_str(),
        (_, None) if row.blocks.is_some() => row.blocks.as_deref().unwrap_or_default(),
        (_, None) if !row.report.unanswered.is_empty() => "waits for an answer",
        (_, None) => row.criterion.passes.as_str(),
    };
    ScoreRow {
        state: row.report.state,
        title: &row.criterion.title,
        because,
        age: youngest
            .map(|at| ago(state.now.duration_since(at)))
            .unwrap_or_default(),
        owner: row.owner.map_or("", |owner| owner.name.as_str()),
    }
}

/// Findings, questions, waiver and owner of one row.
fn rests_on(canvas: &mut Canvas<'_>, area: Rect, state: &State, row: &Row<'_>) {
    let theme = canvas.theme;
    let pane = Pane {
        title: "what it rests on",
        note: Vec::new(),
        focused: false,
        edge: Edge::Rule,
    };
    let inner = pane.render(area, canvas.buf, theme);
    let text = paint::inset(inner, 2);
    let lines = reasons(state, row, usize::from(text.width), theme);
    rows::scrolled(canvas, text, pane::track(area, inner), &lines, 0);
}

fn reasons(state: &State, row: &Row<'_>, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = labelled("passes", &row.criterion.passes, Role::Text, width, theme);
    if !row.report.state.settled() {
        lines.extend(labelled(
            "otherwise",
            &row.criterion.breaks,
            Role::Muted,
            width,
            theme,
        ));
    }
    if let Some(waiver) = row.waiver {
        let left = ago(waiver.until.duration_since(state.now));
        let text = format!(
            "by {} for {left} more: {}; meanwhile: {}",
            waiver.by, waiver.reason, waiver.compensating
        );
        lines.extend(labelled("waived", &text, Role::Warn, width, theme));
    }
    if let Some(owner) = row.owner {
        let late = owner.due.is_some_and(|due| due < state.now);
        let due = owner.due.map(|at| crate::ui::detail::due(at, state.now));
        let role = if late { Role::Fail } else { Role::Text };
        let text = format!("{}{}", owner.name, due.unwrap_or_default());
        lines.extend(labelled("owner", &text, role, width, theme));
    }
    if let Some(waits) = select::waits(state, &row.criterion.id) {
        let role = if waits.over {
            Role::Pass
        } else {
            Role::Blocked
        };
        lines.extend(labelled("blocked", &waits.text(), role, width, theme));
    }
    // Questions first: they are what a person can do here, and a row may rest on more findings than fit.
    for (question, answer) in select::gate::questions(state, row.criterion) {
        let head: Vec<Span<'static>> = match answer {
            None => vec![theme.span(
                Role::Blocked,
                format!("{} {:<8} ", theme.glyphs.blocked, "asked"),
            )],
            Some(a) if a.yes => {
                vec![theme.span(Role::Pass, format!("{} {:<8} ", theme.glyphs.pass, "yes"))]
            }
            Some(_) => vec![theme.span(Role::Fail, format!("{} {:<8} ", theme.glyphs.fail, "no"))],
        };
        lines.extend(line::hanging(
            head,
            &question.text,
            width,
            Role::Text,
            theme,
        ));
        if let Some(answer) = answer {
            let text = format!("{}: {}", answer.by, answer.evidence);
            lines.extend(line::paragraph(&text, 11, width, Role::Muted, theme));
            for (label, trouble) in select::attach::lines(state, answer) {
                let (role, text) = match trouble {
                    Some(why) => (Role::Fail, format!("{} {label}: {why}", theme.glyphs.fail)),
                    None => (Role::Muted, format!("{} {label}", theme.glyphs.dot)),
                };
                lines.extend(line::paragraph(&text, 11, width, role, theme));
            }
        }
    }
    for finding in select::gate::findings(state, row.criterion) {
        let (sign, role) = theme.finding(finding.verdict, finding.severity);
        let head = vec![
            theme.span(role, format!("{sign} {:<8} ", word(finding.verdict))),
            theme.span(Role::Muted, format!("{}  ", finding.check)),
        ];
        lines.extend(
            line::hanging(
                head,
                select::sentence(state, finding),
                width,
                Role::Text,
                theme,
            )
            .into_iter()
            .take(2),
        );
    }
    lines
}

fn labelled(
    label: &str,
    text: &str,
    role: Role,
    width: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    line::hanging(
        vec![theme.span(Role::Muted, format!("{label:<10} "))],
        text,
        width,
        role,
        theme,
    )
}
