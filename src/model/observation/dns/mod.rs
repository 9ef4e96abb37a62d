//! What DNS servers said.

mod answer;
mod https;
mod record;
mod zone;

pub use answer::{AnswerShape, DnsAnswer, DnsMessage, Transport};
pub use https::{DEFAULT_PROTOCOL, Https};
pub use record::{Caa, Rcode, Record, RecordData, RecordType, Soa, Tlsa};
pub use zone::{Delegation, DelegationFound, Dnssec, Signature, ZoneServer};
