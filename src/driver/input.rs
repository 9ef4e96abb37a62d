//! From what the terminal sends to messages.

use std::io;

use crossterm::event::{
    Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent,
    MouseEventKind,
};
use futures_util::Stream;

use crate::app::Message;
use crate::app::key::{Code, Key};
use crate::app::state::{Size, State};
use crate::ui::Gesture;

use super::screen::Surface;

/// Rows that one notch of the wheel moves.
const NOTCH: i32 = 3;

/// What the terminal sends, from now on.
pub(super) fn events() -> impl Stream<Item = io::Result<Event>> + Unpin {
    EventStream::new()
}

/// The message that an event is, if it is one.
pub(super) fn message(event: Event, state: &State, surface: &impl Surface) -> Option<Message> {
    match event {
        Event::Key(event) => key(event).map(Message::Key),
        Event::Paste(text) => Some(Message::Paste(text)),
        Event::Resize(width, height) => Some(Message::Resize(Size { width, height })),
        Event::FocusGained => Some(Message::Focus(true)),
        Event::FocusLost => Some(Message::Focus(false)),
        Event::Mouse(event) => mouse(event, state, surface),
    }
}

fn mouse(event: MouseEvent, state: &State, surface: &impl Surface) -> Option<Message> {
    let gesture = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => Gesture::Press,
        MouseEventKind::ScrollUp => Gesture::Wheel(-NOTCH),
        MouseEventKind::ScrollDown => Gesture::Wheel(NOTCH),
        _ => return None,
    };
    surface
        .hit(state, (event.column, event.row), gesture)
        .map(Message::Mouse)
}

fn key(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let alt = event.modifiers.contains(KeyModifiers::ALT);
    let code = match event.code {
        KeyCode::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => Code::BackTab,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(n) => Code::Function(n),
        _ => return None,
    };
    Some(Key { code, ctrl, alt })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_as_the_keymap_names_them() {
        for (code, modifiers, want) in [
            (KeyCode::Char('X'), KeyModifiers::SHIFT, "X"),
            (KeyCode::Char('P'), KeyModifiers::CONTROL, "ctrl-p"),
            (KeyCode::Tab, KeyModifiers::SHIFT, "backtab"),
            (KeyCode::Char(' '), KeyModifiers::NONE, "space"),
            (KeyCode::F(5), KeyModifiers::NONE, "f5"),
        ] {
            let key = key(KeyEvent::new(code, modifiers)).unwrap();
            assert_eq!(key.to_string(), want);
        }
        assert_eq!(
            key(KeyEvent::new(KeyCode::CapsLock, KeyModifiers::NONE)),
            None
        );
        let release = KeyEvent {
            kind: KeyEventKind::Release,
            ..KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE)
        };
        assert_eq!(key(release), None);
    }
}
