//! One finding in words: verdict, summary, why, evidence, fix, who has it, and what it was before. The sprint's right
//! pane, the finding's screen and the guide are put together from these parts.

use jiff::Timestamp;
use ratatui::text::{Line, Span};

use super::theme::{Role, Theme, word};
use super::widgets::{evidence, exhibit, remedy};
use super::{line, text};
use crate::app::state::Words;
use crate::app::{State, select};
use crate::model::clock::ago;
use crate::model::finding::{Finding, Remedy};
use crate::model::session::{Session, Waiver};

/// What the parts are made from.
#[derive(Clone, Copy)]
pub struct Detail<'a> {
    pub state: &'a State,
    pub session: &'a Session,
    pub finding: &'a Finding,
    pub width: usize,
    pub theme: &'a Theme,
}

impl Detail<'_> {
    /// Verdict, its axes and its age; the summary below.
    pub fn head(&self) -> Vec<Line<'static>> {
        let (finding, theme) = (self.finding, self.theme);
        let (sign, role) = theme.finding(finding.verdict, finding.severity);
        let facts = [finding.severity.word(), finding.confidence.word()]
            .map(|fact| format!(" {} {fact}", theme.glyphs.dot));
        let left = vec![
            theme.span(role, format!("{sign} {}", word(finding.verdict))),
            theme.span(Role::Muted, facts.concat()),
        ];
        let age = format!("{} ago", ago(self.state.now.duration_since(finding.at)));
        let mut out = vec![line::spread(
            left,
            vec![theme.span(Role::Muted, age)],
            self.width,
            theme,
        )];
        out.extend(self.paragraph(select::sentence(self.state, finding), Role::Strong));
        out.extend(self.waiver());
        out
    }

    /// Why it matters, from the check's guide.
    pub fn why(&self) -> Vec<Line<'static>> {
        let Some(guide) = self.state.guides.of(&self.finding.check) else {
            return Vec::new();
        };
        let text = match self.state.words {
            Words::Engineer => &guide.why_engineer,
            Words::Founder => &guide.why_founder,
        };
        if text.is_empty() {
            Vec::new()
        } else {
            self.titled("why it matters", self.paragraph(text, Role::Text))
        }
    }

    /// What was seen; at most `most` lines of each answer. Nothing raw is shown while others look on.
    pub fn evidence(&self, most: usize) -> Vec<Line<'static>> {
        let list = &self.finding.evidence;
        if list.is_empty() {
            return Vec::new();
        }
        let lines = if self.state.presenter {
            let text = format!("{} answers, hidden while presenting", list.len());
            self.paragraph(&text, Role::Muted)
        } else {
            evidence::lines(list, self.state.now, most, self.width, self.theme)
        };
        self.titled("evidence", lines)
    }

    /// What was seen, laid out; at most `most` rows of each. Hidden while others look on, as all that is raw.
    pub fn exhibits(&self, most: usize) -> Vec<Line<'static>> {
        let frame = exhibit::Frame {
            now: self.state.now,
            width: self.width,
            most,
            theme: self.theme,
        };
        self.finding
            .exhibits
            .iter()
            .flat_map(|shown| {
                let lines = match self.state.presenter {
                    true => self.paragraph("hidden while presenting", Role::Muted),
                    false => exhibit::lines(shown, frame),
                };
                self.titled(&shown.title, lines)
            })
            .collect()
    }

    /// What to do.
    pub fn fix(&self) -> Vec<Line<'static>> {
        match &self.finding.remedy {
            Some(remedy) => self.titled(
                &self.fix_title(),
                remedy::lines(remedy, self.width, self.theme),
            ),
            None => self.titled_guide(),
        }
    }

    /// Only the records of the fix, for a pane where every row counts.
    pub fn short_fix(&self) -> Vec<Line<'static>> {
        match &self.finding.remedy {
            Some(remedy) if !remedy.records.is_empty() => {
                let mut lines: Vec<Line<'static>> = remedy
                    .records
                    .iter()
                    .flat_map(|r| remedy::record(r, self.width, self.theme))
                    .collect();
                let rest = Remedy {
                    undo: remedy.undo.clone(),
                    proof: remedy.proof.clone(),
                    ..Remedy::default()
                };
                lines.extend(remedy::footing(&rest, self.width, self.theme));
                self.titled(&self.fix_title(), lines)
            }
            _ => self.fix(),
        }
    }

    /// Standards, owner and notes.
    pub fn margin(&self) -> Vec<Line<'static>> {
        let mut out = Vec::new();
        let item = select::item_of(&self.finding.key());
        if let Some(owner) = self.session.owners.get(&item) {
            let due = owner
                .due
                .map(|at| due(at, self.state.now))
                .unwrap_or_default();
            let late = owner.due.is_some_and(|at| at < self.state.now);
            let role = if late { Role::Fail } else { Role::Text };
            let mut lines = self.paragraph(&format!("{}{due}", owner.name), role);
            lines.extend(
                select::waits(self.state, &item)
                    .into_iter()
                    .flat_map(|waits| {
                        let role = if waits.over {
                            Role::Pass
                        } else {
                            Role::Blocked
                        };
                        self.paragraph(&waits.text(), role)
                    }),
            );
            out.extend(self.titled("owner", lines));
        }
        let notes: Vec<Line<'static>> = self
            .session
            .notes
            .iter()
            .filter(|note| note.item == item)
            .flat_map(|note| {
                let age = ago(self.state.now.duration_since(note.at));
                self.paragraph(
                    &format!("{} ({}, {age} ago)", note.text, note.by),
                    Role::Text,
                )
            })
            .collect();
        if !notes.is_empty() {
            out.extend(self.titled("notes", notes));
        }
        if !self.finding.standards.is_empty() {
            out.extend(self.titled(
                "standard",
                self.paragraph(&self.finding.standards.join("; "), Role::Muted),
            ));
        }
        out
    }

    /// Earlier verdicts, the latest first.
    pub fn history(&self) -> Vec<Line<'static>> {
        let Some(list) = self
            .session
            .history
            .get(&self.finding.key())
            .filter(|l| !l.is_empty())
        else {
            return Vec::new();
        };
        let lines = list
            .iter()
            .rev()
            .take(8)
            .flat_map(|old| {
                let (sign, role) = self.theme.finding(old.verdict, old.severity);
                let age = ago(self.state.now.duration_since(old.at));
                let head = vec![
                    self.theme.span(Role::Muted, format!("{age:>6}  ")),
                    self.theme
                        .span(role, format!("{sign} {:<8}", word(old.verdict))),
                ];
                line::hanging(
                    head,
                    select::sentence(self.state, old),
                    self.width,
                    Role::Muted,
                    self.theme,
                )
            })
            .collect();
        self.titled("before", lines)
    }

    fn waiver(&self) -> Vec<Line<'static>> {
        let Some(waiver) = waiver_of(self.session, self.finding, self.state.now) else {
            return Vec::new();
        };
        let left = ago(waiver.until.duration_since(self.state.now));
        let text = format!("waived by {} for {left} more: {}", waiver.by, waiver.reason);
        let head = vec![
            self.theme
                .span(Role::Warn, format!("{} ", self.theme.glyphs.waived)),
        ];
        line::hanging(head, &text, self.width, Role::Text, self.theme)
    }

    /// `fix at cloudflare` for records, when the DNS host is known.
    fn fix_title(&self) -> String {
        let host = self
            .session
            .intent
            .as_ref()
            .and_then(|intent| intent.dns_host.as_deref());
        let records = self
            .finding
            .remedy
            .as_ref()
            .is_some_and(|r| !r.records.is_empty());
        host.filter(|_| records)
            .map_or_else(|| "fix".to_owned(), |host| format!("fix at {host}"))
    }

    /// What the guide says where no remedy was composed.
    fn titled_guide(&self) -> Vec<Line<'static>> {
        if self.finding.verdict.holds() {
            return Vec::new();
        }
        match self
            .state
            .guides
            .of(&self.finding.check)
            .filter(|g| !g.fix.is_empty())
        {
            Some(guide) => self.titled("fix", self.paragraph(&guide.fix, Role::Text)),
            None => Vec::new(),
        }
    }

    /// The same lines without the empty ones, where every row counts.
    pub fn dense(lines: Vec<Line<'static>>) -> Vec<Line<'static>> {
        lines
            .into_iter()
            .filter(|line| !line.spans.is_empty())
            .collect()
    }

    fn paragraph(&self, text: &str, role: Role) -> Vec<Line<'static>> {
        line::paragraph(text, 0, self.width, role, self.theme)
    }

    fn titled(&self, title: &str, lines: Vec<Line<'static>>) -> Vec<Line<'static>> {
        let mut out = vec![Line::default(), heading(title, self.width, self.theme)];
        out.extend(lines);
        out
    }
}

/// `fix ───────────` in `width` cells.
pub fn heading(title: &str, width: usize, theme: &Theme) -> Line<'static> {
    let title = text::cut(
        &text::safe(title),
        width.saturating_sub(1),
        theme.glyphs.ellipsis,
    );
    let title = theme.span(Role::Title, format!("{title} "));
    let rest = width.saturating_sub(line::spans_width(std::slice::from_ref(&title)));
    Line::from(vec![
        title,
        Span::styled(theme.glyphs.rule.repeat(rest), theme.style(Role::Border)),
    ])
}

/// The waiver that covers a finding now.
pub fn waiver_of<'a>(
    session: &'a Session,
    finding: &Finding,
    now: Timestamp,
) -> Option<&'a Waiver> {
    session
        .waivers
        .iter()
        .find(|w| now < w.until && w.fingerprints.contains(&finding.fingerprint))
}

/// `, due in 3 h` or `, 2 h late`.
pub fn due(at: Timestamp, now: Timestamp) -> String {
    let left = at.duration_since(now);
    if left.is_negative() {
        format!(", {} late", ago(-left))
    } else {
        format!(", due in {}", ago(left))
    }
}
