//! The sections that people fill for those who take over, as plain lines.

use super::super::super::state::State;
use super::{gaps, proposed, records, renewals, risks, warnings};

/// Accounts, contacts, renewals, records, the receiver's answers, and known risks.
pub fn text(state: &State) -> Vec<String> {
    let Some(opened) = &state.opened else {
        return Vec::new();
    };
    let session = &opened.session;
    let day = |at: jiff::Timestamp| at.strftime("%Y-%m-%d").to_string();
    let mut lines = vec!["Accounts".to_owned()];
    lines.extend(session.access.iter().map(|a| {
        format!(
            "  {}: account of {} · second factor {} · recovery {}",
            a.place,
            or_nobody(&a.owner),
            or_nobody(&a.second_factor),
            or_nobody(&a.recovery)
        )
    }));
    let unsaid = proposed(state).into_iter();
    lines.extend(unsaid.map(|place| format!("  {}: not written down yet", place.name)));
    lines.extend(warnings(state).iter().map(|text| format!("  ! {text}")));
    lines.push("Called".to_owned());
    let contacts = session.pack.contacts.iter();
    lines.extend(contacts.map(|c| {
        format!(
            "  {} · {} · {} · {}",
            c.name, c.calls_for, c.channel, c.hours
        )
    }));
    lines.push("Ends within 90 days".to_owned());
    lines.extend(
        renewals(state)
            .iter()
            .map(|r| format!("  {}  {} · {}", day(r.at), r.what, or_nobody(&r.payer))),
    );
    lines.push("Records".to_owned());
    lines.extend(records(state).iter().map(|r| {
        format!(
            "  {}  {} · {}",
            r.key(),
            r.values.join(", "),
            or_nobody(&r.purpose)
        )
    }));
    lines.push("Gaps".to_owned());
    lines.extend(gaps(state).iter().map(|gap| {
        let owner = gap.owner.map_or("nobody", |owner| owner.name.as_str());
        format!("  {} · {owner}", gap.question.text)
    }));
    lines.push("Known risks".to_owned());
    lines.extend(risks(state).iter().map(|r| {
        format!(
            "  {} · {} · {} · {}",
            r.kind.word(),
            r.what,
            r.why,
            or_nobody(&r.by)
        )
    }));
    lines
}

fn or_nobody(text: &str) -> &str {
    match text {
        "" => "nobody said",
        text => text,
    }
}
