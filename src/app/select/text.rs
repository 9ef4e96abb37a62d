//! What a pane says as plain text, to be copied or written to a file: the same facts as on the screen, without layout.

use super::super::overlay::Overlay;
use super::super::screen::Screen;
use super::super::state::State;
use super::{criteria_of, item_of, sentence, title_of};
use crate::model::clock::{ago, hours_minutes};
use crate::model::drift::Drifted;
use crate::model::expected::{Expected, NOTED};
use crate::model::finding::{Finding, FindingKey};
use crate::model::session::Session;

/// The pane that the operator is in.
pub fn pane(state: &State) -> Vec<String> {
    if let Some(Overlay::Reader(reader)) = &state.overlay {
        return reader.lines.clone();
    }
    match state.screen() {
        Some(Screen::Sprint(s)) if s.pane == super::super::sprint::Pane::Detail => {
            super::selected_key(state).map_or_else(Vec::new, |key| brief(state, &key))
        }
        Some(Screen::Sprint(s)) => super::sprint::rows(state, s)
            .iter()
            .map(|row| match row.finding {
                Some(f) => line(state, f),
                None => format!("looking     {}", item_of(&row.key)),
            })
            .collect(),
        Some(Screen::Finding(s)) => brief(state, &s.key),
        Some(Screen::Guide(s)) => s
            .current
            .as_ref()
            .map_or_else(Vec::new, |key| brief(state, key)),
        Some(Screen::Gate(_)) => scorecard(state),
        Some(Screen::Plan(_)) => super::plan::text(state),
        Some(Screen::Handover(_)) => runbook(state),
        Some(Screen::DayOne(s)) => super::day_one::rows(state, s).iter().map(changed).collect(),
        Some(Screen::Rehearsal(s)) => super::rehearsal::current(state)
            .map(super::rehearsal::assumptions)
            .unwrap_or_default()
            .into_iter()
            .chain(super::rehearsal::rows(state, s).iter().map(changed))
            .collect(),
        Some(Screen::Watch(_)) => super::watch::watches(state)
            .iter()
            .map(|(key, w)| {
                let last = w
                    .last
                    .as_ref()
                    .map_or("not looked yet", |l| l.summary.as_str());
                format!("{}  {} looks  {last}", item_of(key), w.attempts)
            })
            .chain(super::watch::doors(state).iter().map(super::watch::told))
            .collect(),
        Some(Screen::Mail(_)) => super::mail::text(state),
        Some(Screen::Proofs(_)) => super::proofs::text(state),
        Some(Screen::Home(s)) => super::home::sessions(state, s)
            .iter()
            .map(|s| format!("{}  {}  {} blockers", s.domain, s.playbook, s.blockers))
            .collect(),
        Some(Screen::NewSession(_) | Screen::Vault(_)) | None => Vec::new(),
    }
}

/// A name for the file that a pane is written to.
pub fn file_name(state: &State) -> String {
    let slug = state
        .opened
        .as_ref()
        .map_or("launch-ready", |o| o.session.slug.as_str());
    let place = match &state.overlay {
        Some(Overlay::Reader(reader)) => return reader.file_name.clone(),
        _ => state.screen().map_or("screen", Screen::title),
    };
    format!("{slug}-{}.txt", place.replace(' ', "-"))
}

fn changed(drifted: &Drifted) -> String {
    let now = drifted.now.as_ref().map_or("gone", |f| f.summary.as_str());
    let more = drifted.facts.iter().map(|fact| fact.text("→"));
    let why = drifted.expected.as_ref().map(Expected::text);
    let more = more.chain(why).chain(drifted.note.map(str::to_owned));
    format!(
        "{}  {}  {now}{}",
        drifted.change.word(),
        item_of(&drifted.key),
        more.map(|text| format!("; {text}")).collect::<String>()
    )
}

fn line(state: &State, finding: &Finding) -> String {
    format!(
        "{:<11} {:<8} {}  {}",
        finding.verdict.word(),
        finding.severity.word(),
        item_of(&finding.key()),
        sentence(state, finding),
    )
}

/// One finding, whole: what an engineer needs who has never seen the portal.
pub fn brief(state: &State, key: &FindingKey) -> Vec<String> {
    let Some(finding) = super::finding(state, key) else {
        return vec![format!("{}: not looked at yet", item_of(key))];
    };
    of_finding(state, finding)
}

