//! `watch DOMAIN|SESSION`: look again and again, until it passes or (a whole session) for good.

use std::time::Duration;

use anyhow::Result;
use jiff::SignedDuration;
use tokio::sync::mpsc;

use super::args::{LookFormat, Until, Watch};
use super::credentials::with_passwords;
use super::exit::Exit;
use super::notify::Notifier;
use super::problem::Problem;
use super::settings::Settings;
use super::target::{Subject, Target};
use super::{out, render, vigil};
use crate::engine::{self, Plan};
use crate::model::finding::Finding;
use crate::model::sample::Sample;
use crate::model::text::escape;
use crate::model::verdict::Verdict;
use crate::report::{Look, before_the_switch, jsonl_finding, sign};

/// Prints each look as it comes. Until it passes: exit 0 when all passed, 3 when the time was over first. For good: see
/// [`vigil::run`].
pub async fn run(arguments: Watch, settings: &Settings) -> Result<Exit> {
    let target = Target::resolve(&arguments.target, settings)?;
    let narrowed = !(arguments.target.only.is_empty() && arguments.target.skip.is_empty());
    let is_session = matches!(target.subject, Subject::Session(_));
    let until = match arguments.until {
        Some(until) => until,
        None if is_session && !narrowed => Until::Stopped,
        None => Until::Pass,
    };
    if until == Until::Stopped && !(is_session && arguments.target.switch().is_empty()) {
        return Err(Problem::usage(
            "watching for good",
            "what it sees is kept in a session, and is about the world as it is",
            "start one with `launch-ready new DOMAIN` and watch that, or leave --until away",
        )
        .into());
    }
    let network = target.network(&arguments.target, settings).await?;
    let notifier = Notifier::new(
        arguments.notify.as_deref(),
        target.session(),
        &network,
        settings,
    )
    .await?;
    let intent = target.intent(&arguments.target, &network).await?;
    let network = with_passwords(network, &intent, target.slug(), settings).await?;
    let plan = Plan::again(
        intent,
        &target.selection,
        target.authorised(&arguments.target),
        target.kept(),
    );
    if until == Until::Stopped {
        return vigil::run(arguments, target, (plan, network), notifier, settings).await;
    }
    until_green(&arguments, target, (plan, network), &notifier, settings).await
}

async fn until_green(
    arguments: &Watch,
    mut target: Target,
    (plan, network): (Plan, crate::net::Network),
    notifier: &Notifier,
    settings: &Settings,
) -> Result<Exit> {
    let how = engine::Watch {
        every: arguments.every.unwrap_or(Duration::from_mins(1)),
        timeout: arguments.timeout.unwrap_or(Duration::from_hours(2)),
    };
    let (sender, mut looks) = mpsc::channel(32);
    let watching = engine::watch(&plan, &network, how, sender);
    tokio::pin!(watching);
    let style = render::look(settings);
    if let Some(line) = before_the_switch(&network.config().future.assumptions()) {
        match arguments.format {
            LookFormat::Text => out::line(&escape(&line))?,
            LookFormat::Json => out::note(&escape(&line)),
        }
    }
    let keep = |target: &mut Target, finding: &Finding| -> Result<()> {
        show(finding, arguments.format, style)?;
        let every = SignedDuration::try_from(how.every).unwrap_or(SignedDuration::MAX);
        let sample = Sample::look(finding.at, finding.key(), finding.verdict, every, None);
        target.keep_samples(&[sample])
    };
    let green = loop {
        tokio::select! {
            biased;
            _ = tokio::signal::ctrl_c() => return Ok(Exit::Interrupted),
            Some(look) = looks.recv() => keep(&mut target, &look.finding)?,
            green = &mut watching => {
                // The last looks come in the same breath as the end.
                while let Ok(look) = looks.try_recv() {
                    keep(&mut target, &look.finding)?;
                }
                break green;
            }
        }
    };
    if green {
        notifier.passed(&plan.intent.domain.to_string()).await;
    }
    Ok(if green { Exit::Go } else { Exit::CouldNotTell })
}

fn show(finding: &Finding, format: LookFormat, style: Look) -> Result<()> {
    match format {
        LookFormat::Json => out::write(&jsonl_finding(finding)?)?,
        LookFormat::Text => out::line(&line(
            finding.at,
            finding.verdict,
            (finding.check.as_str(), &finding.subject),
            &finding.summary,
            style,
        ))?,
    }
    Ok(())
}

/// `21:40:12 ✖ fail mail.spf  acme.example  two SPF records`.
pub(super) fn line(
    at: jiff::Timestamp,
    verdict: Verdict,
    (check, subject): (&str, &str),
    words: &str,
    style: Look,
) -> String {
    format!(
        "{} {} {check:<24} {}  {}",
        at.strftime("%H:%M:%S"),
        sign(verdict, style),
        escape(subject),
        escape(words)
    )
}
