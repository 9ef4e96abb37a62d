//! `tls.key`: keys and signatures are strong enough (T08 T09, trap 69): RSA of 2048 bits, elliptic curves of 256, and no SHA-1
//! or MD5 below the root. A root's own signature proves nothing and is left alone.

use super::look::{self, HostLook};
use super::says::{self, Says};
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::subject;
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::observation::tls::{Certificate, PublicKey, TlsSession};
use crate::model::text::escape;
use crate::model::verdict::{Confidence, Severity, Verdict};
use crate::remedy;

/// Least bits (NIST SP 800-57 part 1, CA/Browser Forum BR §6.1.5).
const RSA_BITS: u32 = 2048;
const EC_BITS: u32 = 256;

/// See the module.
pub struct Key;

impl Rule for Key {
    type Seen = HostLook;

    const META: Meta = Meta {
        id: "tls.key",
        title: "Keys and signatures of the chain are strong",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 20,
        version: 1,
        standards: &[
            "NIST SP 800-57 part 1",
            "CA/Browser Forum BR §6.1.5",
            "RFC 9155",
        ],
        guide: include_str!("../../../assets/guides/tls.key.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::web_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> HostLook {
        look::look(look).await
    }

    fn judge(&self, seen: &HostLook, case: Case<'_>) -> Judgement {
        let severity = look::severity(case.intent, case.subject, Severity::Blocker);
        says::judge_sessions(seen, case.subject, |session| {
            let says = judge_session(session);
            match says.verdict {
                Verdict::Fail => says.severity(severity).remedy(remedy(case.subject)),
                _ => says,
            }
        })
    }
}

/// What is thought of a key or a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strength {
    Good,
    Weak,
    /// An algorithm that this rule does not know.
    Strange,
}

fn key_strength(key: &PublicKey) -> Strength {
    let kind = key.kind.to_ascii_lowercase();
    match kind.as_str() {
        "rsa" if key.bits < RSA_BITS => Strength::Weak,
        "ec" if key.bits < EC_BITS => Strength::Weak,
        "rsa" | "ec" | "ed25519" | "ed448" => Strength::Good,
        "dsa" => Strength::Weak,
        _ => Strength::Strange,
    }
}

/// By the algorithm's name or its OID.
fn signature_strength(name: &str) -> Strength {
    const WEAK: [&str; 5] = [
        "1.2.840.113549.1.1.2",
        "1.2.840.113549.1.1.4",
        "1.2.840.113549.1.1.5",
        "1.2.840.10045.4.1",
        "1.2.840.10040.4.3",
    ];
    let name = name.to_ascii_lowercase().replace('-', "");
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if WEAK.contains(&name.as_str()) || has(&["md2", "md4", "md5", "sha1"]) {
        Strength::Weak
    } else if has(&[
        "sha224",
        "sha256",
        "sha384",
        "sha512",
        "sha3",
        "ed25519",
        "ed448",
        "rsassapss",
    ]) {
        Strength::Good
    } else {
        Strength::Strange
    }
}

fn judge_session(session: &TlsSession) -> Says {
    let Some(leaf) = session.chain.first() else {
        return Says::new(
            Verdict::Unknown,
            "no certificate was sent",
            "The server showed no certificate, so its key cannot be told.",
        );
    };
    let counted = session
        .chain
        .iter()
        .enumerate()
        .filter(|(i, c)| *i == 0 || !c.self_signed)
        .map(|(_, c)| c);
    let (mut weak, mut strange) = (Vec::new(), Vec::new());
    for certificate in counted {
        for (strength, what) in grounds(certificate) {
            match strength {
                Strength::Good => {}
                Strength::Weak => weak.push(what),
                Strength::Strange => strange.push(what),
            }
        }
    }
    let fine = format!(
        "{}, signed with {}",
        key_words(&leaf.key),
        escape(&leaf.signature)
    );
    if !weak.is_empty() {
        return Says::new(
            Verdict::Fail,
            format!("too weak: {}", weak.join("; ")),
            "The certificate uses cryptography that browsers no longer accept.",
        );
    }
    if !strange.is_empty() {
        return Says::new(
            Verdict::Unknown,
            format!("not known to this rule: {}", strange.join("; ")),
            "The certificate uses a kind of cryptography that this check cannot rate.",
        )
        .confidence(Confidence::Likely);
    }
    Says::new(
        Verdict::Pass,
        fine,
        "The certificate uses strong, current cryptography.",
    )
}

