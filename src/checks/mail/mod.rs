//! Mail: may the domain's mail be believed, and can it be answered? Records as published, and the mail servers as they
//! answer.
//!
//! The parsers here are linters for a publisher's record: what a lenient receiver forgives is still told. Only
//! [`test_message`] sends a message, one, with the operator's authority; and none takes silence for absence.

pub mod alignment;
pub mod bimi;
pub mod blocklists;
pub mod change;
pub mod dane;
pub mod dkim;
pub mod dmarc;
pub mod dmarc_policy;
pub mod dmarc_reports;
pub mod mta_sts;
pub mod mx;
pub mod parked;
pub mod posture;
pub mod reverse_dns;
pub mod senders;
pub mod servers;
pub mod spf;
pub mod spf_lookups;
pub mod spf_policy;
pub mod starttls;
pub mod tags;
pub mod test_message;
pub mod tls_rpt;
pub mod versioned;

#[cfg(test)]
pub mod worlds;
