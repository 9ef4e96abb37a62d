//! The handover: the founder's questions, the checklist, owners, what is written down for those who take over, their answers,
//! the signatures, and the moment itself.

mod pack;

use std::collections::BTreeMap;

use jiff::Timestamp;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::rows::{self, Sectioned};
use crate::app::handover::{HandoverRow, HandoverScreen};
use crate::app::select::handover::PortalRecord;
use crate::app::{State, select};
use crate::model::clock::ago;
use crate::model::criterion::CriterionState;
use crate::model::renewal::Renewal;
use crate::model::session::{Owner, Session};
use crate::ui::canvas::Canvas;
use crate::ui::detail::heading;
use crate::ui::line;
use crate::ui::paint;
use crate::ui::theme::{Role, Theme};

/// Draws the lines under their headings; what still stands before the handover is said at the top.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, screen: &HandoverScreen) {
    let theme = canvas.theme;
    let inner = paint::inset(area, 2);
    let width = usize::from(inner.width);
    let above = missing(state, width, theme);
    paint::lines(canvas.buf, inner, &above, 0);
    let area = paint::trim(area, u16::try_from(above.len()).unwrap_or(0) + 1, 0);
    let keys = select::handover::keys(state);
    let listed = Listed {
        states: states(state),
        renewals: select::handover::renewals(state),
        records: select::handover::records(state),
    };
    let mut lines: Vec<Sectioned> = Vec::new();
    let mut before = "";
    let mut last = None;
    for (at, key) in keys.iter().enumerate() {
        let title = select::handover::section(key);
        if title != before {
            lines.extend(after(last, state, width.min(100), theme));
            if !before.is_empty() {
                lines.push(Sectioned::Heading(Line::default()));
            }
            lines.push(Sectioned::Heading(heading(
                &format!("  {title}"),
                width.min(100),
                theme,
            )));
            before = title;
        }
        last = Some(key);
        let Some(session) = state.opened.as_ref().map(|o| &o.session) else {
            continue;
        };
        let text = row(
            key,
            state,
            session,
            &listed,
            rows::row_width(area).min(110),
            theme,
        );
        lines.extend(text.into_iter().map(|line| Sectioned::Row(at, line)));
    }
    rows::sections(canvas, area, screen.cursor.index(&keys), &lines);
}

/// What the handover waits for, at most three lines.
fn missing(state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let missing = select::handover::missing(state);
    if missing.is_empty() {
        let text = format!("{} ready to hand over", theme.glyphs.pass);
        return vec![Line::from(theme.span(Role::Pass, text))];
    }
    let head = vec![theme.span(
        Role::Blocked,
        format!("{} before the handover  ", theme.glyphs.blocked),
    )];
    let text = missing.join(&format!(" {} ", theme.glyphs.dot));
    line::hanging(head, &text, width, Role::Text, theme)
        .into_iter()
        .take(3)
        .collect()
}

/// What stands below the last line of a section.
fn after(last: Option<&HandoverRow>, state: &State, width: usize, theme: &Theme) -> Vec<Sectioned> {
    let lines = match last {
        Some(HandoverRow::AddAccess) => pack::warnings(state, width, theme),
        Some(HandoverRow::Quiz(_)) => {
            let risks = pack::risks(state, width, theme);
            let head = (!risks.is_empty())
                .then(|| [Line::default(), heading("  known risks", width, theme)]);
            head.into_iter().flatten().chain(risks).collect()
        }
        _ => Vec::new(),
    };
    lines.into_iter().map(Sectioned::Heading).collect()
}

fn add(what: &str, theme: &Theme) -> Line<'static> {
    Line::from(theme.span(Role::Accent, format!("+ add {what}")))
}

/// What is computed once a frame.
struct Listed {
    states: BTreeMap<String, CriterionState>,
    renewals: Vec<Renewal>,
    records: Vec<PortalRecord>,
}

fn states(state: &State) -> BTreeMap<String, CriterionState> {
    select::gate::all(state)
        .into_iter()
        .map(|row| (row.criterion.id.clone(), row.report.state))
        .collect()
}

