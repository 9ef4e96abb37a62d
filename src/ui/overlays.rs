//! What stands in front of a screen: help, palette, question, choice, form, page of text.

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::canvas::{Canvas, Region};
use super::hints;
use super::theme::Role;
use super::widgets::footer::KeyHint;
use super::widgets::form::{self, Field};
use super::widgets::overlay::{Overlay as Box, scrolled};
use super::widgets::palette::PaletteRow;
use super::widgets::{help, list::List};
use super::{line, paint};
use crate::app::overlay::{Confirm, FieldKind, Form, Help, Overlay, Palette, Picker, Reader};
use crate::app::screen::PaneHit;
use crate::app::{Action, State, select};

/// Draws the overlay over everything; a press beside it is noted as such.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, overlay: &Overlay) {
    canvas.note(area, Region::Outside);
    match overlay {
        Overlay::Help(help) => self::help(canvas, area, state, *help),
        Overlay::Palette(palette) => self::palette(canvas, area, state, palette),
        Overlay::Confirm(confirm) => self::confirm(canvas, area, state, confirm),
        Overlay::Picker(picker) => self::picker(canvas, area, state, picker),
        Overlay::Form(form) => self::form(canvas, area, state, form),
        Overlay::Reader(reader) => self::reader(canvas, area, state, reader),
    }
}

/// Draws the box with its keys; the rectangle inside is the caller's.
fn frame(
    canvas: &mut Canvas<'_>,
    area: Rect,
    state: &State,
    title: &str,
    size: (u16, usize),
) -> Rect {
    let (actions, keys): (Vec<Action>, Vec<KeyHint>) = hints::of(state).into_iter().unzip();
    let height = u16::try_from(size.1).unwrap_or(u16::MAX);
    let limit = Rect {
        height: area.height.saturating_sub(2),
        y: area.y + 1.min(area.height),
        ..area
    };
    let frame = Box {
        title,
        width: size.0,
        height,
        keys: &keys,
    };
    canvas.buf.set_style(
        area.intersection(canvas.buf.area),
        ratatui::style::Style::reset().patch(canvas.theme.style(Role::Muted)),
    );
    let inner = frame.render(limit, canvas.buf, canvas.theme);
    let whole = paint::centred(
        limit,
        size.0,
        height.saturating_add(if keys.is_empty() { 2 } else { 4 }),
    );
    canvas.note(whole, Region::Text(PaneHit::Detail));
    let keys_row = paint::inset(paint::row(whole, whole.height.saturating_sub(2)), 2);
    super::chrome::note_footer(canvas, keys_row, &actions, &keys);
    inner
}

fn help(canvas: &mut Canvas<'_>, area: Rect, state: &State, help: Help) {
    let width = area.width.saturating_sub(6).min(112);
    let lines = help::lines(
        &hints::groups(state, help.context),
        usize::from(width.saturating_sub(5)),
        canvas.theme,
    );
    let title = format!("keys {} {}", canvas.theme.glyphs.dot, help.context.title());
    let inner = frame(canvas, area, state, &title, (width, lines.len()));
    scrolled(canvas.buf, inner, &lines, help.scroll, canvas.theme);
}

fn palette(canvas: &mut Canvas<'_>, area: Rect, state: &State, palette: &Palette) {
    let entries = select::palette::entries(state, palette);
    let width = area.width.saturating_sub(6).min(90);
    let height = usize::from(area.height.saturating_sub(8)).clamp(3, 18);
    let inner = frame(canvas, area, state, "anything", (width, height));
    let theme = canvas.theme;
    let (shown, before) = (palette.input.shown(), palette.input.shown_before());
    let hint = "an action, a check, a host, a sprint";
    let field = Field {
        shown: &shown,
        before: &before,
        focused: true,
        hint,
        ..Field::default()
    };
    paint::lines(
        canvas.buf,
        inner,
        &field.lines(0, usize::from(inner.width), theme),
        0,
    );
    let body = paint::trim(inner, 2, 0);
    if entries.is_empty() {
        paint::line(
            canvas.buf,
            paint::row(body, 0),
            &Line::from(theme.span(Role::Muted, "  nothing matches")),
        );
        return;
    }
    let first = palette
        .selected
        .saturating_sub(usize::from(body.height) / 2);
    let list = List {
        len: entries.len(),
        selected: Some(palette.selected),
        first,
        focused: true,
    };
    super::screens::rows::draw(canvas, body, body, PaneHit::Main, list, |at, width| {
        entries.get(at).map_or_else(Line::default, |entry| {
            let off = entry.refused.as_ref().map(|reason| reason.0.as_str());
            PaletteRow {
                label: &entry.label,
                group: "",
                keys: &entry.note,
                off,
                query: &shown,
            }
            .line(width, theme)
        })
    });
}

