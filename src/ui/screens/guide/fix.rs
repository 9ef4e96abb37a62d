//! A task that a check closes: why, what to do, what to paste, how to undo it, and what the check sees now.

use ratatui::text::Line;

use super::{Page, Told, labelled};
use crate::app::guide::Task;
use crate::app::opened::WatchPhase;
use crate::app::{Action, select};
use crate::model::clock::ago;
use crate::model::finding::{Finding, FindingKey, RecordAction, RecordChange};
use crate::ui::line;
use crate::ui::theme::Role;
use crate::ui::widgets::remedy;

impl Page<'_> {
    /// A finding that fails, or that could not be seen.
    pub(super) fn fix(&self, key: &FindingKey) -> Option<Told> {
        let finding = select::finding(self.state, key)?;
        let (number, total) = select::guide::position(self.state, self.screen);
        let dot = self.theme.glyphs.dot;
        let effort = select::guide::minutes(self.state, finding).map_or_else(
            || "work for an engineer".to_owned(),
            |minutes| format!("about {minutes} minutes"),
        );
        let what = match self.screen.current {
            Some(Task::Look(_)) => "To be seen",
            _ => "Fix",
        };
        Some(Told {
            place: format!("{what} {number} of {total} {dot} {effort}"),
            title: select::title_of(self.state, key),
            lines: self.lines(finding),
            status: self.status(key),
        })
    }

    fn lines(&self, finding: &Finding) -> Vec<Line<'static>> {
        let closed = select::guide::is_closed(self.screen);
        let plain = match finding.plain.as_str() {
            "" => &finding.summary,
            plain => plain,
        };
        let guide = self.state.guides.of(&finding.check);
        let why = guide
            .filter(|g| !g.why_founder.is_empty())
            .map_or(plain, |g| &g.why_founder);
        let mut out = labelled("Why", self.paragraph(why, Role::Text), self.theme);
        let stop = select::guide::stop(self.state, finding).filter(|_| !closed);
        if let Some(stop) = stop {
            out.extend(self.part("Stop", self.paragraph(stop, Role::Fail)));
        }
        let todo = match (closed, stop) {
            (true, _) => self.paragraph("Nothing more: this one is done.", Role::Text),
            (false, Some(_)) => self.hand_on(),
            (false, None) => self.steps(finding),
        };
        out.extend(self.part("Do", todo));
        let remedy = finding.remedy.as_ref().filter(|r| !r.undo.is_empty());
        if let Some(remedy) = remedy.filter(|_| stop.is_none()) {
            out.extend(self.part("Undo", self.paragraph(&remedy.undo, Role::Muted)));
        }
        if stop.is_none() {
            let brief = self.key(Action::Brief);
            let stuck =
                format!("{brief} makes a brief for an engineer, with everything that was seen.");
            out.extend(self.part("Stuck?", self.paragraph(&stuck, Role::Muted)));
        }
        out
    }

    /// What a founder does about an engineer's work.
    fn hand_on(&self) -> Vec<Line<'static>> {
        let (brief, copy, skip) = (
            self.key(Action::Brief),
            crate::ui::hints::key(self.state, crate::app::Context::Reader, Action::Copy),
            self.key(Action::Skip),
        );
        let steps = [
            format!(
                "Do not try it alone. {brief} makes a brief for an engineer, with everything that was seen."
            ),
            format!("Send it: in the brief, {copy} copies the text."),
            format!(
                "Go on with the next one: {skip}. I keep looking, and this closes by itself once it is mended."
            ),
        ];
        remedy::steps(&steps, self.room, self.theme)
    }

    /// The steps, and what to paste, brought out.
    fn steps(&self, finding: &Finding) -> Vec<Line<'static>> {
        let (theme, width) = (self.theme, self.room);
        let Some(remedy) = finding.remedy.as_ref().filter(|r| !r.steps.is_empty()) else {
            let (look, brief) = (self.key(Action::Recheck), self.key(Action::Brief));
            let text = format!(
                "There is nothing to change yet: {look} looks again. If it stays like this, {brief} makes a brief for an engineer."
            );
            return self.paragraph(&text, Role::Text);
        };
        let told: Vec<String> = remedy.steps.iter().map(|step| self.plain(step)).collect();
        let mut out = remedy::steps(&told, width, theme);
        for record in &remedy.records {
            out.push(Line::default());
            out.extend(self.paste(record));
        }
        for setting in &remedy.settings {
            out.push(Line::default());
            out.extend(line::paragraph(
                &format!("{}, {}", setting.place, setting.name),
                4,
                width,
                Role::Muted,
                theme,
            ));
            out.extend(
                setting
                    .value
                    .split('\n')
                    .flat_map(|raw| line::paragraph(raw, 4, width, Role::Added, theme)),
            );
        }
        out
    }

    /// A step without the names that only this program gives: a check is called by what it looks for.
    fn plain(&self, step: &str) -> String {
        let mut plain = step.to_owned();
        for (check, guide) in self.state.guides.iter() {
            let id = format!("`{check}`");
            if !guide.plain_title.is_empty() && plain.contains(&id) {
                plain = plain.replace(&id, &format!("the task “{}”", guide.plain_title));
            }
        }
        plain
    }

    /// What happens to a record, and what goes into the fields of the editor.
    fn paste(&self, record: &RecordChange) -> Vec<Line<'static>> {
        let (state, theme, width) = (self.state, self.theme, self.room);
        let (name, value) = select::guide::typed(state, record);
        let (what, role) = match record.action {
            RecordAction::Add => ("add this record", Role::Added),
            RecordAction::Replace => ("change this record", Role::Added),
            RecordAction::Delete => ("delete this record", Role::Removed),
        };
        let pair = |label: &str, value: &str, role| {
            line::hanging(
                vec![theme.span(Role::Muted, format!("    {label:<9}"))],
                value,
                width,
                role,
                theme,
            )
        };
        let sign = record.action.sign();
        let mut out = vec![Line::from(theme.span(role, format!("  {sign} {what}")))];
        out.extend(pair("Type", &record.rtype, Role::Strong));
        let name = match name.as_str() {
            "" => format!("(empty: it stands for {})", record.name),
            field if field == record.name => name,
            _ => format!("{name}   (that is {})", record.name),
        };
        out.extend(pair("Name", &name, Role::Strong));
        if let Some(old) = &record.old {
            out.extend(pair("old", old, Role::Removed));
        }
        let label = match record.old {
            Some(_) => "new",
            None => "Content",
        };
        out.extend(pair(label, &value, role));
        out
    }

    fn status(&self, key: &FindingKey) -> Vec<Line<'static>> {
        let (state, theme, width) = (self.state, self.theme, self.room);
        let opened = state.opened.as_deref();
        let watch = opened.and_then(|o| o.watches.get(key));
        if select::guide::is_closed(self.screen) {
            let next = self.key(Action::Open);
            let head = vec![theme.span(Role::Pass, format!("{} done. ", theme.glyphs.pass))];
            return line::hanging(
                head,
                &format!(
                    "Seen by the check itself. The next one comes by itself; {next} goes there now."
                ),
                width,
                Role::Text,
                theme,
            );
        }
        let Some((watch, look)) = watch.and_then(|w| Some((w, w.last.as_ref()?))) else {
            let text = if watch.is_some() {
                "The first look is under way."
            } else {
                "Copy the content; from then on I keep looking."
            };
            return line::paragraph(text, 0, width, Role::Text, theme);
        };
        let asked = ago(state.now.duration_since(look.at));
        let next = match (
            watch.phase,
            watch.next.map(|at| at.duration_since(state.now)),
        ) {
            (WatchPhase::Looking, Some(left)) if !left.is_negative() => {
                format!("next in {}", ago(left))
            }
            (WatchPhase::Looking, _) => "looking now".to_owned(),
            (WatchPhase::Green, _) => "green".to_owned(),
            (WatchPhase::Stopped, _) => "no longer watched".to_owned(),
        };
        let dot = theme.glyphs.dot;
        let head = vec![theme.span(Role::Accent, format!("{} ", theme.glyphs.waiting))];
        let mut out = line::hanging(
            head,
            &format!("not there yet {dot} asked {asked} ago {dot} {next}"),
            width,
            Role::Text,
            theme,
        );
        let seen = select::finding(state, key).map_or(look.summary.as_str(), |finding| {
            select::sentence(state, finding)
        });
        out.extend(line::paragraph(seen, 2, width, Role::Muted, theme));
        out
    }
}
