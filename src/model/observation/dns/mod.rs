//! What DNS servers said.

mod answer;
mod record;
mod zone;

pub use answer::{AnswerShape, DnsAnswer, DnsMessage, Transport};
pub use record::{Caa, Rcode, Record, RecordData, RecordType, Soa};
pub use zone::{Delegation, DelegationFound, Dnssec, Signature, ZoneServer};
