//! The one table of keys: `assets/keymap.toml`. Footer, help, palette and the keys that work are views of it.

use serde::{Deserialize, Serialize};

use super::action::Action;
use super::key::Key;

/// The keys that the program ships with.
pub const DEFAULT: &str = include_str!("../../assets/keymap.toml");

/// Where a binding holds. The innermost context wins; text contexts leave every unbound character to the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Context {
    /// Everywhere but in text.
    Global,
    /// Every screen with a list.
    List,
    Home,
    NewDomain,
    NewInventory,
    NewSenders,
    NewPlaybook,
    NewAuthority,
    NewStart,
    Sprint,
    Finding,
    Watch,
    Gate,
    Plan,
    Handover,
    DayOne,
    Rehearsal,
    Mail,
    Proofs,
    Vault,
    Guide,
    /// A filter is being typed.
    Filter,
    Help,
    Palette,
    Confirm,
    Picker,
    Form,
    Reader,
}

impl Context {
    /// Every context.
    pub const ALL: [Self; 28] = [
        Self::Global,
        Self::List,
        Self::Home,
        Self::NewDomain,
        Self::NewInventory,
        Self::NewSenders,
        Self::NewPlaybook,
        Self::NewAuthority,
        Self::NewStart,
        Self::Sprint,
        Self::Finding,
        Self::Watch,
        Self::Gate,
        Self::Plan,
        Self::Handover,
        Self::DayOne,
        Self::Rehearsal,
        Self::Mail,
        Self::Proofs,
        Self::Vault,
        Self::Guide,
        Self::Filter,
        Self::Help,
        Self::Palette,
        Self::Confirm,
        Self::Picker,
        Self::Form,
        Self::Reader,
    ];

    /// Whether characters are typed into a text here.
    pub const fn is_text(self) -> bool {
        matches!(
            self,
            Self::NewDomain | Self::NewAuthority | Self::Filter | Self::Palette | Self::Form
        )
    }

    /// The contexts whose bindings hold here, innermost first.
    pub const fn chain(self) -> &'static [Self] {
        match self {
            Self::Global => &[Self::Global],
            Self::List => &[Self::List, Self::Global],
            Self::Home => &[Self::Home, Self::List, Self::Global],
            Self::NewDomain => &[Self::NewDomain],
            Self::NewInventory => &[Self::NewInventory, Self::List, Self::Global],
            Self::NewSenders => &[Self::NewSenders, Self::List, Self::Global],
            Self::NewPlaybook => &[Self::NewPlaybook, Self::List, Self::Global],
            Self::NewAuthority => &[Self::NewAuthority],
            Self::NewStart => &[Self::NewStart, Self::Global],
            Self::Sprint => &[Self::Sprint, Self::List, Self::Global],
            Self::Finding => &[Self::Finding, Self::List, Self::Global],
            Self::Watch => &[Self::Watch, Self::List, Self::Global],
            Self::Gate => &[Self::Gate, Self::List, Self::Global],
            Self::Plan => &[Self::Plan, Self::List, Self::Global],
            Self::Handover => &[Self::Handover, Self::List, Self::Global],
            Self::DayOne => &[Self::DayOne, Self::List, Self::Global],
            Self::Rehearsal => &[Self::Rehearsal, Self::List, Self::Global],
            Self::Mail => &[Self::Mail, Self::List, Self::Global],
            Self::Proofs => &[Self::Proofs, Self::List, Self::Global],
            Self::Vault => &[Self::Vault, Self::List, Self::Global],
            Self::Guide => &[Self::Guide, Self::List, Self::Global],
            Self::Filter => &[Self::Filter],
            Self::Help => &[Self::Help, Self::List],
            Self::Palette => &[Self::Palette],
            Self::Confirm => &[Self::Confirm],
            Self::Picker => &[Self::Picker, Self::List],
            Self::Form => &[Self::Form],
            Self::Reader => &[Self::Reader, Self::List],
        }
    }

    /// The heading over its keys in help and documents.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Global => "everywhere",
            Self::List => "moving",
            Self::Home => "home",
            Self::NewDomain | Self::NewAuthority => "new session, typing",
            Self::NewInventory => "new session, inventory",
            Self::NewSenders => "new session, mail and services",
            Self::NewPlaybook => "new session, playbook",
            Self::NewStart => "new session, start",
            Self::Sprint => "sprint",
            Self::Finding => "finding",
            Self::Watch => "watch",
            Self::Gate => "gate",
            Self::Plan => "plan",
            Self::Handover => "handover",
            Self::DayOne => "day one",
            Self::Rehearsal => "before the switch",
            Self::Mail => "mail",
            Self::Proofs => "proofs",
            Self::Vault => "vault",
            Self::Guide => "guide",
            Self::Filter => "filter, typing",
            Self::Help => "help",
            Self::Palette => "palette",
            Self::Confirm => "question",
            Self::Picker => "choice",
            Self::Form => "form",
            Self::Reader => "reading",
        }
    }
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    pub context: Context,
    /// Empty: in the palette only.
    #[serde(default)]
    pub keys: Vec<Key>,
    pub action: Action,
    /// `re-check`.
    pub label: String,
    /// Heading in help: `move`, `check`, `decide`, `go`, `text`, `program`.
    pub group: String,
    /// Place in the footer, 1 first. 0: not in the footer.
    #[serde(default)]
    pub hint: u8,
}

