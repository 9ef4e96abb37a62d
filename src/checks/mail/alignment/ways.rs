//! The two ways to align: a DKIM key below the From domain, and a bounce domain of the same organisation.

use crate::checks::mail::dkim::key::{Key, KeyKind, KeyRecord, LEAST_RSA};
use crate::checks::mail::dkim::selector::{AtSelector, at_selector};
use crate::checks::mail::posture::is_bare_denial;
use crate::checks::mail::spf::select::Selection;
use crate::checks::mail::spf::tree::SpfNode;
use crate::model::intent::Sender;
use crate::model::name::HostName;
use crate::remedy::catalog::mail_sender;

use super::AlignmentSeen;
use super::mode::{Mode, share_organisation};
use crate::checks::mail::dmarc::discover::TreeWalk;

/// Whether a sender aligns in one way, and the fact or the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    Open(String),
    Closed { why: String, relaxed_helps: bool },
    Unclear(String),
}

impl Way {
    /// The fact or the reason.
    pub fn text(&self) -> &str {
        match self {
            Self::Open(text) | Self::Unclear(text) => text,
            Self::Closed { why, .. } => why,
        }
    }

    fn closed(why: impl Into<String>) -> Self {
        Self::Closed {
            why: why.into(),
            relaxed_helps: false,
        }
    }
}

/// What a name is compared with.
pub struct Home<'a> {
    pub name: &'a HostName,
    pub walk: &'a TreeWalk,
    pub mode: Result<Mode, String>,
}

/// How a name stands to the From domain.
enum Fit {
    Aligned,
    /// Of the same organisation, but strict alignment is asked for.
    OnlyRelaxed,
    Stranger,
}

impl Home<'_> {
    fn fit(
        &self,
        name: &HostName,
        walk: &TreeWalk,
        strict: fn(&Mode) -> bool,
    ) -> Result<Fit, String> {
        if name == self.name {
            return Ok(Fit::Aligned);
        }
        if !share_organisation((self.name, self.walk), (name, walk))? {
            return Ok(Fit::Stranger);
        }
        match &self.mode {
            Err(why) => Err(why.clone()),
            Ok(mode) if strict(mode) => Ok(Fit::OnlyRelaxed),
            Ok(_) => Ok(Fit::Aligned),
        }
    }
}

/// By DKIM: a usable key at one of the sender's selectors, below a name that aligns.
pub fn by_dkim(seen: &AlignmentSeen, sender: &Sender, home: &Home<'_>) -> Way {
    let mut elsewhere: Option<Way> = None;
    let mut unread: Option<String> = None;
    let mut without: Vec<String> = Vec::new();
    for place in &seen.places {
        for answer in &place.answers {
            match at_selector(answer, &place.wildcard) {
                AtSelector::Unreadable(why) => {
                    unread.get_or_insert(format!("{}: {why}", answer.name));
                }
                AtSelector::Keys(keys) if keys.iter().any(is_usable) => {
                    match home.fit(&place.domain, &place.walk, |mode| mode.strict_dkim) {
                        Ok(Fit::Aligned) => return Way::Open(answer.name.to_string()),
                        Ok(Fit::OnlyRelaxed) => {
                            elsewhere = Some(Way::Closed {
                                why: format!(
                                    "the key at {} signs for {}, and `adkim=s` wants {}",
                                    answer.name, place.domain, home.name
                                ),
                                relaxed_helps: true,
                            });
                        }
                        Ok(Fit::Stranger) => {
                            elsewhere.get_or_insert(Way::closed(format!(
                                "the key at {} signs for another organisation",
                                answer.name
                            )));
                        }
                        Err(why) => {
                            unread.get_or_insert(why);
                        }
                    }
                }
                _ => without.push(answer.name.to_string()),
            }
        }
    }
    if let Some(why) = unread {
        return Way::Unclear(why);
    }
    if sender.selectors.is_empty() {
        return Way::Unclear(if without.is_empty() {
            "its selector is not known".to_owned()
        } else {
            format!(
                "its selector is not known, nothing at {}",
                without.join(", ")
            )
        });
    }
    elsewhere.unwrap_or_else(|| Way::closed(format!("no usable key at {}", without.join(", "))))
}

fn is_usable(record: &KeyRecord) -> bool {
    match record {
        KeyRecord::Usable(Key { kind, .. }) => {
            !matches!(kind, KeyKind::Rsa(bits) if *bits < LEAST_RSA)
        }
        KeyRecord::Revoked | KeyRecord::Broken(_) => false,
    }
}

/// By SPF: the bounce domain aligns, and its record lists the sender.
pub fn by_spf(seen: &AlignmentSeen, sender: &Sender, home: &Home<'_>) -> Way {
    let Some(bounce) = &seen.bounce else {
        return Way::Unclear("its bounce domain is not known".to_owned());
    };
    let name = &bounce.domain;
    match home.fit(name, &bounce.walk, |mode| mode.strict_spf) {
        Err(why) => Way::Unclear(why),
        Ok(Fit::Stranger) => Way::closed(format!(
            "it bounces to {name}, which is no name of {}",
            home.name
        )),
        Ok(Fit::OnlyRelaxed) => {
            let lists = lists(&bounce.spf, name, sender);
            Way::Closed {
                why: format!("it bounces to {name}, and `aspf=s` wants {}", home.name),
                relaxed_helps: matches!(lists, Way::Open(_)),
            }
        }
        Ok(Fit::Aligned) => lists(&bounce.spf, name, sender),
    }
}

/// Whether the record at the bounce domain lists the sender.
fn lists(tree: &SpfNode, name: &HostName, sender: &Sender) -> Way {
    let record = match tree.selection() {
        None => return Way::Unclear(format!("the TXT records of {name} could not be read")),
        Some(Selection::None(_)) => return Way::closed(format!("{name} has no SPF record")),
        Some(Selection::Many(_)) => return Way::closed(format!("{name} has several SPF records")),
        Some(Selection::One(record)) => record,
    };
    if is_bare_denial(&record) {
        return Way::closed(format!("the SPF record of {name} lets nobody in"));
    }
    let nodes = tree.nodes();
    match include(sender) {
        // Nothing tells its addresses; `mail.spf-policy` looks at the list.
        None => Way::Open(name.to_string()),
        Some(include) if nodes.iter().any(|node| node.domain == include) => {
            Way::Open(name.to_string())
        }
        Some(_) if nodes.iter().any(|node| node.selection().is_none()) => Way::Unclear(format!(
            "a part of the SPF record of {name} could not be read"
        )),
        Some(include) => Way::closed(format!(
            "the SPF record of {name} does not list it (`include:{include}`)"
        )),
    }
}

/// The include that lists a sender at its own bounce domain: declared, else the catalogue's.
fn include(sender: &Sender) -> Option<String> {
    match &sender.include {
        Some(include) => Some(include.to_string()),
        None => mail_sender::find(&sender.name)?
            .include_to_publish()
            .map(str::to_owned),
    }
}
