//! `new DOMAIN`: a session without the cockpit.

use anyhow::Result;
use jiff::Timestamp;

use super::args::New;
use super::exit::Exit;
use super::settings::Settings;
use super::target::{actor, device, domain, session_problem};
use super::{intent, out, playbooks};
use crate::model::event::EventBody;
use crate::store::{Store, file_of, free_slug};

/// Finds the hosts, writes the session, prints its file. The clock does not start: that is the operator's word, in the cockpit.
pub async fn run(arguments: New, settings: &Settings) -> Result<Exit> {
    let name = domain(&arguments.domain)?;
    let playbook = playbooks::named(&arguments.playbook)?;
    let network = settings.network(&[])?;
    let intent = intent::complete(&name, arguments.intent.as_deref(), &[], &network).await?;
    let folder = &settings.data_dir.value;
    let slug = free_slug(folder, name.as_str());
    let path = arguments.session.unwrap_or_else(|| file_of(folder, &slug));
    let shown = path.display().to_string();
    let created = EventBody::Created {
        slug,
        domain: name.to_string(),
        playbook: playbook.id,
    };
    let mut store = Store::create(&path, created, Timestamp::now(), &actor(), &device())
        .map_err(|why| session_problem(&shown, &why))?;
    store
        .append(
            vec![EventBody::IntentConfirmed {
                intent: Box::new(intent),
            }],
            Timestamp::now(),
            &actor(),
            &device(),
        )
        .map_err(|why| session_problem(&shown, &why))?;
    out::line(&shown)?;
    Ok(Exit::Go)
}
