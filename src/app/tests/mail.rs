//! The page of mail: cells and what they open, forms that change the intent, a message that is brought.

use super::*;
use crate::app::effect::Bringing;
use crate::app::mail::{MailColumn, MailRow};
use crate::app::overlay::{FieldKind, Overlay};
use crate::app::select::{self, mail as page};
use crate::model::intent::Sender;
use crate::model::intent::message::MessageKind;
use crate::model::receiver::{self, Standing};

fn sender(name: &str, selector: &str) -> Sender {
    Sender {
        name: name.into(),
        selectors: vec![selector.into()],
        include: None,
        bounce_domain: None,
    }
}

fn about(check: &str, subject: &str, verdict: Verdict) -> Finding {
    Finding {
        subject: subject.into(),
        ..finding(check, verdict, Severity::Blocker)
    }
}

/// A session with two senders and a sibling, on the page.
fn on_page(world: Vec<Finding>) -> Cockpit {
    let mut cockpit = Cockpit::in_sprint(world);
    let mut intent = intent();
    intent.senders = vec![sender("one", "s1"), sender("two", "s2")];
    intent.parked = vec![HostName::parse("old.example").unwrap()];
    let events = cockpit.written(vec![EventBody::IntentConfirmed {
        intent: Box::new(intent),
    }]);
    cockpit.send(Message::Merged(events));
    cockpit.press("M");
    cockpit
}

fn verdict(cockpit: &Cockpit, row: &MailRow, column: MailColumn) -> Option<Verdict> {
    page::cell(&cockpit.state, row, column)
        .verdict
        .map(|(v, _)| v)
}

/// Below the messages stand the rules of the receivers.
fn on_the_last_message(cockpit: &mut Cockpit) {
    cockpit.press("end");
    for _ in receiver::rules() {
        cockpit.press("up");
    }
}

fn current_intent(cockpit: &Cockpit) -> Intent {
    page::intent(&cockpit.state).unwrap()
}

#[test]
fn a_cell_says_what_the_finding_behind_it_says() {
    use MailColumn::{Alignment, Dkim, Dmarc, Spf};
    use Verdict::{Fail, NotApplicable, Pass, Unknown, Warn};
    let mut policy = about("mail.spf-policy", DOMAIN, Fail);
    policy
        .details
        .insert("missing_senders".into(), vec!["two"].into());
    let mut parked = about("mail.parked", "old.example", Warn);
    parked.details.insert("spf".into(), "pass".into());
    parked.details.insert("dmarc".into(), "warn".into());
    let cockpit = on_page(vec![
        about("mail.spf", DOMAIN, Pass),
        policy,
        about("mail.dkim", "s1._domainkey.acme.example", Unknown),
        about("mail.dkim", "s2._domainkey.acme.example", Fail),
        about("mail.dmarc", DOMAIN, Pass),
        about("mail.alignment", "two", Fail),
        parked,
    ]);
    let (one, two) = (MailRow::Sender("one".into()), MailRow::Sender("two".into()));
    let old = MailRow::Parked("old.example".into());
    for (row, want) in [
        (
            MailRow::Domain,
            [Some(Fail), Some(Fail), Some(Pass), Some(Fail)],
        ),
        (one, [Some(Pass), Some(Unknown), Some(Pass), None]),
        (two, [Some(Fail), Some(Fail), Some(Pass), Some(Fail)]),
        (
            old,
            [
                Some(Pass),
                Some(NotApplicable),
                Some(Warn),
                Some(NotApplicable),
            ],
        ),
    ] {
        let got = [Spf, Dkim, Dmarc, Alignment].map(|column| verdict(&cockpit, &row, column));
        assert_eq!(got, want, "{row:?}");
    }
    let spf = page::cell(&cockpit.state, &MailRow::Sender("two".into()), Spf);
    assert_eq!(spf.keys[0].check.as_str(), "mail.spf-policy");
}

