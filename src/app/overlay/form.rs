//! A form: a few fields, one under the other, checked when it is saved.

use super::super::input::Input;
use super::super::proofs::ProofForm;
use super::super::vault::Secret;
use crate::model::finding::FindingKey;

/// A form with its purpose.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    pub title: String,
    /// What it is for, above the fields.
    pub intro: Vec<String>,
    pub fields: Vec<Field>,
    /// Number of the field that has the cursor.
    pub focus: usize,
    pub purpose: FormPurpose,
    /// What is being done before it can be saved.
    pub busy: Option<String>,
}

/// One field.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub label: String,
    /// An example or a hint, shown dimmed while it is empty.
    pub hint: String,
    pub kind: FieldKind,
    pub required: bool,
    /// What may be meant by the beginning of it.
    pub known: Vec<String>,
    /// What is wrong with it, after a try to save.
    pub problem: Option<String>,
}

/// What a field takes.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldKind {
    Text(Input),
    /// `2026-12-03`, `14d`, `2w`, `36h`.
    Date(Input),
    Secret(Input),
    /// The path of a file, or a text of many lines that was pasted.
    Message {
        path: Input,
        pasted: Option<Secret>,
    },
    /// One of a few words.
    Choice {
        options: Vec<String>,
        chosen: usize,
    },
}

/// What is done with a form that is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormPurpose {
    Waive {
        criterion: String,
        fingerprints: Vec<String>,
    },
    Assign {
        item: String,
    },
    /// What an item waits for.
    WaitsFor {
        item: String,
    },
    Note {
        item: String,
    },
    Answer {
        question: String,
    },
    AddAccess,
    /// Why a change since the handover was meant.
    Meant {
        key: FindingKey,
        fingerprint: String,
    },
    Sign {
        gate: String,
    },
    HandOver,
    AddHost,
    AddSender,
    /// What the switch changes.
    Assume,
    /// A sender of mail, in a session that is open.
    NameSender,
    /// Where test messages are received.
    TestInbox,
    /// Through which server the portal sends.
    Outgoing,
    /// A message that must arrive.
    Expect,
    /// A message that arrived.
    Bring,
    Import,
    PauseClock,
    /// Why the clock starts although access is not complete.
    StartClock,
    StoreSecret {
        name: String,
    },
    /// A credential whose name is asked for too.
    NewSecret,
    /// A drill, a secret of the rotation list, a step of the journey.
    Proof(ProofForm),
    /// Why a fix is skipped in the guide.
    Skip {
        item: String,
    },
}

impl Form {
    /// A form with the cursor in its first field.
    pub fn new(title: impl Into<String>, purpose: FormPurpose, fields: Vec<Field>) -> Self {
        Self {
            title: title.into(),
            intro: Vec::new(),
            fields,
            focus: 0,
            purpose,
            busy: None,
        }
    }

    /// Adds the lines above the fields.
    #[must_use]
    pub fn intro(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.intro.extend(lines);
        self
    }

    /// Whether what is typed or pasted is nobody else's: the cursor is in a field for a secret, or the form takes a message.
    pub fn is_on_secret(&self) -> bool {
        self.fields
            .get(self.focus)
            .is_some_and(|f| matches!(f.kind, FieldKind::Secret(_)))
            || self
                .fields
                .iter()
                .any(|f| matches!(f.kind, FieldKind::Message { .. }))
    }

    /// What stands in a field, trimmed; the chosen word of a choice. Empty for a secret.
    pub fn value(&self, field: usize) -> String {
        match self.fields.get(field).map(|f| &f.kind) {
            Some(FieldKind::Text(input) | FieldKind::Date(input)) => input.text().trim().to_owned(),
            Some(FieldKind::Choice { options, chosen }) => {
                options.get(*chosen).cloned().unwrap_or_default()
            }
            Some(FieldKind::Secret(_) | FieldKind::Message { .. }) | None => String::new(),
        }
    }
}

impl Field {
    /// A line of text.
    pub fn text(label: &str, hint: &str, value: &str) -> Self {
        Self::of(label, hint, FieldKind::Text(Input::with(value)))
    }

    /// A date.
    pub fn date(label: &str, hint: &str, value: &str) -> Self {
        Self::of(label, hint, FieldKind::Date(Input::with(value)))
    }

    /// A secret.
    pub fn secret(label: &str, hint: &str) -> Self {
        Self::of(label, hint, FieldKind::Secret(Input::masked()))
    }

    /// A message, pasted or in a file.
    pub fn message(label: &str, hint: &str) -> Self {
        let kind = FieldKind::Message {
            path: Input::default(),
            pasted: None,
        };
        Self::of(label, hint, kind).optional()
    }

    /// One of a few words, the first chosen.
    pub fn choice(label: &str, options: &[&str]) -> Self {
        let options = options.iter().map(|o| (*o).to_owned()).collect();
        Self::of(label, "", FieldKind::Choice { options, chosen: 0 })
    }

    /// The same field, but it may stay empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// The same field, with what may be meant by the beginning of it.
    #[must_use]
    pub fn known(mut self, known: Vec<String>) -> Self {
        self.known = known;
        self
    }

    /// What is missing of the first known text that begins with what was typed, while the cursor is at its end.
    pub fn completion(&self) -> Option<&str> {
        let FieldKind::Text(input) = &self.kind else {
            return None;
        };
        let typed = input.text();
        if typed.is_empty() || input.shown_before() != typed {
            return None;
        }
        let mut rest = self
            .known
            .iter()
            .filter_map(|known| known.strip_prefix(typed));
        rest.find(|rest| !rest.is_empty())
    }

    /// The text of it, when it has one.
    pub const fn input(&self) -> Option<&Input> {
        match &self.kind {
            FieldKind::Text(input) | FieldKind::Date(input) | FieldKind::Secret(input) => {
                Some(input)
            }
            FieldKind::Message { path, .. } => Some(path),
            FieldKind::Choice { .. } => None,
        }
    }

    /// The same, to be changed.
    pub const fn input_mut(&mut self) -> Option<&mut Input> {
        match &mut self.kind {
            FieldKind::Text(input) | FieldKind::Date(input) | FieldKind::Secret(input) => {
                Some(input)
            }
            FieldKind::Message { path, .. } => Some(path),
            FieldKind::Choice { .. } => None,
        }
    }

    fn of(label: &str, hint: &str, kind: FieldKind) -> Self {
        Self {
            label: label.to_owned(),
            hint: hint.to_owned(),
            kind,
            required: true,
            known: Vec::new(),
            problem: None,
        }
    }
}
