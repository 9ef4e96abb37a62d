//! Who sends and receives the domain's mail: MX, SPF includes, and the DKIM selectors that are published.

use futures_util::{StreamExt, stream};

use super::{Named, Search};
use crate::checks::dns::zone;
use crate::checks::mail::posture::{is_bare_denial, mail_servers};
use crate::model::intent::Sender;
use crate::model::inventory::Discovery;
use crate::model::name::HostName;
use crate::model::observation::dns::{AnswerShape, DnsAnswer, RecordData, RecordType};
use crate::remedy::catalog::{self, mail_sender};

/// Why a host is in the inventory: it is an MX of the domain.
pub(super) const RECEIVES: &str = "it receives the domain's mail";

/// Selectors that services use by default, the commonest; a guess that finds nothing proves nothing.
const SELECTORS: [&str; 20] = [
    "google",
    "selector1",
    "selector2",
    "s1",
    "s2",
    "k1",
    "k2",
    "resend",
    "mte1",
    "fm1",
    "protonmail",
    "zendesk1",
    "kl",
    "brevo1",
    "mailjet",
    "litesrv",
    "sig1",
    "default",
    "mail",
    "dkim",
];

/// Labels of bounce domains.
const BOUNCES: [&str; 5] = ["send", "bounce", "bounces", "pm-bounces", "mail"];

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub sends_mail: Option<bool>,
    pub senders: Vec<Sender>,
    /// MX hosts below the domain.
    pub named: Named,
}

/// Looks at the records.
pub(super) async fn look(search: Search<'_>) -> Found {
    let (mx, txt) = futures_util::join!(
        search.asker.ask(search.domain, RecordType::Mx),
        search.asker.ask(search.domain, RecordType::Txt),
    );
    let servers = mail_servers(&mx);
    let policy: Vec<String> = txt
        .texts()
        .into_iter()
        .filter(|t| t.to_ascii_lowercase().split(' ').next() == Some("v=spf1"))
        .collect();
    let mut found = Found {
        sends_mail: sends(&mx, &txt, &policy),
        ..Found::default()
    };
    for name in servers
        .iter()
        .filter_map(|(_, name)| HostName::parse(name).ok())
    {
        if name.is_within(search.domain) {
            found
                .named
                .entry(name)
                .or_default()
                .push(RECEIVES.to_owned());
        }
    }
    let mut senders: Vec<(Sender, String)> = includes(&policy)
        .into_iter()
        .map(|include| (by_include(&include), format!("SPF names {include}")))
        .collect();
    let keys = published(search, &senders).await;
    for key in keys {
        attribute(&mut senders, &key.selector, key.target.as_deref());
    }
    attach_bounces(search, &mut senders).await;
    for (_, server) in &servers {
        if let Some(known) = mail_sender::of_mx(server)
            && senders.iter().all(|(s, _)| s.name != known.id)
        {
            search.note(format!(
                "mail is received at {} ({server}), which SPF does not name",
                known.title
            ));
            break;
        }
    }
    for (sender, why) in senders {
        search.tell(Discovery::Sender {
            sender: sender.clone(),
            why,
        });
        found.senders.push(sender);
    }
    found
}

/// Whether the domain sends: SPF that permits somebody says yes, one that permits nobody with no mailbox says no.
fn sends(mx: &DnsAnswer, txt: &DnsAnswer, policy: &[String]) -> Option<bool> {
    if txt.is_unusable() {
        return None;
    }
    let receives = mail_servers(mx).iter().any(|(_, name)| !name.is_empty());
    match policy {
        [] => None,
        [one] if is_bare_denial(one) => (!receives && !mx.is_unusable()).then_some(false),
        _ => Some(true),
    }
}

