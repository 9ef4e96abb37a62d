//! Runs, watches and the discovery, for the session that is open. Leaving it ends them all.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::task::AbortHandle;

use super::turn::Answer;
use super::vault::Passwords;
use crate::app::Message;
use crate::app::effect::{RehearsalRequest, RunRequest, WatchRequest};
use crate::app::new_session::Discovered;
use crate::engine::{self, Handle, Look, Plan, Selection, Watch};
use crate::model::finding::FindingKey;
use crate::model::name::HostName;
use crate::model::progress::Progress;
use crate::net::{Brought, Network, NetworkConfig};

/// Steps that may wait to be shown: a slow screen slows the run down instead of growing.
const STEPS: usize = 256;

/// The engine's side of the cockpit.
pub(super) struct EngineSide {
    config: NetworkConfig,
    network: Option<Network>,
    /// How long between two looks of a watch.
    pub(super) every: Duration,
    run: Option<Handle>,
    watches: BTreeMap<FindingKey, AbortHandle>,
    pub(super) vigil: Option<AbortHandle>,
    /// Messages that the operator brought to this session.
    brought: Vec<Brought>,
    /// Passwords that the vault lent.
    lent: Passwords,
    discovery: Option<AbortHandle>,
    rehearsal: Option<AbortHandle>,
    sender: mpsc::Sender<Progress>,
    steps: mpsc::Receiver<Progress>,
    pub(super) answers: UnboundedSender<Answer>,
}

impl EngineSide {
    /// Ready to work; nothing is sent before something is asked for.
    pub(super) fn new(config: NetworkConfig, answers: UnboundedSender<Answer>) -> Self {
        let (sender, steps) = mpsc::channel(STEPS);
        Self {
            config,
            network: None,
            every: Watch::default().every,
            run: None,
            watches: BTreeMap::new(),
            vigil: None,
            brought: Vec::new(),
            lent: Passwords::new(),
            discovery: None,
            rehearsal: None,
            sender,
            steps,
            answers,
        }
    }

    /// The next step of the run. Cancel safe; waits for ever when there is none.
    pub(super) async fn next(&mut self) -> Option<Progress> {
        self.steps.recv().await
    }

    /// A step that is there already.
    pub(super) fn ready(&mut self) -> Option<Progress> {
        self.steps.try_recv().ok()
    }

    /// Ends everything and goes on in another world.
    pub(super) fn reset(&mut self, config: NetworkConfig, every: Duration) {
        self.stop_all();
        // Steps of a run that is winding up must not reach another session.
        (self.sender, self.steps) = mpsc::channel(STEPS);
        self.config = config;
        self.every = every;
        self.network = None;
        self.brought.clear();
        self.lent.clear();
    }

    /// Keeps a message for what is started from now on, in place of an earlier one of its kind.
    pub(super) fn bring(&mut self, brought: Brought) {
        self.brought.retain(|known| known.kind != brought.kind);
        self.brought.push(brought);
        self.network = None;
    }

    /// Lends passwords to what is started from now on.
    pub(super) fn lend(&mut self, passwords: Passwords) {
        self.lent = passwords;
        self.network = None;
    }

    /// Whether the world that is looked at comes with that password: the practice range does.
    pub(super) fn has_password(&self, name: &str) -> bool {
        self.config.credentials.get(name).is_some()
    }

    /// Stops runs, watches and the discovery.
    pub(super) fn stop_all(&mut self) {
        if let Some(run) = self.run.take() {
            run.cancel();
        }
        for watch in std::mem::take(&mut self.watches).into_values() {
            watch.abort();
        }
        self.stop_vigil();
        self.stop_discovery();
        if let Some(task) = self.rehearsal.take() {
            task.abort();
        }
    }

    pub(super) fn start_run(&mut self, request: RunRequest) {
        let network = match self.asking(&request.third_parties) {
            Ok(network) => network.fresh(),
            Err(why) => return self.say(Message::RunFailed(why)),
        };
        match plan(request) {
            Ok(plan) => self.run = Some(engine::start(plan, network, self.sender.clone())),
            Err(why) => self.say(Message::RunFailed(why)),
        }
    }