fn grounds(certificate: &Certificate) -> [(Strength, String); 2] {
    let subject = escape(&certificate.subject);
    [
        (
            key_strength(&certificate.key),
            format!("{subject} has a key of {}", key_words(&certificate.key)),
        ),
        (
            signature_strength(&certificate.signature),
            format!(
                "{subject} is signed with {}",
                escape(&certificate.signature)
            ),
        ),
    ]
}

fn key_words(key: &PublicKey) -> String {
    format!("{} {} bits", escape(&key.kind), key.bits)
}

fn remedy(host: &str) -> Remedy {
    remedy::manual(
        "tls.key",
        [
            format!(
                "Order a new certificate for {host} with a fresh key: `certbot certonly --key-type ecdsa -d {host}`, or let the platform order one."
            ),
            "Serve it with the intermediates that came with it, not with an old bundle.".to_owned(),
            "Reload the web server and delete the weak key.".to_owned(),
        ],
        "Point the server at the old files again; keep them until the new ones are proven.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;

    fn key(kind: &str, bits: u32) -> PublicKey {
        PublicKey {
            kind: kind.into(),
            bits,
        }
    }

    #[test]
    fn strength_of_keys_and_signatures() {
        for (key, want) in [
            (key("RSA", 2048), Strength::Good),
            (key("RSA", 2047), Strength::Weak),
            (key("RSA", 1024), Strength::Weak),
            (key("EC", 256), Strength::Good),
            (key("EC", 224), Strength::Weak),
            (key("Ed25519", 256), Strength::Good),
            (key("DSA", 2048), Strength::Weak),
            (key("2.16.840.1.101.3.4.3.18", 0), Strength::Strange),
        ] {
            assert_eq!(key_strength(&key), want, "{key:?}");
        }
        for (name, want) in [
            ("sha256WithRSAEncryption", Strength::Good),
            ("ecdsa-with-SHA384", Strength::Good),
            ("sha1WithRSAEncryption", Strength::Weak),
            ("sha-1WithRSAEncryption", Strength::Weak),
            ("1.2.840.113549.1.1.5", Strength::Weak),
            ("md5WithRSAEncryption", Strength::Weak),
            ("rsassaPss", Strength::Good),
            ("1.2.3.4", Strength::Strange),
        ] {
            assert_eq!(signature_strength(name), want, "{name}");
        }
    }

    #[test]
    fn intermediates_count_and_roots_do_not() {
        let intent = intent();
        let judged = |chain| Key.judge(&seen(vec![Ok(session(chain, Ok(())))]), case(&intent));
        let sha1 = |c: Certificate| Certificate {
            signature: "sha1WithRSAEncryption".into(),
            ..c
        };
        assert_eq!(
            judged(vec![leaf(), intermediate(), sha1(root())]).verdict,
            Verdict::Pass,
            "trap 69"
        );
        assert_eq!(
            judged(vec![leaf(), sha1(intermediate())]).verdict,
            Verdict::Fail
        );
        assert_eq!(
            judged(vec![sha1(leaf()), intermediate()]).verdict,
            Verdict::Fail
        );
        let own = sha1(certificate("www.acme.example", "www.acme.example"));
        assert_eq!(
            judged(vec![own]).verdict,
            Verdict::Fail,
            "a self-signed leaf is a leaf"
        );
        let weak = Certificate {
            key: key("RSA", 1024),
            ..leaf()
        };
        let weak = judged(vec![weak, intermediate()]);
        assert!(
            weak.summary.contains("RSA 1024 bits") && weak.remedy.is_some(),
            "{}",
            weak.summary
        );
        assert_eq!(
            Key.judge(&seen(vec![Err(timeout())]), case(&intent))
                .verdict,
            Verdict::Unknown
        );
    }
}
