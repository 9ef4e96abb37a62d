//! The rows of a new session: kept or dropped, given a role, added by hand.

use super::super::cursor::{Cursor, Step as Move};
use super::super::effect::Effect;
use super::super::input::Input;
use super::super::overlay::Form;
use super::super::state::State;
use super::steps::screen;
use super::{FactKey, FoundHost, HostRow, NewSession, SenderRow, Step};
use crate::app::select::intent::{domain, host_problem, role_of};
use crate::model::intent::{Host, Role, Sender};
use crate::model::name::HostName;
use crate::model::playbook::Playbook;

/// A host from the form; `None` when a field has a problem.
pub(in crate::app) fn add_host(state: &mut State, form: &mut Form) -> Option<Vec<Effect>> {
    let (raw, role) = (form.value(0), form.value(1));
    let new = screen(state)?;
    let about = domain(new)?;
    let problem = match host_problem(&raw) {
        Err(problem) => problem,
        Ok(name) if new.hosts.iter().any(|h| h.found.host.name == name) => {
            format!("{name} is in the list already")
        }
        Ok(name) => {
            let role = Role::parse(&role).unwrap_or_else(|| role_of(&name, &about));
            new.host_cursor = Cursor::on(name.clone());
            new.hosts.push(by_hand(name, role));
            return Some(Vec::new());
        }
    };
    if let Some(field) = form.fields.first_mut() {
        field.problem = Some(problem);
    }
    None
}

/// A sender from the form; `None` when a field has a problem.
pub(in crate::app) fn add_sender(state: &mut State, form: &mut Form) -> Option<Vec<Effect>> {
    let sender = sender_in(form)?;
    let new = screen(state)?;
    new.senders.retain(|row| row.sender.name != sender.name);
    new.fact_cursor = Cursor::on(FactKey::Sender(sender.name.clone()));
    new.senders.push(SenderRow {
        sender,
        why: "named by you".to_owned(),
        keep: true,
        added: true,
    });
    Some(Vec::new())
}

/// The sender that the fields of a form name: service, selectors, include, bounce domain. `None` when one has a problem.
pub(in crate::app) fn sender_in(form: &mut Form) -> Option<Sender> {
    let mut name_of = |n: usize| match form.value(n) {
        text if text.is_empty() => Some(None),
        text => match HostName::parse(&text) {
            Ok(name) => Some(Some(name)),
            Err(problem) => {
                if let Some(field) = form.fields.get_mut(n) {
                    field.problem = Some(problem.to_string());
                }
                None
            }
        },
    };
    let (include, bounce_domain) = (name_of(2)?, name_of(3)?);
    Some(Sender {
        name: form.value(0),
        selectors: form
            .value(1)
            .split([',', ' '])
            .map(str::trim)
            .filter(|s| !s.is_empty())
            .map(str::to_owned)
            .collect(),
        include,
        bounce_domain,
    })
}

pub(super) fn by_hand(name: HostName, role: Role) -> HostRow {
    HostRow {
        found: FoundHost {
            host: Host {
                name,
                role,
                address: Vec::new(),
                target: None,
                why: "named by the operator".to_owned(),
            },
            addresses: Vec::new(),
            why: vec!["named by you".to_owned()],
            doubt: None,
        },
        keep: true,
        added: true,
    }
}

impl NewSession {
    /// The text that the question takes.
    pub(in crate::app) const fn input_mut(&mut self) -> Option<&mut Input> {
        match self.step {
            Step::Domain => Some(&mut self.domain),
            Step::Authority => Some(&mut self.authority),
            Step::Inventory | Step::Senders | Step::Playbook | Step::Start => None,
        }
    }

    /// Names of the hosts, in the order of the list.
    pub fn host_keys(&self) -> Vec<HostName> {
        self.hosts
            .iter()
            .map(|h| h.found.host.name.clone())
            .collect()
    }

    /// Facts, then senders.
    pub fn fact_keys(&self) -> Vec<FactKey> {
        let facts = self.facts.iter().map(|r| FactKey::Fact(r.fact.what));
        let senders = self
            .senders
            .iter()
            .map(|r| FactKey::Sender(r.sender.name.clone()));
        facts.chain(senders).collect()
    }

    pub(in crate::app) fn step_cursor(&mut self, playbooks: &[Playbook], step: Move, page: usize) {
        match self.step {
            Step::Inventory => self.host_cursor.step(&self.host_keys(), step, page),
            Step::Senders => self.fact_cursor.step(&self.fact_keys(), step, page),
            Step::Playbook => self.playbook_cursor.step(&ids(playbooks), step, page),
            Step::Domain | Step::Authority | Step::Start => {}
        }
    }

    /// Selects a row by its number; whether it was selected before.
    pub(in crate::app) fn pick(&mut self, playbooks: &[Playbook], row: usize, page: usize) -> bool {
        match self.step {
            Step::Inventory => self.host_cursor.pick(&self.host_keys(), row, page),
            Step::Senders => self.fact_cursor.pick(&self.fact_keys(), row, page),
            Step::Playbook => self.playbook_cursor.pick(&ids(playbooks), row, page),
            Step::Domain | Step::Authority | Step::Start => {}
        }
        false
    }

    pub(super) fn toggle(&mut self) {
        if self.step == Step::Inventory {
            let at = self.host_cursor.index(&self.host_keys());
            if let Some(row) = self.hosts.get_mut(at) {
                row.keep = !row.keep;
            }
            return;
        }
        match self.fact_cursor.current(&self.fact_keys()) {
            Some(FactKey::Fact(part)) => {
                if let Some(row) = self.facts.iter_mut().find(|r| r.fact.what == *part) {
                    row.keep = !row.keep;
                }
            }
            Some(FactKey::Sender(name)) => {
                if let Some(row) = self.senders.iter_mut().find(|r| r.sender.name == *name) {
                    row.keep = !row.keep;
                }
            }
            None => {}
        }
    }

    pub(super) fn cycle_role(&mut self) {
        let at = self.host_cursor.index(&self.host_keys());
        let Some(row) = self.hosts.get_mut(at) else {
            return;
        };
        let host = &mut row.found.host;
        let now = Role::ALL.iter().position(|r| *r == host.role).unwrap_or(0);
        let next = Role::ALL.get((now + 1) % Role::ALL.len());
        host.role = next.copied().unwrap_or(host.role);
        row.found.doubt = None;
    }

    /// A host that streams in; what the operator decided about it stays.
    pub(super) fn found_host(&mut self, found: FoundHost) {
        let known = self
            .hosts
            .iter_mut()
            .find(|row| row.found.host.name == found.host.name);
        match known {
            Some(row) => {
                let role = row.found.host.role;
                let decided = row.added || row.found.doubt.is_none();
                row.found = found;
                if decided {
                    row.found.host.role = role;
                }
            }
            None => self.hosts.push(HostRow {
                keep: found.doubt.is_none() || found.host.role != Role::Other,
                found,
                added: false,
            }),
        }
    }
}

fn ids(playbooks: &[Playbook]) -> Vec<String> {
    playbooks.iter().map(|p| p.id.clone()).collect()
}
