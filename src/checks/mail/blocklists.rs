//! `mail.blocklists`: neither the domain nor what sends for it is on a list of bad senders (E27, trap 60).
//!
//! A list is believed only when it stands its test in the same run; a refusal, a dead zone and a resolver that rewrites
//! answers are told as such and are never a listing. Lists learn what they are asked about, so that none is asked unless the
//! operator lets them.

mod ask;
mod leave;
mod own;

use serde::{Deserialize, Serialize};

use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::finding::Evidence;
use crate::model::intent::{Intent, Role};
use crate::model::third_party::BLOCKLISTS;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy;
use crate::remedy::catalog::blocklist::{self, Blocklist, Weight};

use ask::{Asked, Word};
use leave::leave;
use own::Own;

/// Answers that are kept as evidence: listings first, then tests that were not stood.
const SHOWN: usize = 6;

/// The check.
pub struct Blocklists;

/// What was asked about, and what each list answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlocklistsSeen {
    /// Whether lists may be asked.
    pub may_ask: bool,
    pub own: Own,
    pub lists: Vec<Asked>,
}

impl Rule for Blocklists {
    type Seen = BlocklistsSeen;

    const META: Meta = Meta {
        id: "mail.blocklists",
        title: "No list of bad senders has the domain or what sends for it",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 40,
        version: 1,
        standards: &["RFC 5782 §2", "RFC 5782 §5"],
        guide: include_str!("../../../assets/guides/mail.blocklists.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        vec![intent.domain.to_string()]
    }

    async fn observe(&self, look: Look<'_>) -> BlocklistsSeen {
        if !look.network.may_ask(&BLOCKLISTS) {
            return BlocklistsSeen {
                may_ask: false,
                own: Own::default(),
                lists: Vec::new(),
            };
        }
        let own = own::look(look).await;
        BlocklistsSeen {
            may_ask: true,
            lists: ask::ask_all(look.network, &own).await,
            own,
        }
    }

    fn judge(&self, seen: &BlocklistsSeen, case: Case<'_>) -> Judgement {
        if !seen.may_ask {
            return not_asked();
        }
        let lines = Lines::of(seen, case.intent);
        let judgement = if lines.gravest().is_some() {
            listed(&lines, case)
        } else if !seen.own.unseen.is_empty() || !lines.untold().is_empty() {
            untold(seen, &lines)
        } else {
            clean(&lines)
        };
        judgement
            .detail("asked_about", lines.things.clone())
            .detail("not_asked_about", seen.own.left_out.clone())
            .detail("could_not_tell", lines.silent())
            .exhibit([lines.table()])
            .evidence(evidence_of(seen, &lines))
    }
}

fn not_asked() -> Judgement {
    Judgement::not_applicable(format!(
        "lists of bad senders are not asked unless you opt in with `--third-parties {}` (T in the sprint)",
        BLOCKLISTS.name
    ))
    .plainly("Whether your domain stands on a list of bad senders was not asked, since that means asking somebody else.")
    .fact("not asked")
}

/// What one list says of one name or address.
struct Line {
    thing: String,
    list: &'static Blocklist,
    word: Word,
    /// Whether a listing says nothing against it: what serves the web need not send mail.
    is_normal: bool,
}

impl Line {
    /// The weight of a listing that says something against it.
    fn weight(&self) -> Option<Weight> {
        match &self.word {
            Word::Listed(weight, _) if !self.is_normal => Some(*weight),
            _ => None,
        }
    }

    /// `203.0.113.25 is on SpamCop (…)`.
    fn listing(&self) -> Option<String> {
        match &self.word {
            Word::Listed(_, means) => Some(format!(
                "{} is on {} ({means})",
                self.thing, self.list.title
            )),
            _ => None,
        }
    }
}

/// Every word of every list.
struct Lines {
    things: Vec<String>,
    lines: Vec<Line>,
}

impl Lines {
    fn of(seen: &BlocklistsSeen, intent: &Intent) -> Self {
        let names = seen.own.names.iter().map(ToString::to_string);
        let addresses = seen.own.addresses.iter().map(ToString::to_string);
        let mut lines = Vec::new();
        for asked in &seen.lists {
            let Some(list) = blocklist::find(&asked.list) else {
                continue;
            };
            for thing in ask::things(list, &seen.own) {
                let word = asked.word(list, &thing);
                lines.push(Line {
                    is_normal: matches!(word, Word::Listed(Weight::Policy, _))
                        && serves_the_web(intent, &thing),
                    thing,
                    list,
                    word,
                });
            }
        }
        Self {
            things: names.chain(addresses).collect(),
            lines,
        }
    }

    fn gravest(&self) -> Option<Weight> {
        self.lines.iter().filter_map(Line::weight).min()
    }

    /// Lists that said nothing of anything, each once, with the reason.
    fn silent(&self) -> Vec<String> {
        let mut silent: Vec<String> = Vec::new();
        for line in &self.lines {
            let Word::Untold(why) = &line.word else {
                continue;
            };
            let told = format!("{}: {why}", line.list.title);
            if !silent.contains(&told) {
                silent.push(told);
            }
        }
        silent
    }

    /// Names and addresses of which no weighty list said anything.
    fn untold(&self) -> Vec<&str> {
        let is_told = |thing: &str| {
            self.lines.iter().any(|line| {
                line.thing == thing
                    && line.list.weight == Weight::Weighty
                    && !matches!(line.word, Word::Untold(_))
            })
        };
        let things = self.things.iter().map(String::as_str);
        things.filter(|thing| !is_told(thing)).collect()
    }

