//! The page of mail: who sends and can prove it, the way mail takes, what SPF costs, and the messages that must arrive.
//!
//! ```text
//!    who sends ─────────────   SPF       DKIM      DMARC     alignment
//!  ▸ acme.example            [✖ fail  ] ✔ pass    ✖ fail    ✔ pass
//!    Google Workspace         ✔ pass    ✔ pass    ✖ fail    ✔ by DKIM
//!    parked acme-old.example  ✔ pass    – n/a     ▲ warn    – n/a
//!    the way of mail ───────────────────────────────────────────────
//!    ✔ STARTTLS      …
//!    SPF lookups ───────────────────────────────────────────────────
//!    ✖ 12 of 10 …
//!    real messages ─────────────────────────────────────────────────
//!    ◔ reset         0:42 of 2:00 …
//!    rules of large receivers ──────────────────────────────────────
//!    ✖ failing        DMARC …
//! ```

mod messages;
mod rules;

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::rows::{self, Sectioned};
use crate::app::mail::{MailColumn, MailRow, MailScreen};
use crate::app::select::mail::{Cell, SPF_LOOKUPS, TEST_MESSAGE};
use crate::app::state::Words;
use crate::app::{Action, Context, State, select};
use crate::model::finding::Finding;
use crate::model::intent::Intent;
use crate::ui::canvas::Canvas;
use crate::ui::detail::heading;
use crate::ui::line::{self, column};
use crate::ui::theme::{Role, Theme, word};
use crate::ui::widgets::empty::Empty;
use crate::ui::widgets::exhibit;
use crate::ui::{hints, paint};

/// Cells of one verdict and the brackets around it, the right one shared with the next.
const CELL: usize = 10;
/// Widest page: longer rows are hard to follow.
const WIDEST: usize = 116;
/// Terms of the SPF record that are shown; the finding has them all.
const MOST_TERMS: usize = 14;
/// Cells of the words before the sentence of a row, and where there is little room.
const LABEL: [usize; 2] = [20, 15];
/// Title of the part with the messages that must arrive.
const MESSAGES: &str = "real messages";
/// Narrowest page with room.
const ROOMY: usize = 70;

/// Draws the page; what the selected row says stands at the bottom.
pub fn render(canvas: &mut Canvas<'_>, area: Rect, state: &State, screen: &MailScreen) {
    let Some(intent) = select::mail::intent(state) else {
        let empty = Empty {
            headline: "Nothing is known of this domain's mail.",
            next: "The session has no confirmed intent: begin a new session for it.",
        };
        empty.render(area, canvas.buf, canvas.theme);
        return;
    };
    let keys = select::mail::rows(state);
    let page = Page {
        state,
        screen,
        intent: &intent,
        width: rows::row_width(area).min(WIDEST),
        theme: canvas.theme,
    };
    let below = page.below(keys.get(screen.cursor.index(&keys)), area);
    let lines = page.lines(&keys);
    let rows_below = u16::try_from(below.len()).unwrap_or(0);
    let list = paint::trim(area, 0, rows_below);
    rows::sections(canvas, list, screen.cursor.index(&keys), &lines);
    let foot = Rect {
        y: list.bottom(),
        height: area.height.saturating_sub(list.height),
        ..area
    };
    paint::lines(canvas.buf, foot, &below, 0);
}

struct Page<'a> {
    state: &'a State,
    screen: &'a MailScreen,
    intent: &'a Intent,
    width: usize,
    theme: &'a Theme,
}

