//! The forms that actions open, filled with what is known already.

use super::super::overlay::{Field, Form, FormPurpose, Overlay};
use super::super::state::{State, Words};
use super::super::{Effect, proofs, select};
use super::items::WHERE_SEEN;
use super::work::acceptable;
use crate::model::blocking;
use crate::model::finding::{Finding, FindingKey};
use crate::model::glossary::used_in;
use crate::model::receiver;

fn show(state: &mut State, form: Form) -> Vec<Effect> {
    state.overlay = Some(Overlay::Form(Box::new(form)));
    Vec::new()
}

/// A waiver of a row; begun at a finding, of that finding and what is waived in the row already.
pub(in crate::app) fn waive(
    state: &mut State,
    criterion: &str,
    only: Option<&FindingKey>,
) -> Vec<Effect> {
    let before = state
        .opened
        .iter()
        .flat_map(|o| &o.session.waivers)
        .find(|w| w.covers_row(criterion, state.now))
        .cloned();
    let covered = |f: &Finding| {
        before
            .as_ref()
            .is_some_and(|w| w.fingerprints.contains(&f.fingerprint))
    };
    let accepted: Vec<&Finding> = acceptable(state, criterion)
        .into_iter()
        .filter(|f| only.is_none_or(|key| f.key() == *key || covered(f)))
        .collect();
    let fingerprints = accepted.iter().map(|f| f.fingerprint.clone()).collect();
    let mut intro: Vec<String> = accepted
        .iter()
        .map(|f| {
            format!(
                "{} · {}",
                select::item_of(&f.key()),
                select::sentence(state, f)
            )
        })
        .collect();
    if intro.is_empty() {
        intro.push("nobody looked or answered yet: the row is accepted without".to_owned());
    }
    intro.push("it lapses when the fact changes, and on the day you name".to_owned());
    let text = |pick: fn(&crate::model::session::Waiver) -> &String| {
        before.as_ref().map(pick).cloned().unwrap_or_default()
    };
    let (reason, instead) = (text(|w| &w.reason), text(|w| &w.compensating));
    let form = Form::new(
        format!("accept “{criterion}” as it is"),
        FormPurpose::Waive {
            criterion: criterion.to_owned(),
            fingerprints,
        },
        vec![
            Field::text("why", "cache lands Monday", &reason),
            Field::text("who accepts it", "name", ""),
            Field::date("until", "2026-12-03, 14d, 2w", "14d"),
            Field::text(
                "what is done instead",
                "support watches the queue",
                &instead,
            ),
        ],
    )
    .intro(intro);
    show(state, form)
}

