//! The zones of this world: who sends with what fault, and mail servers that greet well and badly.

use std::fs;
use std::path::Path;

use super::super::certificates::{openssl, rsa_key};

/// A domain that sends, and what stands in the way of its mail.
pub struct Sender {
    pub domain: &'static str,
    pub fault: Fault,
}

/// What is wrong with a sender, or with the way of its mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    /// SPF lets another address send.
    Spf,
    /// The zone has another key than the signer.
    Key,
    /// The text is changed after it was signed.
    Body,
    /// The subject is changed after it was signed.
    Subject,
    /// Signed by the provider alone, and mail that fails goes back there: neither is the domain's.
    Unaligned,
    /// Held by the provider until somebody lets it go.
    Held,
    /// The inbox's house takes it for spam.
    Spam,
}

const fn sender(domain: &'static str, fault: Fault) -> Sender {
    Sender { domain, fault }
}

pub const SENDERS: [Sender; 10] = [
    sender("acme.example", Fault::None),
    sender("simple.example", Fault::None),
    sender("curve.example", Fault::None),
    sender("unlisted.example", Fault::Spf),
    sender("rotated.example", Fault::Key),
    sender("footer.example", Fault::Body),
    sender("tagged.example", Fault::Subject),
    sender("unaligned.example", Fault::Unaligned),
    sender("held.example", Fault::Held),
    sender("spam.example", Fault::Spam),
];

/// The submission servers, and the last number of their addresses: the second signs simple/simple, the third with Ed25519; the
/// fourth has no TLS, the fifth another's certificate, and the sixth relays for nobody.
pub const SUBMISSION: [(&str, u8); 6] = [
    ("smtp.mailer.example", 25),
    ("simple.mailer.example", 24),
    ("curve.mailer.example", 23),
    ("plain.mailer.example", 27),
    ("misnamed.mailer.example", 28),
    ("closed.mailer.example", 29),
];

/// Domains that receive, and the last number of their mail server's address.
pub const RECEIVERS: [(&str, u8); 8] = [
    ("encrypted.example", 30),
    ("outdated.example", 31),
    ("misnamed.example", 32),
    ("plain.example", 33),
    ("old.example", 34),
    ("busy.example", 35),
    ("screened.example", 36),
    ("slow.example", 37),
];

/// Names of the certificate that is right: all but the one server's that has another's.
pub fn certified() -> Vec<String> {
    let receivers = RECEIVERS
        .iter()
        .map(|(domain, _)| format!("mx.{domain}"))
        .filter(|name| name != "mx.misnamed.example");
    let submission = SUBMISSION
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .filter(|name| name != "misnamed.mailer.example");
    let inbox = ["mx.inbox.example", "imap.inbox.example"].map(str::to_owned);
    inbox
        .into_iter()
        .chain(receivers)
        .chain(submission)
        .collect()
}

/// Public address and port, and where that is in truth.
pub fn ways() -> Vec<(String, String)> {
    let way = |last: u8, port: u16| {
        (
            format!("203.0.113.{last}:{port}"),
            format!("127.0.10.{last}:{port}"),
        )
    };
    let mut ways: Vec<_> = RECEIVERS.iter().map(|(_, last)| way(*last, 25)).collect();
    ways.extend(SUBMISSION.iter().map(|(_, last)| way(*last, 587)));
    ways.extend([way(25, 465), way(26, 25), way(26, 993)]);
    ways
}

/// Makes the signers' keys below `folder`/opendkim and writes the zones.
pub fn write(folder: &Path) {
    let keys = folder.join("opendkim");
    fs::write(keys.join("rsa.pem"), rsa_key(2048)).unwrap();
    fs::write(keys.join("former.pem"), rsa_key(2048)).unwrap();
    let curve = openssl(&["genpkey", "-algorithm", "ed25519"]);
    fs::write(keys.join("curve.pem"), curve).unwrap();
    let rsa = published(&keys.join("rsa.pem"));
    let former = published(&keys.join("former.pem"));
    let curve = published(&keys.join("curve.pem"));
    // The key itself is the last 32 bytes of what the program prints (RFC 8463 §4.2): 12 bytes before it, so 16 signs of base64.
    let curve = format!("\"v=DKIM1; k=ed25519; p={}\"", &curve[16..]);

    let mut zone = "example. 300 IN SOA ns.example. hostmaster.example. 1 14400 3600 1209600 300\n\
         example. 300 IN NS ns.example.\nns.example. 300 IN A 127.0.10.1\n\
         out.mailer.example. 300 IN A 127.0.10.25\n\
         mailer.example. 300 IN TXT \"v=spf1 ip4:127.0.10.25 -all\"\n\
         _dmarc.mailer.example. 300 IN TXT \"v=DMARC1; p=none\"\n\
         inbox.example. 300 IN MX 10 mx.inbox.example.\nmx.inbox.example. 300 IN A 203.0.113.26\n\
         imap.inbox.example. 300 IN A 203.0.113.26\nelsewhere.inbox.example. 300 IN A 203.0.113.26\n"
        .to_owned();
    zone.push_str(&format!(
        "s1._domainkey.mailer.example. 300 IN TXT {}\n",
        in_strings(&rsa)
    ));
    for (name, last) in SUBMISSION {
        zone.push_str(&format!("{name}. 300 IN A 203.0.113.{last}\n"));
    }
    for (domain, last) in RECEIVERS {
        zone.push_str(&format!(
            "{domain}. 300 IN MX 10 mx.{domain}.\nmx.{domain}. 300 IN A 203.0.113.{last}\n"
        ));
    }
    for Sender { domain, fault } in SENDERS {
        let allowed = match fault {
            Fault::Spf => "192.0.2.1",
            _ => "127.0.10.25",
        };
        let key = match (fault, domain) {
            (Fault::Key, _) => in_strings(&former),
            (_, "curve.example") => curve.clone(),
            _ => in_strings(&rsa),
        };
        zone.push_str(&format!(
            "{domain}. 300 IN TXT \"v=spf1 ip4:{allowed} -all\"\n{domain}. 300 IN MX 10 mx.inbox.example.\n\
             s1._domainkey.{domain}. 300 IN TXT {key}\n\
             _dmarc.{domain}. 300 IN TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@{domain}\"\n"
        ));
    }
    zone.push_str(&super::opinions::zone(&keys));
    fs::write(folder.join("example.zone"), zone).unwrap();
    let reverse = "127.in-addr.arpa. 300 IN SOA ns.example. hostmaster.example. 1 14400 3600 1209600 300\n\
         127.in-addr.arpa. 300 IN NS ns.example.\n25.10.0.127.in-addr.arpa. 300 IN PTR out.mailer.example.\n";
    fs::write(folder.join("reverse.zone"), reverse).unwrap();
}

/// The public half of a private key: base64 of its SubjectPublicKeyInfo.
pub fn published(private: &Path) -> String {
    openssl(&["pkey", "-pubout", "-in", &private.display().to_string()])
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect()
}

fn in_strings(base64: &str) -> String {
    let (first, second) = base64.split_at(200);
    format!("\"v=DKIM1; k=rsa; p={first}\" \"{second}\"")
}
