//! The tool's own footing: is there a network, does the resolver tell the truth, is the clock right.

use std::sync::Arc;

use jiff::Timestamp;

use super::dns::ask::Mode;
use super::dns::recursive::{ask_any, names};
use super::memory::Sight;
use super::reach::Reach;
use crate::model::name::HostName;
use crate::model::observation::dns::{AnswerShape, DnsAnswer, Rcode, RecordType};
use crate::model::observation::self_check::SelfCheck;
use crate::model::text::hex;

impl Sight for SelfCheck {
    fn saw_nothing(&self) -> bool {
        self.network != "up" || !self.resolver_is_honest()
    }
}

/// Asks for a name that cannot exist (RFC 6761 §6.4) and looks at what comes back.
pub(in crate::net) async fn look(reach: Arc<Reach>) -> SelfCheck {
    let mut check = SelfCheck {
        network: "up".to_owned(),
        resolver: "honest".to_owned(),
        clock: "sane".to_owned(),
        port_25: "not-tested".to_owned(),
        resolvers: names(&reach.ground.resolvers),
        problems: Vec::new(),
    };
    if let Ok(name) = HostName::parse(&format!("{}.invalid", random_label())) {
        let asked = ask_any(&reach, &name, RecordType::A, Mode::Recursive).await;
        judge(&mut check, &asked.answer);
    }
    if let Err(off) = reach.footing.clock(Timestamp::now()) {
        check.problems.push(format!(
            "This computer's clock {off}: set it, then run again, for certificates and signatures are judged by it."
        ));
        check.clock = off;
    }
    check
}

fn judge(check: &mut SelfCheck, answer: &DnsAnswer) {
    let (resolver, problem) = match (&answer.outcome, answer.shape()) {
        (Err(failure), _) => {
            "no resolver answers".clone_into(&mut check.network);
            (
                "silent",
                format!(
                    "No resolver answers ({}): check the connection of this computer, or name a resolver with --resolver IP.",
                    failure.text
                ),
            )
        }
        (Ok(_), AnswerShape::NoName | AnswerShape::NoData) => return,
        (Ok(_), AnswerShape::Records) => (
            "lying",
            format!(
                "The resolver {} gave an address for a name that cannot exist ({}): answers are rewritten on this network; name another resolver with --resolver IP, or sign in to the network first.",
                answer.server,
                answer.outcome_line()
            ),
        ),
        (Ok(message), _) if message.rcode == Rcode::Refused => (
            "filtered",
            format!(
                "The resolver {} refuses to answer: name one that serves this computer with --resolver IP.",
                answer.server
            ),
        ),
        (Ok(_), _) => (
            "silent",
            format!(
                "The resolver {} cannot look up names ({}): try again, or name another with --resolver IP.",
                answer.server,
                answer.outcome_line()
            ),
        ),
    };
    resolver.clone_into(&mut check.resolver);
    check.problems.push(problem);
}

/// A label that nobody can have prepared an answer for.
fn random_label() -> String {
    let mut bytes = [0_u8; 8];
    // Without random bytes the name is still one that cannot exist.
    let _ = getrandom::fill(&mut bytes);
    format!("launch-ready-{}", hex(&bytes))
}
