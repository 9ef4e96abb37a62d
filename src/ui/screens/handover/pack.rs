//! What people write down for those who take over: accounts, contacts, what ends, records, the receiver's answers, known risks.

use jiff::Timestamp;
use ratatui::text::{Line, Span};

use crate::app::select::handover::PortalRecord;
use crate::app::{State, select};
use crate::model::clock::ago;
use crate::model::pack::{Contact, without_phone_numbers};
use crate::model::record::Access;
use crate::model::renewal::Renewal;
use crate::ui::detail::due;
use crate::ui::line::{self, column};
use crate::ui::theme::{Role, Theme};

/// Cells of the first column.
const NAME: usize = 22;

/// How far below its first line a row goes on.
const INDENT: &str = "    ";

/// Digits of a number that everybody may see.
const LAST: usize = 4;

/// An account: who has it and who gets in, and below it how it is kept.
pub fn access(place: &str, state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut map = state.opened.iter().flat_map(|o| &o.session.access);
    if let Some(line) = map.find(|line| line.place == place) {
        return account(line, width, theme);
    }
    let mut places = select::handover::proposed(state).into_iter();
    let hint = places.find(|p| p.name == place).map(|p| p.hint);
    let left = vec![
        column(place, NAME, Role::Text, theme),
        theme.span(Role::Muted, format!("  {}", hint.unwrap_or_default())),
    ];
    let right = vec![theme.span(Role::Blocked, "not written down")];
    vec![line::spread(left, right, width, theme)]
}

fn account(access: &Access, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut first = vec![
        column(&access.place, NAME, Role::Text, theme),
        Span::raw("  "),
    ];
    first.extend(said("account of ", &access.owner, theme));
    first.push(Span::raw("  "));
    first.extend(said("signs in: ", &access.who, theme));
    let mut second = vec![Span::raw(INDENT)];
    second.extend(said("second factor: ", &access.second_factor, theme));
    second.push(Span::raw("  "));
    second.extend(said("recovery: ", &access.recovery, theme));
    if !access.how.is_empty() {
        second.push(theme.span(Role::Muted, format!("  {}", access.how)));
    }
    [first, second]
        .map(|spans| Line::from(line::cut_spans(spans, width, theme)))
        .to_vec()
}

/// A label and what was said; a mark where nobody said it.
fn said(label: &str, text: &str, theme: &Theme) -> [Span<'static>; 2] {
    let text = match text {
        "" => theme.span(Role::Blocked, "?"),
        text => theme.span(Role::Text, text),
    };
    [theme.span(Role::Muted, label), text]
}

/// What is dangerous about the accounts.
pub fn warnings(state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let lines = select::handover::warnings(state).into_iter();
    lines
        .flat_map(|text| {
            let head = vec![theme.span(Role::Warn, format!("  {} ", theme.glyphs.warn))];
            line::hanging(head, &text, width, Role::Text, theme)
        })
        .collect()
}

/// Somebody who is called; of a number, only the end where others see the screen too.
pub fn contact(contact: &Contact, presenter: bool, width: usize, theme: &Theme) -> Line<'static> {
    let dot = theme.glyphs.dot;
    let mut spans = vec![
        column(&contact.name, NAME, Role::Text, theme),
        theme.span(Role::Text, format!("  {}", contact.calls_for)),
    ];
    for more in [&contact.channel, &contact.hours] {
        if !more.is_empty() {
            spans.push(theme.span(Role::Muted, format!(" {dot} ")));
            let more = match presenter {
                true => without_phone_numbers(more, LAST),
                false => more.clone(),
            };
            spans.push(theme.span(Role::Text, more));
        }
    }
    Line::from(line::cut_spans(spans, width, theme))
}

/// Something that ends: the day, what, and who pays.
pub fn renewal(renewal: &Renewal, now: Timestamp, width: usize, theme: &Theme) -> Line<'static> {
    let left = renewal.at.duration_since(now);
    let (role, when) = match renewal.is_over(now) {
        true => (Role::Fail, format!("{} ago", ago(-left))),
        false => (Role::Muted, format!("in {}", ago(left))),
    };
    let day = renewal.at.strftime("%Y-%m-%d").to_string();
    let spans = vec![
        theme.span(Role::Text, day),
        column(&format!("  {when}"), 12, role, theme),
        theme.span(Role::Text, format!("  {}", renewal.what)),
    ];
    let right = match renewal.payer.as_str() {
        "" if renewal.kind.has_payer() => theme.span(Role::Blocked, "who pays?"),
        "" => theme.span(Role::Muted, renewal.kind.source()),
        payer => theme.span(Role::Text, payer),
    };
    line::spread(spans, vec![right], width, theme)
}

/// A record, and below it what it is for.
pub fn record(record: &PortalRecord, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let value = match record.values.as_slice() {
        [] => "not seen yet".to_owned(),
        values => values.join("  "),
    };
    let first = vec![
        theme.span(Role::Text, format!("{} {}", record.name, record.rtype)),
        theme.span(Role::Muted, format!("  {value}")),
    ];
    let second = match record.purpose.as_str() {
        "" => theme.span(Role::Blocked, "what is it for? nobody said"),
        purpose => theme.span(Role::Muted, purpose),
    };
    [first, vec![Span::raw(INDENT), second]]
        .map(|spans| Line::from(line::cut_spans(spans, width, theme)))
        .to_vec()
}

/// A question to whoever takes over; of a gap, who has it.
pub fn quiz(id: &str, state: &State, width: usize, theme: &Theme) -> Line<'static> {
    let text = state
        .playbook()
        .and_then(|p| p.quiz.iter().find(|q| q.id == id))
        .map_or(id, |question| select::plan::words(state, question));
    let glyphs = theme.glyphs;
    let (sign, role, right) = match select::gate::answer(state, id) {
        None => (glyphs.blocked, Role::Blocked, "nobody yet".to_owned()),
        Some(answer) if answer.yes => (glyphs.pass, Role::Pass, format!("yes, {}", answer.by)),
        Some(_) => match state.opened.as_ref().and_then(|o| o.session.owners.get(id)) {
            Some(owner) => {
                let day = owner
                    .due
                    .map_or_else(|| ", no day".to_owned(), |at| due(at, state.now));
                (glyphs.warn, Role::Warn, format!("gap: {}{day}", owner.name))
            }
            None => (glyphs.fail, Role::Fail, "gap: nobody has it".to_owned()),
        },
    };
    let left = vec![
        theme.span(role, format!("{sign} ")),
        theme.span(Role::Text, text),
    ];
    line::spread(left, vec![theme.span(role, right)], width, theme)
}

/// What is known and goes along; nothing when there is nothing.
pub fn risks(state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let risks = select::handover::risks(state).into_iter();
    risks
        .map(|risk| {
            let until = risk
                .until
                .map(|at| format!(" until {}", at.strftime("%Y-%m-%d")));
            let left = vec![
                column(&format!("  {}", risk.kind.word()), 12, Role::Warn, theme),
                theme.span(Role::Text, format!("  {}", risk.what)),
                theme.span(Role::Muted, format!("  {}", risk.why)),
            ];
            let right = match risk.by.as_str() {
                "" => theme.span(Role::Blocked, "nobody"),
                by => theme.span(Role::Text, format!("{by}{}", until.unwrap_or_default())),
            };
            line::spread(left, vec![right], width, theme)
        })
        .collect()
}
