//! What waits for what, what is next, files that show answers, waivers that run out, clocks that jump.

use super::*;
use crate::app::home::{HomeRow, Listing, SessionSummary};
use crate::app::plan::PlanRow;
use crate::app::select;
use crate::app::state::Tone;
use crate::app::{Overlay, overlay::FormPurpose};
use crate::model::attachment::{Attachment, FileState};
use crate::model::clock::{Clock, Pause};

fn broken() -> Vec<Finding> {
    vec![
        finding("mail.dmarc", Verdict::Fail, Severity::Blocker),
        finding("mail.spf", Verdict::Fail, Severity::Blocker),
    ]
}

fn problem(cockpit: &Cockpit) -> Option<String> {
    match &cockpit.state.overlay {
        Some(Overlay::Form(form)) => form.fields.iter().find_map(|f| f.problem.clone()),
        _ => None,
    }
}

/// On the plan's first line, which asks about access to the registrar.
fn at_access() -> Cockpit {
    let mut cockpit = Cockpit::in_sprint(broken());
    cockpit.press("0");
    assert_eq!(
        super::super::plan::current(&cockpit.state),
        Some(PlanRow::Access("access-registrar".into()))
    );
    cockpit.press("enter");
    cockpit
}

#[test]
fn what_an_item_waits_for_is_completed_kept_and_refused_in_a_ring() {
    let mut cockpit = Cockpit::in_sprint(broken());
    cockpit.press("B");
    cockpit.text("mail.sp");
    cockpit.press("right enter");
    assert!(cockpit.state.overlay.is_none(), "{:?}", problem(&cockpit));
    let owner = &cockpit.session().owners["mail.dmarc acme.example"];
    assert_eq!(
        (owner.name.as_str(), owner.blocked_by.as_str()),
        ("ada", "mail.spf acme.example")
    );
    // A new owner leaves it as it is.
    cockpit.press("o");
    cockpit.fill(&["bo", ""]);
    let owner = &cockpit.session().owners["mail.dmarc acme.example"];
    assert_eq!(
        (owner.name.as_str(), owner.blocked_by.as_str()),
        ("bo", "mail.spf acme.example")
    );
    cockpit.press("down B");
    cockpit.text("mail.dmarc acme.example");
    cockpit.press("enter");
    assert!(problem(&cockpit).unwrap().contains("would go round"));
    cockpit.press("esc");
    // What is blocked is not what is next.
    let next = select::next::next(&cockpit.state).unwrap();
    assert!(!next.what.contains("dmarc"), "{next:?}");
}

#[test]
fn one_key_goes_to_what_is_next_and_does_nothing_else() {
    let mut cockpit = Cockpit::in_sprint(broken());
    let events = cockpit.state.opened.as_ref().unwrap().events.len();
    cockpit.press(".");
    let flag = match super::super::plan::current(&cockpit.state) {
        Some(PlanRow::Flag(id)) => id,
        other => panic!("{other:?}"),
    };
    assert_eq!(cockpit.state.opened.as_ref().unwrap().events.len(), events);
    // A second time it opens what the line is for.
    cockpit.press(".");
    assert!(matches!(
        &cockpit.state.overlay,
        Some(Overlay::Form(form)) if form.purpose == FormPurpose::Answer { question: flag.clone() }
    ));
    cockpit.press("esc");
    for id in cockpit.state.playbook().unwrap().red_flags.clone() {
        let no = EventBody::Answered {
            question: id.id,
            yes: false,
            by: "ada".into(),
            evidence: String::new(),
            attachments: Vec::new(),
        };
        let events = cockpit.written(vec![no]);
        cockpit.send(Message::Merged(events));
    }
    cockpit.press(".");
    assert!(
        matches!(cockpit.screen(), Screen::Finding(_)),
        "{:?}",
        cockpit.screen()
    );
}

