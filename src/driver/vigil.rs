//! The watch over time of the open session: one task, ended with the session.

use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::engine::{EngineSide, plan};
use super::turn::Answer;
use crate::app::Message;
use crate::app::effect::VigilRequest;
use crate::engine::Vigil;
use crate::engine::vigil::rest;

/// Between two looks at servers that somebody pays for.
const EVERY: Duration = Duration::from_mins(15);
/// Between two looks at the practice range, and at networks of one's own that are reached by reroutes.
const EVERY_AT_HOME: Duration = Duration::from_secs(10);

impl EngineSide {
    pub(super) fn start_vigil(&mut self, request: VigilRequest) {
        let network = match self.asking(&request.run.third_parties) {
            Ok(network) => network,
            Err(why) => return self.say(Message::VigilFailed(why)),
        };
        let every = if network.config().reroutes.is_empty() {
            EVERY
        } else {
            EVERY_AT_HOME
        };
        let vigil = match plan(request.run) {
            Ok(plan) => Vigil::new(plan, network, every, request.known),
            Err(why) => return self.say(Message::VigilFailed(why)),
        };
        let task = tokio::spawn(keep_watch(vigil, self.answers.clone()));
        if let Some(before) = self.vigil.replace(task.abort_handle()) {
            before.abort();
        }
    }

    pub(super) fn stop_vigil(&mut self) {
        if let Some(vigil) = self.vigil.take() {
            vigil.abort();
        }
    }
}

async fn keep_watch(mut vigil: Vigil, answers: UnboundedSender<Answer>) {
    loop {
        let sight = Box::new(vigil.look().await);
        let next = vigil.next(sight.at);
        // The cockpit may be gone by now.
        if answers
            .send(Answer::Message(Message::Sighted { sight, next }))
            .is_err()
        {
            return;
        }
        rest(next).await;
    }
}
