//! Services that send mail in a domain's name: recognised by SPF include, MX, DKIM target.

use std::sync::LazyLock;

use serde::Deserialize;

/// One sending service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSender {
    pub id: String,
    pub title: String,
    /// Globs over SPF include targets.
    #[serde(default)]
    pub include: Vec<String>,
    /// DKIM selectors that it uses by default; empty when they cannot be guessed.
    #[serde(default)]
    pub selectors: Vec<String>,
    /// Globs over the target of a selector's CNAME.
    #[serde(default)]
    pub dkim: Vec<String>,
    /// Globs over MX names.
    #[serde(default)]
    pub mx: Vec<String>,
    /// Globs over the MX or CNAME target of its bounce domain.
    #[serde(default)]
    pub bounce: Vec<String>,
    /// What the service must be asked for, since it cannot be composed.
    #[serde(default)]
    pub needs: String,
}

impl MailSender {
    /// The include to publish, when there is one fixed name.
    pub fn include_to_publish(&self) -> Option<&str> {
        self.include
            .iter()
            .map(String::as_str)
            .find(|name| !name.contains('*'))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    sender: Vec<MailSender>,
}

static FILE: LazyLock<File> =
    LazyLock::new(|| super::read(include_str!("../../../assets/catalogs/mail-senders.toml")));

/// Every known sender.
pub fn all() -> &'static [MailSender] {
    &FILE.sender
}

/// The sender of that id.
pub fn find(id: &str) -> Option<&'static MailSender> {
    all().iter().find(|sender| sender.id == id)
}

/// Senders that publish this SPF include. Several services may share one (Resend sends through Amazon SES).
pub fn of_include(target: &str) -> Vec<&'static MailSender> {
    all()
        .iter()
        .filter(|sender| super::fits(&sender.include, target))
        .collect()
}

/// The sender that receives at this MX.
pub fn of_mx(exchange: &str) -> Option<&'static MailSender> {
    all()
        .iter()
        .find(|sender| super::fits(&sender.mx, exchange))
}

/// The sender whose DKIM keys live at this CNAME target.
pub fn of_dkim_target(target: &str) -> Option<&'static MailSender> {
    all()
        .iter()
        .find(|sender| super::fits(&sender.dkim, target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senders_are_recognised_by_what_they_publish() {
        assert!(all().len() > 30);
        let names = |target| {
            of_include(target)
                .iter()
                .map(|s| s.id.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(names("_spf.google.com"), ["google-workspace"]);
        assert_eq!(names("amazonses.com"), ["amazon-ses", "resend"]);
        assert_eq!(names("_spf.mailer.example"), Vec::<&str>::new());
        assert_eq!(
            of_mx("acme-example.mail.protection.outlook.com")
                .unwrap()
                .id,
            "microsoft-365"
        );
        assert_eq!(
            of_dkim_target("s1.domainkey.u1.wl2.sendgrid.net")
                .unwrap()
                .id,
            "sendgrid"
        );
        assert_eq!(find("hubspot").unwrap().include_to_publish(), None);
    }
}