/// Targets of `include:` and `redirect=`, in order, each once.
fn includes(policy: &[String]) -> Vec<HostName> {
    let mut list: Vec<HostName> = Vec::new();
    for term in policy.iter().flat_map(|p| p.split_ascii_whitespace()) {
        let term = term.trim_start_matches(['+', '-', '~', '?']);
        let target = ["include:", "redirect="].iter().find_map(|kind| {
            term.get(..kind.len())
                .filter(|start| start.eq_ignore_ascii_case(kind))
                .and_then(|_| term.get(kind.len()..))
        });
        if let Some(name) = target
            .and_then(|t| HostName::parse(t).ok())
            .filter(|n| !list.contains(n))
        {
            list.push(name);
        }
    }
    list
}

/// The sender behind an include: of the catalogue if just one service uses it, else named after its domain.
fn by_include(include: &HostName) -> Sender {
    let name = match mail_sender::of_include(include.as_str()).as_slice() {
        [one] => one.id.clone(),
        [first, ..] => first.id.clone(),
        [] => include
            .registrable()
            .map_or_else(|| include.to_string(), |d| d.to_string()),
    };
    Sender {
        name,
        selectors: Vec::new(),
        include: Some(include.clone()),
        bounce_domain: None,
    }
}

/// Selectors that are published, with the target of their alias. A wildcard below `_domainkey` makes every guess a hit, so
/// that none counts.
async fn published(search: Search<'_>, senders: &[(Sender, String)]) -> Vec<Key> {
    let keys = search.domain.child("_domainkey");
    let probe = search
        .asker
        .ask(&zone::nobodys_name(&keys), RecordType::Txt)
        .await;
    if probe.shape() == AnswerShape::Records || probe.is_unusable() {
        return Vec::new();
    }
    let mut guesses: Vec<String> = Vec::new();
    for (sender, _) in senders {
        let known = mail_sender::find(&sender.name).map_or(&[][..], |k| &k.selectors);
        guesses.extend(known.iter().cloned());
        guesses.extend(sender.name.split('.').next().map(str::to_owned));
    }
    guesses.extend(SELECTORS.iter().map(|s| (*s).to_owned()));
    let mut seen = Vec::new();
    guesses.retain(|g| {
        let new = !seen.contains(g);
        seen.push(g.clone());
        new && HostName::parse(g).is_ok()
    });
    stream::iter(guesses)
        .map(|selector| {
            let name = keys.child(&selector);
            async move {
                let answer = search.asker.ask(&name, RecordType::Txt).await;
                key(&answer, selector)
            }
        })
        .buffered(8)
        .filter_map(|hit| async move { hit })
        .collect()
        .await
}

/// A published DKIM key.
struct Key {
    selector: String,
    /// What its name is an alias of.
    target: Option<String>,
}

/// The key in an answer: behind an alias, or a record with a `p=` tag.
fn key(answer: &DnsAnswer, selector: String) -> Option<Key> {
    let target = answer
        .message()?
        .answers
        .iter()
        .find_map(|r| match &r.data {
            RecordData::Cname(target) if r.name == answer.name.as_str() => Some(target.clone()),
            _ => None,
        });
    let has_key = answer.texts().iter().any(|text| {
        text.split(';')
            .any(|tag| tag.trim_start().starts_with("p="))
    });
    (target.is_some() || has_key).then_some(Key { selector, target })
}

