//! The findings, gravest first, and what is being looked at.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::rows;
use crate::app::gate::GO_LIVE;
use crate::app::opened::WatchPhase;
use crate::app::screen::PaneHit;
use crate::app::select::sprint::Row;
use crate::app::sprint::{Pane as Focus, Sprint};
use crate::app::{Action, Context, State, select};
use crate::model::criterion::CriterionState;
use crate::model::gate::GateVerdict;
use crate::ui::canvas::Canvas;
use crate::ui::hints;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::empty::Empty;
use crate::ui::widgets::finding_row::FindingRow;
use crate::ui::widgets::pane::{self, Edge, Pane};
use crate::ui::widgets::progress::Waiting;

pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, sprint: &Sprint, edge: Edge) {
    let theme = canvas.theme;
    let focused = sprint.pane == Focus::List;
    let list = select::sprint::rows(state, sprint);
    let title = title(state, sprint);
    let note = news(sprint, list.len(), theme);
    let inner = Pane {
        title: &title,
        note,
        focused,
        edge,
    }
    .render(area, canvas.buf, theme);
    let body = rows::filter(canvas, inner, &sprint.filter, list.len());
    if list.is_empty() {
        empty(canvas, body, state, sprint);
        return;
    }
    let keys: Vec<_> = list.iter().map(|row| row.key.clone()).collect();
    let place = rows::list(&sprint.cursor, &keys, body.height, focused);
    rows::draw(
        canvas,
        body,
        pane::track(area, body),
        PaneHit::Main,
        place,
        |at, width| {
            list.get(at)
                .map_or_else(Line::default, |row| row_line(row, state, width, theme))
        },
    );
}

fn title(state: &State, sprint: &Sprint) -> String {
    let stream = sprint.workstream.as_ref().and_then(|id| {
        state
            .playbook()?
            .workstreams
            .iter()
            .find(|w| w.id == *id)
            .map(|w| w.title.as_str())
    });
    match (stream, sprint.show_all) {
        (Some(title), _) => format!("only {title}"),
        (None, true) => "everything, blockers first".to_owned(),
        (None, false) => "blockers first".to_owned(),
    }
}

/// New blockers at the top edge, else how many rows there are.
fn news(sprint: &Sprint, rows: usize, theme: &Theme) -> Vec<Span<'static>> {
    match sprint.news.len() {
        0 => vec![theme.span(Role::Muted, rows.to_string())],
        1 => vec![theme.span(Role::Fail, format!("{} 1 new blocker", theme.glyphs.up))],
        n => vec![theme.span(Role::Fail, format!("{} {n} new blockers", theme.glyphs.up))],
    }
}

fn empty(canvas: &mut Canvas<'_>, area: Rect, state: &State, sprint: &Sprint) {
    let key = |action| hints::key(state, Context::Sprint, action);
    let busy = state.opened.as_ref().is_some_and(|o| o.run.is_busy());
    let looked = state
        .opened
        .as_ref()
        .is_some_and(|o| !o.session.findings.is_empty());
    let (headline, next) = match (
        sprint.filter.is_on() || sprint.workstream.is_some(),
        busy,
        looked,
    ) {
        (true, ..) => (
            "Nothing matches.",
            format!("{} goes back to the whole list.", key(Action::Back)),
        ),
        (_, true, _) => (
            "Looking.",
            "Findings appear here as they come, blockers first.".to_owned(),
        ),
        (_, _, true) => ("Nothing is left to fix here.", after_fixing(state)),
        _ => (
            "Nothing was checked yet.",
            format!("{} checks everything.", key(Action::RecheckAll)),
        ),
    };
    Empty {
        headline,
        next: &next,
    }
    .render(area, canvas.buf, canvas.theme);
}

