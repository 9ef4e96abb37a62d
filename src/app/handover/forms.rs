//! What people write down for those who take over: the access map, contacts, what must be paid, what records are for, and the
//! answers of the receiver.

use super::super::effect::Effect;
use super::super::overlay::{Field, Form, FormPurpose, Overlay};
use super::super::select;
use super::super::state::State;
use super::super::update::append;
use crate::model::event::EventBody;
use crate::model::pack::{Contact, Planned};
use crate::model::quiz::leaves;
use crate::model::record::Access;
use crate::model::renewal::{RenewalKind, id_by_hand};
use crate::model::standing::same_name;

/// What the receiver says of a question of the quiz; the first is no gap.
const KNOWN: [&str; 3] = ["yes", "no", "does not know"];

fn show(state: &mut State, form: Form) -> Vec<Effect> {
    state.overlay = Some(Overlay::Form(Box::new(form)));
    Vec::new()
}

/// A line of the access map, new or to be changed.
pub(super) fn access(state: &mut State, place: Option<&str>) -> Vec<Effect> {
    let map = state.opened.iter().flat_map(|o| &o.session.access);
    let known = map
        .clone()
        .find(|line| Some(line.place.as_str()) == place)
        .cloned();
    let was = known.as_ref().map(|line| line.place.clone());
    let line = known.unwrap_or_else(|| Access {
        place: place.unwrap_or_default().to_owned(),
        ..Access::default()
    });
    let form = Form::new(
        "access map",
        FormPurpose::Access { was },
        vec![
            Field::text("place", "registrar, DNS, hosting, database", &line.place),
            Field::text("whose account", "Acme Ltd", &line.owner).optional(),
            Field::text("who signs in", "Grace, Robin", &line.who).optional(),
            Field::text("how", "own accounts; never the password", &line.how).optional(),
            Field::text(
                "second factor",
                "Grace; key in the safe",
                &line.second_factor,
            )
            .optional(),
            Field::text("recovery", "it@another-domain.example", &line.recovery).optional(),
        ],
    )
    .intro(["a line of which only the place is left is taken away".to_owned()]);
    show(state, form)
}

/// Somebody who is called.
pub(super) fn contact(state: &mut State, name: Option<&str>) -> Vec<Effect> {
    let known = state
        .opened
        .iter()
        .flat_map(|o| &o.session.pack.contacts)
        .find(|contact| Some(contact.name.as_str()) == name)
        .cloned();
    let was = known.as_ref().map(|contact| contact.name.clone());
    let line = known.unwrap_or_default();
    let form = Form::new(
        "who is called",
        FormPurpose::Contact { was },
        vec![
            Field::text("name", "Robin", &line.name),
            Field::text("when", "the portal is down", &line.calls_for).optional(),
            Field::text("channel", "phone +49 170 …, Slack #ops", &line.channel).optional(),
            Field::text("hours", "Mon to Fri, 9 to 18 CET", &line.hours).optional(),
        ],
    )
    .intro([
        "reports show four digits of a number at most; a line with a name alone is taken away"
            .to_owned(),
    ]);
    show(state, form)
}

/// Something that must be paid or renewed: all of it by hand, or who pays for what was found.
pub(super) fn renewal(state: &mut State, id: Option<&str>) -> Vec<Effect> {
    let known = select::handover::renewals(state)
        .into_iter()
        .find(|renewal| Some(renewal.id.as_str()) == id);
    let form = match known {
        Some(found) if found.kind != RenewalKind::ByHand => Form::new(
            "who pays",
            FormPurpose::Payer { renewal: found.id },
            vec![
                Field::text(
                    "who pays",
                    "card of Acme Ltd; renews by itself",
                    &found.payer,
                )
                .optional(),
            ],
        )
        .intro([
            found.what,
            format!("ends {} · {}", day(found.at), found.kind.source()),
        ]),
        known => {
            let (was, what, at, payer) = known.map_or_else(
                || (None, String::new(), String::new(), String::new()),
                |r| (Some(r.id), r.what, day(r.at), r.payer),
            );
            Form::new(
                "what ends, and who pays",
                FormPurpose::Renewal { was },
                vec![
                    Field::text("what", "plan at the host, trial, API token", &what),
                    Field::date("ends", "2027-02-03, 60d", &at).optional(),
                    Field::text("who pays", "card of Acme Ltd", &payer).optional(),
                ],
            )
            .intro(["without a day the line is taken away".to_owned()])
        }
    };
    show(state, form)
}

/// What a record is for.
pub(super) fn purpose(state: &mut State, key: &str) -> Vec<Effect> {
    let Some(record) = select::handover::records(state)
        .into_iter()
        .find(|record| record.key() == key)
    else {
        return Vec::new();
    };
    let mut intro = vec![record.key()];
    intro.extend(record.values);
    let form = Form::new(
        "what this record is for",
        FormPurpose::Purpose {
            record: key.to_owned(),
        },
        vec![
            Field::text(
                "purpose",
                "return path of the newsletter: do not delete",
                &record.purpose,
            )
            .optional(),
        ],
    )
    .intro(intro);
    show(state, form)
}

