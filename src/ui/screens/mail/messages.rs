//! The real messages on the page of mail: how each stands, how long it is being looked for, and what is still missing.

use jiff::SignedDuration;
use ratatui::text::Line;

use super::Page;
use crate::app::select::mail::Expected;
use crate::app::state::Words;
use crate::app::{Action, select};
use crate::model::intent::message::MessageKind;
use crate::ui::line::{self, column};
use crate::ui::screens::rows::Sectioned;
use crate::ui::theme::Role;

/// How long a message may take.
const PATIENCE: &str = "2:00";

impl Page<'_> {
    pub(super) fn message(&self, kind: MessageKind) -> Line<'static> {
        let theme = self.theme;
        let message = select::mail::message(self.state, self.intent, kind);
        let label = self.label(kind);
        let cells = self.label_cells();
        if let Some(since) = message.looking {
            let clock = minutes(self.state.now.duration_since(since));
            let waits = message.waits_for.unwrap_or_default();
            let spans = vec![
                theme.span(Role::Accent, format!("{} ", theme.glyphs.waiting)),
                column("waiting", 8, Role::Accent, theme),
                column(label, cells, Role::Strong, theme),
                theme.span(Role::Strong, format!(" {clock} of {PATIENCE}  ")),
                theme.span(Role::Muted, waits),
            ];
            return Line::from(line::cut_spans(spans, self.width, theme));
        }
        if let Some(finding) = message.finding {
            return self.row(finding, label);
        }
        let spans = vec![
            theme.span(Role::Muted, format!("{} ", theme.glyphs.open)),
            column("not yet", 8, Role::Muted, theme),
            column(label, cells, Role::Strong, theme),
            theme.span(Role::Muted, format!(" {}", self.next(&message))),
        ];
        Line::from(line::cut_spans(spans, self.width, theme))
    }

    const fn label(&self, kind: MessageKind) -> &'static str {
        match (kind, self.state.words) {
            (_, Words::Engineer) => kind.word(),
            (MessageKind::Test, _) => "test message",
            (MessageKind::Reset, _) => "password reset",
            (MessageKind::Invite, _) => "invitation",
            (MessageKind::SignUp, _) => "sign-up",
            (MessageKind::Notification, _) => "notification",
            (MessageKind::Receipt, _) => "receipt",
        }
    }

    /// What is to be done so that a message is seen.
    fn next(&self, message: &Expected<'_>) -> String {
        if let Some(bytes) = message.brought {
            return format!(
                "{bytes} bytes are here: {} looks at them",
                self.key(Action::Recheck)
            );
        }
        match &message.address {
            None => format!("say where it is received: {}", self.key(Action::TestInbox)),
            Some(_) if self.intent.submission.is_none() && message.kind == MessageKind::Test => {
                format!("say who sends it: {}", self.key(Action::Outgoing))
            }
            Some(_) if message.kind == MessageKind::Test => {
                format!("{} sends one and waits for it", self.key(Action::Recheck))
            }
            Some(_) => format!(
                "{} copies the address to write to, {} then looks",
                self.key(Action::Copy),
                self.key(Action::Recheck)
            ),
        }
    }

    /// What is missing before real messages can be looked at.
    pub(super) fn missing(&self) -> Vec<Sectioned> {
        let mut text: Vec<String> = Vec::new();
        if self.intent.messages.is_empty() {
            text.push(format!(
                "No message is expected yet: {} says which must arrive.",
                self.key(Action::Expect)
            ));
        }
        if self.intent.test_inbox.is_none() {
            text.push(format!(
                "Where test messages are received is not said: {} says it, or {} takes one that you paste.",
                self.key(Action::TestInbox),
                self.key(Action::Bring)
            ));
        }
        text.iter()
            .flat_map(|text| line::paragraph(text, 2, self.width, Role::Muted, self.theme))
            .map(Sectioned::Heading)
            .collect()
    }
}

/// `0:42`.
fn minutes(time: SignedDuration) -> String {
    let seconds = time.as_secs().max(0);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