#[test]
fn enter_opens_the_cell_or_asks_which_of_several() {
    let mut cockpit = on_page(vec![
        about("mail.spf", DOMAIN, Verdict::Pass),
        about("mail.spf-lookups", DOMAIN, Verdict::Fail),
        about("mail.dkim", "s1._domainkey.acme.example", Verdict::Fail),
    ]);
    cockpit.press("down right enter");
    let Screen::Finding(open) = cockpit.screen() else {
        panic!("{:?}", cockpit.screen());
    };
    assert_eq!(open.key.subject, "s1._domainkey.acme.example");
    cockpit.press("esc left up enter");
    let Some(Overlay::Picker(picker)) = &cockpit.state.overlay else {
        panic!("{:?}", cockpit.state.overlay);
    };
    assert!(
        picker.choices[0].id.starts_with("mail.spf-lookups"),
        "{picker:?}"
    );
    cockpit.press("enter");
    assert!(
        matches!(cockpit.screen(), Screen::Finding(f) if f.key.check.as_str() == "mail.spf-lookups")
    );
    cockpit.press("esc right right right enter");
    assert!(
        cockpit.said().contains("still looking") || cockpit.said().contains("no row"),
        "{}",
        cockpit.said()
    );
}

#[test]
fn the_rules_of_receivers_stand_below_and_lead_to_what_breaks_them() {
    let mut cockpit = on_page(vec![
        about("mail.alignment", "one", Verdict::Pass),
        about("mail.alignment", "two", Verdict::Fail),
        about("mail.spf", DOMAIN, Verdict::Pass),
    ]);
    let stands = |cockpit: &Cockpit, id: &str| page::rule(&cockpit.state, id).unwrap().standing;
    assert_eq!(stands(&cockpit, "aligned"), Standing::Failing);
    assert_eq!(
        stands(&cockpit, "spf"),
        Standing::NotYet,
        "one of two looked"
    );
    assert_eq!(stands(&cockpit, "complaints"), Standing::Asked);
    let yes = cockpit.written(vec![EventBody::Answered {
        question: "bulk-complaints".into(),
        yes: true,
        by: "Ada".into(),
        evidence: String::new(),
        attachments: Vec::new(),
    }]);
    cockpit.send(Message::Merged(yes));
    assert_eq!(stands(&cockpit, "complaints"), Standing::Attested);
    let text = page::text(&cockpit.state).join("\n");
    let line = "alignment: failing · Google and Yahoo since 2024-02-01, Microsoft since 2025-05-05";
    assert!(text.contains(line), "{text}");

    cockpit.press("end");
    assert_eq!(
        page::selected(&cockpit.state),
        Some(MailRow::Rule("complaints".into()))
    );
    cockpit.press("enter");
    cockpit.press("right");
    cockpit.fill(&["", "Ada", "the receiver's console"]);
    assert_eq!(stands(&cockpit, "complaints"), Standing::Failing);
    cockpit.press("up up up up enter");
    let Some(Overlay::Picker(picker)) = &cockpit.state.overlay else {
        panic!("{:?}", cockpit.state.overlay);
    };
    assert_eq!(picker.choices[0].id, "mail.alignment two");
    cockpit.press("esc");

    let mut silent = intent();
    silent.sends_mail = Some(false);
    let events = cockpit.written(vec![EventBody::IntentConfirmed {
        intent: Box::new(silent),
    }]);
    cockpit.send(Message::Merged(events));
    let rows = page::rows(&cockpit.state);
    assert!(
        !rows.iter().any(|row| matches!(row, MailRow::Rule(_))),
        "{rows:?}"
    );
}

#[test]
fn who_sends_and_what_must_arrive_is_said_on_the_page() {
    let mut cockpit = on_page(Vec::new());
    cockpit.press("a");
    cockpit.fill(&["resend", "r1, r2", "", "not a name"]);
    assert!(
        matches!(&cockpit.state.overlay, Some(Overlay::Form(f)) if f.fields[3].problem.is_some())
    );
    cockpit.fill(&["send.acme.example"]);
    let known = current_intent(&cockpit);
    let named = known.senders.last().unwrap();
    assert_eq!((named.name.as_str(), named.selectors.len()), ("resend", 2));
    assert_eq!(known.sends_mail, Some(true));

    cockpit.press("i");
    cockpit.fill(&["nobody", "", "", ""]);
    assert!(
        matches!(&cockpit.state.overlay, Some(Overlay::Form(f)) if f.fields[0].problem.is_some())
    );
    cockpit.fill(&["test@inbox.example"]);
    cockpit.fill(&["imap.inbox.example:993", "", ""]);
    cockpit.press("o");
    cockpit.fill(&["smtp.mailer.example:0", "portal", "portal@acme.example"]);
    assert!(
        matches!(&cockpit.state.overlay, Some(Overlay::Form(f)) if f.fields[0].problem.is_some())
    );
    cockpit.fill(&["smtp.mailer.example:465", "", ""]);
    cockpit.press("e right");
    cockpit.fill(&["", "", "", "reset"]);
    let known = current_intent(&cockpit);
    assert_eq!(known.submission.unwrap().server, "smtp.mailer.example:465");
    assert_eq!(known.messages[0].kind, MessageKind::Reset);
    assert_eq!(known.messages[0].subject.as_deref(), Some("reset"));
    let stored = select::vault::names(&cockpit.state);
    for wanted in ["submission", "test-inbox"] {
        assert!(stored.iter().any(|n| n == wanted), "{stored:?}");
    }

    on_the_last_message(&mut cockpit);
    cockpit.press("c");
    let Some(Effect::Copy(address)) = cockpit.asked.pop() else {
        panic!("nothing was copied");
    };
    assert!(
        address.starts_with("test+") && address.ends_with("-reset@inbox.example"),
        "{address}"
    );
    cockpit.press("e right right left");
    cockpit.press("enter right enter enter enter");
    assert!(current_intent(&cockpit).messages.is_empty());
}