fn confirm(canvas: &mut Canvas<'_>, area: Rect, state: &State, confirm: &Confirm) {
    let width = area.width.saturating_sub(6).min(64);
    let text: Vec<Line<'static>> = confirm
        .text
        .iter()
        .flat_map(|text| {
            line::paragraph(
                text,
                0,
                usize::from(width.saturating_sub(4)),
                Role::Text,
                canvas.theme,
            )
        })
        .collect();
    let inner = frame(
        canvas,
        area,
        state,
        &format!("{}?", confirm.yes),
        (width, text.len()),
    );
    paint::lines(canvas.buf, inner, &text, 0);
}

fn picker(canvas: &mut Canvas<'_>, area: Rect, state: &State, picker: &Picker) {
    let width = area.width.saturating_sub(6).min(84);
    let inner = frame(
        canvas,
        area,
        state,
        &picker.title,
        (width, picker.choices.len()),
    );
    let theme = canvas.theme;
    let list = super::screens::rows::list(&picker.cursor, &picker.ids(), inner.height, true);
    super::screens::rows::draw(canvas, inner, inner, PaneHit::Main, list, |at, width| {
        picker.choices.get(at).map_or_else(Line::default, |choice| {
            let label = theme.span(Role::Text, &choice.label);
            // A note gives way to what it is about.
            let room = width.saturating_sub(label.width() + 2);
            let note = vec![theme.span(Role::Muted, &choice.note)];
            let note = line::cut_spans(note, room, theme);
            line::spread(vec![label], note, width, theme)
        })
    });
}

fn form(canvas: &mut Canvas<'_>, area: Rect, state: &State, form: &Form) {
    let width = area.width.saturating_sub(6).min(76);
    let text_width = usize::from(width.saturating_sub(4));
    let theme = canvas.theme;
    let mut lines: Vec<Line<'static>> = form
        .intro
        .iter()
        .flat_map(|text| line::paragraph(text, 0, text_width, Role::Muted, theme))
        .collect();
    if !lines.is_empty() {
        lines.push(Line::default());
    }
    let label_cells = form
        .fields
        .iter()
        .map(|f| super::text::width(&f.label))
        .max()
        .unwrap_or(0)
        .min(22);
    for (at, field) in form.fields.iter().enumerate() {
        let focused = at == form.focus;
        match &field.kind {
            FieldKind::Choice { options, chosen } => {
                let value = options.get(*chosen).map_or("", String::as_str);
                lines.push(form::choice(
                    &field.label,
                    value,
                    label_cells,
                    focused,
                    theme,
                ));
            }
            FieldKind::Message {
                pasted: Some(text), ..
            } => {
                let told = format!("{} lines, pasted", text.lines());
                let shown = Field {
                    label: &field.label,
                    shown: &told,
                    before: &told,
                    focused,
                    hint: "",
                    ghost: "",
                    problem: None,
                };
                lines.extend(shown.lines(label_cells, text_width, theme));
            }
            FieldKind::Text(input)
            | FieldKind::Date(input)
            | FieldKind::Secret(input)
            | FieldKind::Message { path: input, .. } => {
                let (shown, before) = (input.shown(), input.shown_before());
                let hint = match (field.hint.as_str(), field.required) {
                    ("", false) => "may stay empty",
                    (hint, _) => hint,
                };
                let problem = field.problem.as_deref();
                let shown = Field {
                    label: &field.label,
                    shown: &shown,
                    before: &before,
                    focused,
                    hint,
                    ghost: field.completion().unwrap_or_default(),
                    problem,
                };
                lines.extend(shown.lines(label_cells, text_width, theme));
            }
        }
    }
    if let Some(busy) = &form.busy {
        let text = format!("{} {busy}", theme.spinner(state.spinner));
        lines.extend(line::paragraph(&text, 0, text_width, Role::Accent, theme));
    }
    let inner = frame(canvas, area, state, &form.title, (width, lines.len()));
    paint::lines(canvas.buf, inner, &lines, 0);
}

fn reader(canvas: &mut Canvas<'_>, area: Rect, state: &State, reader: &Reader) {
    let width = area.width.saturating_sub(6).min(100);
    let lines: Vec<Line<'static>> = reader
        .lines
        .iter()
        .flat_map(|text| {
            let indent = text.len() - text.trim_start().len();
            line::paragraph(
                text.trim_start(),
                indent.min(12),
                usize::from(width.saturating_sub(5)),
                Role::Text,
                canvas.theme,
            )
        })
        .collect();
    let inner = frame(canvas, area, state, &reader.title, (width, lines.len()));
    scrolled(canvas.buf, inner, &lines, reader.scroll, canvas.theme);
}
