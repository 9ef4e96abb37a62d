//! What is known of the services that send in the domain's name: from the intent first, then from the catalogue.

use crate::model::intent::{Intent, Sender};
use crate::remedy::catalog::mail_sender;

/// The SPF includes of the declared senders, each once.
pub fn includes(intent: &Intent) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for include in intent.senders.iter().filter_map(include_of) {
        if !names.contains(&include) {
            names.push(include);
        }
    }
    names
}

/// The include of a sender: declared, else the catalogue's. Services that bounce to a subdomain of their own need it
/// there and not at the domain, so that theirs is never assumed.
pub fn include_of(sender: &Sender) -> Option<String> {
    if let Some(include) = &sender.include {
        return Some(include.to_string());
    }
    let known = mail_sender::find(&sender.name)?;
    known
        .bounce
        .is_empty()
        .then(|| known.include_to_publish().map(str::to_owned))?
}

/// The title of a sender, for people.
pub fn title(sender: &Sender) -> &str {
    mail_sender::find(&sender.name).map_or(sender.name.as_str(), |known| known.title.as_str())
}

/// Default selectors of a sender that declares none.
pub fn usual_selectors(sender: &Sender) -> &'static [String] {
    mail_sender::find(&sender.name).map_or(&[], |known| known.selectors.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(name: &str) -> Sender {
        Sender {
            name: name.into(),
            selectors: Vec::new(),
            include: None,
            bounce_domain: None,
        }
    }

    #[test]
    fn the_catalogue_fills_in_what_is_sure() {
        assert_eq!(
            include_of(&sender("google-workspace")).as_deref(),
            Some("_spf.google.com")
        );
        assert_eq!(include_of(&sender("resend")), None);
        assert_eq!(include_of(&sender("a home-grown one")), None);
        assert_eq!(usual_selectors(&sender("resend")), ["resend"]);
    }
}
