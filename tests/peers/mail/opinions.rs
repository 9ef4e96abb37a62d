//! Second opinions on records that NSD serves: opendkim-testkey on keys, the policy server for SPF, and opendmarc-check. Where
//! they differ from the program's verdict the reason is written down here.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use super::super::certificates::rsa_key;
use super::super::{compare, wanted};
use super::names::published;
use super::{Post, said, told_of_our_resolver};

/// Where all the odd keys are.
const DOMAIN: &str = "keys.example";

/// What is published, our verdict, whether they take it, and why the two differ where they do.
struct Opinion {
    name: &'static str,
    record: &'static [&'static str],
    ours: &'static str,
    theirs: bool,
    because: &'static str,
}

const fn agreed(
    name: &'static str,
    record: &'static [&'static str],
    ours: &'static str,
    theirs: bool,
) -> Opinion {
    differs(name, record, ours, theirs, "")
}

const fn differs(
    name: &'static str,
    record: &'static [&'static str],
    ours: &'static str,
    theirs: bool,
    because: &'static str,
) -> Opinion {
    Opinion {
        name,
        record,
        ours,
        theirs,
        because,
    }
}

/// Selectors. `{k}` stands for the public key in two strings, `{cut}` for its first part alone.
const KEYS: &[Opinion] = &[
    agreed("whole", &["\"v=DKIM1; k=rsa; p={k}\""], "pass", true),
    agreed("bare", &["\"p={k}\""], "pass", true),
    agreed("spaced", &["\"v=DKIM1 ; k=rsa ; p= {k}\""], "pass", true),
    agreed("kilobit", &["\"v=DKIM1; p={1024}\""], "warn", true),
    agreed("trial", &["\"v=DKIM1; t=y; p={k}\""], "warn", true),
    agreed(
        "curve",
        &["\"v=DKIM1; k=ed25519; p={curve}\""],
        "pass",
        true,
    ),
    agreed("revoked", &["\"v=DKIM1; k=rsa; p=\""], "fail", false),
    agreed("cut", &["\"v=DKIM1; k=rsa; p={cut}\""], "fail", false),
    agreed("web", &["\"v=DKIM1; s=other; p={k}\""], "fail", false),
    agreed(
        "twice",
        &["\"v=DKIM1; p={k}\"", "\"v=DKIM1; p={1024}\""],
        "fail",
        false,
    ),
    agreed("absent", &[], "fail", false),
    differs(
        "small",
        &["\"v=DKIM1; p={768}\""],
        "fail",
        true,
        "the program looks at the size of a key when it verifies a message, and not here",
    ),
    differs(
        "disorder",
        &["\"k=rsa; v=DKIM1; p={k}\""],
        "fail",
        true,
        "RFC 6376 §3.6.1 wants v= first and the record thrown away otherwise",
    ),
    differs(
        "sha1",
        &["\"v=DKIM1; h=sha1; p={k}\""],
        "fail",
        true,
        "RFC 8301 §3.1: nobody signs or verifies with SHA-1 any more",
    ),
];

const SPF: &[Opinion] = &[
    agreed(
        "spf-one",
        &["\"v=spf1 ip4:127.0.10.25 -all\""],
        "pass",
        true,
    ),
    agreed(
        "spf-capitals",
        &["\"V=SPF1 IP4:127.0.10.25 -ALL\""],
        "pass",
        true,
    ),
    agreed(
        "spf-elsewhere",
        &["\"v=spf1 redirect=spf-one.example\""],
        "pass",
        true,
    ),
    agreed(
        "spf-strings",
        &["\"v=spf1 ip4:127.\" \"0.10.25 -all\""],
        "pass",
        true,
    ),
    agreed(
        "spf-two",
        &["\"v=spf1 -all\"", "\"v=spf1 ~all\""],
        "fail",
        false,
    ),
    agreed(
        "spf-typo",
        &["\"v=spf1 ipv4:127.0.10.25 -all\""],
        "fail",
        false,
    ),
    agreed(
        "spf-loop",
        &["\"v=spf1 include:spf-loop.example -all\""],
        "fail",
        false,
    ),
    agreed(
        "spf-lost",
        &["\"v=spf1 include:nowhere.example -all\""],
        "fail",
        false,
    ),
    agreed("spf-near", &["\"v=spf10 -all\""], "fail", false),
];

const DMARC: &[Opinion] = &[
    agreed("dmarc-one", &["\"v=DMARC1; p=reject\""], "pass", true),
    agreed(
        "dmarc-blanks",
        &["\"v=DMARC1 ; p = quarantine\""],
        "pass",
        true,
    ),
    differs(
        "dmarc-early-blank",
        &["\"v = DMARC1; p=quarantine\""],
        "pass",
        false,
        "RFC 9989 §4.8 allows blanks around the = of v= as well",
    ),
    agreed("dmarc-typo", &["\"v=DMARC1; p=rejected\""], "fail", false),
    agreed("dmarc-bare", &["\"v=DMARC1\""], "fail", false),
    agreed("dmarc-small", &["\"v=dmarc1; p=reject\""], "fail", false),
    differs(
        "dmarc-disorder",
        &["\"p=reject; v=DMARC1\""],
        "fail",
        true,
        "RFC 9989 §4.7: what does not begin with v=DMARC1 is no record",
    ),
    differs(
        "dmarc-two",
        &["\"v=DMARC1; p=none\"", "\"v=DMARC1; p=reject\""],
        "fail",
        true,
        "RFC 9989 §4.10: of several records none counts; the program takes one of them",
    ),
];

