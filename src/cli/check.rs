//! `check DOMAIN|SESSION`: run the checks, print, exit.

use anyhow::Result;
use tokio::sync::mpsc;

use super::args::{Check, RunFormat};
use super::credentials::with_passwords;
use super::exit::Exit;
use super::settings::Settings;
use super::target::{Subject, Target};
use super::{out, playbooks, render};
use crate::checks::registry::RULES;
use crate::engine::{self, Outcome, Plan};
use crate::model::playbook::Playbook;
use crate::model::playbook::USUAL;
use crate::model::progress::Progress;
use crate::model::run::{Parts, Run};

/// Runs and prints; the exit code is the gate's.
pub async fn run(arguments: Check, settings: &Settings) -> Result<Exit> {
    let mut target = Target::resolve(&arguments.target, settings)?;
    let playbook = playbook(arguments.playbook.as_deref(), &target)?;
    let network = target.network(&arguments.target, settings).await?;
    let as_if = network.config().future.assumptions();
    let intent = target.intent(&arguments.target, &network).await?;
    let network = with_passwords(network, &intent, target.slug(), settings).await?;
    let authorised = target.authorised(&arguments.target);
    let domain = intent.domain.to_string();
    let plan = Plan::again(intent, &target.selection, authorised, target.kept());

    let (events, mut steps) = mpsc::channel(256);
    let handle = engine::start(plan, network, events);
    let format = arguments.format;
    let mut interrupted = false;
    loop {
        let step = tokio::select! {
            biased;
            _ = tokio::signal::ctrl_c(), if !interrupted => {
                interrupted = true;
                handle.cancel();
                continue;
            }
            step = steps.recv() => step,
        };
        let Some(step) = step else { break };
        target.keep(&step)?;
        if let (RunFormat::Jsonl, Progress::Finished(finding)) = (format, &step) {
            out::write(&crate::report::jsonl_finding(finding)?)?;
        }
    }
    let Some(outcome) = handle.join().await else {
        return Ok(Exit::CouldNotTell);
    };
    let result = assemble(outcome, &domain, &playbook, &target, as_if);
    render::run(&result, &playbook, format, settings)?;
    Ok(if interrupted {
        Exit::Interrupted
    } else {
        result.gate.verdict.into()
    })
}

fn playbook(named: Option<&str>, target: &Target) -> Result<Playbook> {
    match (&target.subject, named) {
        (_, Some(name)) => playbooks::named(name),
        (Subject::Session(open), None) => playbooks::named(&open.session.playbook),
        (Subject::Domain(_), None) => playbooks::named(USUAL),
    }
}

fn assemble(
    outcome: Outcome,
    domain: &str,
    playbook: &Playbook,
    target: &Target,
    as_if: Vec<String>,
) -> Run {
    // What people said and other runs saw is about today: the future is judged alone.
    let session = target.session().filter(|_| as_if.is_empty());
    Run::new(Parts {
        rules: RULES,
        domain,
        playbook,
        started: outcome.started,
        finished: outcome.finished,
        took_ms: outcome.took_ms,
        findings: outcome.findings,
        self_check: outcome.self_check,
        queries: outcome.queries,
        as_if,
        session,
    })
}