/// All bindings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    bind: Vec<Binding>,
}

/// What is wrong with a keymap.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapProblem {
    #[error("reading the keymap: {0}")]
    Syntax(String),
    #[error("`{key}` is bound twice under {context:?}: {first:?} and {second:?}")]
    Twice {
        key: Key,
        context: Context,
        first: Action,
        second: Action,
    },
}

impl Keymap {
    /// Reads a keymap; a key that means two things in one context is an error.
    pub fn parse(text: &str) -> Result<Self, KeymapProblem> {
        let file: File = toml::from_str(text).map_err(|e| KeymapProblem::Syntax(e.to_string()))?;
        let mut seen: Vec<(Context, Key, Action)> = Vec::new();
        for binding in &file.bind {
            for key in &binding.keys {
                let twin = seen
                    .iter()
                    .find(|(context, k, _)| *context == binding.context && k == key);
                if let Some((context, key, first)) = twin {
                    return Err(KeymapProblem::Twice {
                        key: *key,
                        context: *context,
                        first: *first,
                        second: binding.action,
                    });
                }
                seen.push((binding.context, *key, binding.action));
            }
        }
        Ok(Self {
            bindings: file.bind,
        })
    }

    /// A keymap without a key.
    pub const fn empty() -> Self {
        Self {
            bindings: Vec::new(),
        }
    }

    /// Every line, in the order of the file.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// What a key does in a context.
    pub fn action(&self, context: Context, key: Key) -> Option<Action> {
        context.chain().iter().find_map(|place| {
            self.bindings
                .iter()
                .find(|b| b.context == *place && b.keys.contains(&key))
                .map(|b| b.action)
        })
    }

    /// The lines that hold in a context, innermost first; a key that an inner line takes is not shown at an outer one.
    pub fn in_context(&self, context: Context) -> Vec<Binding> {
        let mut taken: Vec<Key> = Vec::new();
        let mut lines: Vec<Binding> = Vec::new();
        for place in context.chain() {
            let mut here: Vec<Binding> = self
                .bindings
                .iter()
                .filter(|b| b.context == *place)
                .cloned()
                .collect();
            for line in &mut here {
                let had_keys = !line.keys.is_empty();
                line.keys.retain(|key| !taken.contains(key));
                if had_keys && line.keys.is_empty() {
                    line.hint = 0;
                }
            }
            taken.extend(here.iter().flat_map(|b| b.keys.iter().copied()));
            lines.extend(here);
        }
        lines
    }

    /// The first key of an action in a context, to be named in a sentence.
    pub fn key_of(&self, context: Context, action: Action) -> Option<Key> {
        self.in_context(context)
            .into_iter()
            .find(|b| b.action == action)
            .and_then(|b| b.keys.first().copied())
    }
}
