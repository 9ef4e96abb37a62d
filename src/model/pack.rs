//! What the people who take over need beside the findings: whom to call, what somebody must pay for, what each record is for.
//! Each event carries a whole line; a line of which nothing but the name is left is taken away.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::EventBody;
use super::record::Access;
use super::standing::same_name;

/// What people wrote down for the handover.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pack {
    /// Who made the session: cannot be the one who takes it over.
    pub operator: String,
    /// In the order in which they are called.
    pub contacts: Vec<Contact>,
    /// By the id of the renewal.
    pub planned: BTreeMap<String, Planned>,
    /// What a record is for, by its name and type: `send.acme.example MX`.
    pub purposes: BTreeMap<String, String>,
}

/// Somebody who is called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub name: String,
    /// For what: `the portal is down`.
    pub calls_for: String,
    /// By which way: `phone +49 170 1234567`, `Slack #ops`.
    pub channel: String,
    /// When somebody is there: `Mon to Fri, 9 to 18 CET`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hours: String,
}

/// What somebody said of a renewal: all of one that only people know, or who pays for one that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Empty for one that was found.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub what: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub payer: String,
}

impl Pack {
    /// Folds an event of the pack; any other changes nothing.
    pub(super) fn apply(&mut self, body: EventBody) {
        match body {
            EventBody::ContactNamed { contact } => {
                let known = self
                    .contacts
                    .iter()
                    .position(|c| same_name(&c.name, &contact.name));
                let gone = contact.calls_for.is_empty() && contact.channel.is_empty();
                match known.and_then(|at| Some((at, self.contacts.get_mut(at)?))) {
                    Some((at, _)) if gone => {
                        self.contacts.remove(at);
                    }
                    Some((_, known)) => *known = contact,
                    None if gone => {}
                    None => self.contacts.push(contact),
                }
            }
            EventBody::RenewalPlanned { renewal, planned } => {
                if planned == Planned::default() {
                    self.planned.remove(&renewal);
                } else {
                    self.planned.insert(renewal, planned);
                }
            }
            EventBody::PurposeNoted { record, purpose } => {
                if purpose.is_empty() {
                    self.purposes.remove(&record);
                } else {
                    self.purposes.insert(record, purpose);
                }
            }
            _ => {}
        }
    }
}

/// Folds a line of the access map.
pub(super) fn record_access(map: &mut Vec<Access>, line: Access) {
    map.retain(|known| known.place != line.place);
    let says = [
        &line.who,
        &line.how,
        &line.owner,
        &line.second_factor,
        &line.recovery,
    ];
    if says.iter().any(|text| !text.is_empty()) {
        map.push(line);
    }
}

/// Text in which of every number of a phone only the `last` digits stay. A number is seven to fifteen digits with the signs that
/// people write between them (ITU-T E.164 §6); addresses of computers, days and words with digits in them are none.
pub fn without_phone_numbers(text: &str, last: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit() || c == '+') {
        let (head, tail) = rest.split_at(at);
        out.push_str(head);
        let number = number_at_start(tail);
        let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
        let next = tail.get(number.len()..).and_then(|t| t.chars().next());
        let in_a_word = [out.chars().next_back(), next]
            .into_iter()
            .flatten()
            .any(|c| c.is_alphanumeric() || c == ':');
        let cut = if (7..=15).contains(&digits.len()) && !in_a_word {
            out.push('…');
            out.extend(digits.iter().skip(digits.len() - last.min(digits.len())));
            number.len()
        } else {
            let token = tail
                .find(|c: char| !c.is_ascii_alphanumeric() && !".:-".contains(c))
                .unwrap_or(tail.len())
                .max(1);
            out.push_str(tail.get(..token).unwrap_or_default());
            token
        };
        rest = tail.get(cut..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// What may be a number at the start of a text; empty for the address of a computer or a day.
fn number_at_start(text: &str) -> &str {
    let first = text
        .split([' ', ',', ';', '/'])
        .next()
        .unwrap_or_default()
        .trim_end_matches('.');
    let is_other = first.parse::<std::net::IpAddr>().is_ok()
        || first
            .get(..10)
            .is_some_and(|d| d.parse::<jiff::civil::Date>().is_ok());
    if is_other {
        return "";
    }
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || " +-./()".contains(c)))
        .unwrap_or(text.len());
    let number = text.get(..end).unwrap_or_default();
    number.trim_end_matches(|c: char| !c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(name: &str, channel: &str) -> EventBody {
        EventBody::ContactNamed {
            contact: Contact {
                name: name.into(),
                channel: channel.into(),
                ..Contact::default()
            },
        }
    }

    #[test]
    fn a_line_is_replaced_where_it_stands_and_taken_away_when_it_is_empty() {
        let mut pack = Pack::default();
        for body in [
            contact("Ada", "phone"),
            contact("Grace", "Slack"),
            contact("ada", "mail"),
            contact("Robin", ""),
        ] {
            pack.apply(body);
        }
        let shown: Vec<(&str, &str)> = pack
            .contacts
            .iter()
            .map(|c| (c.name.as_str(), c.channel.as_str()))
            .collect();
        assert_eq!(shown, [("ada", "mail"), ("Grace", "Slack")]);
        pack.apply(contact("Ada", ""));
        assert_eq!(pack.contacts.len(), 1);
        for purpose in ["return path", ""] {
            pack.apply(EventBody::PurposeNoted {
                record: "send.acme.example MX".into(),
                purpose: purpose.into(),
            });
            assert_eq!(pack.purposes.is_empty(), purpose.is_empty());
        }
    }

    #[test]
    fn a_line_of_an_older_file_opens_and_says_no_more_than_before() {
        let old =
            r#"{"kind":"access-recorded","place":"registrar","who":"Ada","how":"own account"}"#;
        let body: EventBody = serde_json::from_str(old).unwrap();
        assert_eq!(serde_json::to_string(&body).unwrap(), old);
        let mut map = Vec::new();
        let line = Access {
            place: "registrar".into(),
            recovery: "codes in the safe".into(),
            ..Access::default()
        };
        record_access(&mut map, line.clone());
        assert_eq!(map, std::slice::from_ref(&line));
        let empty = Access {
            recovery: String::new(),
            ..line
        };
        record_access(&mut map, empty);
        assert!(map.is_empty());
    }

    #[test]
    fn of_a_phone_number_only_the_end_stays() {
        for (text, want) in [
            ("phone +49 170 1234567", "phone …4567"),
            ("(030) 123-45 67, or Slack", "(…4567, or Slack"),
            ("2026-12-03, 7d", "2026-12-03, 7d"),
            (
                "2026-12-03 20:15 to 2026-12-04",
                "2026-12-03 20:15 to 2026-12-04",
            ),
            ("2026-11-21T20:00:00Z", "2026-11-21T20:00:00Z"),
            (
                "at 203.0.113.20, 198.51.100.7.",
                "at 203.0.113.20, 198.51.100.7.",
            ),
            (
                "commit 4f3a29876543 of 12345678ab",
                "commit 4f3a29876543 of 12345678ab",
            ),
            ("Mon to Fri 9-18", "Mon to Fri 9-18"),
            ("call +1.202.555.0143 x 12", "call …0143 x 12"),
            ("tel 0171/9876543 ü", "tel …6543 ü"),
            ("+ and 4", "+ and 4"),
            ("+", "+"),
            ("", ""),
        ] {
            assert_eq!(without_phone_numbers(text, 4), want, "{text}");
        }
        assert_eq!(without_phone_numbers("phone +49 170 1234567", 0), "phone …");
    }
}