#[test]
fn a_file_is_read_by_the_driver_and_only_its_hash_is_kept() {
    let mut cockpit = at_access();
    cockpit.fill(&["", "ada", "/tmp/login.png"]);
    assert_eq!(
        cockpit.asked.last(),
        Some(&Effect::HashFile("/tmp/login.png".into()))
    );
    assert!(cockpit.session().answers.is_empty());
    cockpit.press("enter");
    assert!(cockpit.said().contains("still being read"));
    let refused = Message::Hashed {
        path: "/tmp/login.png".into(),
        result: Err("/tmp/login.png is a folder: name one file in it".into()),
    };
    cockpit.send(refused);
    assert!(problem(&cockpit).unwrap().contains("is a folder"));
    cockpit.press("enter");
    let file = Attachment::File {
        path: "/tmp/login.png".into(),
        name: "login.png".into(),
        size: 7,
        sha256: "ab".repeat(32),
    };
    cockpit.send(Message::Hashed {
        path: "/tmp/login.png".into(),
        result: Ok(file.clone()),
    });
    let answer = &cockpit.session().answers["access-registrar"];
    assert!(answer.yes);
    assert_eq!(
        (answer.evidence.as_str(), answer.attachments.as_slice()),
        ("login.png", &[file.clone()][..])
    );
    // The gate looks again, and tells once what changed.
    cockpit.press("g");
    assert_eq!(
        cockpit.asked.last(),
        Some(&Effect::LookAtFiles(vec![file.clone()]))
    );
    cockpit.send(Message::FilesLooked(vec![(
        file.clone(),
        FileState::Changed,
    )]));
    assert!(
        cockpit.said().contains("the file changed since"),
        "{}",
        cockpit.said()
    );
    let shown = select::attach::lines(
        &cockpit.state,
        &cockpit.session().answers["access-registrar"],
    );
    assert_eq!(shown[0].1.as_deref(), Some("the file changed since"));
    let toasts = cockpit.state.toasts.len();
    cockpit.send(Message::FilesLooked(vec![(file, FileState::Changed)]));
    assert_eq!(cockpit.state.toasts.len(), toasts);
}

#[test]
fn a_form_that_was_left_keeps_nothing_of_the_file_and_a_link_is_kept_at_once() {
    let mut cockpit = at_access();
    cockpit.fill(&["", "ada", "~/zone.txt"]);
    cockpit.press("esc");
    let link = Attachment::Link {
        url: "https://wiki.example/zone".into(),
    };
    cockpit.send(Message::Hashed {
        path: "~/zone.txt".into(),
        result: Ok(link.clone()),
    });
    assert!(cockpit.session().answers.is_empty());
    assert!(cockpit.said().contains("nothing was kept"));
    cockpit.press("enter");
    cockpit.fill(&["", "ada", "see https://wiki.example/zone"]);
    let answer = &cockpit.session().answers["access-registrar"];
    assert_eq!(answer.attachments, [link]);
    assert_eq!(answer.evidence, "see https://wiki.example/zone");
}

#[test]
fn a_waiver_is_named_dated_and_told_when_it_runs_out() {
    let mut cockpit = Cockpit::in_sprint(broken());
    cockpit.press("x");
    if matches!(cockpit.state.overlay, Some(Overlay::Picker(_))) {
        cockpit.press("enter");
    }
    cockpit.fill(&["", "", "2020-01-01", ""]);
    let Some(Overlay::Form(form)) = &cockpit.state.overlay else {
        panic!("nobody waives silently")
    };
    let problems = form.fields.iter().filter(|f| f.problem.is_some()).count();
    assert_eq!(problems, 4, "reason, name, date and what is done instead");
    cockpit.state.overlay = None;
    cockpit.press("x");
    if matches!(cockpit.state.overlay, Some(Overlay::Picker(_))) {
        cockpit.press("enter");
    }
    cockpit.fill(&["later", "Bo", "200d", "watched"]);
    assert!(problem(&cockpit).unwrap().contains("longer than 90 days"));
    cockpit.fill(&["the provider is replaced in spring", "", "", ""]);
    assert!(cockpit.state.overlay.is_none(), "{:?}", problem(&cockpit));
    assert_eq!(cockpit.session().waivers.len(), 1);
    cockpit.pass(SignedDuration::from_hours(24 * 200 + 1));
    assert!(
        cockpit
            .state
            .toasts
            .iter()
            .any(|t| t.tone == Tone::Problem && t.text.contains("is over: decide again"))
    );
}

