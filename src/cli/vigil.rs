//! `watch SESSION`: the whole plan and every front door on a schedule, kept as samples, told when it turns.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::args::{LookFormat, Watch};
use super::exit::Exit;
use super::notify::Notifier;
use super::problem::Problem;
use super::settings::Settings;
use super::target::{Open, Subject, Target, actor, device, session_problem};
use super::{interrupt, out, render, watch};
use crate::checks::registry::RULES;
use crate::engine::vigil::rest;
use crate::engine::{Plan, Vigil};
use crate::model::clock::ago;
use crate::model::event::EventBody;
use crate::model::finding::FindingKey;
use crate::model::sample::{ANSWERS, Sample, Seen};
use crate::model::sight::{Knowledge, Sight, Turn, knowledge};
use crate::model::text::escape;
use crate::model::verdict::Verdict;
use crate::net::Network;
use crate::report::Look;
use crate::store::StoreProblem;

const EVERY: Duration = Duration::from_mins(15);
/// Below this a schedule is no kindness to somebody else's servers.
const SHORTEST: Duration = Duration::from_mins(1);
/// Between two times that old samples are put together.
const TIDY: SignedDuration = SignedDuration::from_hours(1);

/// Watches until Ctrl-C (130), or until the time is over: 1 when something that turned while it watched is still broken, 3
/// when not one look could be made, else 0.
pub async fn run(
    arguments: Watch,
    target: Target,
    (plan, network): (Plan, Network),
    notifier: Notifier,
    settings: &Settings,
) -> Result<Exit> {
    let Subject::Session(open) = target.subject else {
        return Ok(Exit::Usage);
    };
    let every = arguments.every.unwrap_or(EVERY);
    // The practice range and networks of one's own are reached by reroutes.
    if every < SHORTEST && network.config().reroutes.is_empty() {
        return Err(Problem::usage(
            "watching a whole session",
            "every minute is the shortest for servers that others pay for",
            "leave --every away (15m), or watch less of it with --only",
        )
        .into());
    }
    let mut keeper = Keeper {
        open: *open,
        unwritten: Vec::new(),
        tidied: None,
        broken: BTreeSet::new(),
        style: render::look(settings),
        format: arguments.format,
    };
    let known = keeper.known()?;
    let mut vigil = Vigil::new(plan, network, every, known);
    keeper.greet(&vigil, every)?;
    let end = arguments
        .timeout
        .map(|timeout| Timestamp::now().saturating_add(timeout))
        .transpose()?;
    let mut looks = 0_u32;
    loop {
        let sight = tokio::select! {
            biased;
            () = interrupt::stopped() => return Ok(Exit::Interrupted),
            sight = vigil.look() => sight,
        };
        looks += u32::from(sight.footing.is_none());
        let next = Some(vigil.next(sight.at)).filter(|next| end.is_none_or(|end| *next < end));
        keeper.keep(&sight, vigil.run())?;
        keeper.tell(&sight, next)?;
        for turn in sight.turns.iter().filter(|turn| turn.is_news()) {
            keeper.note(turn);
            notifier.turned(turn, sight.at).await;
        }
        let Some(next) = next else { break };
        tokio::select! {
            biased;
            () = interrupt::stopped() => return Ok(Exit::Interrupted),
            () = rest(next) => {}
        }
    }
    Ok(match (looks, keeper.broken.is_empty()) {
        (0, _) => Exit::CouldNotTell,
        (_, false) => Exit::NoGo,
        (_, true) => Exit::Go,
    })
}

/// Keeps and prints.
struct Keeper {
    open: Open,
    /// Events that another program's writing held up.
    unwritten: Vec<EventBody>,
    tidied: Option<Timestamp>,
    /// What turned while it watched and is broken still.
    broken: BTreeSet<FindingKey>,
    style: Look,
    format: LookFormat,
}

impl Keeper {
    fn known(&self) -> Result<Knowledge> {
        let name = self.open.store.path().display().to_string();
        let samples = self.open.store.samples();
        let samples = samples.map_err(|why| session_problem(&name, &why))?;
        Ok(knowledge(&self.open.session, &samples))
    }

    fn greet(&self, vigil: &Vigil, every: Duration) -> Result<()> {
        if let Some(why) = self.open.store.read_only() {
            out::note(&format!("nothing is saved: {why}"));
        }
        if self.format == LookFormat::Json {
            return Ok(());
        }
        let (checks, hosts) = vigil.extent();
        let words = |long: Duration| ago(SignedDuration::try_from(long).unwrap_or_default());
        out::line(&format!(
            "watching {}: {checks} checks and {} every {}, a tenth more or less · Ctrl-C ends it",
            escape(&self.open.session.domain),
            doors(hosts),
            words(every),
        ))?;
        out::line(&format!(
            "what turns is looked at again after {} before it is told: at worst {} from the break to the word",
            words(vigil.confirms_after()),
            words(vigil.notices_within()),
        ))?;
        Ok(())
    }

    /// Writes what turned as events, every look as samples, and puts old samples together now and then. A file that is busy
    /// or a disk that is full is said, and tried again with the next look.
    fn keep(&mut self, sight: &Sight, run: &str) -> Result<()> {
        self.unwritten.extend(self.events(sight, run));
        if self.open.store.read_only().is_some() {
            self.unwritten.clear();
            return Ok(());
        }
        let due = self
            .tidied
            .is_none_or(|at| sight.at.duration_since(at) >= TIDY);
        match self.write(&sight.samples, due.then_some(sight.at)) {
            Ok(()) => Ok(()),
            Err(why @ (StoreProblem::Locked(_) | StoreProblem::DiskFull(_))) => {
                out::note(&format!("this look is not saved yet: {why}"));
                Ok(())
            }
            Err(why) => {
                let name = self.open.store.path().display().to_string();
                Err(session_problem(&name, &why).into())
            }
        }
    }

