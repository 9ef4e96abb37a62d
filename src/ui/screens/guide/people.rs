//! Tasks that a person does: red flags, questions, and the gate at the end.

use ratatui::text::Line;

use super::{Page, Told, labelled};
use crate::app::guide::is_go;
use crate::app::{Action, select};
use crate::ui::line;
use crate::ui::theme::Role;

impl Page<'_> {
    /// Whether a red flag holds, and what it means if so.
    pub(super) fn flag(&self, id: &str) -> Option<Told> {
        let flag = self.state.playbook()?.red_flag(id)?;
        let (number, total) = select::guide::position(self.state, self.screen);
        let mut lines = labelled(
            "Is it so?",
            self.paragraph(&flag.text, Role::Strong),
            self.theme,
        );
        let why = format!("If it is, you must not go on alone. {}", flag.stop);
        lines.extend(self.part("Why", self.paragraph(&why, Role::Text)));
        lines.extend(self.part("Do", self.answer("no is the good answer here")));
        Some(Told {
            place: format!("Before you begin: {number} of {total}"),
            title: "when to call an engineer".to_owned(),
            lines,
            status: self.paragraph("Nobody answered yet.", Role::Muted),
        })
    }

    /// What only a person knows.
    pub(super) fn question(&self, id: &str) -> Option<Told> {
        let playbook = self.state.playbook()?;
        let question = playbook.question(id)?;
        let mut rows = playbook.criteria.iter();
        let row = rows.find(|row| row.questions.iter().any(|q| q.id == id))?;
        let (number, total) = select::guide::position(self.state, self.screen);
        let dot = self.theme.glyphs.dot;
        let text = select::plan::words(self.state, question);
        let mut lines = labelled("Question", self.paragraph(text, Role::Strong), self.theme);
        let why = format!("If not: {}", row.breaks);
        lines.extend(self.part("Why", self.paragraph(&why, Role::Text)));
        lines.extend(self.part("Do", self.answer("yes is the good answer here")));
        let status = match select::gate::answer(self.state, id) {
            Some(answer) if !answer.yes => format!(
                "{} said no. The gate stays shut until it is done and somebody says yes.",
                answer.by
            ),
            Some(answer) => format!("What {} said is too old: ask again.", answer.by),
            None => "Nobody answered yet.".to_owned(),
        };
        Some(Told {
            place: format!("Question {number} of {total} {dot} about 2 minutes"),
            title: row.title.clone(),
            lines,
            status: self.paragraph(&status, Role::Muted),
        })
    }

    /// How to answer.
    fn answer(&self, good: &str) -> Vec<Line<'static>> {
        let (answer, skip) = (self.key(Action::Open), self.key(Action::Skip));
        [
            "Ask whoever knows it for certain, and have it shown to you.".to_owned(),
            format!("{answer} answers: yes or no, who says so, and what shows it; {good}."),
            format!("You do not know yet? {skip} puts it off, with the reason."),
        ]
        .iter()
        .zip(1..)
        .flat_map(|(text, number)| {
            let head = vec![self.theme.span(Role::Accent, format!("{number:>2} "))];
            line::hanging(head, text, self.room, Role::Text, self.theme)
        })
        .collect()
    }

    /// Whether the portal may go live, and what keeps it.
    pub(super) fn gate(&self) -> Told {
        let (state, theme) = (self.state, self.theme);
        let open = self.key(Action::Open);
        let left = select::guide::tasks(state).len().saturating_sub(1);
        let (sign, role, word, text) = if is_go(state) {
            let text = "Everything was seen to hold, answered or accepted. You may go live.";
            (theme.glyphs.pass, Role::Pass, "GO", text)
        } else {
            let text = "Something keeps the gate shut. It is listed here.";
            (theme.glyphs.fail, Role::Fail, "NOT YET", text)
        };
        let head = vec![theme.span(role, format!("{sign} {word}  "))];
        let said = line::hanging(head, text, self.room, Role::Text, theme);
        let mut lines = labelled("Gate", said, theme);
        let mut shut: Vec<Line<'static>> = Vec::new();
        for row in select::gate::all(state) {
            if row.report.state.settled() {
                continue;
            }
            let (sign, role) = theme.row(row.report.state);
            let why = row
                .report
                .because
                .first()
                .map_or("it waits for an answer", String::as_str);
            let head = vec![theme.span(role, format!("{sign} "))];
            let text = format!("{}: {why}", row.criterion.title);
            shut.extend(line::hanging(head, &text, self.room, Role::Text, theme));
        }
        if !shut.is_empty() {
            lines.extend(self.part("Not yet", shut));
        }
        let todo = match (left, is_go(state)) {
            (0, true) => {
                format!("{open} shows the gate, where two people put their names under it.")
            }
            (0, false) => format!("{open} shows the gate with everything that it rests on."),
            (1, _) => format!("One thing was put off: {open} goes back to it."),
            (left, _) => format!("{left} things were put off: {open} goes back to them."),
        };
        lines.extend(self.part("Do", self.paragraph(&todo, Role::Text)));
        if !select::guide::flags_up(state).is_empty() {
            let brief = self.key(Action::Brief);
            let text = format!("{brief} makes a brief for the engineer who is needed first.");
            lines.extend(self.part("Stuck?", self.paragraph(&text, Role::Muted)));
        }
        Told {
            place: "The last step".to_owned(),
            title: "may it go live?".to_owned(),
            lines,
            status: self.paragraph(
                "The gate is computed from what was seen and said. Nobody can tick it off.",
                Role::Muted,
            ),
        }
    }
}