    pub(super) fn stop_run(&mut self) {
        if let Some(run) = &self.run {
            run.cancel();
        }
    }

    /// Looks at the world after a switch, beside whatever else is under way.
    pub(super) fn start_rehearsal(&mut self, request: RehearsalRequest) {
        let today = match self.asking(&request.run.third_parties) {
            Ok(network) => network.fresh(),
            Err(why) => return self.say(Message::RehearsalFailed(why)),
        };
        let answers = self.answers.clone();
        let task = tokio::spawn(async move {
            if let Err(why) = rehearse(request, today, answers.clone()).await {
                // The cockpit may be gone by now.
                let _ = answers.send(Answer::Message(Message::RehearsalFailed(why)));
            }
        });
        if let Some(before) = self.rehearsal.replace(task.abort_handle()) {
            before.abort();
        }
    }

    pub(super) fn stop_rehearsal(&mut self) {
        if let Some(task) = self.rehearsal.take() {
            task.abort();
            self.say(Message::RehearsalFailed(
                "stopped: what was seen so far stays".to_owned(),
            ));
        }
    }

    pub(super) fn start_watch(&mut self, request: WatchRequest) {
        let key = request.key.clone();
        let network = match self.asking(&request.third_parties) {
            Ok(network) => network,
            Err(why) => {
                self.say(Message::RunFailed(why));
                return self.say(Message::WatchEnded(key));
            }
        };
        let selection = Selection {
            only: vec![key.check.0.clone()],
            skip: Vec::new(),
        };
        let plan = Plan::again(request.intent, &selection, request.authorised, request.kept)
            .narrowed(std::slice::from_ref(&key));
        let how = Watch {
            every: self.every,
            ..Watch::default()
        };
        let answers = self.answers.clone();
        let task = tokio::spawn(watch(plan, network, how, key.clone(), answers));
        if let Some(before) = self.watches.insert(key, task.abort_handle()) {
            before.abort();
        }
    }

    pub(super) fn stop_watch(&mut self, key: &FindingKey) {
        if let Some(watch) = self.watches.remove(key) {
            watch.abort();
        }
    }

    pub(super) fn discover(&mut self, domain: HostName) {
        self.stop_discovery();
        let network = match self.network() {
            Ok(network) => network.fresh(),
            Err(why) => return self.say(Message::Discovered(Discovered::Failed(why))),
        };
        let answers = self.answers.clone();
        let task = tokio::spawn(async move {
            let say = |step| {
                // The cockpit may be gone by now.
                let _ = answers.send(Answer::Message(Message::Discovered(step)));
            };
            let found = |step| say(Discovered::Found(step));
            match engine::inventory::discover(&domain, &network, found).await {
                Ok(_) => say(Discovered::Done),
                Err(why) => say(Discovered::Failed(why.to_string())),
            }
        });
        self.discovery = Some(task.abort_handle());
    }

    pub(super) fn stop_discovery(&mut self) {
        if let Some(task) = self.discovery.take() {
            task.abort();
        }
    }

    /// The network, set up when it is first needed.
    fn network(&mut self) -> Result<&Network, String> {
        if self.network.is_none() {
            let mut config = self.config.clone();
            config.brought.extend(self.brought.iter().cloned());
            for (name, password) in &self.lent {
                config.credentials.insert(name, password.clone());
            }
            let network = Network::new(config).map_err(|why| why.to_string())?;
            self.network = Some(network);
        }
        self.network
            .as_ref()
            .ok_or_else(|| "there is no network".to_owned())
    }

    /// The same, allowed to ask these third parties too.
    pub(super) fn asking(&mut self, third_parties: &[String]) -> Result<Network, String> {
        let network = self.network()?;
        network.asking(third_parties).map_err(|why| why.to_string())
    }

    pub(super) fn say(&self, message: Message) {
        // The cockpit may be gone by now.
        let _ = self.answers.send(Answer::Message(message));
    }
}

