//! The list of sessions for the home screen.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::app::Message;
use crate::app::home::SessionSummary;
use crate::model::drift::Change;
use crate::model::next::next;
use crate::model::playbook::Playbook;
use crate::model::schedule;
use crate::model::session::Session;
use crate::model::waiving::is_waived;
use crate::store::{Store, catalog};

/// Reads every session in `folder`. A file in trouble is listed with its problem. Blocks.
pub(super) fn list(folder: &Path, playbooks: &[Playbook]) -> Message {
    match catalog(folder) {
        Ok(lines) => Message::SessionsListed(
            lines
                .into_iter()
                .map(|line| {
                    let session = read(&line.path);
                    let mut summary = match &session {
                        Some(session) => of(line.path.clone(), session, playbooks),
                        None => unread(line.path.clone()),
                    };
                    if session.is_none() {
                        summary.domain = if line.domain.is_empty() {
                            line.slug
                        } else {
                            line.domain
                        };
                    }
                    summary.changed_at = line.touched.unwrap_or(Timestamp::UNIX_EPOCH);
                    summary.problem = line.problem;
                    summary
                })
                .collect(),
        ),
        Err(why) => Message::SessionsFailed(why.to_string()),
    }
}

fn read(path: &Path) -> Option<Session> {
    let events = Store::open_read_only(path).ok()?.events().ok()?;
    Some(Session::fold(&events))
}

fn unread(file: PathBuf) -> SessionSummary {
    of(file, &Session::default(), &[])
}

/// The line of a session.
fn of(file: PathBuf, session: &Session, playbooks: &[Playbook]) -> SessionSummary {
    let now = Timestamp::now();
    let playbook = playbooks.iter().find(|p| p.id == session.playbook);
    let looked = !session.findings.is_empty();
    SessionSummary {
        file,
        domain: session.domain.clone(),
        playbook: session.playbook.clone(),
        clock: session.clock.clone(),
        gate: playbook
            .filter(|_| looked)
            .map(|p| session.gate(p, now).verdict),
        blockers: session
            .findings
            .values()
            .filter(|f| f.blocks())
            .filter(|f| !playbook.is_some_and(|p| is_waived(p, session, f, now)))
            .count(),
        next: playbook.and_then(|p| next(p, session, now, &BTreeSet::new())),
        phase: playbook
            .and_then(|p| session.clock.phase(&p.phases, now))
            .map(|phase| phase.title.clone())
            .unwrap_or_default(),
        gate_ahead: playbook.and_then(|p| schedule::next_gate(p, session, now)),
        late: playbook.map_or(0, |p| schedule::late(p, session, now).len()),
        handed_over: session.handed_over.as_ref().map(|h| h.at),
        worse: session.drift(now).map_or(0, |d| d.count(Change::Worse)),
        changed_at: now,
        problem: None,
    }
}