/// The records as a zone's lines; the keys are made in `keys`.
pub fn zone(keys: &Path) -> String {
    let made = |bits: u32| {
        let file = keys.join(format!("{bits}.pem"));
        fs::write(&file, rsa_key(bits)).unwrap();
        published(&file)
    };
    let rsa = published(&keys.join("rsa.pem"));
    let (first, second) = rsa.split_at(200);
    let filled = |record: &str| {
        record
            .replace("{k}", &format!("{first}\" \"{second}"))
            .replace("{cut}", first)
            .replace("{curve}", &published(&keys.join("curve.pem"))[16..])
    };
    let (small, middle) = (made(768), made(1024));
    let mut zone = format!("{DOMAIN}. 300 IN MX 10 mx.inbox.example.\n");
    for Opinion { name, record, .. } in KEYS {
        for text in *record {
            let text = filled(text)
                .replace("{768}", &small)
                .replace("{1024}", &middle);
            zone.push_str(&format!("{name}._domainkey.{DOMAIN}. 300 IN TXT {text}\n"));
        }
    }
    for (table, prefix) in [(SPF, ""), (DMARC, "_dmarc.")] {
        for Opinion { name, record, .. } in table {
            zone.push_str(&format!("{name}.example. 300 IN MX 10 mx.inbox.example.\n"));
            for text in *record {
                zone.push_str(&format!("{prefix}{name}.example. 300 IN TXT {text}\n"));
            }
        }
    }
    zone
}

#[test]
fn records_get_the_verdict_that_the_programs_of_receivers_agree_with_or_there_is_a_reason() {
    if !wanted() {
        return;
    }
    let post = Post::start();
    let mut wrong = Vec::new();
    let senders: String = KEYS
        .iter()
        .map(|key| {
            format!(
                "[[sender]]\nname = \"{0}\"\nselectors = [\"{0}\"]\n",
                key.name
            )
        })
        .collect();
    let intent = format!("sends_mail = true\n{senders}");
    let only: Vec<String> = ["--only", "mail.dkim"].map(str::to_owned).into();
    let (verdicts, _, run) = post.check(DOMAIN, &intent, &only);
    for key in KEYS {
        let subject = format!("mail.dkim {}._domainkey.{DOMAIN}", key.name);
        compare(
            key.name,
            &run,
            &verdicts,
            &[(&subject, key.ours)],
            &mut wrong,
        );
        second(key, testkey(post.folder(), key.name), &mut wrong);
    }
    for (check, table) in [("mail.spf", SPF), ("mail.dmarc", DMARC)] {
        for opinion in table {
            let domain = format!("{}.example", opinion.name);
            let only: Vec<String> = ["--only", check].map(str::to_owned).into();
            let (verdicts, _, run) = post.check(&domain, "sends_mail = true\n", &only);
            let subject = format!("{check} {domain}");
            compare(
                &domain,
                &run,
                &verdicts,
                &[(&subject, opinion.ours)],
                &mut wrong,
            );
            let theirs = match check {
                "mail.spf" => policy(post.folder(), &domain),
                _ => opendmarc(post.folder(), &domain),
            };
            second(opinion, theirs, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "opinions:\n{}", wrong.join("\n"));
}

/// Holds the others to what is written down of them, and differences to having a reason.
fn second(opinion: &Opinion, (theirs, text): (bool, String), wrong: &mut Vec<String>) {
    let name = opinion.name;
    if theirs != opinion.theirs {
        wrong.push(format!("{name}: they take it: {theirs}: {text}"));
    }
    let alike = (opinion.ours != "fail") == opinion.theirs;
    if alike != opinion.because.is_empty() {
        wrong.push(format!(
            "{name}: a difference needs a reason, and nothing else does"
        ));
    }
}

/// Whether opendkim-testkey finds the key at the selector, and the one that we sign with.
fn testkey(folder: &Path, selector: &str) -> (bool, String) {
    let keys = folder.join("opendkim");
    let mut command = told_of_our_resolver(folder, "/usr/sbin/opendkim-testkey");
    command
        .arg("-vvv")
        .arg("-x")
        .arg(keys.join("127.0.10.26.conf"))
        .args(["-d", DOMAIN, "-s", selector]);
    let private = match selector {
        "small" => Some("768.pem"),
        "kilobit" => Some("1024.pem"),
        // It compares RSA keys only.
        "curve" => None,
        _ => Some("rsa.pem"),
    };
    if let Some(private) = private {
        command.arg("-k").arg(keys.join(private));
    }
    let text = said(&mut command);
    (text.contains("key OK"), text)
}

/// Whether the policy server for SPF can evaluate the domain's record.
fn policy(folder: &Path, domain: &str) -> (bool, String) {
    let request = folder.join("policy-request");
    let text = format!(
        "request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\nclient_address=127.0.10.25\n\
         client_name=out.mailer.example\nhelo_name=smtp.mailer.example\nsender=portal@{domain}\nrecipient={}\n\
         instance={domain}\n\n",
        super::INBOX
    );
    fs::write(&request, text).unwrap();
    let text = said(
        told_of_our_resolver(folder, "/usr/bin/policyd-spf")
            .arg(folder.join("policyd-spf.conf"))
            .stdin(Stdio::from(fs::File::open(&request).unwrap())),
    );
    assert!(text.contains("; spf="), "policyd-spf of {domain}: {text}");
    let refused = ["none", "permerror", "temperror"];
    let is_refused = refused
        .iter()
        .any(|word| text.contains(&format!("; spf={word}")));
    (!is_refused, text)
}

/// Whether OpenDMARC finds a record that counts.
fn opendmarc(folder: &Path, domain: &str) -> (bool, String) {
    let text = said(told_of_our_resolver(folder, "/usr/sbin/opendmarc-check").arg(domain));
    (text.contains("DMARC record for"), text)
}
