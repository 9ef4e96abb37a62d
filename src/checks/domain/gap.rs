//! What to say where the registry told nothing.

use crate::checks::evidence;
use crate::checks::evidence::registration::said;
use crate::checks::rule::Judgement;
use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::observation::rdap::{RdapGap, Registration};
use crate::model::third_party::RDAP;
use crate::model::verdict::Confidence;

/// The judgement on a look that met `gap`; `missing` is what remains untold: `when the registration ends`.
pub fn judge(seen: &Registration, gap: &RdapGap, missing: &str) -> Judgement {
    let domain = &seen.domain;
    let why = said(gap);
    let judgement = match gap {
        RdapGap::NotOptedIn => Judgement::blocked(format!(
            "{missing} is not known: {why}; allow it with `--third-parties {}`",
            RDAP.name
        ))
        .plainly(format!(
            "The register of domains would tell {missing}. It is run by somebody else, so it is only asked when you allow it."
        ))
        .fact("not opted in"),
        RdapGap::PrivateSuffix(suffix) => Judgement::not_applicable(format!(
            "{domain} has no registration of its own at a registry: {why}"
        ))
        .plainly(format!(
            "Your address is one that {suffix} gives out. It lasts as long as your contract there."
        ))
        .confidence(Confidence::Likely),
        RdapGap::NotFound => Judgement::unknown(format!("{missing} is not known: {why}"))
            .plainly("The register of domains says that it does not know this one. Either it keeps it elsewhere, or the domain is not registered: look at the registrar's page.")
            .fact("not found"),
        _ => Judgement::unknown(format!("{missing} is not known: {why}"))
            .plainly(format!("The register of domains could not tell {missing}."))
            .fact(format!("{missing}: gap")),
    };
    judgement
        .exhibit(again(gap))
        .evidence([evidence::registration::registration(seen)])
}

/// When a rate limit is over, as a countdown.
fn again(gap: &RdapGap) -> Option<Exhibit> {
    let RdapGap::RateLimited {
        again: Some(again), ..
    } = gap
    else {
        return None;
    };
    Some(Exhibit::table(
        "rate limit of the registry",
        &["who", "said"],
        [TableRow::told(["the registry's RDAP server", "429"]).until(*again)],
    ))
}