    /// Titles of the lists that answered, each once.
    fn answering(&self) -> Vec<&str> {
        let mut titles: Vec<&str> = Vec::new();
        for line in &self.lines {
            let title = line.list.title.as_str();
            if !matches!(line.word, Word::Untold(_)) && !titles.contains(&title) {
                titles.push(title);
            }
        }
        titles
    }

    fn table(&self) -> Exhibit {
        let rows = self.lines.iter().map(|line| {
            let (verdict, said) = match &line.word {
                Word::Clean => (Verdict::Pass, "not listed".to_owned()),
                Word::Untold(why) => (Verdict::Unknown, why.clone()),
                Word::Listed(_, means) => (of_weight(line.weight()), means.clone()),
            };
            TableRow::judged(verdict, [line.list.title.as_str(), &line.thing, &said])
        });
        Exhibit::table(
            "lists of bad senders",
            &["list", "asked about", "says"],
            rows,
        )
    }
}

const fn of_weight(weight: Option<Weight>) -> Verdict {
    match weight {
        Some(Weight::Weighty) => Verdict::Fail,
        Some(Weight::Minor | Weight::Policy) => Verdict::Warn,
        None => Verdict::Pass,
    }
}

/// Whether the intent gives this address to a host that is there for other things than mail.
fn serves_the_web(intent: &Intent, thing: &str) -> bool {
    let has = |role_is_mail: bool| {
        intent.hosts.iter().any(|host| {
            (host.role == Role::Mail) == role_is_mail
                && host
                    .address
                    .iter()
                    .any(|address| address.to_string() == thing)
        })
    };
    has(false) && !has(true)
}

fn listed(lines: &Lines, case: Case<'_>) -> Judgement {
    let gravest = lines.gravest();
    let of_weight_are = |wanted: bool| -> Vec<String> {
        let chosen = lines
            .lines
            .iter()
            .filter(|line| line.weight().is_some() && (line.weight() == gravest) == wanted);
        chosen.filter_map(Line::listing).collect()
    };
    let mut texts = of_weight_are(true);
    let summary = texts.join("; ");
    texts.extend(of_weight_are(false));
    let (judgement, plain) = match gravest {
        Some(Weight::Weighty) => (
            Judgement::fail(summary),
            "A list of bad senders that the large mailboxes ask has your domain or your mail server on it. Much of your mail is refused or lands in spam until the cause is mended and the list takes it off.",
        ),
        Some(Weight::Minor) => (
            Judgement::warn(format!("noted by lists that few receivers ask: {summary}")),
            "A small list of bad senders has your domain or your mail server on it. Few mailboxes ask it, but find out why.",
        ),
        _ => (
            Judgement::warn(format!("not meant for sending: {summary}")),
            "The network of your mail server is marked as one from which no mail is sent directly. If this server sends, mailboxes will refuse it.",
        ),
    };
    judgement
        .plainly(plain)
        .detail("listings", texts.clone())
        .fact(texts.join("; "))
        .remedy(leave(lines, case))
}

fn untold(seen: &BlocklistsSeen, lines: &Lines) -> Judgement {
    let mut whys = seen.own.unseen.clone();
    let things = lines.untold();
    if !things.is_empty() {
        whys.push(format!(
            "no weighty list could be asked about {}: {}",
            things.join(", "),
            lines.silent().join("; ")
        ));
    }
    Judgement::unknown(format!(
        "whether it is on lists of bad senders could not be told: {}",
        whys.join("; ")
    ))
    .plainly("The lists of bad senders did not answer us, or not for everything that sends for you. Nothing is proven either way.")
    .fact("could not be told")
    .remedy(remedy::manual(
        Blocklists::META.id,
        [
            "Ask through a resolver of your own or of your network, with `--resolver`: most lists refuse the large public ones.",
            "Or look the domain and the address up by hand on the pages of the lists.",
        ],
        "Nothing was changed.",
    ))
}

fn clean(lines: &Lines) -> Judgement {
    let normal: Vec<String> = lines.lines.iter().filter_map(Line::listing).collect();
    let silent = lines.silent();
    let mut text = format!(
        "{}: not on {}",
        lines.things.join(", "),
        lines.answering().join(", ")
    );
    if !normal.is_empty() {
        text.push_str("; normal for a web server: ");
        text.push_str(&normal.join("; "));
    }
    if !silent.is_empty() {
        text.push_str("; could not be asked: ");
        text.push_str(&silent.join("; "));
    }
    Judgement::pass(text)
        .plainly(
            "No list of bad senders that answered us has your domain or your mail servers on it.",
        )
        .fact("not listed")
}

/// Listings, then tests that were not stood, then one clean answer.
fn evidence_of(seen: &BlocklistsSeen, lines: &Lines) -> Vec<Evidence> {
    let mut answers = Vec::new();
    for line in lines
        .lines
        .iter()
        .filter(|line| matches!(line.word, Word::Listed(..)))
    {
        let asked = seen.lists.iter().find(|asked| asked.list == line.list.id);
        answers.extend(asked.and_then(|asked| asked.answer(&line.thing)));
    }
    for asked in &seen.lists {
        let Some(list) = blocklist::find(&asked.list) else {
            continue;
        };
        if ask::trust(list, &asked.test).is_err() {
            answers.extend([&asked.test.listed, &asked.test.clean]);
        }
    }
    answers.extend(
        seen.lists
            .iter()
            .filter_map(|asked| asked.answers.first().map(|(_, a)| a))
            .take(1),
    );
    let mut kept: Vec<Evidence> = Vec::new();
    for answer in answers {
        let made = evidence::dns(answer);
        if kept.len() < SHOWN && kept.iter().all(|known| known.repeat != made.repeat) {
            kept.push(made);
        }
    }
    kept
}

#[cfg(test)]
mod tests;
