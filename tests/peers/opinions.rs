//! Second opinions on TLS servers: the openssl program on the chain that it is shown, and testssl.sh on versions, suites and
//! the certificate. Where they differ from the program's verdict the reason is written down here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use super::tls::{HOSTS, Host, SERVER};

/// Hosts that testssl.sh is asked about: one run takes a quarter of a minute of one processor.
const TESTED: [&str; 6] = ["valid", "expired", "incomplete", "sha1", "old", "null"];

/// Good or bad, by the program's check.
type Opinion = BTreeMap<&'static str, bool>;

/// A difference that is meant: host, who, check, our verdict.
struct Difference {
    label: &'static str,
    who: &'static str,
    checks: &'static [&'static str],
    ours: &'static str,
    /// Only for the reader.
    _because: &'static str,
}

const MEANT: &[Difference] = &[
    Difference {
        label: "crossed",
        who: "openssl",
        checks: &["tls.chain"],
        ours: "warn",
        _because: "browsers try the other certificate of the intermediate and go on; that OpenSSL does not is what our warning says",
    },
    Difference {
        label: "tls10",
        who: "openssl",
        checks: &["tls.chain", "tls.hostname", "tls.expiry", "tls.key"],
        ours: "unknown",
        _because: "our TLS library speaks nothing older than 1.2, so the certificate stays unseen; tls.versions and \
                   tls.reachable fail, which blocks the launch before the certificate matters",
    },
    Difference {
        label: "expired",
        who: "testssl",
        checks: &["tls.chain"],
        ours: "pass",
        _because: "testssl.sh counts the dates of the leaf as part of the chain; here they have a row of their own, which fails, \
                   and the chain says that it could not be verified for it",
    },
    Difference {
        label: "p521",
        who: "openssl",
        checks: &["tls.chain"],
        ours: "unknown",
        _because: "the path builds for both; our TLS library cannot verify the handshake's signature by a key on P-521, so we \
                   do not say that the server holds it. `openssl verify` never sees the handshake",
    },
];

