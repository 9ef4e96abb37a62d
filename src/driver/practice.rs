//! The practice range behind a session: set up as it was left, mended from the cockpit.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;

use super::store::Command;
use super::turn::Answer;
use crate::app::Message;
use crate::app::opened::SessionFile;
use crate::app::range::{Fault, RangeControl};
use crate::model::event::EventBody;
use crate::model::finding::CheckId;
use crate::model::session::Practice;
use crate::model::standing::WITHOUT_ACCESS;
use crate::playbook;
use crate::range::world::World;
use crate::range::{DOMAIN, Range, fault, scenario};

/// The first events of a practice session, or why there is no such scenario or playbook.
pub(super) fn session(name: &str, playbook: &str) -> Result<Command, String> {
    let playbook = playbook::find(playbook).map_err(|why| why.what)?;
    let known = scenario::find(name).ok_or_else(|| {
        let names: Vec<&str> = scenario::all().iter().map(|s| s.name.as_str()).collect();
        format!(
            "there is no scenario `{name}`; there are {}",
            names.join(", ")
        )
    })?;
    let intent = known.world().intent().map_err(|why| why.to_string())?;
    let hosts = intent.hosts.iter().map(|h| h.name.to_string()).collect();
    Ok(Command::Create {
        name: "practice".to_owned(),
        bodies: vec![
            EventBody::Created {
                slug: String::new(),
                domain: DOMAIN.to_owned(),
                playbook: playbook.id.clone(),
            },
            EventBody::PracticeStarted {
                scenario: known.name.clone(),
            },
            EventBody::IntentConfirmed {
                intent: Box::new(intent),
            },
            EventBody::AuthorityStated {
                statement: "the practice range belongs to whoever runs it".to_owned(),
                hosts,
            },
            EventBody::Noted {
                item: WITHOUT_ACCESS.to_owned(),
                text: "on the practice range everything is in your hands".to_owned(),
            },
            EventBody::ClockStarted,
        ],
    })
}

/// Sets the range up with the faults that were not mended yet, and tells when it stands.
pub(super) fn start(practice: Practice, file: SessionFile, answers: UnboundedSender<Answer>) {
    tokio::spawn(async move {
        let answer = match set_up(&practice).await {
            Ok((range, control)) => Answer::RangeStands {
                range: Arc::new(range),
                control,
                file,
            },
            Err(why) => Answer::Message(Message::RangeFailed(why)),
        };
        // The cockpit may be gone by now.
        let _ = answers.send(answer);
    });
}

async fn set_up(practice: &Practice) -> Result<(Range, RangeControl), String> {
    let known = scenario::find(&practice.scenario)
        .ok_or_else(|| format!("this program knows no scenario `{}`", practice.scenario))?;
    let left = known
        .faults
        .iter()
        .filter(|id| !practice.mended.contains(*id))
        .cloned();
    let range = Range::start(World::with_faults(left))
        .await
        .map_err(|why| why.to_string())?;
    let faults = known
        .faults
        .iter()
        .filter_map(|id| fault::find(id))
        .map(|fault| Fault {
            id: fault.id.clone(),
            title: fault.title.clone(),
            check: CheckId::from(fault.check.as_str()),
            also: fault.also.iter().map(|id| id.as_str().into()).collect(),
        })
        .collect();
    let control = RangeControl {
        scenario: known.name.clone(),
        faults,
        mended: practice.mended.clone(),
        mending: BTreeSet::new(),
    };
    Ok((range, control))
}

/// Mends a fault and tells when every server serves the new world.
pub(super) fn mend(range: Option<Arc<Range>>, fault: String, answers: UnboundedSender<Answer>) {
    tokio::spawn(async move {
        let result = match range {
            Some(range) => range.mend(&fault).await.map_err(|why| why.to_string()),
            None => Err("no practice range stands".to_owned()),
        };
        // The cockpit may be gone by now.
        let _ = answers.send(Answer::Message(Message::Mended { fault, result }));
    });
}
