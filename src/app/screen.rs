//! The screens, each with its own state.

use serde::{Deserialize, Serialize};

use super::day_one::DayOne;
use super::finding::FindingScreen;
use super::gate::Gate;
use super::guide::GuideScreen;
use super::handover::HandoverScreen;
use super::home::Home;
use super::keymap::Context;
use super::mail::MailScreen;
use super::new_session::{NewSession, Step};
use super::plan::PlanScreen;
use super::proofs::ProofsScreen;
use super::rehearsal::RehearsalScreen;
use super::sprint::Sprint;
use super::vault::VaultScreen;
use super::watch::WatchScreen;

/// What fills the terminal.
#[derive(Debug, Clone, PartialEq)]
pub enum Screen {
    Home(Home),
    NewSession(Box<NewSession>),
    Sprint(Sprint),
    Finding(FindingScreen),
    Watch(WatchScreen),
    Gate(Gate),
    Plan(PlanScreen),
    Handover(HandoverScreen),
    DayOne(DayOne),
    Rehearsal(RehearsalScreen),
    Mail(MailScreen),
    Proofs(ProofsScreen),
    Vault(VaultScreen),
    Guide(GuideScreen),
}

impl Screen {
    /// Whose keys hold on it.
    pub fn context(&self) -> Context {
        if self.filter().is_some_and(|f| f.editing) {
            return Context::Filter;
        }
        match self {
            Self::Home(_) => Context::Home,
            Self::NewSession(new) => match new.step {
                Step::Domain => Context::NewDomain,
                Step::Inventory => Context::NewInventory,
                Step::Senders => Context::NewSenders,
                Step::Playbook => Context::NewPlaybook,
                Step::Authority => Context::NewAuthority,
                Step::Start => Context::NewStart,
            },
            Self::Sprint(_) => Context::Sprint,
            Self::Finding(_) => Context::Finding,
            Self::Watch(_) => Context::Watch,
            Self::Gate(_) => Context::Gate,
            Self::Plan(_) => Context::Plan,
            Self::Handover(_) => Context::Handover,
            Self::DayOne(_) => Context::DayOne,
            Self::Rehearsal(_) => Context::Rehearsal,
            Self::Mail(_) => Context::Mail,
            Self::Proofs(_) => Context::Proofs,
            Self::Vault(_) => Context::Vault,
            Self::Guide(_) => Context::Guide,
        }
    }

    /// Its name in a title or a sentence.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Home(_) => "home",
            Self::NewSession(_) => "new session",
            Self::Sprint(_) => "sprint",
            Self::Finding(_) => "finding",
            Self::Watch(_) => "watch",
            Self::Gate(_) => "gate",
            Self::Plan(_) => "plan",
            Self::Handover(_) => "handover",
            Self::DayOne(_) => "day one",
            Self::Rehearsal(_) => "before the switch",
            Self::Mail(_) => "mail",
            Self::Proofs(_) => "proofs",
            Self::Vault(_) => "vault",
            Self::Guide(_) => "guide",
        }
    }

    /// The filter of its list.
    pub const fn filter(&self) -> Option<&Filter> {
        match self {
            Self::Home(s) => Some(&s.filter),
            Self::Sprint(s) => Some(&s.filter),
            Self::DayOne(s) => Some(&s.filter),
            Self::Rehearsal(s) => Some(&s.filter),
            Self::Gate(s) => Some(&s.filter),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub const fn filter_mut(&mut self) -> Option<&mut Filter> {
        match self {
            Self::Home(s) => Some(&mut s.filter),
            Self::Sprint(s) => Some(&mut s.filter),
            Self::DayOne(s) => Some(&mut s.filter),
            Self::Rehearsal(s) => Some(&mut s.filter),
            Self::Gate(s) => Some(&mut s.filter),
            _ => None,
        }
    }
}

/// A pane under the mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaneHit {
    /// The only or the main list of a screen or an overlay.
    Main,
    /// The plan of a sprint.
    Plan,
    /// The detail of a sprint, or any text that scrolls.
    Detail,
}

/// Words that the rows of a list must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    pub input: super::input::Input,
    /// Whether it is being typed.
    pub editing: bool,
}

impl Filter {
    /// Whether it lets a text through: every word of it occurs, whatever the case.
    pub fn lets(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.input
            .text()
            .to_lowercase()
            .split_whitespace()
            .all(|word| text.contains(word))
    }

    /// Whether it narrows anything.
    pub fn is_on(&self) -> bool {
        !self.input.is_blank()
    }
}