/// The same of a finding that may not be of the session.
pub fn of_finding(state: &State, finding: &Finding) -> Vec<String> {
    let key = &finding.key();
    let mut lines = vec![
        format!("{} · {}", title_of(state, key), item_of(key)),
        format!(
            "{} · {} · {} · seen {}",
            finding.verdict,
            finding.severity,
            finding.confidence.word(),
            finding.at
        ),
        finding.summary.clone(),
        String::new(),
    ];
    if !state.presenter && !finding.evidence.is_empty() {
        lines.push("Evidence".to_owned());
        for evidence in &finding.evidence {
            lines.push(format!("  {} {}", evidence.kind, evidence.source));
            lines.extend(evidence.text.lines().map(|l| format!("    {l}")));
            if !evidence.repeat.is_empty() {
                lines.push(format!("    $ {}", evidence.repeat));
            }
        }
        lines.push(String::new());
    }
    lines.extend(remedy(finding));
    let rows: Vec<&str> = criteria_of(state, key)
        .iter()
        .map(|c| c.title.as_str())
        .collect();
    if !rows.is_empty() {
        lines.push(format!("Scorecard: {}", rows.join(", ")));
    }
    if !finding.standards.is_empty() {
        lines.push(format!("Standards: {}", finding.standards.join(", ")));
    }
    lines
}

fn remedy(finding: &Finding) -> Vec<String> {
    let Some(remedy) = &finding.remedy else {
        return Vec::new();
    };
    let mut lines = vec!["Fix".to_owned()];
    lines.extend(
        remedy
            .steps
            .iter()
            .enumerate()
            .map(|(n, step)| format!("  {}. {step}", n + 1)),
    );
    lines.extend(remedy.records.iter().map(|r| {
        format!(
            "  {} {} {} {} {}",
            r.action.sign(),
            r.name,
            r.ttl,
            r.rtype,
            r.value
        )
    }));
    lines.extend(
        remedy
            .settings
            .iter()
            .map(|s| format!("  {}: {} = {}", s.place, s.name, s.value)),
    );
    lines.push(format!("Undo: {}", remedy.undo));
    lines.push(format!("Proof: {}", remedy.proof));
    lines.push(String::new());
    lines
}

fn scorecard(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(report) = super::gate::report(state) {
        lines.push(format!("gate: {}", report.verdict));
    }
    for row in super::gate::all(state) {
        lines.push(format!("{:<13} {}", row.report.state, row.criterion.title));
        lines.extend(
            row.report
                .because
                .iter()
                .map(|why| format!("              {why}")),
        );
        if let Some(waiver) = row.waiver {
            lines.push(format!(
                "              accepted by {} until {}: {}",
                waiver.by, waiver.until, waiver.reason
            ));
        }
    }
    lines
}

/// Owners, access, answers and notes: what a team needs at three in the morning.
pub fn runbook(state: &State) -> Vec<String> {
    let (Some(opened), Some(playbook)) = (&state.opened, state.playbook()) else {
        return Vec::new();
    };
    let session = &opened.session;
    let mut lines = vec![
        format!("{} · {}", session.domain, playbook.title),
        String::new(),
    ];
    lines.push("Questions".to_owned());
    for question in &playbook.founder_questions {
        lines.push(format!("  {}", question.text));
        lines.push(match session.answers.get(&question.id) {
            Some(a) => format!(
                "    {} · {} · {}",
                if a.yes { "yes" } else { "no" },
                a.by,
                a.evidence
            ),
            None => "    nobody answered".to_owned(),
        });
    }
    lines.push("Checklist".to_owned());
    lines.extend(playbook.checklist.iter().map(|item| {
        let done = if session.ticked.contains(&item.id) {
            "x"
        } else {
            " "
        };
        format!("  [{done}] {}", item.text)
    }));
    lines.extend(owners(state));
    lines.extend(notes(session));
    lines
}

/// Who has what, and who may reach what.
pub fn owners(state: &State) -> Vec<String> {
    let Some(opened) = &state.opened else {
        return Vec::new();
    };
    let session = &opened.session;
    let mut lines = vec!["Owners".to_owned()];
    lines.extend(session.owners.iter().map(|(item, owner)| {
        let due = owner.due.map(|due| {
            let over = if due < state.now { " (overdue)" } else { "" };
            format!(" · due {due}{over}")
        });
        let waits = super::waits(state, item).map(|waits| format!(" · {}", waits.text()));
        let rest = [due, waits].into_iter().flatten().collect::<String>();
        format!("  {item}: {}{rest}", owner.name)
    }));
    lines.push("Access".to_owned());
    lines.extend(
        session
            .access
            .iter()
            .map(|a| format!("  {}: {} · {}", a.place, a.who, a.how)),
    );
    lines.push("Signed".to_owned());
    lines.extend(
        session
            .sign_offs
            .iter()
            .map(|s| format!("  {}: {} · {} · {}", s.gate, s.by, s.role, s.at)),
    );
    lines.push(format!(
        "Clock: {} of 48:00, last run {}",
        hours_minutes(session.clock.elapsed(state.now)),
        session.runs.last().map_or_else(
            || "never".to_owned(),
            |r| format!("{} ago", ago(state.now.duration_since(r.started)))
        )
    ));
    lines
}

fn notes(session: &Session) -> Vec<String> {
    let mut lines = vec!["Notes".to_owned()];
    lines.extend(
        session
            .notes
            .iter()
            .filter(|n| !n.text.starts_with(NOTED))
            .map(|n| format!("  {} · {}: {}", n.item, n.by, n.text)),
    );
    lines
}
