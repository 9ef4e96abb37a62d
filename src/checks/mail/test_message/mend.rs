//! What to change, point by point, at the service that sends, and what to do where something is missing.

use super::points::{Kind, Point};
use super::seen::{Facts, Found, Gap, TestMessageSeen};
use super::verify::Fate;
use crate::checks::mail::senders;
use crate::checks::rule::Case;
use crate::model::finding::Remedy;
use crate::model::intent::message::{INBOX_PASSWORD, MessageKind, SUBMISSION_PASSWORD};
use crate::model::intent::{Intent, Sender};
use crate::model::observation::message::{Step, Submission};
use crate::model::text::escape;
use crate::remedy::catalog::{inbox, mail_sender};
use crate::remedy::manual;

const PROOF: &str = "mail.test-message";

/// How to mend what the points tell.
pub fn points(
    points: &[Point],
    facts: &Facts,
    case: Case<'_>,
    kind: MessageKind,
) -> Option<Remedy> {
    let mut steps: Vec<String> = Vec::new();
    for point in points {
        for step in step(point, facts, case, kind) {
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
    }
    if steps.is_empty() {
        return None;
    }
    steps.push(match facts.found {
        Found::Sent => "Then check again: a new message is handed over ten minutes after the last one, not before.".to_owned(),
        _ => "Then make the portal send the message again, and check again.".to_owned(),
    });
    Some(manual(
        PROOF,
        steps,
        "Put back the setting at the service; a message that was sent stays sent.",
    ))
}

fn step(point: &Point, facts: &Facts, case: Case<'_>, kind: MessageKind) -> Vec<String> {
    let domain = &case.intent.domain;
    let (title, needs) = service(case.intent, facts);
    let dkim = || match needs {
        "" => format!(
            "Let {title} sign as {domain}: its domain settings show the DKIM record to publish."
        ),
        needs => format!("Let {title} sign as {domain}: take {needs}, and publish it."),
    };
    let bounce = || {
        format!(
            "Give {title} a bounce domain of your own below {domain} (custom return path, custom MAIL FROM), and publish the records that it shows: its default never counts as yours."
        )
    };
    match point.kind {
        Kind::Author | Kind::SeveralAuthors => {
            vec!["Let the portal write one address into one From field.".to_owned()]
        }
        Kind::Stranger => vec![format!("Bring the message that the portal sends, or set the sender's address at {title} to one of {domain}; the intent names it at `[[message]]` as `from`.")],
        Kind::Old => vec![format!("Make the portal send a new {} message.", kind.word())],
        Kind::Clocks => vec!["Set the clock of this computer and of the portal's server (NTP).".to_owned()],
        Kind::Undated => vec!["Bring the whole source of the message, with all of its header (“Show original”, “View source”).".to_owned()],
        Kind::Late => vec![
            format!("Look at the Received fields of the message: the gap between two of them is where it waited. Where that is {title}, send such messages by its transactional stream and not in a batch, or from a queue that runs at once."),
            "Where it is the receiver (greylisting), a second message comes faster.".to_owned(),
        ],
        Kind::Junk => vec![
            "Take the message out of junk (“not junk”), and see that SPF, DKIM and DMARC pass first: that is what filters look at most.".to_owned(),
            "Look whether the sending address or domain is on a blocklist, and whether the text looks like an advertisement: links to other domains, only pictures, no plain text.".to_owned(),
        ],
        Kind::Cut => vec!["Send a message without large attachments.".to_owned()],
        Kind::Untold | Kind::Unseen => vec!["Check again; where the receiver writes no Authentication-Results, use a test inbox at Gmail, Outlook, Yahoo, iCloud or Fastmail.".to_owned()],
        Kind::ReceiverUnknown => vec![receiver(facts)],
        Kind::Dmarc | Kind::NotAligned => vec![dkim(), bounce(), "`mail.alignment` and `mail.dkim` show what is published.".to_owned()],
        Kind::NoDmarc => vec![format!("Publish a DMARC record at _dmarc.{domain}; `mail.dmarc` composes it.")],
        Kind::Spf => vec![bounce(), format!("Where the bounce domain is yours already, list {title} in its SPF record: `mail.spf-policy` shows what is there.")],
        Kind::SpfUnaligned => vec![bounce()],
        Kind::DkimUnaligned | Kind::Unsigned => vec![dkim()],
        Kind::Dkim => vec![dkim(), "`mail.dkim` shows what is published at the selector.".to_owned()],
        Kind::Signature => signature(facts, &title, needs),
    }
}

fn signature(facts: &Facts, title: &str, needs: &str) -> Vec<String> {
    let mut steps = Vec::new();
    for broken in facts.signatures.iter().filter(|s| s.fate.is_broken()) {
        let name = broken
            .domain
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let at = format!("{}._domainkey.{name}", broken.selector);
        steps.push(match &broken.fate {
            Fate::KeyMissing | Fate::KeyRevoked | Fate::KeyBroken(_) => match needs {
                "" => format!("Publish the key again that {title} shows for {at}."),
                needs => format!("Publish the key at {at} again: take {needs}."),
            },
            Fate::KeyShort(_) => format!("Make a new key of 2048 bits at {title}, publish it under a new selector, then let it sign with that."),
            Fate::BodyAltered => format!("Find what changes the body behind {title}: a gateway that adds a footer, a virus scanner, link tracking. It must sign after that, or leave the message alone."),
            Fate::HeaderAltered => format!("Find what rewrites the header behind {title} (Subject, From, To); where nothing does, the key at {at} is not the one that signs: publish the one that {title} shows now."),
            Fate::Refused(_) => format!("Let {title} sign with rsa-sha256, and with From among the signed fields."),
            Fate::Expired(_) => format!("Let {title} sign for longer: a week is usual, and mail can lie for days."),
            Fate::Verifies | Fate::Unseen(_) => continue,
        });
    }
    steps
}

fn receiver(facts: &Facts) -> String {
    let seen: Vec<&str> = facts
        .ignored
        .iter()
        .map(|i| i.authserv_id.as_str())
        .filter(|id| !id.is_empty())
        .collect();
    match seen.first() {
        Some(id) => format!("The topmost Authentication-Results name `{id}`. If that is your inbox's own server, write `receiver = \"{id}\"` into [test_inbox] of the intent; if not, somebody else wrote it."),
        None => "Name the inbox in the intent: [test_inbox] with `address`, and with `receiver`, the name that its Authentication-Results begin with.".to_owned(),
    }
}

/// The service that sent it, for people, and what it must be asked for: by its signature or bounce domain, else the only one
/// that the intent names.
fn service(intent: &Intent, facts: &Facts) -> (String, &'static str) {
    let selectors: Vec<&str> = facts
        .signatures
        .iter()
        .map(|s| s.selector.as_str())
        .collect();
    let domains: Vec<&str> = facts
        .results
        .iter()
        .filter_map(|r| r.domain.as_ref())
        .map(crate::model::name::HostName::as_str)
        .collect();
    let is_it = |sender: &&Sender| {
        sender
            .selectors
            .iter()
            .any(|s| selectors.contains(&s.as_str()))
            || sender
                .bounce_domain
                .as_ref()
                .is_some_and(|d| domains.contains(&d.as_str()))
    };
    let only = match intent.senders.as_slice() {
        [one] => Some(one),
        _ => None,
    };
    match intent.senders.iter().find(is_it).or(only) {
        Some(sender) => (
            escape(senders::title(sender)),
            mail_sender::find(&sender.name).map_or("", |known| known.needs.as_str()),
        ),
        None => ("the service that sends".to_owned(), ""),
    }
}

/// What is missing, in a sentence, and what to do.
pub fn gap(
    gap: Gap,
    seen: &TestMessageSeen,
    case: Case<'_>,
    kind: MessageKind,
) -> (String, Vec<String>) {
    let intent = case.intent;
    let word = kind.word();
    let bring = format!(
        "`launch-ready check {} --message {word}=FILE`, FILE being the whole source of the message (“Show original”, “View source”).",
        intent.domain
    );
    let address = intent
        .test_inbox
        .as_ref()
        .map(|inbox| {
            inbox
                .tagged(&intent.domain, kind)
                .unwrap_or_else(|| inbox.address.clone())
        })
        .unwrap_or_default();
    let server = intent
        .submission
        .as_ref()
        .map_or("the submission server", |s| s.server.as_str());
    match gap {
        Gap::NothingExpected => (
            "no message is named that must arrive".to_owned(),
            vec![
                "Name them in the intent: `[[message]]` with `kind` = test, reset, invite, sign-up, notification or receipt.".to_owned(),
                "And where they are received: `[test_inbox]` with `address`, and `imap` where it can be read by IMAP.".to_owned(),
            ],
        ),
        Gap::NoInbox => (
            "no test inbox is named, and no message was brought".to_owned(),
            vec!["Name one in the intent: `[test_inbox]` with `address` and, where it has IMAP, `imap = \"HOST\"`.".to_owned(), format!("Or bring the message: {bring}")],
        ),
        Gap::NotBrought => (
            format!("make the portal write to {address}, then bring the message"),
            vec![format!("Make the portal write to {address}."), format!("Bring it: {bring}"), "Or name the inbox's IMAP host: `imap` of [test_inbox].".to_owned()],
        ),
        Gap::NoInboxPassword => (
            format!("the password of the test inbox is missing: launch-ready credentials set {INBOX_PASSWORD}"),
            vec![where_made(intent), format!("Keep it: `launch-ready credentials set {INBOX_PASSWORD}`.")],
        ),
        Gap::NoSubmissionPassword => (
            format!("the password for {server} is missing: launch-ready credentials set {SUBMISSION_PASSWORD}"),
            vec![format!("Take the SMTP password of the service that sends, and keep it: `launch-ready credentials set {SUBMISSION_PASSWORD}`.")],
        ),
        Gap::NotAuthorised => (
            format!("handing over a message to {server} needs your authority: state it in the session, or with --authorised"),
            vec![format!("With it, one message is sent from {} to the test inbox, and waited for.", intent.submission.as_ref().map_or("the portal", |s| s.from.as_str())), format!("Or bring one that the portal sent: {bring}")],
        ),
        Gap::NotTriggered => (
            format!("not in the inbox yet: make the portal write to {address}"),
            vec![format!("Make the portal send its {word} message to {address}, exactly so: the part behind + tells it from others."), "Then check again; `launch-ready watch` waits for it.".to_owned(), "Where the portal takes no + in an address, name words of its subject at `[[message]]` as `subject`.".to_owned()],
        ),
        Gap::InboxUnread => {
            let why = seen.look.as_ref().and_then(|look| look.outcome.as_ref().err()).map(|f| f.text.clone());
            (
                format!("the test inbox could not be read: {}", why.unwrap_or_else(|| "it did not answer".to_owned())),
                vec![where_made(intent), format!("Or bring the message: {bring}")],
            )
        }
        Gap::NotHanded => (refused(seen.handed.as_ref(), server).0, vec![refused(seen.handed.as_ref(), server).1]),
        Gap::HandedUnseen => (
            "a message was handed over, and the inbox has no IMAP host to look for it: bring it".to_owned(),
            vec![format!("Open the inbox, and bring the message: {bring}")],
        ),
        Gap::NotArrived => (
            format!("{server} took the message over, and after two minutes it is in neither the inbox nor its junk folder"),
            vec!["Look for it in the activity log of the service that sends: deferred, bounced or suppressed, with the receiver's words.".to_owned(), "Look whether the address of the test inbox is on the service's suppression list, and whether the service is still in its sandbox.".to_owned()],
        ),
    }
}

fn where_made(intent: &Intent) -> String {
    let inbox = intent.test_inbox.as_ref();
    let known = inbox.and_then(|inbox| inbox::of(&inbox.address, inbox.imap.as_deref()));
    match known {
        Some(known) => format!("Make a password for programs ({}): {}.", known.title, known.password),
        None => "Make a password for programs (app password) in the inbox's settings, and see that IMAP is switched on there.".to_owned(),
    }
}

/// Whether a submission that came to nothing is the server's word against it, or only could not be tried.
pub fn is_refusal(handed: Option<&Submission>) -> bool {
    handed.is_some_and(|handed| handed.reply.as_ref().is_some_and(|reply| reply.code >= 500))
}

/// What the server said, what that means, and what to do.
fn refused(handed: Option<&Submission>, server: &str) -> (String, String) {
    let Some(handed) = handed else {
        return ("no message was handed over".to_owned(), String::new());
    };
    let Some(reply) = &handed.reply else {
        let why = handed
            .outcome
            .as_ref()
            .err()
            .map(|f| f.text.clone())
            .unwrap_or_default();
        return (
            format!("no message could be handed over: {why}"),
            "See that the server's name and port are right, and that this computer may reach it."
                .to_owned(),
        );
    };
    let (means, todo) = match (reply.code, handed.step) {
        (400..=499, _) => ("not now", "Check again in a few minutes; where it stays, the service's activity log says more.".to_owned()),
        (530, _) => ("it wants a sign-in first", "See that port and encryption are the ones that the service names.".to_owned()),
        (534..=538, _) | (_, Step::SignIn) => ("the sign-in was refused", format!("Take the SMTP user and password of the service (many want an API key here), set `user` of [submission] and `launch-ready credentials set {SUBMISSION_PASSWORD}`.")),
        (550 | 553, Step::Sender | Step::Data) => ("the sender's address is not one that this account may use", "Verify the domain or the address in From at the service, or write another `from` into [submission].".to_owned()),
        (_, Step::Recipient) => ("the recipient was refused", "See that the address of the test inbox is right, is not suppressed, and that the service is out of its sandbox.".to_owned()),
        (552, _) => ("the message is over a limit", "Look at the account's limits at the service.".to_owned()),
        (554, _) => ("the message was rejected", "Look into the service's console: an account under review, a domain that is not verified, a sandbox.".to_owned()),
        _ => ("refused", "Look into the service's activity log for its words.".to_owned()),
    };
    (
        format!(
            "{server} did not take the message: {} {} ({means})",
            reply.code,
            escape(&reply.text)
        ),
        todo,
    )
}
