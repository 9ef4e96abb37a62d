//! The whole picture of a state, and what the mouse points at in it.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::canvas::{Canvas, Gesture};
use super::theme::Theme;
use super::widgets::too_small;
use super::{chrome, hints, overlays, presenter, screens};
use crate::app::message::Hit;
use crate::app::{Action, Context, State};

/// Draws the state: same state, same size, same cells.
pub fn view(state: &State, frame: &mut Frame<'_>, theme: &Theme) {
    let area = frame.area();
    draw(&mut Canvas::new(frame.buffer_mut(), theme), area, state);
}

/// What a gesture at a cell means, in a picture of `area`.
pub fn hit(
    state: &State,
    theme: &Theme,
    area: Rect,
    cell: (u16, u16),
    gesture: Gesture,
) -> Option<Hit> {
    let mut buf = Buffer::empty(area);
    let mut canvas = Canvas::new(&mut buf, theme);
    draw(&mut canvas, area, state);
    canvas.hit(cell.0, cell.1, gesture)
}

fn draw(canvas: &mut Canvas<'_>, area: Rect, state: &State) {
    if too_small::is_too_small(area) {
        let quit = hints::key(state, Context::Global, Action::Quit);
        too_small::render(area, canvas.buf, &quit, canvas.theme);
        return;
    }
    let Some(screen) = state.screen() else { return };
    let body = chrome::render(canvas, area, state, screen);
    screens::render(canvas, body, state, screen);
    if let Some(overlay) = &state.overlay {
        overlays::render(canvas, area, state, overlay);
    }
    chrome::toasts(canvas, area, state);
    if state.presenter {
        presenter::cover(canvas.buf, area, state, canvas.theme);
    }
}
