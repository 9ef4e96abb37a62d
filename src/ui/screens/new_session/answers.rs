//! The steps that ask one thing: the domain, the authority to test, the start.

use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::app::new_session::NewSession;
use crate::app::{State, select};
use crate::ui::canvas::Canvas;
use crate::ui::line::{self};
use crate::ui::paint;
use crate::ui::theme::Role;
use crate::ui::widgets::form::Field;
use crate::ui::widgets::pairs;

pub fn domain(canvas: &mut Canvas<'_>, area: Rect, new: &NewSession) {
    let theme = canvas.theme;
    let text = paint::inset(area, 2);
    let width = usize::from(text.width).min(90);
    let mut lines = vec![
        Line::from(theme.span(Role::Title, "Which domain is this about?")),
        Line::default(),
    ];
    let (shown, before) = (new.domain.shown(), new.domain.shown_before());
    let problem = new.problem.as_deref().filter(|_| !shown.is_empty());
    let field = Field {
        shown: &shown,
        before: &before,
        focused: true,
        hint: "acme.example",
        problem,
        ..Field::default()
    };
    lines.extend(field.lines(0, width, theme));
    lines.push(Line::default());
    match &new.parsed {
        Some(parsed) if parsed.dropped.is_some() => {
            let head = vec![theme.span(Role::Accent, format!("{} ", theme.glyphs.arrow))];
            lines.extend(line::hanging(
                head,
                &format!("only its host is used: {}", parsed.name),
                width,
                Role::Text,
                theme,
            ));
        }
        _ => {
            let text = "Name servers, certificates and pages are looked at, a few requests each, as any visitor could. \
                        Nothing intrusive happens before you confirm that you may test it.";
            lines.extend(line::paragraph(text, 0, width, Role::Muted, theme));
        }
    }
    paint::lines(canvas.buf, text, &lines, 0);
}

pub fn authority(canvas: &mut Canvas<'_>, area: Rect, new: &NewSession) {
    let theme = canvas.theme;
    let text = paint::inset(area, 2);
    let width = usize::from(text.width).min(90);
    let mut lines = vec![
        Line::from(theme.span(Role::Title, "May you test it?")),
        Line::default(),
    ];
    let statement = select::intent::authority_statement(new).unwrap_or_default();
    lines.extend(line::paragraph(&statement, 0, width, Role::Text, theme));
    let hosts = select::intent::authority_hosts(new).join("  ");
    lines.extend(line::paragraph(&hosts, 2, width, Role::Muted, theme));
    lines.push(Line::default());
    let (shown, before) = (new.authority.shown(), new.authority.shown_before());
    let field = Field {
        label: "yes or no",
        shown: &shown,
        before: &before,
        focused: true,
        hint: "type yes to state it, no to go on without",
        problem: new.authority_problem.as_deref(),
        ..Field::default()
    };
    lines.extend(field.lines(9, width, theme));
    lines.push(Line::default());
    let text_below = "It is recorded with your name and the time. Without it every check that is more than a visitor's look \
                      stays blocked, and says so.";
    lines.extend(line::paragraph(text_below, 0, width, Role::Muted, theme));
    paint::lines(canvas.buf, text, &lines, 0);
}

pub fn start(canvas: &mut Canvas<'_>, area: Rect, state: &State, new: &NewSession) {
    let theme = canvas.theme;
    let text = paint::inset(area, 2);
    let width = usize::from(text.width).min(90);
    let chosen = state
        .playbooks
        .iter()
        .map(|p| p.id.clone())
        .collect::<Vec<_>>();
    let playbook = new
        .playbook_cursor
        .current(&chosen)
        .and_then(|id| state.playbooks.iter().find(|p| p.id == *id));
    let hosts: Vec<&str> = new
        .hosts
        .iter()
        .filter(|h| h.keep)
        .map(|h| h.found.host.name.as_str())
        .collect();
    let senders: Vec<&str> = new
        .senders
        .iter()
        .filter(|s| s.keep)
        .map(|s| s.sender.name.as_str())
        .collect();
    let may = select::intent::is_yes(new.authority.text());
    let facts = [
        (
            "domain",
            Role::Strong,
            select::intent::domain(new)
                .map(|d| d.to_string())
                .unwrap_or_default(),
        ),
        ("hosts", Role::Text, hosts.join(", ")),
        (
            "mail by",
            Role::Text,
            if senders.is_empty() {
                "nobody".to_owned()
            } else {
                senders.join(", ")
            },
        ),
        (
            "playbook",
            Role::Text,
            playbook.map(|p| p.title.clone()).unwrap_or_default(),
        ),
        (
            "authority",
            if may { Role::Pass } else { Role::Blocked },
            if may {
                format!("{} stated by {}", theme.glyphs.pass, state.operator)
            } else {
                format!(
                    "{} not stated: intrusive checks stay blocked",
                    theme.glyphs.blocked
                )
            },
        ),
    ];
    let mut lines = vec![
        Line::from(theme.span(Role::Title, "Forty-eight hours from now.")),
        Line::default(),
    ];
    lines.extend(pairs::lines(&facts, width, theme));
    lines.push(Line::default());
    let text_below = if new.creating {
        format!("{} writing the session file", theme.spinner(state.spinner))
    } else {
        "Every check runs at once. The 48 hours begin when all access is confirmed on the plan, or now if you say why; the clock can be paused while you wait for somebody.".to_owned()
    };
    lines.extend(line::paragraph(&text_below, 0, width, Role::Muted, theme));
    paint::lines(canvas.buf, text, &lines, 0);
}