fn row(
    key: &HandoverRow,
    state: &State,
    session: &Session,
    listed: &Listed,
    width: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let one = match key {
        HandoverRow::Question(id) => question(id, state, width, theme),
        HandoverRow::Item(id) => {
            let text = state
                .playbook()
                .and_then(|p| p.checklist.iter().find(|item| item.id == *id))
                .map_or(id.as_str(), |item| item.text.as_str());
            let done = session.ticked.contains(id);
            let (mark, role) = if done {
                ("[x]", Role::Pass)
            } else {
                ("[ ]", Role::Text)
            };
            let text_role = if done { Role::Muted } else { Role::Text };
            return line::hanging(
                vec![theme.span(role, format!("{mark} "))],
                text,
                width,
                text_role,
                theme,
            );
        }
        HandoverRow::Owner(id) => owner(
            id,
            state,
            session.owners.get(id),
            listed.states.get(id).copied(),
            width,
            theme,
        ),
        HandoverRow::Access(place) => return pack::access(place, state, width, theme),
        HandoverRow::AddAccess => add("a place, and who may reach it", theme),
        HandoverRow::Contact(name) => {
            let known = session.pack.contacts.iter().find(|c| c.name == *name);
            known.map_or_else(Line::default, |c| {
                pack::contact(c, state.presenter, width, theme)
            })
        }
        HandoverRow::AddContact => add("somebody who is called", theme),
        HandoverRow::Renewal(id) => {
            let ends = listed.renewals.iter().find(|r| r.id == *id);
            ends.map_or_else(Line::default, |r| pack::renewal(r, state.now, width, theme))
        }
        HandoverRow::AddRenewal => add("a plan, a trial, a token, and who pays", theme),
        HandoverRow::Record(key) => {
            let record = listed.records.iter().find(|r| r.key() == *key);
            return record.map_or_else(Vec::new, |r| pack::record(r, width, theme));
        }
        HandoverRow::Quiz(id) => pack::quiz(id, state, width, theme),
        HandoverRow::SignOff => sign_off(state, width, theme),
        HandoverRow::HandOver => hand_over(state, session, width, theme),
    };
    vec![one]
}

fn question(id: &str, state: &State, width: usize, theme: &Theme) -> Line<'static> {
    let text = state
        .playbook()
        .and_then(|p| p.founder_questions.iter().find(|q| q.id == id))
        .map_or(id, |q| q.text.as_str());
    let (sign, role, by) = match select::gate::answer(state, id) {
        None => (theme.glyphs.blocked, Role::Blocked, "nobody yet".to_owned()),
        Some(answer) if answer.yes => {
            (theme.glyphs.pass, Role::Pass, format!("yes, {}", answer.by))
        }
        Some(answer) => (theme.glyphs.fail, Role::Fail, format!("no, {}", answer.by)),
    };
    let left = vec![
        theme.span(role, format!("{sign} ")),
        theme.span(Role::Text, text),
    ];
    line::spread(left, vec![theme.span(role, by)], width, theme)
}

fn owner(
    id: &str,
    state: &State,
    owner: Option<&Owner>,
    standing: Option<CriterionState>,
    width: usize,
    theme: &Theme,
) -> Line<'static> {
    let title = state
        .playbook()
        .and_then(|p| p.criteria.iter().find(|c| c.id == id))
        .map_or(id, |c| c.title.as_str());
    let (sign, role) = standing.map_or((theme.glyphs.open, Role::Muted), |s| theme.row(s));
    let left = vec![
        theme.span(role, format!("{sign} ")),
        theme.span(Role::Text, title),
    ];
    let right = match owner {
        Some(owner) => theme.span(
            Role::Text,
            format!("{}{}", owner.name, due(owner.due, state.now)),
        ),
        None => theme.span(Role::Blocked, "nobody"),
    };
    line::spread(left, vec![right], width, theme)
}

fn due(due: Option<Timestamp>, now: Timestamp) -> String {
    due.map(|at| crate::ui::detail::due(at, now))
        .unwrap_or_default()
}

fn sign_off(state: &State, width: usize, theme: &Theme) -> Line<'static> {
    let gate = select::handover::gate_to_sign(state);
    let mut names: Vec<String> = Vec::new();
    for gate in select::handover::LAST {
        names.extend(
            select::gate::signatures(state, gate)
                .iter()
                .map(|s| format!("{gate}: {} ({})", s.by, s.role)),
        );
    }
    let left = vec![theme.span(Role::Accent, format!("sign {gate}"))];
    let right = if names.is_empty() {
        "nobody signed yet".to_owned()
    } else {
        names.join(", ")
    };
    line::spread(left, vec![theme.span(Role::Muted, right)], width, theme)
}

fn hand_over(state: &State, session: &Session, width: usize, theme: &Theme) -> Line<'static> {
    let left = vec![theme.span(Role::Accent, "hand over")];
    let right = match &session.handed_over {
        Some(handover) => {
            let age = ago(state.now.duration_since(handover.at));
            theme.span(Role::Pass, format!("done {age} ago, to {}", handover.to))
        }
        None if select::handover::missing(state).is_empty() => {
            theme.span(Role::Text, "nothing is missing")
        }
        None => theme.span(Role::Muted, "waits for the lines above"),
    };
    line::spread(left, vec![right], width, theme)
}