/// A question to whoever takes over.
pub(super) fn quiz(state: &mut State, question: &str) -> Vec<Effect> {
    let Some(asked) = state.playbook().and_then(|p| p.question(question)) else {
        return Vec::new();
    };
    let known = select::gate::answer(state, question);
    let (by, said) = known.map_or((String::new(), String::new()), |a| {
        (a.by.clone(), a.evidence.clone())
    });
    let options: Vec<&str> = match known {
        Some(answer) if !answer.yes => KNOWN.iter().rev().copied().collect(),
        _ => KNOWN.to_vec(),
    };
    let form = Form::new(
        "answer of whoever takes over",
        FormPurpose::Quiz {
            question: question.to_owned(),
        },
        vec![
            Field::choice("knows it", &options),
            Field::text("who answers", "name", &by),
            Field::text("in their words", &asked.evidence, &said).optional(),
        ],
    )
    .intro([
        select::plan::words(state, asked).to_owned(),
        "what is not known becomes a gap, with an owner and a day".to_owned(),
    ]);
    show(state, form)
}

/// Does what a form of the handover is for. `None`: a field has a problem.
pub(in crate::app) fn submit(
    state: &mut State,
    form: &mut Form,
    purpose: FormPurpose,
) -> Option<Vec<Effect>> {
    let value = |n: usize| form.value(n);
    let bodies = match purpose {
        FormPurpose::Access { was } => {
            let line = |place: String, says: [String; 5]| {
                let [owner, who, how, second_factor, recovery] = says;
                EventBody::AccessRecorded {
                    place,
                    who,
                    how,
                    owner,
                    second_factor,
                    recovery,
                }
            };
            let now = line(value(0), [1, 2, 3, 4, 5].map(value));
            let renamed = was.filter(|was| *was != value(0));
            let gone = renamed.map(|was| line(was, Default::default()));
            gone.into_iter().chain([now]).collect()
        }
        FormPurpose::Contact { was } => {
            let contact = Contact {
                name: value(0),
                calls_for: value(1),
                channel: value(2),
                hours: value(3),
            };
            if was.is_none() && contact.calls_for.is_empty() && contact.channel.is_empty() {
                return wrong(form, 2, "by which channel?");
            }
            let renamed = was.filter(|was| !same_name(was, &contact.name));
            let gone = renamed.map(|name| EventBody::ContactNamed {
                contact: Contact {
                    name,
                    ..Contact::default()
                },
            });
            gone.into_iter()
                .chain([EventBody::ContactNamed { contact }])
                .collect()
        }
        FormPurpose::Payer { renewal } => vec![EventBody::RenewalPlanned {
            renewal,
            planned: Planned {
                payer: value(0),
                ..Planned::default()
            },
        }],
        FormPurpose::Renewal { was } => renewals(state, form, was)?,
        FormPurpose::Purpose { record } => vec![EventBody::PurposeNoted {
            record,
            purpose: value(0),
        }],
        FormPurpose::Quiz { question } => vec![answer(state, form, question)?],
        _ => return Some(Vec::new()),
    };
    Some(append(state, bodies))
}

/// A line that was written by hand; under another name it is another line.
fn renewals(state: &State, form: &mut Form, was: Option<String>) -> Option<Vec<EventBody>> {
    let renewal = id_by_hand(&form.value(0));
    let at = super::super::update::moment(&form.value(1), state.now).ok();
    if at.is_none() && was.is_none() {
        return wrong(form, 1, "on which day does it end?");
    }
    let planned = match at {
        Some(_) => Planned {
            what: form.value(0),
            at,
            payer: form.value(2),
        },
        None => Planned::default(),
    };
    let renamed = was.filter(|was| *was != renewal);
    let gone = renamed.map(|renewal| EventBody::RenewalPlanned {
        renewal,
        planned: Planned::default(),
    });
    let now = EventBody::RenewalPlanned { renewal, planned };
    Some(gone.into_iter().chain([now]).collect())
}

fn answer(state: &State, form: &mut Form, question: String) -> Option<EventBody> {
    let (chosen, by, said) = (form.value(0), form.value(1), form.value(2));
    let session = &state.opened.as_ref()?.session;
    if leaves(session, &by) || same_name(&by, &state.operator) {
        return wrong(
            form,
            1,
            "somebody who stays answers, not who runs the sprint",
        );
    }
    let yes = chosen == "yes";
    if yes && said.is_empty() {
        return wrong(form, 2, "in their words: what is the answer?");
    }
    Some(EventBody::Answered {
        question,
        yes,
        by,
        evidence: if said.is_empty() { chosen } else { said },
        attachments: Vec::new(),
    })
}

fn wrong<T>(form: &mut Form, field: usize, why: &str) -> Option<T> {
    if let Some(field) = form.fields.get_mut(field) {
        field.problem = Some(why.to_owned());
    }
    None
}

fn day(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