/// What a run is to look at.
pub(super) fn plan(request: RunRequest) -> Result<Plan, String> {
    let selection = Selection {
        only: request.checks,
        skip: Vec::new(),
    };
    let mut plan = Plan::again(request.intent, &selection, request.authorised, request.kept);
    if !request.only.is_empty() {
        plan = plan.narrowed(&request.only);
    }
    if plan.units.is_empty() {
        return Err("no check of this playbook has anything to look at here".to_owned());
    }
    Ok(plan)
}

/// Looks at the world after the switch and tells each step.
async fn rehearse(
    request: RehearsalRequest,
    today: Network,
    answers: UnboundedSender<Answer>,
) -> Result<(), String> {
    let domain = request.run.intent.domain.clone();
    let zone = domain.registrable().unwrap_or(domain);
    let network = today.after(&request.switch, zone).await;
    let network = network.map_err(|why| why.to_string())?;
    let (sender, mut steps) = mpsc::channel(STEPS);
    let run = engine::start(plan(request.run)?, network, sender);
    // Ends the run when this task is aborted: nothing else holds it.
    let _stop = StopOnDrop(&run);
    while let Some(step) = steps.recv().await {
        let message = Message::Rehearsed(Box::new(step));
        if answers.send(Answer::Message(message)).is_err() {
            break;
        }
    }
    Ok(())
}

/// Stops a run that nobody listens to any more.
struct StopOnDrop<'a>(&'a Handle);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Watches one row and tells each look.
async fn watch(
    plan: Plan,
    network: Network,
    how: Watch,
    key: FindingKey,
    answers: UnboundedSender<Answer>,
) {
    let (sender, mut looks) = mpsc::channel::<Look>(8);
    let watching = async {
        engine::watch(&plan, &network, how, sender).await;
    };
    let telling = async {
        while let Some(look) = looks.recv().await {
            let message = Message::Looked {
                finding: Box::new(look.finding),
                next: look.next,
            };
            if answers.send(Answer::Message(message)).is_err() {
                return;
            }
        }
    };
    tokio::join!(watching, telling);
    // The cockpit may be gone by now.
    let _ = answers.send(Answer::Message(Message::WatchEnded(key)));
}

#[cfg(test)]
mod tests {
    use secrecy::{ExposeSecret, SecretString};

    use super::*;
    use crate::model::intent::message::MessageKind;
    use crate::model::observation::message::{Folder, RawMessage};

    fn brought(text: &str) -> Brought {
        Brought {
            kind: MessageKind::Reset,
            message: RawMessage {
                source: "a pasted message".to_owned(),
                folder: Folder::Untold,
                arrived: None,
                bytes: text.as_bytes().into(),
                cut: false,
            },
        }
    }

    #[tokio::test]
    async fn what_was_brought_and_lent_is_in_the_next_network_and_in_no_other_session() {
        let config = || NetworkConfig {
            resolvers: vec![([127, 0, 0, 1], 53).into()],
            ..NetworkConfig::default()
        };
        let (answers, _inbox) = mpsc::unbounded_channel();
        let mut side = EngineSide::new(config(), answers);
        assert!(side.network().unwrap().config().brought.is_empty());
        side.bring(brought("To: a"));
        side.bring(brought("To: b"));
        side.lend(vec![("test-inbox", SecretString::from("pass"))]);
        let network = side.network().unwrap();
        let messages = network.brought(MessageKind::Reset);
        assert_eq!(messages.len(), 1, "the last one of a kind counts");
        assert_eq!(&*messages[0].bytes, b"To: b");
        let lent = network.config().credentials.get("test-inbox").unwrap();
        assert_eq!(lent.expose_secret(), "pass");
        assert!(!side.has_password("test-inbox"), "lent is not its own");
        side.reset(config(), Duration::from_secs(1));
        let network = side.network().unwrap();
        assert!(network.config().brought.is_empty());
        assert!(network.config().credentials.get("test-inbox").is_none());
    }
}
