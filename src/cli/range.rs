//! `range list | serve | mend | break`: the practice range for other programs.

use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::json;

use super::args::RangeAction;
use super::exit::Exit;
use super::problem::Problem;
use super::{interrupt, out};
use crate::model::text::nearest;
use crate::range::control::{self, Command, Control};
use crate::range::{Range, fault, scenario, world::World};

/// Runs one action.
pub async fn run(action: RangeAction) -> Result<Exit> {
    match action {
        RangeAction::List { json } => list(json),
        RangeAction::Serve {
            scenario,
            fault,
            json,
        } => serve(&scenario, fault, json).await,
        RangeAction::Mend { id, control } => change(control, &Command::Mend(known(&id)?)).await,
        RangeAction::Break { id, control } => change(control, &Command::Break(known(&id)?)).await,
    }
}

/// The world of a scenario, or a problem that says which there are.
pub fn world(name: &str) -> Result<World> {
    let found = scenario::find(name).map(scenario::Scenario::world);
    found.ok_or_else(|| {
        let names: Vec<&str> = scenario::all().iter().map(|s| s.name.as_str()).collect();
        let hint = nearest(name, names.iter().copied()).map_or_else(
            || format!("there are: {}", names.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        Problem::usage(
            format!("opening the scenario {name}"),
            "there is no such scenario",
            hint,
        )
        .into()
    })
}

fn known(id: &str) -> Result<String> {
    if fault::find(id).is_some() {
        return Ok(id.to_owned());
    }
    let ids = fault::catalogue().iter().map(|fault| fault.id.as_str());
    let hint = nearest(id, ids).map_or_else(
        || "`launch-ready range list` lists them".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Err(Problem::usage(
        format!("changing the range: {id}"),
        "there is no such fault",
        hint,
    )
    .into())
}

fn list(as_json: bool) -> Result<Exit> {
    if as_json {
        let list: Vec<_> = fault::catalogue()
            .iter()
            .map(
                |f| json!({ "id": f.id, "title": f.title, "check": f.check, "verdict": f.verdict }),
            )
            .collect();
        out::line(&serde_json::to_string_pretty(&list)?)?;
        return Ok(Exit::Go);
    }
    let mut text = String::from("scenarios\n");
    for scenario in scenario::all() {
        text.push_str(&format!("  {:<30} {}\n", scenario.name, scenario.title));
    }
    text.push_str("\nfaults\n");
    for fault in fault::catalogue() {
        text.push_str(&format!(
            "  {:<30} {:<24} {:<8} {}\n",
            fault.id, fault.check, fault.verdict, fault.title
        ));
    }
    out::write(&text)?;
    Ok(Exit::Go)
}

async fn serve(name: &str, faults: Vec<String>, as_json: bool) -> Result<Exit> {
    let (world, name) = if faults.is_empty() {
        (world(name)?, Some(name))
    } else {
        let ids = faults
            .iter()
            .map(|id| known(id))
            .collect::<Result<Vec<_>>>()?;
        (World::with_faults(ids), None)
    };
    let range = Arc::new(
        Range::start(world)
            .await
            .context("starting the practice range")?,
    );
    let control = Control::serve(Arc::clone(&range))
        .await
        .context("opening the control port")?;
    let described = range.describe(name, Some(control.address())).await;
    if as_json {
        out::line(&serde_json::to_string(&described)?)?;
    } else {
        out::write(&format!(
            "{} with {} faults: {}\n\nlaunch-ready check {} {}\n\ncontrol {}\nserving until Ctrl-C\n",
            described.domain,
            described.faults.len(),
            described.faults.join(", "),
            described.domain,
            described.flags.join(" "),
            control.address()
        ))?;
    }
    interrupt::stopped().await;
    Ok(Exit::Go)
}

async fn change(control: Option<String>, command: &Command) -> Result<Exit> {
    let tried = "`launch-ready range serve` prints the control address; give it with --control";
    let address = match control {
        Some(address) => address,
        None => control::noted()
            .map_err(|why| Problem::usage("finding the served range", why, tried))?,
    };
    let faults = control::send(&address, command)
        .await
        .map_err(|why| Problem::usage("changing the served range", why, tried))?;
    if faults.is_empty() {
        out::line("the range is healthy")?;
    } else {
        out::line(&format!("on: {}", faults.join(", ")))?;
    }
    Ok(Exit::Go)
}
