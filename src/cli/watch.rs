//! `watch DOMAIN|SESSION`: look again and again until it passes.

use anyhow::Result;
use tokio::sync::mpsc;

use super::args::Watch;
use super::credentials::with_passwords;
use super::exit::Exit;
use super::settings::Settings;
use super::target::Target;
use super::{out, render};
use crate::engine::{self, Plan};
use crate::model::finding::Finding;
use crate::model::text::escape;
use crate::report::{Look, before_the_switch, sign};

/// Prints each look as it comes. Exit 0 when all passed, 3 when the time was over first.
pub async fn run(arguments: Watch, settings: &Settings) -> Result<Exit> {
    let target = Target::resolve(&arguments.target, settings)?;
    let network = target.network(&arguments.target, settings).await?;
    let intent = target.intent(&arguments.target, &network).await?;
    let network = with_passwords(network, &intent, target.slug(), settings).await?;
    let plan = Plan::again(
        intent,
        &target.selection,
        target.authorised(&arguments.target),
        target.kept(),
    );
    let how = engine::Watch {
        every: arguments.every,
        timeout: arguments.timeout,
    };
    let (sender, mut looks) = mpsc::channel(32);
    let watching = engine::watch(&plan, &network, how, sender);
    tokio::pin!(watching);
    let style = render::look(settings);
    if let Some(line) = before_the_switch(&network.config().future.assumptions()) {
        out::line(&escape(&line))?;
    }
    loop {
        tokio::select! {
            biased;
            _ = tokio::signal::ctrl_c() => return Ok(Exit::Interrupted),
            Some(look) = looks.recv() => show(&look.finding, style)?,
            green = &mut watching => {
                // The last looks come in the same breath as the end.
                while let Ok(look) = looks.try_recv() {
                    show(&look.finding, style)?;
                }
                return Ok(if green { Exit::Go } else { Exit::CouldNotTell });
            }
        }
    }
}

fn show(finding: &Finding, style: Look) -> Result<()> {
    out::line(&format!(
        "{} {} {:<24} {}  {}",
        finding.at.strftime("%H:%M:%S"),
        sign(finding.verdict, style),
        finding.check.as_str(),
        escape(&finding.subject),
        escape(&finding.summary)
    ))?;
    Ok(())
}
