//! What servers without manners make of a good answer: order, company, codes, and forgeries beside it.

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::{NS, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::answer::REWRITTEN;
use crate::range::change::ServerDoes;

/// Who owns the records that have no business in an answer.
const STRANGER: &str = "stranger.example.";

/// Other text beside a text that was asked for: nearly what a message over TCP holds (RFC 1035 §4.2.2).
const PADDING: usize = 230;

/// Spoils the answer to a question for `rtype` of `name`.
pub fn spoil(message: &mut Message, does: &[ServerDoes], name: &Name, rtype: RecordType) {
    for does in does {
        let code = message.metadata.response_code;
        match does {
            ServerDoes::NotAuthoritative => message.metadata.authoritative = false,
            ServerDoes::NeverNxdomain if code == ResponseCode::NXDomain => {
                message.metadata.response_code = ResponseCode::NoError;
            }
            ServerDoes::AlwaysNxdomain
                if code == ResponseCode::NoError && message.answers.is_empty() =>
            {
                message.metadata.response_code = ResponseCode::NXDomain;
            }
            ServerDoes::Shuffled => shuffle(message),
            ServerDoes::Padded if rtype == RecordType::TXT => pad(message),
            ServerDoes::RefersUp => refer_up(message, name),
            ServerDoes::Captive => capture(message, name, rtype),
            _ => {}
        }
    }
}

/// Bytes that begin like an answer to the question and are none.
pub fn rubbish(request: &Message) -> Vec<u8> {
    let id = request.metadata.id.to_be_bytes();
    [id.as_slice(), b"\xff\xff\xff\xff\xff\xff no DNS here"].concat()
}

/// Two false answers to the question of `answer`: one with another id, one with its own.
pub fn forgeries(mut answer: Message) -> [Vec<u8>; 2] {
    if let Some(query) = answer.queries.first() {
        let owner = query.name.clone();
        answer.add_answer(Record::from_rdata(owner, 300, RData::A(REWRITTEN.into())));
    }
    answer.metadata.authoritative = true;
    let with_its_own = answer.to_vec().unwrap_or_default();
    answer.metadata.id ^= 1;
    [answer.to_vec().unwrap_or_default(), with_its_own]
}

fn shuffle(message: &mut Message) {
    let Ok(owner) = Name::from_ascii(STRANGER) else {
        return;
    };
    let text = TXT::new(vec!["v=spf1 +all".to_owned()]);
    let company = [RData::A(REWRITTEN.into()), RData::TXT(text)];
    let mut answers: Vec<Record> = company
        .into_iter()
        .map(|data| Record::from_rdata(owner.clone(), 300, data))
        .collect();
    answers.extend(message.answers.drain(..).rev());
    message.answers = answers;
}

fn capture(message: &mut Message, name: &Name, rtype: RecordType) {
    empty(message);
    message.metadata.recursion_available = true;
    if rtype == RecordType::A {
        let data = RData::A(REWRITTEN.into());
        message.add_answer(Record::from_rdata(name.clone(), 1, data));
    }
}

/// Nothing found, and no authority.
fn empty(message: &mut Message) {
    message.answers.clear();
    message.authorities.clear();
    message.additionals.clear();
    message.metadata.authoritative = false;
    message.metadata.response_code = ResponseCode::NoError;
}

fn pad(message: &mut Message) {
    let Some(owner) = message.answers.last().map(|record| record.name.clone()) else {
        return;
    };
    for number in 0..PADDING {
        let text = format!("{number:0>255}");
        let data = RData::TXT(TXT::new(vec![text]));
        message.add_answer(Record::from_rdata(owner.clone(), 300, data));
    }
}

fn refer_up(message: &mut Message, name: &Name) {
    if name.is_root() {
        return;
    }
    empty(message);
    if let Ok(root) = Name::from_ascii("a.root-servers.net.") {
        let data = RData::NS(NS(root));
        message.add_authority(Record::from_rdata(Name::root(), 518_400, data));
    }
}
