//! The cockpit's picture: `view(&State)` to cells. It changes nothing, asks nobody and knows no engine.

pub mod glyphs;
mod line;
mod paint;
pub mod terminal;
mod text;
pub mod theme;
mod widgets;

#[cfg(test)]
mod testing;
