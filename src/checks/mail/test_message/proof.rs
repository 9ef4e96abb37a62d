//! By which ways a message proves its From domain: what the receiver says of SPF and DKIM, and whether the names fit
//! (RFC 9989 §4.4).

use super::seen::{Facts, ResultFacts};
use super::verify::Fate;
use crate::checks::mail::alignment::mode::{Mode, mode, share_organisation};
use crate::checks::mail::dmarc::discover::TreeWalk;
use crate::model::name::HostName;

/// Both ways.
pub struct Proof<'a> {
    facts: &'a Facts,
    mode: Result<Mode, String>,
    pub spf: Way,
    pub dkim: Way,
}

/// What one of the two ways gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// It passes for this name, which fits.
    Aligned(HostName),
    /// It passes for this name alone, which does not fit.
    Unaligned(HostName),
    /// It does not pass.
    Not {
        result: String,
        domain: Option<HostName>,
    },
    /// It passes, and whether that fits could not be told.
    Unclear(String),
    /// The receiver says nothing of it.
    Untold,
}

impl Way {
    /// In words, behind `SPF` or `DKIM`.
    pub fn said(&self) -> String {
        match self {
            Self::Aligned(domain) => format!("passes and aligns by {domain}"),
            Self::Unaligned(domain) => format!("passes for {domain}, which does not align"),
            Self::Not { result, domain } if result == "none" => match domain {
                Some(domain) => format!("is not there for {domain}"),
                None => "is not there".to_owned(),
            },
            Self::Not { result, domain } => match domain {
                Some(domain) => format!("does not pass for {domain} ({result})"),
                None => format!("does not pass ({result})"),
            },
            Self::Unclear(why) => format!("passes, and whether it aligns is not known: {why}"),
            Self::Untold => "is not spoken of".to_owned(),
        }
    }

    /// Whether it is seen not to prove the domain.
    pub const fn is_no(&self) -> bool {
        matches!(self, Self::Unaligned(_) | Self::Not { .. })
    }
}

impl<'a> Proof<'a> {
    /// Compares what the receiver says with the From domain.
    pub fn of(facts: &'a Facts) -> Self {
        let walk = facts
            .home()
            .and_then(|home| Some((home, walk_of(facts, home)?)));
        let mut proof = Self {
            facts,
            mode: walk.map_or(Err("From names no domain".to_owned()), |(home, walk)| {
                mode(walk, home)
            }),
            spf: Way::Untold,
            dkim: Way::Untold,
        };
        proof.spf = proof.way("spf", |mode| mode.strict_spf);
        proof.dkim = proof.way("dkim", |mode| mode.strict_dkim);
        proof
    }

    /// Whether a signature of `domain` counts for the From domain.
    pub fn aligns_by_dkim(&self, domain: &HostName) -> Result<bool, String> {
        self.aligns(domain, |mode| mode.strict_dkim)
    }

    fn way(&self, method: &str, strict: impl Fn(&Mode) -> bool + Copy) -> Way {
        let mut best = Way::Untold;
        for result in self.facts.of(method) {
            let way = self.one(result, strict);
            if rank(&way) < rank(&best) {
                best = way;
            }
        }
        match best {
            Way::Unaligned(_) => self.own_failure(method, strict).unwrap_or(best),
            Way::Unclear(_) if method == "dkim" => self.own_signature().unwrap_or(best),
            best => best,
        }
    }

    /// A failure for a name that fits tells more than a pass for one that does not.
    fn own_failure(&self, method: &str, strict: impl Fn(&Mode) -> bool + Copy) -> Option<Way> {
        let broken = |result: &&ResultFacts| {
            !["pass", "none", "neutral"].contains(&result.result.as_str())
                && result
                    .domain
                    .as_ref()
                    .is_some_and(|d| self.aligns(d, strict) == Ok(true))
        };
        self.facts.of(method).find(broken).map(|result| Way::Not {
            result: result.result.clone(),
            domain: result.domain.clone(),
        })
    }

    /// Where the receiver does not say for which domain DKIM passes: one that fits and that we verified ourselves.
    fn own_signature(&self) -> Option<Way> {
        let verified = self
            .facts
            .signatures
            .iter()
            .filter(|s| s.fate == Fate::Verifies);
        let mut domains = verified.filter_map(|s| s.domain.as_ref());
        domains
            .find(|domain| self.aligns_by_dkim(domain) == Ok(true))
            .map(|domain| Way::Aligned(domain.clone()))
    }

    fn one(&self, result: &ResultFacts, strict: impl Fn(&Mode) -> bool) -> Way {
        let domain = result.domain.clone();
        if result.result != "pass" {
            return Way::Not {
                result: result.result.clone(),
                domain,
            };
        }
        let Some(domain) = domain else {
            return Way::Unclear("the receiver does not say for which domain".to_owned());
        };
        match self.aligns(&domain, strict) {
            Ok(true) => Way::Aligned(domain),
            Ok(false) => Way::Unaligned(domain),
            Err(why) => Way::Unclear(why),
        }
    }

    fn aligns(&self, domain: &HostName, strict: impl Fn(&Mode) -> bool) -> Result<bool, String> {
        let home = self.facts.home().ok_or("From names no domain")?;
        if home == domain {
            return Ok(true);
        }
        if strict(self.mode.as_ref().map_err(Clone::clone)?) {
            return Ok(false);
        }
        let walks = (walk_of(self.facts, home), walk_of(self.facts, domain));
        let (Some(ours), Some(theirs)) = walks else {
            return Err(format!("the records above {domain} were not asked for"));
        };
        share_organisation((home, ours), (domain, theirs))
    }
}

fn walk_of<'a>(facts: &'a Facts, domain: &HostName) -> Option<&'a TreeWalk> {
    let mut walks = facts.walks.iter();
    walks
        .find(|walk| walk.domain == *domain)
        .map(|walk| &walk.walk)
}

/// What proves most comes first; a failure tells more than a pass of somebody else's domain only where nothing passes.
fn rank(way: &Way) -> u8 {
    match way {
        Way::Aligned(_) => 0,
        Way::Unclear(_) => 1,
        Way::Unaligned(_) => 2,
        Way::Not { .. } => 3,
        Way::Untold => 4,
    }
}