/// Adds a published selector to the sender that it belongs to, or adds the sender that it gives away.
fn attribute(senders: &mut Vec<(Sender, String)>, selector: &str, target: Option<&str>) {
    let by_target = target.and_then(mail_sender::of_dkim_target);
    let home = target.and_then(|t| HostName::parse(t).ok()?.registrable());
    let position = senders.iter().position(|(sender, _)| {
        let known = mail_sender::find(&sender.name);
        by_target.is_some_and(|t| t.id == sender.name)
            || by_target.is_none()
                && known.is_some_and(|k| k.selectors.iter().any(|s| s == selector))
            || home.as_ref().is_some_and(|h| h.as_str() == sender.name)
            || known.is_none() && sender.name.split('.').next() == Some(selector)
    });
    if let Some((sender, _)) = position.and_then(|at| senders.get_mut(at)) {
        sender.selectors.push(selector.to_owned());
        return;
    }
    // A selector that one service alone uses gives it away; `mail`, `default` and the like do not.
    let users: Vec<_> = mail_sender::all()
        .iter()
        .filter(|s| s.selectors.iter().any(|x| x == selector))
        .collect();
    let owner = by_target.or(match users.as_slice() {
        [one] if !matches!(selector, "default" | "mail" | "dkim") => Some(*one),
        _ => None,
    });
    let name = owner.map_or_else(
        || home.map_or_else(|| format!("selector {selector}"), |h| h.to_string()),
        |s| s.id.clone(),
    );
    let sender = Sender {
        name,
        selectors: vec![selector.to_owned()],
        include: None,
        bounce_domain: None,
    };
    senders.push((sender, format!("the DKIM selector {selector} is published")));
}

/// Finds the domain that a sender bounces to: its MX leads to the sender.
async fn attach_bounces(search: Search<'_>, senders: &mut [(Sender, String)]) {
    if senders.is_empty() {
        return;
    }
    for label in BOUNCES {
        let name = search.domain.child(label);
        let mx = search.asker.ask(&name, RecordType::Mx).await;
        let servers = mail_servers(&mx);
        let owner = senders.iter_mut().find(|(sender, _)| {
            sender.bounce_domain.is_none()
                && servers
                    .iter()
                    .any(|(_, server)| takes_bounces(sender, server))
        });
        if let Some((sender, _)) = owner {
            sender.bounce_domain = Some(name);
        }
    }
}

fn takes_bounces(sender: &Sender, server: &str) -> bool {
    if let Some(known) = mail_sender::find(&sender.name) {
        return catalog::fits(&known.bounce, server);
    }
    HostName::parse(server)
        .ok()
        .and_then(|s| s.registrable())
        .is_some_and(|home| home.as_str() == sender.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> HostName {
        HostName::parse(text).unwrap()
    }

    #[test]
    fn includes_are_read_once_and_in_order() {
        let policy = ["v=spf1 +include:_spf.google.com a Include:amazonses.com include:_spf.google.com redirect=x.example".to_owned()];
        let found: Vec<String> = includes(&policy).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["_spf.google.com", "amazonses.com", "x.example"]);
    }

    #[test]
    fn selectors_go_to_the_sender_that_they_belong_to() {
        let mut senders = vec![
            (by_include(&name("_spf.google.com")), String::new()),
            (by_include(&name("_spf.mailer.example")), String::new()),
        ];
        assert_eq!(senders[0].0.name, "google-workspace");
        assert_eq!(senders[1].0.name, "mailer.example");
        attribute(&mut senders, "google", None);
        attribute(
            &mut senders,
            "mailer",
            Some("mailer._domainkey.mailer.example"),
        );
        attribute(&mut senders, "s1", Some("s1.domainkey.u1.wl1.sendgrid.net"));
        attribute(&mut senders, "default", None);
        let found: Vec<(&str, &[String])> = senders
            .iter()
            .map(|(s, _)| (s.name.as_str(), s.selectors.as_slice()))
            .collect();
        assert_eq!(
            found,
            [
                ("google-workspace", &["google".to_owned()][..]),
                ("mailer.example", &["mailer".to_owned()][..]),
                ("sendgrid", &["s1".to_owned()][..]),
                ("selector default", &["default".to_owned()][..]),
            ]
        );
    }

    #[test]
    fn a_bounce_domain_leads_to_its_sender() {
        let mailer = by_include(&name("_spf.mailer.example"));
        assert!(takes_bounces(&mailer, "bounce.mailer.example"));
        assert!(!takes_bounces(&mailer, "mx.acme.example"));
        let resend = Sender {
            name: "resend".into(),
            ..mailer
        };
        assert!(takes_bounces(
            &resend,
            "feedback-smtp.eu-west-1.amazonses.com"
        ));
    }
}
