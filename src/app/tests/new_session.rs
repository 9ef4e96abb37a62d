use super::*;
use crate::app::new_session::{Discovered, Discovery, FoundHost, NewSession, Step};
use crate::model::intent::Sender;
use crate::model::inventory;

fn new(cockpit: &Cockpit) -> &NewSession {
    match cockpit.screen() {
        Screen::NewSession(new) => new,
        other => panic!("{other:?}"),
    }
}

fn found(name: &str, role: Role) -> Message {
    Message::Discovered(Discovered::Found(inventory::Discovery::Host(FoundHost {
        host: Host {
            name: HostName::parse(name).unwrap(),
            role,
            address: Vec::new(),
            target: None,
            why: String::new(),
        },
        addresses: Vec::new(),
        why: vec!["answers".into()],
        doubt: None,
    })))
}

pub(super) fn at_inventory() -> Cockpit {
    let mut cockpit = Cockpit::new();
    cockpit.press("n");
    cockpit.text("https://www.acme.example/login");
    cockpit.press("enter");
    cockpit
}

#[test]
fn a_url_is_taken_for_its_domain_and_it_says_so() {
    let cockpit = at_inventory();
    let new = new(&cockpit);
    assert_eq!(new.step, Step::Inventory);
    let parsed = new.parsed.as_ref().unwrap();
    assert_eq!(
        parsed.dropped.as_deref(),
        Some("https://www.acme.example/login")
    );
    assert_eq!(
        cockpit.asked,
        [Effect::Discover(HostName::parse(DOMAIN).unwrap())]
    );
    assert_eq!(new.hosts[0].found.host.name.as_str(), "www.acme.example");
}

#[test]
fn what_is_no_domain_stays_and_says_why() {
    let mut cockpit = Cockpit::new();
    cockpit.press("n");
    assert_eq!(new(&cockpit).problem, None);
    cockpit.text("192.0.2.1");
    assert!(
        new(&cockpit)
            .problem
            .as_ref()
            .unwrap()
            .contains("IP address")
    );
    cockpit.press("enter");
    assert_eq!(new(&cockpit).step, Step::Domain);
    assert!(cockpit.asked.is_empty());
}

#[test]
fn letters_that_are_keys_elsewhere_are_typed_here() {
    let mut cockpit = Cockpit::new();
    cockpit.press("n");
    cockpit.text("q?l/nu:");
    assert_eq!(new(&cockpit).domain.text(), "q?l/nu:");
}

#[test]
fn hosts_stream_in_without_moving_the_cursor_or_undoing_a_decision() {
    let mut cockpit = at_inventory();
    cockpit.send(found("portal.acme.example", Role::Portal));
    cockpit.press("down r space");
    cockpit.send(found("api.acme.example", Role::Api));
    cockpit.send(found("portal.acme.example", Role::Portal));
    let row = &new(&cockpit).hosts[1];
    assert_eq!((row.found.host.role, row.keep), (Role::Mail, false));
    assert_eq!(
        new(&cockpit)
            .host_cursor
            .selected
            .as_ref()
            .unwrap()
            .as_str(),
        "portal.acme.example"
    );
    cockpit.send(Message::Discovered(Discovered::Failed("no network".into())));
    assert_eq!(
        new(&cockpit).discovery,
        Discovery::Failed("no network".into())
    );
}

#[test]
fn a_host_is_added_once() {
    let mut cockpit = at_inventory();
    cockpit.press("a");
    cockpit.fill(&["staging.acme.example", ""]);
    assert_eq!(new(&cockpit).hosts[1].found.host.role, Role::Staging);
    cockpit.press("a");
    cockpit.fill(&["staging.acme.example", ""]);
    assert!(
        cockpit.state.overlay.is_some(),
        "the form says what is wrong"
    );
    cockpit.press("esc");
    assert_eq!(new(&cockpit).hosts.len(), 2);
}

#[test]
fn esc_steps_back_and_loses_nothing() {
    let mut cockpit = at_inventory();
    cockpit.send(found("portal.acme.example", Role::Portal));
    cockpit.press("enter esc esc esc");
    assert!(matches!(cockpit.screen(), Screen::Home(_)));
    cockpit.asked.clear();
    cockpit.press("n");
    assert_eq!(new(&cockpit).hosts.len(), 2);
    assert_eq!(new(&cockpit).step, Step::Domain);
    cockpit.press("enter");
    assert!(
        cockpit.asked.is_empty(),
        "the same domain is not asked again"
    );
    assert_eq!(new(&cockpit).hosts.len(), 2);
}

#[test]
fn without_a_yes_or_a_no_the_authority_is_not_passed() {
    let mut cockpit = at_inventory();
    cockpit.press("enter enter enter");
    assert_eq!(new(&cockpit).step, Step::Authority);
    cockpit.press("enter");
    assert!(new(&cockpit).authority_problem.is_some());
    cockpit.text("yes");
    assert!(new(&cockpit).authority_problem.is_none());
    cockpit.press("enter");
    assert_eq!(new(&cockpit).step, Step::Start);
}

#[test]
fn what_was_confirmed_becomes_the_session() {
    let mut cockpit = at_inventory();
    cockpit.send(Message::Discovered(Discovered::Found(
        inventory::Discovery::Sender {
            sender: Sender {
                name: "mailer".into(),
                selectors: vec!["mailer".into()],
                include: None,
                bounce_domain: None,
            },
            why: "SPF".into(),
        },
    )));
    cockpit.world = all_pass();
    cockpit.press("enter enter down enter");
    cockpit.text("no");
    cockpit.press("enter enter");
    let session = cockpit.session();
    assert_eq!(session.playbook, crate::playbook::builtin()[1].id);
    assert!(session.authority.is_empty());
    assert_eq!(session.clock.started, None, "access is not confirmed");
    assert_eq!(session.intent.as_ref().unwrap().senders.len(), 1);
    assert_eq!(session.runs.len(), 1, "the first look begins by itself");
    assert!(matches!(cockpit.screen(), Screen::Sprint(_)));
    cockpit.press("t");
    cockpit.fill(&["the registrar answers on Monday"]);
    let session = cockpit.session();
    assert!(session.clock.started.is_some() && session.started_without_access());
}

#[test]
fn a_sprint_that_starts_at_once_says_why_it_waits_for_no_access() {
    let mut cockpit = at_inventory();
    cockpit.world = all_pass();
    cockpit.press("enter enter enter");
    cockpit.text("no");
    cockpit.press("enter w");
    assert!(cockpit.state.overlay.is_some());
    cockpit.fill(&["everything is in my own accounts"]);
    let session = cockpit.session();
    assert!(session.clock.started.is_some());
    assert_eq!(session.notes[0].text, "everything is in my own accounts");
}