#[test]
fn a_clock_that_is_set_back_is_followed_and_a_tremor_is_not() {
    let mut cockpit = Cockpit::in_sprint(broken());
    let before = cockpit.now;
    cockpit.pass(SignedDuration::from_hours(1_000));
    cockpit.now = before;
    cockpit.send(Message::Tick);
    assert!(cockpit.state.now < before + SignedDuration::from_hours(1));
    let now = cockpit.state.now;
    update(
        &mut cockpit.state,
        Message::Tick,
        now - SignedDuration::from_secs(5),
    );
    assert_eq!(cockpit.state.now, now);
}

#[test]
fn home_shows_first_what_needs_somebody_and_thirty_sessions_scroll() {
    let mut cockpit = Cockpit::new();
    let now = cockpit.now;
    let session = |n: usize| SessionSummary {
        file: PathBuf::from(format!("{n:02}.launch")),
        domain: format!("client-{n:02}.example"),
        playbook: "b2b-support".into(),
        clock: Clock::default(),
        gate: None,
        blockers: 0,
        next: None,
        phase: String::new(),
        gate_ahead: None,
        late: 0,
        handed_over: None,
        worse: 0,
        changed_at: now,
        problem: None,
    };
    let started = |hours: i64| Clock {
        started: Some(now - SignedDuration::from_hours(hours)),
        pauses: Vec::new(),
    };
    let mut list: Vec<SessionSummary> = (0..30).map(session).collect();
    list[3].handed_over = Some(now);
    list[7].clock = started(4);
    list[8].clock = started(4);
    list[8].clock.pauses = vec![Pause {
        from: now - SignedDuration::from_hours(1),
        to: None,
        cause: "client: registrar access".into(),
    }];
    for (n, hours) in [(20, 10), (21, 20)] {
        (list[n].clock, list[n].late) = (started(hours), 1);
        list[n].gate_ahead = Some(("Fix closed".into(), 24));
    }
    cockpit.send(Message::SessionsListed(list));
    assert!(matches!(cockpit.state.sessions, Listing::Ready(_)));
    let shown = |cockpit: &Cockpit| -> Vec<String> {
        let Screen::Home(home) = cockpit.screen() else {
            panic!()
        };
        let list = select::home::sessions(&cockpit.state, home).into_iter();
        list.map(|s| s.domain.clone()).collect()
    };
    let all = shown(&cockpit);
    let first: Vec<&str> = all.iter().take(4).map(String::as_str).collect();
    assert_eq!(
        first,
        [
            "client-21.example",
            "client-20.example",
            "client-07.example",
            "client-08.example"
        ]
    );
    assert_eq!(all.last().unwrap(), "client-03.example");
    assert_eq!(select::home::need_you(&cockpit.state), 2);
    cockpit.press("end");
    let Screen::Home(home) = cockpit.screen() else {
        panic!()
    };
    let rows = select::home::rows(&cockpit.state, home);
    assert_eq!(home.cursor.current(&rows), Some(&HomeRow::Range));
    assert!(home.cursor.offset(&rows, 20) > 0);
    cockpit.press("home /");
    cockpit.text("registrar");
    assert_eq!(shown(&cockpit), ["client-08.example"]);
    // `.` opens the session, and goes on to its next step.
    cockpit.press("enter .");
    assert_eq!(
        cockpit.asked.last(),
        Some(&Effect::OpenSession(PathBuf::from("08.launch")))
    );
    cockpit.world = broken();
    cockpit.open(&[EventBody::ClockStarted]);
    assert!(
        matches!(cockpit.screen(), Screen::Plan(_)),
        "{:?}",
        cockpit.screen()
    );
}
