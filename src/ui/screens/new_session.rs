//! A new session, one question a step; what is found is shown while it is found.
//!
//! ```text
//!  domain → [inventory] → mail and services → playbook → authority → start
//!
//!  ── found so far ────────────────────────────────────────────────
//!  ▸ [x] acme.example         203.0.113.10   apex     A · certificate
//!    [ ] staging.acme.example 203.0.113.77   staging  linked from robots.txt   not production?
//! ```

use std::net::IpAddr;

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use super::rows;
use crate::app::new_session::{Discovery, FactKey, HostRow, NewSession, Part, Step};
use crate::app::screen::PaneHit;
use crate::app::{State, select};
use crate::model::clock::ago;
use crate::model::playbook::Playbook;
use crate::ui::canvas::Canvas;
use crate::ui::line::{self, column};
use crate::ui::paint;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::form::Field;
use crate::ui::widgets::pairs;
use crate::ui::widgets::pane::{Edge, Pane};
use crate::ui::widgets::phases::{self, Phase};

/// Draws the steps and the current one.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, new: &NewSession) {
    let head = paint::inset(paint::row(area, 0), 2);
    let steps: Vec<Phase<'_>> = Step::ALL
        .iter()
        .map(|step| Phase {
            title: step.title(),
            current: *step == new.step,
        })
        .collect();
    let line = phases::line(&steps, usize::from(head.width), canvas.theme);
    paint::line(canvas.buf, head, &line);
    let body = paint::trim(area, 2, 0);
    match new.step {
        Step::Domain => domain(canvas, body, new),
        Step::Inventory => inventory(canvas, body, state, new),
        Step::Senders => senders(canvas, body, new),
        Step::Playbook => playbook(canvas, body, state, new),
        Step::Authority => authority(canvas, body, new),
        Step::Start => start(canvas, body, state, new),
    }
}

fn domain(canvas: &mut Canvas<'_>, area: Rect, new: &NewSession) {
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

fn inventory(canvas: &mut Canvas<'_>, area: Rect, state: &State, new: &NewSession) {
    let theme = canvas.theme;
    let note = vec![theme.span(
        Role::Muted,
        format!("{} kept", new.hosts.iter().filter(|h| h.keep).count()),
    )];
    let pane = Pane {
        title: "found so far",
        note,
        focused: true,
        edge: Edge::Rule,
    };
    let inner = pane.render(area, canvas.buf, theme);
    let below = discovery(
        new,
        state,
        usize::from(inner.width.saturating_sub(4)),
        theme,
    );
    let reserved = u16::try_from(below.len() + 1)
        .unwrap_or(0)
        .min(inner.height / 3);
    let wanted = u16::try_from(new.hosts.len())
        .unwrap_or(u16::MAX)
        .min(inner.height - reserved);
    let [list_area, _, foot] = Layout::vertical([
        Constraint::Length(wanted),
        Constraint::Length(1),
        Constraint::Fill(1),
    ])
    .areas(inner);
    let keys: Vec<_> = new
        .hosts
        .iter()
        .map(|row| row.found.host.name.clone())
        .collect();
    let list = rows::list(&new.host_cursor, &keys, list_area.height, true);
    rows::draw(
        canvas,
        list_area,
        list_area,
        PaneHit::Main,
        list,
        |at, width| {
            new.hosts
                .get(at)
                .map_or_else(Line::default, |row| host(row, width, theme))
        },
    );
    paint::lines(canvas.buf, paint::inset(foot, 2), &below, 0);
}

fn host(row: &HostRow, width: usize, theme: &Theme) -> Line<'static> {
    let found = &row.found;
    let role = if row.keep { Role::Text } else { Role::Muted };
    let name = if width >= 90 { 30 } else { 26 };
    let mut left = vec![
        kept(row.keep, theme),
        column(found.host.name.as_str(), name, role, theme),
        Span::raw(" "),
    ];
    if width >= 76 {
        left.push(column(&addresses(&found.addresses), 16, Role::Muted, theme));
        left.push(Span::raw(" "));
    }
    left.push(column(
        found.host.role.word(),
        8,
        if row.keep { Role::Accent } else { Role::Muted },
        theme,
    ));
    let why = if row.added {
        "added by you".to_owned()
    } else {
        found.why.join(&format!(" {} ", theme.glyphs.dot))
    };
    left.push(theme.span(Role::Muted, why));
    let right = found
        .doubt
        .iter()
        .map(|doubt| theme.span(Role::Unknown, format!("{} {doubt}", theme.glyphs.unknown)));
    line::spread(left, right.collect(), width, theme)
}

