//! What was seen of a message, for the eye and as evidence.

use super::points::{span, took};
use super::proof::{Proof, Way};
use super::seen::{Facts, Gap, ResultFacts, TestMessageSeen};
use super::trust::Ignored;
use crate::checks::evidence;
use crate::checks::rule::Case;
use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::finding::Evidence;
use crate::model::observation::message::Folder;
use crate::model::text::escape;
use crate::model::verdict::Verdict;

/// Evidence of everything that was seen.
pub fn evidence(seen: &TestMessageSeen, case: Case<'_>, word: &str) -> Vec<Evidence> {
    let mut shown: Vec<Evidence> = seen.handed.iter().map(evidence::submission).collect();
    let again = format!(
        "launch-ready check {} --only mail.test-message --message {word}=FILE",
        case.intent.domain
    );
    match &seen.message {
        Ok(facts) => {
            let mut lines = head(seen, facts);
            lines.extend(facts.results.iter().map(said));
            if facts.results.is_empty() {
                lines.push("Authentication-Results: none that counts".to_owned());
            }
            lines.extend(facts.ignored.iter().map(ignored));
            lines.extend(facts.signatures.iter().map(|s| {
                let domain = s.domain.as_ref().map_or("no domain", |d| d.as_str());
                format!(
                    "DKIM-Signature d={domain} s={} {}: {}, as verified here",
                    s.selector,
                    s.algorithm,
                    s.fate.said()
                )
            }));
            if let Some(gap) = seen.recalled {
                lines.push(format!("judged at {}, and remembered", seen.at));
                shown.extend(looked(seen, gap, again.clone()));
            }
            shown.push(evidence::message(seen.at, &facts.source, &lines, again));
            let keys = facts.signatures.iter().filter_map(|s| s.key.as_ref());
            let policy = facts.walks.first().and_then(|walk| walk.walk.own());
            shown.extend(keys.chain(policy).take(4).map(evidence::dns));
        }
        Err(gap) => shown.extend(looked(seen, *gap, again)),
    }
    shown
}

fn head(seen: &TestMessageSeen, facts: &Facts) -> Vec<String> {
    let at =
        |time: Option<jiff::Timestamp>| time.map_or("not known".to_owned(), |at| at.to_string());
    let from = facts.author.domains.iter().map(ToString::to_string);
    let folder = match &facts.folder {
        Folder::Inbox => "the inbox".to_owned(),
        Folder::Junk(name) => format!("junk ({name})"),
        Folder::Other(name) => name.clone(),
        Folder::Untold => "not known: it was brought".to_owned(),
    };
    let receiver = match &facts.receiver {
        Some(title) if facts.ids.is_empty() => title.clone(),
        Some(title) => format!("{title} ({})", facts.ids.join(", ")),
        None => "not known".to_owned(),
    };
    let took = took(seen, facts).map_or("not known".to_owned(), |s| format!("{s} s"));
    vec![
        format!("From: {}", from.collect::<Vec<_>>().join(", ")),
        format!("Date: {}", at(facts.date)),
        format!(
            "arrived: {} (topmost Received: {})",
            at(facts.arrived),
            at(facts.received)
        ),
        format!("took: {took}"),
        format!("folder: {folder}"),
        format!("receiver: {receiver}"),
    ]
}

fn said(result: &ResultFacts) -> String {
    let mut line = format!("{}={}", result.method, result.result);
    if let Some(domain) = &result.domain {
        line.push_str(&format!(" for {domain}"));
    }
    if let Some(selector) = &result.selector {
        line.push_str(&format!(" s={selector}"));
    }
    if !result.note.is_empty() {
        line.push_str(&format!(" ({})", result.note));
    }
    line
}

fn ignored(field: &Ignored) -> String {
    let id = match field.authserv_id.as_str() {
        "" => "without a name",
        id => id,
    };
    format!(
        "left aside: Authentication-Results {id}: {}",
        field.why.said()
    )
}

fn looked(seen: &TestMessageSeen, gap: Gap, again: String) -> Option<Evidence> {
    let look = seen.look.as_ref()?;
    let lines = match &look.outcome {
        Err(failure) => vec![failure.text.clone()],
        Ok(0) => vec![format!(
            "no message that fits, after {}",
            span(look.waited_s)
        )],
        Ok(count) => vec![format!("{count} messages looked at, none is the one")],
    };
    let note = matches!(gap, Gap::NotArrived)
        .then(|| "the inbox and its junk folder were looked into".to_owned());
    let lines: Vec<String> = lines.into_iter().chain(note).collect();
    Some(evidence::message(look.at, &look.source, &lines, again))
}

/// What the receiver says, method by method.
pub fn exhibit(facts: &Facts) -> Exhibit {
    let proof = Proof::of(facts);
    let dmarc: Vec<&str> = facts.of("dmarc").map(|r| r.result.as_str()).collect();
    let rows = [
        row("SPF", &proof.spf),
        row("DKIM", &proof.dkim),
        match dmarc.as_slice() {
            [] => TableRow::told(["DMARC", "is not spoken of"]),
            ["pass"] => TableRow::judged(Verdict::Pass, ["DMARC", "passes"]),
            said => {
                let text = format!("does not pass ({})", said.join(", "));
                TableRow::judged(Verdict::Fail, ["DMARC", text.as_str()])
            }
        },
    ];
    let receiver = facts.receiver.as_deref().unwrap_or("the receiver");
    Exhibit::table(
        format!("what {} says", escape(receiver)),
        &["method", "result"],
        rows,
    )
}

fn row(method: &str, way: &Way) -> TableRow {
    let said = way.said();
    let verdict = match way {
        Way::Aligned(_) => Verdict::Pass,
        Way::Unaligned(_) => Verdict::Warn,
        Way::Not { .. } => Verdict::Fail,
        Way::Unclear(_) => Verdict::Unknown,
        Way::Untold => return TableRow::told([method, said.as_str()]),
    };
    TableRow::judged(verdict, [method, said.as_str()])
}
