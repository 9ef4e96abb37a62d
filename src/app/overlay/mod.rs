//! What may stand in front of a screen, one at a time.

pub mod confirm;
pub mod form;
pub mod palette;
pub mod picker;
pub mod reader;

use super::keymap::Context;
pub use confirm::{Confirm, Question};
pub use form::{Field, FieldKind, Form, FormPurpose};
pub use palette::{Entry, Palette, Target};
pub use picker::{Choice, Picker, PickerPurpose};
pub use reader::Reader;

/// An overlay with its own state.
#[derive(Debug, Clone, PartialEq)]
pub enum Overlay {
    Help(Help),
    Words(Words),
    Palette(Palette),
    Confirm(Confirm),
    Picker(Picker),
    Form(Box<Form>),
    Reader(Reader),
}

impl Overlay {
    /// Whose keys hold in it.
    pub const fn context(&self) -> Context {
        match self {
            Self::Help(_) | Self::Words(_) => Context::Help,
            Self::Palette(_) => Context::Palette,
            Self::Confirm(_) => Context::Confirm,
            Self::Picker(_) => Context::Picker,
            Self::Form(_) => Context::Form,
            Self::Reader(_) => Context::Reader,
        }
    }
}

/// The keys of the context from which it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Help {
    pub context: Context,
    /// Lines scrolled.
    pub scroll: usize,
}

/// The technical words of the screen below, each with its sentence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Words {
    /// Lines scrolled.
    pub scroll: usize,
}