/// Compares the verdicts with what the others say; adds what differs and is not meant to.
pub fn compare(folder: &Path, verdicts: &BTreeMap<String, String>, wrong: &mut Vec<String>) {
    for host in HOSTS {
        differ(host, "openssl", &openssl(folder, host), verdicts, wrong);
    }
    let tested: Vec<&Host> = HOSTS
        .iter()
        .filter(|host| TESTED.contains(&host.label))
        .collect();
    let opinions: Vec<Opinion> = thread::scope(|scope| {
        let running: Vec<_> = tested
            .iter()
            .map(|host| scope.spawn(|| testssl(folder, host)))
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    for (host, opinion) in tested.iter().zip(&opinions) {
        differ(host, "testssl", opinion, verdicts, wrong);
    }
}

fn differ(
    host: &Host,
    who: &str,
    theirs: &Opinion,
    verdicts: &BTreeMap<String, String>,
    wrong: &mut Vec<String>,
) {
    let meant = |check: &str, ours: &str| {
        MEANT.iter().any(|meant| {
            (meant.label, meant.who, meant.ours) == (host.label, who, ours)
                && meant.checks.contains(&check)
        })
    };
    for (check, good) in theirs {
        let ours = verdicts
            .get(&format!("{check} {}", host.name()))
            .map_or("nothing", String::as_str);
        let same = match ours {
            "pass" | "warn" => *good,
            "fail" => !*good,
            _ => false,
        };
        if same == meant(check, ours) {
            let theirs = if *good { "good" } else { "bad" };
            wrong.push(match same {
                true => format!(
                    "{}: {check}: {who} was meant to differ from {ours}",
                    host.label
                ),
                false => format!("{}: {check}: {ours} for us, {theirs} for {who}", host.label),
            });
        }
    }
}

/// What openssl thinks of the chain that it is shown; nothing where none is shown.
fn openssl(folder: &Path, host: &Host) -> Opinion {
    let mut opinion = Opinion::new();
    let (sent, told) = presented(host);
    let Some(leaf) = sent.first() else {
        return opinion;
    };
    let files = ["leaf", "sent"].map(|name| folder.join(format!("{}.{name}", host.label)));
    fs::write(&files[0], leaf).unwrap();
    fs::write(&files[1], sent.concat()).unwrap();
    let errors = verify(folder, &files, &["-verify_hostname", &host.name()]);
    let chain = errors
        .iter()
        .all(|code| ![2, 18, 19, 20, 21].contains(code));
    opinion.insert("tls.chain", chain);
    // Without a path it looks no further.
    if chain {
        opinion.insert("tls.hostname", !errors.contains(&62));
        opinion.insert("tls.expiry", !errors.contains(&10));
        // 112 bits: RSA of 2048, SHA-256.
        let errors = verify(folder, &files, &["-auth_level", "2"]);
        let strong = errors.iter().all(|code| ![66, 67, 68].contains(code));
        opinion.insert("tls.key", strong);
    }
    if ["listed", "revoked"].contains(&host.label) {
        let list = folder.join("lists/list.crl").display().to_string();
        let errors = verify(folder, &files, &["-crl_check", "-CRLfile", &list]);
        opinion.insert("tls.revocation", errors.is_empty());
    }
    if ["muststaple", "stapled"].contains(&host.label) {
        let stapled = told.contains("OCSP Response Status: successful");
        opinion.insert("tls.revocation", stapled);
    }
    opinion
}

/// The certificates that the server sends, as PEM, and all that `s_client` printed.
fn presented(host: &Host) -> (Vec<String>, String) {
    let place = format!("{SERVER}:{}", host.port());
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &place, "-servername", &host.name()]);
    command.args(["-showcerts", "-status", "-cipher", "DEFAULT:@SECLEVEL=0"]);
    if host.label == "tls10" {
        command.arg("-tls1");
    }
    let output = command.stdin(Stdio::null()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let (begin, end) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----");
    // A stapled response may bring certificates too, before these.
    let chain = told.split_once("Certificate chain");
    let chain = chain.map_or("", |(_, chain)| chain);
    let sent = chain
        .split(begin)
        .skip(1)
        .filter_map(|part| part.split_once(end))
        .map(|(body, _)| format!("{begin}{body}{end}\n"));
    let sent = sent.collect();
    (sent, told)
}

/// The numbers of what openssl objects to.
fn verify(folder: &Path, files: &[PathBuf; 2], more: &[&str]) -> Vec<u32> {
    let output = Command::new("openssl")
        .args(["verify", "-no-CApath", "-no-CAstore", "-CAfile"])
        .arg(folder.join("root.pem"))
        .arg("-untrusted")
        .arg(&files[1])
        .args(more)
        .arg(&files[0])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    let errors: Vec<u32> = told
        .lines()
        .filter_map(|line| line.strip_prefix("error ")?.split_once(" at "))
        .filter_map(|(number, _)| number.parse().ok())
        .collect();
    assert!(
        output.status.success() || !errors.is_empty(),
        "openssl verify: {told}"
    );
    errors
}

/// What testssl.sh thinks, offline.
fn testssl(folder: &Path, host: &Host) -> Opinion {
    let file = folder.join(format!("{}.testssl.json", host.label));
    let output = Command::new("testssl")
        .current_dir(folder)
        .args(["--quiet", "--color", "0", "--warnings", "off", "-n", "none"])
        .args(["--openssl-timeout", "5", "--connect-timeout", "5"])
        .args(["--add-ca", "root.pem", "--ip", SERVER, "-p", "-s", "-S"])
        .arg("--jsonfile")
        .arg(&file)
        .arg(format!("{}:{}", host.name(), host.port()))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = fs::read_to_string(&file).unwrap_or_else(|why| {
        panic!("testssl of {}: {why}: {output:?}", host.label);
    });
    let findings: Vec<Value> = serde_json::from_str(&text).unwrap();
    let of = |id: &str| {
        let found = findings.iter().find(|finding| finding["id"] == id);
        found.unwrap_or_else(|| panic!("testssl says nothing of {id} of {}", host.label))
    };
    let says = |id: &str| of(id)["finding"].as_str().unwrap();
    let none_of = |ids: &[&str]| ids.iter().all(|id| !says(id).starts_with("offered"));
    let strong = |id: &str| ["OK", "INFO"].contains(&of(id)["severity"].as_str().unwrap());
    Opinion::from([
        (
            "tls.versions",
            none_of(&["SSLv2", "SSLv3", "TLS1", "TLS1_1"]),
        ),
        (
            "tls.ciphers",
            none_of(&[
                "cipherlist_NULL",
                "cipherlist_aNULL",
                "cipherlist_EXPORT",
                "cipherlist_LOW",
                "cipherlist_3DES_IDEA",
            ]),
        ),
        (
            "tls.chain",
            says("cert_chain_of_trust").starts_with("passed"),
        ),
        ("tls.hostname", says("cert_trust").starts_with("Ok via SAN")),
        (
            "tls.expiry",
            !says("cert_expirationStatus").contains("expired"),
        ),
        (
            "tls.key",
            strong("cert_keySize") && strong("cert_signatureAlgorithm"),
        ),
    ])
}