/// Owner and date of the selected row.
pub(in crate::app) fn assign(state: &mut State) -> Vec<Effect> {
    let Some((item, title)) = select::selected_item(state) else {
        return Vec::new();
    };
    let known = state
        .opened
        .as_ref()
        .and_then(|o| o.session.owners.get(&item))
        .cloned();
    let due = known
        .as_ref()
        .and_then(|o| o.due)
        .map(|due| due.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default();
    let name = known.map(|o| o.name).unwrap_or_default();
    let mut fields = vec![
        Field::text("owner", "name; empty takes it back", &name).optional(),
        Field::date("due", "2026-12-03, 6h, 2d", &due).optional(),
    ];
    if select::handover::is_gap(state, &item) {
        for field in &mut fields {
            field.required = true;
        }
        if let Some(owner) = fields.first_mut() {
            "who finds out".clone_into(&mut owner.hint);
        }
    }
    let form = Form::new("owner and due", FormPurpose::Assign { item }, fields).intro([title]);
    show(state, form)
}

/// A note on the selected row.
pub(in crate::app) fn note(state: &mut State) -> Vec<Effect> {
    let Some((item, title)) = select::selected_item(state) else {
        return Vec::new();
    };
    let form = Form::new(
        "note",
        FormPurpose::Note { item },
        vec![Field::text("note", "what the next person should know", "")],
    )
    .intro([title]);
    show(state, form)
}

/// The answer of a person to a question.
pub(in crate::app) fn answer(state: &mut State, question: &str) -> Vec<Effect> {
    if let Some(effects) = proofs::instead_of_answer(state, question) {
        return effects;
    }
    let Some(playbook) = state.playbook() else {
        return Vec::new();
    };
    let (text, evidence_asked) = match (playbook.question(question), receiver::asked(question)) {
        (Some(asked), _) => (select::plan::words(state, asked), asked.evidence.as_str()),
        (None, Some(asked)) => (asked.text.as_str(), ""),
        (None, None) => return Vec::new(),
    };
    let known = select::gate::answer(state, question);
    let (by, evidence) = select::guide::said_before(state, known);
    let options: &[&str] = match known {
        Some(a) if !a.yes => &["no", "yes"],
        _ => &["yes", "no"],
    };
    let hint = match state.words {
        _ if evidence_asked.is_empty() => WHERE_SEEN,
        // A hint has no room to explain its words.
        Words::Founder if !used_in(evidence_asked).is_empty() => "who saw it, when, and where",
        _ => evidence_asked,
    };
    let form = Form::new(
        "answer",
        FormPurpose::Answer {
            question: question.to_owned(),
        },
        vec![
            Field::choice("answer", options),
            Field::text("who says so", "name", &by),
            Field::text("what shows it", hint, &evidence),
        ],
    )
    .intro([text.to_owned()])
    .intro(select::proofs::caution(state, question));
    show(state, form)
}

/// Whether a red flag holds.
pub(in crate::app) fn flag(state: &mut State, id: &str) -> Vec<Effect> {
    let Some(flag) = state.playbook().and_then(|p| p.red_flag(id)) else {
        return Vec::new();
    };
    let known = select::gate::answer(state, id);
    let (by, evidence) = select::guide::said_before(state, known);
    let shows = Field::text("what shows it", WHERE_SEEN, &evidence);
    let shows = match select::guide::current(state) {
        Some(_) => shows.optional(),
        None => shows,
    };
    let options: &[&str] = match known {
        Some(a) if a.yes => &["yes", "no"],
        _ => &["no", "yes"],
    };
    let form = Form::new(
        "does it hold?",
        FormPurpose::Answer {
            question: id.to_owned(),
        },
        vec![
            Field::choice("it holds", options),
            Field::text("who says so", "name", &by),
            shows,
        ],
    )
    .intro([flag.text.clone(), format!("if so: {}", flag.stop)]);
    show(state, form)
}

/// Why the clock starts although access is not complete.
pub(in crate::app) fn start_clock(state: &mut State, missing: &[String]) -> Vec<Effect> {
    let form = Form::new(
        "start the clock without all access",
        FormPurpose::StartClock,
        vec![Field::text(
            "why",
            "the registrar answers on Monday; nothing else waits for it",
            "",
        )],
    )
    .intro(
        std::iter::once("not confirmed yet:".to_owned())
            .chain(missing.iter().map(|text| format!("  {text}"))),
    );
    show(state, form)
}

/// A name under a gate.
pub(in crate::app) fn sign(state: &mut State, gate: &str) -> Vec<Effect> {
    let signed: Vec<String> = select::gate::signatures(state, gate)
        .iter()
        .map(|s| format!("{} ({}) signed already", s.by, s.role))
        .collect();
    let form = Form::new(
        format!("sign “{gate}”"),
        FormPurpose::Sign {
            gate: gate.to_owned(),
        },
        vec![
            Field::text("name", "who signs", ""),
            Field::text("role", "consultant, founder, operator", ""),
        ],
    )
    .intro(signed);
    show(state, form)
}

/// To whom the portal goes.
pub(in crate::app) fn hand_over(state: &mut State) -> Vec<Effect> {
    let form = Form::new(
        "hand over",
        FormPurpose::HandOver,
        vec![Field::text("to", "team@acme.example", "")],
    )
    .intro(["what is found now becomes the baseline that day one compares with".to_owned()]);
    show(state, form)
}

/// Who or what the clock waits for.
pub(in crate::app) fn pause(state: &mut State) -> Vec<Effect> {
    let form = Form::new(
        "pause the clock",
        FormPurpose::PauseClock,
        vec![
            Field::choice("waits for", &blocking::CAUSES),
            Field::text("what", "registrar access", ""),
        ],
    );
    show(state, form)
}

/// A host of the inventory that was not found.
pub(in crate::app) fn add_host(state: &mut State) -> Vec<Effect> {
    let roles: Vec<&str> = ["guess"]
        .into_iter()
        .chain(crate::model::intent::Role::ALL.iter().map(|r| r.word()))
        .collect();
    let form = Form::new(
        "add a host",
        FormPurpose::AddHost,
        vec![
            Field::text("host", "portal.acme.example", ""),
            Field::choice("role", &roles),
        ],
    );
    show(state, form)
}

/// A sender of mail that was not found.
pub(in crate::app) fn add_sender(state: &mut State) -> Vec<Effect> {
    let form = Form::new(
        "add a sender of mail",
        FormPurpose::AddSender,
        vec![
            Field::text("service", "resend, google-workspace, own server", ""),
            Field::text("DKIM selectors", "s1, s2", "").optional(),
            Field::text("SPF include", "_spf.service.example", "").optional(),
            Field::text("bounce domain", "send.acme.example", "").optional(),
        ],
    );
    show(state, form)
}

/// What the switch changes, filled with what was said before.
pub(in crate::app) fn assume(state: &mut State) -> Vec<Effect> {
    let before = select::rehearsal::current(state).map(|r| r.switch.clone());
    let before = before.unwrap_or_default();
    let hosts: Vec<String> = before
        .hosts
        .iter()
        .map(|(host, address)| format!("{host}={address}"))
        .collect();
    let servers: Vec<String> = before
        .servers
        .iter()
        .map(|(server, address)| match address {
            Some(address) => format!("{server}={address}"),
            None => server.to_string(),
        })
        .collect();
    let domain = state
        .opened
        .as_ref()
        .map_or("acme.example", |o| o.session.domain.as_str());
    let form = Form::new(
        "what will be different after the switch?",
        FormPurpose::Assume,
        vec![
            Field::text(
                "hosts that move",
                &format!("portal.{domain}=203.0.113.40"),
                &hosts.join(" "),
            )
            .optional(),
            Field::text(
                "new name servers",
                "ns1.new.example=192.0.2.53 ns2.new.example",
                &servers.join(" "),
            )
            .optional(),
        ],
    )
    .intro([
        "every check looks as if it were so already; nothing of it enters the session".to_owned(),
    ]);
    show(state, form)
}

/// A session file from elsewhere.
pub(in crate::app) fn import(state: &mut State) -> Vec<Effect> {
    let form = Form::new(
        "import a session",
        FormPurpose::Import,
        vec![Field::text("file", "/path/to/acme.launch", "")],
    );
    show(state, form)
}

/// A secret for a name, or for one that is asked too.
pub(in crate::app) fn secret(state: &mut State, name: Option<String>) -> Vec<Effect> {
    let value = Field::secret("secret", "it is shown as dots and goes to the vault alone");
    let form = match name {
        Some(name) => Form::new(
            format!("store “{name}”"),
            FormPurpose::StoreSecret { name },
            vec![value],
        ),
        None => Form::new(
            "store a credential",
            FormPurpose::NewSecret,
            vec![Field::text("name", "a", ""), value],
        ),
    };
    show(state, form)
}

/// Why a fix is put off.
pub(in crate::app) fn skip(state: &mut State, item: String) -> Vec<Effect> {
    let form = Form::new(
        "skip for now",
        FormPurpose::Skip { item },
        vec![Field::text("why", "needs the registrar's password", "")],
    );
    show(state, form)
}
