//! The cockpit's picture: [`view`] turns a state into cells, [`hit`] says what the mouse points at in it. It changes
//! nothing, asks nobody and knows no engine. [`terminal`] takes the terminal and gives it back.

mod canvas;
mod chrome;
mod detail;
pub mod glyphs;
mod hints;
mod line;
mod next;
mod overlays;
mod paint;
mod screens;
pub mod terminal;
mod text;
pub mod theme;
mod view;
mod widgets;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod testing;

pub use canvas::Gesture;
pub use theme::{Palette, Theme};
pub use view::{hit, view};