#[test]
fn a_message_that_is_pasted_stays_out_of_everything_but_the_effect() {
    let mut cockpit = on_page(Vec::new());
    cockpit.press("e");
    cockpit.fill(&["", "", "", ""]);
    on_the_last_message(&mut cockpit);
    cockpit.press("p");
    // Wherever the cursor is in the form: a message is not lost in a choice.
    cockpit.press("up");
    let source =
        "Received: from mx\rSubject: hello\r\rhttps://portal.acme.example/sign-in?token=t0ps3cret";
    cockpit.send(Message::Paste(source.into()));
    assert!(cockpit.state.is_typing_a_secret());
    assert!(!format!("{:?}", cockpit.state).contains("t0ps3cret"));
    cockpit.press("enter");
    assert_eq!(cockpit.state.overlay, None);
    let Some(Effect::BringMessage(Bringing::Text { kind, text })) = cockpit.asked.pop() else {
        panic!("{:?}", cockpit.asked);
    };
    assert_eq!(kind, MessageKind::Test);
    assert_eq!(text.lines(), 4);
    cockpit.send(Message::Brought {
        kind,
        result: Ok(source.len()),
    });
    let Some(Effect::StartRun(run)) = cockpit.asked.pop() else {
        panic!("{:?}", cockpit.asked);
    };
    assert_eq!(run.only[0].subject, "test message");
    assert!(run.checks.iter().any(|c| c == "mail.test-message"));
    let message = page::message(&cockpit.state, &current_intent(&cockpit), kind);
    assert_eq!(message.brought, Some(source.len()));
}

#[test]
fn a_file_is_named_and_what_is_wrong_with_it_is_said() {
    let mut cockpit = on_page(Vec::new());
    cockpit.press("p enter");
    cockpit.press("enter");
    let problem = |cockpit: &Cockpit| match &cockpit.state.overlay {
        Some(Overlay::Form(form)) => form.fields[1].problem.clone(),
        other => panic!("{other:?}"),
    };
    assert!(problem(&cockpit).unwrap().contains("name a file"));
    cockpit.text("'/tmp/my mail.eml'");
    assert!(matches!(&cockpit.state.overlay, Some(Overlay::Form(f))
        if matches!(&f.fields[1].kind, FieldKind::Message { pasted: None, .. })));
    cockpit.press("enter");
    let Some(Effect::BringMessage(Bringing::File { file, .. })) = cockpit.asked.pop() else {
        panic!("{:?}", cockpit.asked);
    };
    assert_eq!(file, PathBuf::from("/tmp/my mail.eml"));
    cockpit.send(Message::Brought {
        kind: MessageKind::Test,
        result: Err("/tmp/my mail.eml: no such file".into()),
    });
    assert!(
        cockpit.said().contains("no such file"),
        "{}",
        cockpit.said()
    );
}

#[test]
fn what_follows_from_a_key_is_mended_after_it() {
    let cockpit = on_page(vec![
        about("mail.alignment", "one", Verdict::Fail),
        about("mail.dkim", "s1._domainkey.acme.example", Verdict::Fail),
    ]);
    let order: Vec<&str> = select::guide::todo(&cockpit.state)
        .iter()
        .map(|f| f.check.as_str())
        .collect();
    assert_eq!(order, ["mail.dkim", "mail.alignment"]);
}