impl Page<'_> {
    fn lines(&self, keys: &[MailRow]) -> Vec<Sectioned> {
        let mut out = vec![Sectioned::Heading(self.columns())];
        let selected = self.screen.cursor.index(keys);
        let mut section = 0;
        for (at, row) in keys.iter().enumerate() {
            if !row.has_cells() && section == 0 {
                out.extend(self.nobody_sends());
            }
            let (number, title) = match row {
                MailRow::Transport(_) => (1, self.words("the way of mail", "how mail travels")),
                MailRow::Spf => (2, self.words("SPF lookups", "the list of mail services")),
                MailRow::Message(_) => (3, MESSAGES),
                MailRow::Rule(_) => (
                    4,
                    self.words(
                        "rules of large receivers of much mail",
                        "what large inboxes ask of much mail",
                    ),
                ),
                _ => (0, ""),
            };
            if number != section {
                if number == 4 {
                    out.extend(self.after_messages(section));
                }
                section = number;
                out.push(self.heading(title));
                if number == 4 {
                    out.push(Sectioned::Heading(self.receivers()));
                }
            }
            let line = match row {
                MailRow::Transport(check) => {
                    self.finding(select::mail::transport_title(self.state, check), check)
                }
                MailRow::Spf => self.finding(self.words("lookups", "length"), SPF_LOOKUPS),
                MailRow::Message(kind) => self.message(*kind),
                MailRow::Rule(id) => self.rule(id),
                _ => self.table_row(row, at == selected),
            };
            out.push(Sectioned::Row(at, line));
            if *row == MailRow::Spf {
                out.extend(self.tree());
            }
        }
        if section == 0 {
            out.extend(self.nobody_sends());
        }
        if section < 4 {
            out.extend(self.after_messages(section));
        }
        out
    }

    /// What is still missing among the messages, with the heading when no message stood under it.
    fn after_messages(&self, section: usize) -> Vec<Sectioned> {
        let heading = (section < 3).then(|| self.heading(MESSAGES));
        heading.into_iter().chain(self.missing()).collect()
    }

    /// `engineer` or `founder`.
    const fn words(&self, engineer: &'static str, founder: &'static str) -> &'static str {
        match self.state.words {
            Words::Engineer => engineer,
            Words::Founder => founder,
        }
    }

    fn key(&self, action: Action) -> String {
        hints::key(self.state, Context::Mail, action)
    }

    fn heading(&self, title: &str) -> Sectioned {
        Sectioned::Heading(heading(&format!("  {title}"), self.width, self.theme))
    }

    /// Cells of the words before the sentence of a row.
    const fn label_cells(&self) -> usize {
        let [roomy, narrow] = LABEL;
        if self.width >= ROOMY { roomy } else { narrow }
    }

    /// Cells of the names in the table.
    fn name_cells(&self) -> usize {
        let room = self.width.saturating_sub(CELL * MailColumn::ALL.len() + 1);
        room.min(44)
    }

    fn columns(&self) -> Line<'static> {
        let titles = match self.state.words {
            Words::Engineer => ["SPF", "DKIM", "DMARC", "alignment"],
            Words::Founder => ["allowed", "signed", "guarded", "provable"],
        };
        let name = self.words("who sends", "who writes for you");
        let mut spans = vec![
            Span::raw("  "),
            column(name, self.name_cells(), Role::Title, self.theme),
        ];
        for title in titles {
            spans.push(Span::raw(" "));
            spans.push(column(title, CELL - 1, Role::Title, self.theme));
        }
        Line::from(spans)
    }

    fn table_row(&self, row: &MailRow, selected: bool) -> Line<'static> {
        let name = select::mail::name(self.intent, row);
        let name = match row {
            MailRow::Parked(_) => format!("{} {name}", self.words("parked", "unused")),
            MailRow::Domain | MailRow::Sender(_) => name,
            _ => String::new(),
        };
        let role = match row {
            MailRow::Domain => Role::Strong,
            _ => Role::Text,
        };
        let mut spans = vec![column(&name, self.name_cells(), role, self.theme)];
        let mut closing = " ";
        for at in MailColumn::ALL {
            let here = selected && at == self.screen.column;
            let opening = if here { "[" } else { closing };
            closing = if here { "]" } else { " " };
            let (said, role) = self.said(&select::mail::cell(self.state, row, at));
            spans.push(self.theme.span(Role::Accent, opening));
            spans.push(column(&said, CELL - 1, role, self.theme));
        }
        spans.push(self.theme.span(Role::Accent, closing));
        Line::from(spans)
    }

    /// Sign and word of a cell.
    fn said(&self, cell: &Cell) -> (String, Role) {
        let theme = self.theme;
        match cell.verdict {
            _ if cell.looking => (
                format!("{} looking", theme.spinner(self.state.spinner)),
                Role::Accent,
            ),
            None => (format!("{} not yet", theme.glyphs.open), Role::Muted),
            Some(_) if cell.waived => (format!("{} waived", theme.glyphs.waived), Role::Warn),
            Some((verdict, severity)) => {
                let (sign, role) = theme.finding(verdict, severity);
                let said = match cell.by.as_str() {
                    "" => word(verdict).to_owned(),
                    "DKIM and SPF" => "by both".to_owned(),
                    by => format!("by {by}"),
                };
                (format!("{sign} {said}"), role)
            }
        }
    }

    /// What to do while nobody is known to send.
    fn nobody_sends(&self) -> Vec<Sectioned> {
        if !self.intent.senders.is_empty() {
            return Vec::new();
        }
        let text = match self.intent.sends_mail {
            Some(false) => format!(
                "This domain is said to send no mail. {} names a sender.",
                self.key(Action::AddSender)
            ),
            _ => format!(
                "No sender is named yet: {} adds a service that sends your mail.",
                self.key(Action::AddSender)
            ),
        };
        line::paragraph(&text, 2, self.width, Role::Muted, self.theme)
            .into_iter()
            .map(Sectioned::Heading)
            .collect()
    }

    /// Sign, word, title and sentence of the worst finding of a check.
    fn finding(&self, title: &str, check: &str) -> Line<'static> {
        let found = select::mail::findings(self.state, check);
        let Some(first) = found.first() else {
            return Line::default();
        };
        let more = match found.len() {
            1 => String::new(),
            n => format!("{title}, {n} rows"),
        };
        let title = if more.is_empty() { title } else { &more };
        self.row(first, title)
    }

    fn row(&self, finding: &Finding, title: &str) -> Line<'static> {
        let theme = self.theme;
        let (sign, role) = theme.finding(finding.verdict, finding.severity);
        let spans = vec![
            theme.span(role, format!("{sign} ")),
            column(word(finding.verdict), 8, role, theme),
            column(title, self.label_cells(), Role::Strong, theme),
            Span::raw(" "),
            theme.span(Role::Text, select::sentence(self.state, finding)),
        ];
        Line::from(line::cut_spans(spans, self.width, theme))
    }

    /// The terms of the SPF record with their costs.
    fn tree(&self) -> Vec<Sectioned> {
        let frame = exhibit::Frame {
            now: self.state.now,
            width: self.width.saturating_sub(2),
            most: MOST_TERMS,
            theme: self.theme,
        };
        let hidden = Line::from(self.theme.span(Role::Muted, "hidden while presenting"));
        select::mail::findings(self.state, SPF_LOOKUPS)
            .first()
            .iter()
            .flat_map(|finding| &finding.exhibits)
            .flat_map(|shown| match self.state.presenter {
                true => vec![hidden.clone()],
                false => exhibit::lines(shown, frame),
            })
            .map(|line| {
                let mut spans = vec![Span::raw("    ")];
                spans.extend(line.spans);
                Sectioned::Heading(Line::from(spans))
            })
            .collect()
    }

    /// What the selected row says, at the bottom: the sentence of its finding, or the address to write to.
    fn below(&self, row: Option<&MailRow>, area: Rect) -> Vec<Line<'static>> {
        let Some(row) = row else {
            return Vec::new();
        };
        let most = if area.height >= 18 { 3 } else { 2 };
        let theme = self.theme;
        let width = self.width;
        let mut text: Vec<(String, Role)> = Vec::new();
        let mut title = select::mail::name(self.intent, row);
        if let MailRow::Message(kind) = row {
            TEST_MESSAGE.clone_into(&mut title);
            let address = select::mail::address(self.intent, *kind);
            let shown = match (address, self.state.presenter) {
                (Some(_), true) => Some("write to: hidden while presenting".to_owned()),
                (Some(address), false) => Some(format!(
                    "write to {address}  {} copies it",
                    self.key(Action::Copy)
                )),
                (None, _) => None,
            };
            text.extend(shown.map(|shown| (shown, Role::Strong)));
        }
        if let MailRow::Rule(id) = row {
            text.extend(self.about_rule(id));
        }
        let key = select::mail::selected_keys(self.state, self.screen);
        let finding = key.first().and_then(|key| select::finding(self.state, key));
        if let Some(finding) = finding {
            title = select::item_of(&finding.key());
            let said = select::sentence(self.state, finding).to_owned();
            text.push((said, Role::Text));
        }
        if text.is_empty() {
            return Vec::new();
        }
        let mut out = vec![heading(&format!("  {title}"), width, theme)];
        for (text, role) in text {
            out.extend(line::paragraph(&text, 2, width, role, theme));
        }
        let cut = out.len() > most + 1;
        out.truncate(most + 1);
        if cut && let Some(last) = out.last_mut() {
            let mut spans = std::mem::take(&mut last.spans);
            spans.push(theme.span(Role::Muted, theme.glyphs.ellipsis));
            *last = Line::from(line::cut_spans(spans, width, theme));
        }
        out
    }
}