/// What comes next when no row is left: the questions, the signatures, the handover, day one.
fn after_fixing(state: &State) -> String {
    let key = |action| hints::key(state, Context::Sprint, action);
    let at_gate = |action| hints::key(state, Context::Gate, action);
    let gate = key(Action::GoGate);
    let waiting = select::gate::all(state)
        .iter()
        .filter(|row| row.report.state == CriterionState::Open)
        .count();
    let go = select::gate::report(state).is_some_and(|r| r.verdict == GateVerdict::Go);
    let signed = select::gate::is_signed(state, GO_LIVE);
    let handed_over = state
        .opened
        .as_ref()
        .is_some_and(|o| o.session.handed_over.is_some());
    match (handed_over, go, signed) {
        (true, ..) => format!(
            "It is handed over: {} shows day one.",
            key(Action::GoDayOne)
        ),
        (_, true, true) => format!(
            "Two people signed: {} hands it over.",
            key(Action::GoHandover)
        ),
        (_, true, false) => {
            format!(
                "The gate is at go: {gate}, then {} signs it.",
                at_gate(Action::Sign)
            )
        }
        _ if waiting > 0 => {
            let rows = if waiting == 1 {
                "row waits"
            } else {
                "rows wait"
            };
            let answer = at_gate(Action::Answer);
            format!("{waiting} {rows} for an answer: {gate}, then {answer}.")
        }
        _ => format!(
            "{} shows what passes, {gate} the gate.",
            key(Action::ShowAll)
        ),
    }
}

/// The subject without what every row shares: `portal` for `portal.acme.example`, nothing for the domain itself.
fn short_subject(subject: &str, state: &State) -> String {
    let domain = state
        .opened
        .as_ref()
        .map_or("", |o| o.session.domain.as_str());
    if subject == domain {
        return String::new();
    }
    subject
        .trim_start_matches("https://")
        .replace(&format!(".{domain}"), "")
}

/// A sentence without the subject that it begins with, where the row names the subject already.
fn without_subject<'a>(sentence: &'a str, subject: &str, short: &str) -> &'a str {
    match sentence.strip_prefix(subject) {
        Some(rest) if !short.is_empty() && rest.starts_with([' ', ':']) => {
            rest.trim_start_matches([':', ' '])
        }
        _ => sentence,
    }
}

fn row_line(row: &Row<'_>, state: &State, width: usize, theme: &Theme) -> Line<'static> {
    let Some(finding) = row.finding else {
        let running = row.running;
        let what = format!("{} {} {}", row.key.check, theme.glyphs.dot, row.key.subject);
        let waiting = Waiting {
            what: &what,
            waits_for: running
                .and_then(|r| r.retrying.as_deref().or(r.waits_for.as_deref()))
                .unwrap_or_default(),
            since: running.map_or_else(Default::default, |r| state.now.duration_since(r.since)),
            spinner: state.spinner,
        };
        return waiting.line(width, theme);
    };
    let watched = row.watch.is_some_and(|w| w.phase == WatchPhase::Looking);
    let mark = match (row.running.is_some(), watched, row.waived) {
        (true, ..) => Some((Role::Accent, theme.spinner(state.spinner))),
        (_, true, _) => Some((Role::Accent, theme.glyphs.waiting)),
        (_, _, true) => Some((Role::Warn, theme.glyphs.waived)),
        _ => owned(row, state, theme),
    };
    let subject = short_subject(&row.key.subject, state);
    FindingRow {
        verdict: finding.verdict,
        severity: finding.severity,
        subject: &subject,
        text: without_subject(select::sentence(state, finding), &row.key.subject, &subject),
        group: row.workstream.unwrap_or_else(|| finding.check.family()),
        mark,
        waived: row.waived,
    }
    .line(width, theme)
}

/// What waits, what waits no more, and what is overdue.
fn owned(row: &Row<'_>, state: &State, theme: &Theme) -> Option<(Role, &'static str)> {
    let owner = row.owner?;
    match select::waits(state, &select::item_of(&row.key)) {
        Some(waits) if !waits.over => Some((Role::Blocked, theme.glyphs.blocked)),
        _ if owner.due.is_some_and(|due| due < state.now) => Some((Role::Fail, "!")),
        Some(_) => Some((Role::Pass, theme.glyphs.arrow)),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_names_its_subject_once() {
        let subject = "api.acme.example";
        for (sentence, short, want) in [
            (
                "api.acme.example: only the leaf is sent",
                "api",
                "only the leaf is sent",
            ),
            ("api.acme.example serves /.env", "api", "serves /.env"),
            (
                "api.acme.example serves /.env",
                "",
                "api.acme.example serves /.env",
            ),
            (
                "api.acme.example.org is another",
                "api",
                "api.acme.example.org is another",
            ),
            ("no DMARC record", "api", "no DMARC record"),
        ] {
            assert_eq!(without_subject(sentence, subject, short), want);
        }
    }
}