/// The first address, and how many more there are.
fn addresses(list: &[IpAddr]) -> String {
    match list {
        [] => "no address".to_owned(),
        [one] => one.to_string(),
        [one, rest @ ..] => format!("{one} +{}", rest.len()),
    }
}

/// The words beside a recognised part.
const fn part(part: Part) -> &'static str {
    match part {
        Part::Canonical => "canonical address",
        Part::DnsHost => "DNS host",
        Part::Platform => "site on",
        Part::Edge => "edge",
    }
}

fn kept(keep: bool, theme: &Theme) -> Span<'static> {
    if keep {
        theme.span(Role::Pass, "[x] ")
    } else {
        theme.span(Role::Muted, "[ ] ")
    }
}

/// How far the discovery is, and what it recognised.
fn discovery(new: &NewSession, state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = vec![match &new.discovery {
        Discovery::NotAsked => Line::from(theme.span(Role::Muted, "not looked yet")),
        Discovery::Looking { since, at } => {
            let left = vec![
                theme.span(Role::Accent, format!("{} ", theme.spinner(state.spinner))),
                theme.span(Role::Text, format!("looking at {at}")),
            ];
            let age = ago(state.now.duration_since(*since));
            line::spread(left, vec![theme.span(Role::Muted, age)], width, theme)
        }
        Discovery::Done => {
            Line::from(theme.span(Role::Pass, format!("{} all looked at", theme.glyphs.pass)))
        }
        Discovery::Failed(why) => Line::from(line::cut_spans(
            vec![theme.span(Role::Fail, format!("{} {why}", theme.glyphs.fail))],
            width,
            theme,
        )),
    }];
    let facts: Vec<String> = new
        .facts
        .iter()
        .map(|row| format!("{} {}", part(row.fact.what), row.fact.name))
        .collect();
    for remark in &new.remarks {
        lines.extend(line::hanging(
            vec![theme.span(Role::Accent, format!("{} ", theme.glyphs.dot))],
            remark,
            width,
            Role::Muted,
            theme,
        ));
    }
    if !facts.is_empty() {
        lines.extend(line::paragraph(
            &facts.join(&format!(" {} ", theme.glyphs.dot)),
            0,
            width,
            Role::Muted,
            theme,
        ));
    }
    lines
}

fn senders(canvas: &mut Canvas<'_>, area: Rect, new: &NewSession) {
    let theme = canvas.theme;
    let pane = Pane {
        title: "services and who sends mail",
        note: Vec::new(),
        focused: true,
        edge: Edge::Rule,
    };
    let inner = pane.render(area, canvas.buf, theme);
    let below = sends(new, usize::from(inner.width.saturating_sub(4)), theme);
    let wanted = u16::try_from(new.facts.len() + new.senders.len())
        .unwrap_or(u16::MAX)
        .max(1);
    let wanted = wanted.min(inner.height.saturating_sub(3));
    let [list_area, _, foot] = Layout::vertical([
        Constraint::Length(wanted),
        Constraint::Length(1),
        Constraint::Fill(1),
    ])
    .areas(inner);
    let mut lines: Vec<(FactKey, bool, String, String, String)> = new
        .facts
        .iter()
        .map(|row| {
            let fact = &row.fact;
            (
                FactKey::Fact(fact.what),
                row.keep,
                part(fact.what).to_owned(),
                fact.name.clone(),
                fact.why.clone(),
            )
        })
        .collect();
    lines.extend(new.senders.iter().map(|row| {
        let why = if row.added {
            "added by you".to_owned()
        } else {
            row.why.clone()
        };
        let name = row.sender.name.clone();
        (
            FactKey::Sender(name.clone()),
            row.keep,
            "sends mail".to_owned(),
            name,
            why,
        )
    }));
    if lines.is_empty() {
        let text = match new.discovery {
            Discovery::Looking { .. } => "Still looking. What is recognised appears here.",
            _ => "No service and no sender was recognised.",
        };
        paint::lines(
            canvas.buf,
            paint::inset(list_area, 2),
            &[Line::from(theme.span(Role::Muted, text))],
            0,
        );
    }
    let keys: Vec<FactKey> = lines.iter().map(|(key, ..)| key.clone()).collect();
    let list = rows::list(&new.fact_cursor, &keys, list_area.height, true);
    rows::draw(
        canvas,
        list_area,
        list_area,
        PaneHit::Main,
        list,
        |at, width| {
            let Some((_, keep, kind, name, why)) = lines.get(at) else {
                return Line::default();
            };
            let left = vec![
                kept(*keep, theme),
                column(kind, 18, Role::Muted, theme),
                column(name, if width >= 80 { 32 } else { 24 }, Role::Text, theme),
                theme.span(Role::Muted, format!(" {why}")),
            ];
            line::spread(left, Vec::new(), width, theme)
        },
    );
    paint::lines(canvas.buf, paint::inset(foot, 2), &below, 0);
}