    fn write(&mut self, samples: &[Sample], tidy: Option<Timestamp>) -> Result<(), StoreProblem> {
        if !self.unwritten.is_empty() {
            let bodies = self.unwritten.clone();
            let now = Timestamp::now();
            let events = self.open.store.append(bodies, now, &actor(), &device())?;
            for event in &events {
                self.open.session.apply(event);
            }
            self.unwritten.clear();
        }
        self.open.store.keep_samples(samples)?;
        if let Some(now) = tidy {
            self.open.store.thin_samples(now)?;
            self.tidied = Some(now);
        }
        Ok(())
    }

    /// The events of what turned; the first look of a session without any run is its first run.
    fn events(&self, sight: &Sight, run: &str) -> Vec<EventBody> {
        let runs = &self.open.session.runs;
        let first = runs.is_empty() && self.unwritten.is_empty();
        let run = runs.last().map_or(run, |known| known.id.as_str());
        let mut bodies: Vec<EventBody> = sight
            .turns
            .iter()
            .filter_map(|turn| turn.finding.clone())
            .map(|finding| EventBody::Found {
                run: run.to_owned(),
                finding,
            })
            .collect();
        if first && !bodies.is_empty() {
            let begun = EventBody::RunStarted {
                run: run.to_owned(),
                rules: RULES,
            };
            bodies.insert(0, begun);
            bodies.push(EventBody::RunFinished {
                run: run.to_owned(),
                self_check: sight.self_check.clone(),
                queries: crate::model::run::QueryCounts::default(),
                took_ms: 0,
            });
        }
        bodies
    }

    fn note(&mut self, turn: &Turn) {
        if turn.now == Verdict::Fail {
            self.broken.insert(turn.key.clone());
        } else {
            self.broken.remove(&turn.key);
        }
    }

    fn tell(&self, sight: &Sight, next: Option<Timestamp>) -> Result<()> {
        if self.format == LookFormat::Json {
            out::line(&object(sight, next).to_string())?;
            return Ok(());
        }
        let clock = |at: Timestamp| at.strftime("%H:%M:%S").to_string();
        let at = clock(sight.at);
        if let Some(since) = sight.gap {
            out::line(&format!(
                "{at} – nobody looked for {}: that time counts as neither up nor down",
                ago(sight.at.duration_since(since))
            ))?;
        }
        let then = next.map_or_else(String::new, |next| format!(" · next {}", clock(next)));
        if let Some(why) = &sight.footing {
            out::line(&format!(
                "{at} ? nothing can be told from here, and nothing is counted: {}{then}",
                escape(why)
            ))?;
            return Ok(());
        }
        // What is seen for the first time has turned from nothing.
        let turned = |turn: &&Turn| turn.before.is_some() || turn.is_news();
        for turn in sight.turns.iter().filter(turned) {
            let row = (turn.key.check.as_str(), turn.key.subject.as_str());
            let line = watch::line(sight.at, turn.now, row, &turn.summary, self.style);
            out::line(&line)?;
        }
        let counts: Vec<String> = sight
            .counts()
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(verdict, count)| format!("{count} {verdict}"))
            .collect();
        out::line(&format!(
            "{at}   {} of {} answer · {}{then}",
            sight.up(),
            doors(sight.doors.len()),
            counts.join(", ")
        ))?;
        Ok(())
    }
}

fn doors(count: usize) -> String {
    match count {
        1 => "1 front door".to_owned(),
        more => format!("{more} front doors"),
    }
}

/// One look for scripts.
fn object(sight: &Sight, next: Option<Timestamp>) -> serde_json::Value {
    let whole = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let times: BTreeMap<&str, _> = sight
        .samples
        .iter()
        .filter(|s| s.key.check.as_str() == ANSWERS)
        .filter_map(|s| match &s.seen {
            Seen::Stretch(one) => Some((s.key.subject.as_str(), one.ms?)),
            Seen::Sum(_) => None,
        })
        .collect();
    let hosts: serde_json::Map<String, serde_json::Value> = sight
        .doors
        .iter()
        .map(|(host, (verdict, words))| {
            let ms = times.get(host.as_str()).map(|ms| {
                json!({"connect": ms.connect, "tls": ms.tls, "first_byte": ms.first_byte, "total": ms.total})
            });
            let door = json!({"verdict": verdict, "summary": escape(words), "ms": ms});
            (host.clone(), door)
        })
        .collect();
    let counts: serde_json::Map<String, serde_json::Value> = sight
        .counts()
        .iter()
        .map(|(verdict, count)| (verdict.word().to_owned(), json!(count)))
        .collect();
    let turns: Vec<serde_json::Value> = sight
        .turns
        .iter()
        .filter(|turn| turn.before.is_some() || turn.is_news())
        .map(|turn| {
            json!({
                "check": turn.key.check, "subject": escape(&turn.key.subject), "before": turn.before, "now": turn.now,
                "summary": escape(&turn.summary), "told": turn.is_news(),
            })
        })
        .collect();
    json!({
        "at": whole(sight.at),
        "footing": sight.footing.as_deref().map(escape),
        "unseen_since": sight.gap.map(whole),
        "hosts": hosts,
        "counts": counts,
        "turned": turns,
        "next": next.map(whole),
    })
}
