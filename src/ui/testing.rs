//! What tests of widgets and screens draw with: a frame as text, and a second grid with a letter per role, because the
//! plain text drops all styles.

use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use ratatui::{Frame, Terminal};

use super::text;
use super::theme::{Palette, Theme};

/// Letters of the roles, in the order of `Role::ALL`.
const LETTERS: &[u8] = b".msatkpwfubhHxyRr";

/// The theme that snapshots are drawn with: each role told apart, nothing turning.
pub fn theme() -> Theme {
    Theme::new(Palette::Numbered).still()
}

/// A frame of that size, after `draw`.
pub fn frame(width: u16, height: u16, draw: impl FnOnce(&mut Frame<'_>)) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(draw).unwrap();
    terminal.backend().buffer().clone()
}

/// A buffer of that size, after `draw`.
pub fn buffer(width: u16, height: u16, draw: impl FnOnce(Rect, &mut Buffer)) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    let mut buf = Buffer::empty(area);
    draw(area, &mut buf);
    buf
}

/// The text of a buffer, then its roles.
pub fn picture(buf: &Buffer) -> String {
    format!(
        "{}\n{}\n{}",
        grid(buf, symbol),
        "=".repeat(usize::from(buf.area.width)),
        grid(buf, letter)
    )
}

/// The text of a buffer alone.
pub fn plain(buf: &Buffer) -> String {
    grid(buf, symbol)
}

fn grid(buf: &Buffer, show: impl Fn(&Cell) -> String) -> String {
    (0..buf.area.height)
        .map(|y| {
            let mut line = String::new();
            let mut x = 0;
            while x < buf.area.width {
                let cell = &buf[(x, y)];
                line.push_str(&show(cell));
                x += u16::try_from(text::width(cell.symbol())).unwrap().max(1);
            }
            line.trim_end().to_owned()
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn symbol(cell: &Cell) -> String {
    cell.symbol().to_owned()
}

fn letter(cell: &Cell) -> String {
    let reversed = cell.modifier.contains(Modifier::REVERSED);
    let letter = match cell.fg {
        Color::Indexed(at) => LETTERS.get(usize::from(at)).map_or('?', |b| char::from(*b)),
        _ if cell.symbol() == " " => ' ',
        _ => '\'',
    };
    if reversed && letter == ' ' {
        "R".to_owned()
    } else {
        letter.to_string()
    }
}
