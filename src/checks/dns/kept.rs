//! The records on the way from a host, as all servers of the zone give them, and for how long each may be kept.

use std::collections::BTreeSet;
use std::net::IpAddr;

use jiff::SignedDuration;

use super::propagation::Asked;
use super::zone::{self, list};
use crate::checks::rule::Case;
use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, Record, RecordData, RecordType};
use crate::model::verdict::Verdict;
use crate::remedy::catalog::{dns_host, platform};

/// Records of one owner and type within the zone, as all servers give them.
pub struct Set {
    pub owner: HostName,
    pub rtype: RecordType,
    pub data: Vec<RecordData>,
    /// More than one where the servers differ.
    pub ttls: BTreeSet<u32>,
}

/// What a record set should be like.
pub enum Wanted {
    AtMost(u32),
    AtLeast(u32),
    /// Nobody but this one can say.
    SetBy(String),
    /// It is judged elsewhere, or does not change with the host.
    Anything,
}

impl Set {
    /// The edge that makes these answers, where it hosts the zone too and lets nobody set their TTL.
    pub fn made_by_edge(&self, servers: &[Asked], case: Case<'_>) -> Option<&'static str> {
        let addresses: Option<Vec<IpAddr>> = self.data.iter().map(RecordData::address).collect();
        let addresses = addresses?;
        let edge = platform::edge_of_address(*addresses.first()?)?;
        let all_its_own = addresses
            .iter()
            .all(|address| edge.blocks.iter().any(|b| b.holds(*address)));
        let names = servers.iter().map(|asked| asked.name.as_str());
        let host = dns_host::of_name_servers(names)
            .map(|host| host.id.as_str())
            .or(case.intent.dns_host.as_deref());
        (edge.ttl.is_some() && all_its_own && host == Some(&edge.id)).then_some(&*edge.title)
    }

    /// Whether it is an alias to the owner of another of these sets.
    pub fn leads_to_one_of(&self, all: &[Set]) -> bool {
        self.data.iter().any(|data| match data {
            RecordData::Cname(target) => all.iter().any(|set| set.owner.as_str() == target),
            _ => false,
        })
    }

    /// `A portal.acme.example`.
    pub fn title(&self) -> String {
        format!("{} {}", self.rtype, self.owner)
    }

    /// `300 s`, `60 s and 3600 s`.
    pub fn ttl_text(&self) -> String {
        let ttls: Vec<String> = self.ttls.iter().map(|ttl| format!("{ttl} s")).collect();
        list(&ttls)
    }

    /// `A portal.acme.example (60 s and 3600 s)`.
    pub fn told(&self) -> String {
        format!("{} ({})", self.title(), self.ttl_text())
    }
}

impl Wanted {
    /// Whether every server gives the set such a TTL.
    pub fn holds(&self, set: &Set) -> bool {
        match self {
            Self::AtMost(most) => set.ttls.iter().all(|ttl| ttl <= most),
            Self::AtLeast(least) => set.ttls.iter().all(|ttl| ttl >= least),
            Self::SetBy(_) | Self::Anything => true,
        }
    }

    /// In words, for a table.
    pub fn text(&self) -> String {
        match self {
            Self::AtMost(most) => format!("at most {most} s"),
            Self::AtLeast(least) => format!("at least {least} s"),
            Self::SetBy(who) => format!("set by {who}"),
            Self::Anything => "as it is".to_owned(),
        }
    }
}

/// The address and alias records on the way from the host, as far as they are in the zone; the host's own first.
pub fn sets(own: &[&Asked], case: Case<'_>) -> Vec<Set> {
    let zone = zone::of(case.intent);
    let mut sets: Vec<Set> = Vec::new();
    let answers = own.iter().flat_map(|asked| [&asked.a, &asked.aaaa]);
    for record in answers.filter_map(|a| a.message()).flat_map(|m| &m.answers) {
        let (Ok(owner), Some(rtype)) = (HostName::parse(&record.name), kind(record)) else {
            continue;
        };
        if !owner.is_within(&zone) {
            continue;
        }
        let known = sets
            .iter_mut()
            .find(|set| set.owner == owner && set.rtype == rtype);
        match known {
            Some(set) => {
                set.ttls.insert(record.ttl);
                if !set.data.contains(&record.data) {
                    set.data.push(record.data.clone());
                }
            }
            None => sets.push(Set {
                owner,
                rtype,
                data: vec![record.data.clone()],
                ttls: BTreeSet::from([record.ttl]),
            }),
        }
    }
    sets.sort_by(|one, two| {
        let place = |set: &Set| {
            (
                set.owner.as_str() != case.subject,
                set.owner.clone(),
                set.rtype,
            )
        };
        place(one).cmp(&place(two))
    });
    for set in &mut sets {
        set.data.sort_by_key(ToString::to_string);
    }
    sets
}

const fn kind(record: &Record) -> Option<RecordType> {
    match record.data {
        RecordData::A(_) => Some(RecordType::A),
        RecordData::Aaaa(_) => Some(RecordType::Aaaa),
        RecordData::Cname(_) => Some(RecordType::Cname),
        _ => None,
    }
}

/// One row a set, then what `resolver` still holds of those that are about to change, then the zone's NS at the parent.
pub fn table(
    rows: &[(&Set, Wanted)],
    resolver: [&DnsAnswer; 2],
    parent: Option<(&str, u32)>,
) -> Option<Exhibit> {
    let records = rows.iter().map(|(set, wanted)| {
        let cells = [set.title(), set.ttl_text(), wanted.text()];
        match wanted {
            Wanted::SetBy(_) | Wanted::Anything => TableRow::told(cells),
            _ if wanted.holds(set) => TableRow::judged(Verdict::Pass, cells),
            Wanted::AtMost(_) => TableRow::judged(Verdict::Fail, cells),
            Wanted::AtLeast(_) => TableRow::judged(Verdict::Warn, cells),
        }
    });
    let copies = rows.iter().filter_map(|(set, wanted)| match wanted {
        Wanted::AtMost(most) if wanted.holds(set) => resolver
            .into_iter()
            .find_map(|answer| older_copy(set, *most, answer)),
        _ => None,
    });
    let parent = parent.map(|(zone, ttl)| {
        TableRow::told([
            format!("NS {zone} at the parent"),
            format!("{ttl} s"),
            "set by the registry, not by you".to_owned(),
        ])
    });
    let rows: Vec<TableRow> = records.chain(copies).chain(parent).collect();
    (!rows.is_empty()).then(|| {
        Exhibit::table(
            "for how long each record is kept",
            &["record", "TTL now", "TTL wanted"],
            rows,
        )
    })
}

/// What a resolver took before the TTL was lowered, and until when it keeps it; what is left of the time is no TTL.
fn older_copy(set: &Set, most: u32, answer: &DnsAnswer) -> Option<TableRow> {
    let copy = answer.message()?.answers.iter().find(|record| {
        record.name == set.owner.as_str() && record.data.is(set.rtype) && record.ttl > most
    })?;
    let left = SignedDuration::from_secs(copy.ttl.into());
    let row = TableRow::told([
        format!("{} at the resolver", set.title()),
        "taken before".to_owned(),
        "gone by itself".to_owned(),
    ]);
    Some(row.until(answer.at.checked_add(left).ok()?))
}
