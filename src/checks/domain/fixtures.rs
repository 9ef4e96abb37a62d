//! Registrations for the tests of this family.

use jiff::{SignedDuration, Timestamp};

use crate::checks::dns::fixtures::{name, now};
use crate::model::observation::rdap::{DomainObject, RdapEvent, RdapGap, Registration};

pub fn in_days(days: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * days)
}

pub fn event(action: &str, date: Timestamp) -> RdapEvent {
    RdapEvent {
        action: action.to_owned(),
        date: Ok(date),
    }
}

/// A healthy object that ends in so many days.
pub fn object(days: i64) -> DomainObject {
    DomainObject {
        name: "ACME.EXAMPLE".to_owned(),
        status: Some(vec!["client transfer prohibited".to_owned()]),
        events: vec![
            event("registration", in_days(-800)),
            event("expiration", in_days(days)),
        ],
        nameservers: Some(vec![
            "ns1.acme.example".to_owned(),
            "ns2.acme.example".to_owned(),
        ]),
        delegation_signed: Some(true),
        registrar: None,
    }
}

pub fn seen(outcome: Result<DomainObject, RdapGap>) -> Registration {
    Registration {
        domain: name("acme.example"),
        at: now(),
        source: "https://rdap.nic.example/domain/acme.example".to_owned(),
        outcome,
    }
}

/// Every way of learning nothing that a later look or an attested date can mend.
pub fn gaps() -> Vec<RdapGap> {
    use crate::model::observation::{Failure, FailureKind};
    vec![
        RdapGap::NoService("example".to_owned()),
        RdapGap::NotFound,
        RdapGap::RateLimited {
            seconds: Some(120),
            again: Some(in_days(1)),
        },
        RdapGap::NotRdap("it is not JSON".to_owned()),
        RdapGap::NotTrusted("its certificate does not verify".to_owned()),
        RdapGap::Failed(Failure::new(FailureKind::Timeout, "no answer in 3 s")),
    ]
}