/// Whether the domain sends mail, and who says so.
fn sends(new: &NewSession, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let named = new.senders.iter().any(|row| row.keep);
    let text = match (new.sends_mail, named) {
        (Some(true), _) => {
            "You say: this domain sends mail. SPF, DKIM and DMARC must pass for each sender."
        }
        (Some(false), _) => {
            "You say: this domain must not send mail. Its records have to refuse all of it."
        }
        (None, true) => "It sends mail, as the senders above say.",
        (None, false) => "No sender is known, so it counts as a domain that does not send.",
    };
    line::paragraph(text, 0, width, Role::Text, theme)
}

fn playbook(canvas: &mut Canvas<'_>, area: Rect, state: &State, new: &NewSession) {
    let theme = canvas.theme;
    let wanted = u16::try_from(state.playbooks.len())
        .unwrap_or(u16::MAX)
        .saturating_add(2);
    let [above, below] = Layout::vertical([
        Constraint::Length(wanted.min(area.height / 2).max(3)),
        Constraint::Fill(1),
    ])
    .areas(area);
    let pane = Pane {
        title: "whose portal, ready for what",
        note: Vec::new(),
        focused: true,
        edge: Edge::Rule,
    };
    let inner = pane.render(above, canvas.buf, theme);
    let keys: Vec<String> = state.playbooks.iter().map(|p| p.id.clone()).collect();
    let list = rows::list(&new.playbook_cursor, &keys, inner.height, true);
    rows::draw(canvas, inner, inner, PaneHit::Main, list, |at, width| {
        let Some(playbook) = state.playbooks.get(at) else {
            return Line::default();
        };
        let left = vec![theme.span(Role::Text, &playbook.title)];
        line::spread(
            left,
            vec![theme.span(Role::Muted, &playbook.id)],
            width,
            theme,
        )
    });
    if let Some(playbook) = list.selected.and_then(|at| state.playbooks.get(at)) {
        let pane = Pane {
            title: &playbook.title,
            note: Vec::new(),
            focused: false,
            edge: Edge::Rule,
        };
        let inner = pane.render(below, canvas.buf, theme);
        let text = paint::inset(inner, 2);
        paint::lines(
            canvas.buf,
            text,
            &about(playbook, usize::from(text.width).min(100), theme),
            0,
        );
    }
}

fn about(playbook: &Playbook, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let rows: Vec<&str> = playbook.criteria.iter().map(|c| c.title.as_str()).collect();
    let facts = [
        ("ready means", Role::Text, playbook.ready.clone()),
        ("proves", Role::Text, rows.join("; ")),
        ("stop when", Role::Muted, playbook.red_flags.join(" ")),
    ];
    pairs::lines(&facts, width, theme)
}

fn authority(canvas: &mut Canvas<'_>, area: Rect, new: &NewSession) {
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
    };
    lines.extend(field.lines(9, width, theme));
    lines.push(Line::default());
    let text_below = "It is recorded with your name and the time. Without it every check that is more than a visitor's look \
                      stays blocked, and says so.";
    lines.extend(line::paragraph(text_below, 0, width, Role::Muted, theme));
    paint::lines(canvas.buf, text, &lines, 0);
}

fn start(canvas: &mut Canvas<'_>, area: Rect, state: &State, new: &NewSession) {
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
        "Every check runs at once as soon as the clock starts. It can be paused while you wait for somebody.".to_owned()
    };
    lines.extend(line::paragraph(&text_below, 0, width, Role::Muted, theme));
    paint::lines(canvas.buf, text, &lines, 0);
}
