//! NSD and Knot serve the root, a top-level domain and the clients' zones, signed with ldns; Unbound resolves and validates;
//! BIND's delv says of each zone whether it is secure, so that ours has a second opinion.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::process::{Server, answers_dns};
use super::tls;
use super::zones::{bad, bind_anchor, dkim_key, good, plain, root, stale, tld};

/// The resolver that validates.
pub const RESOLVER: &str = "127.0.9.53";
/// Where delegation walks start.
pub const ROOT: &str = "127.0.9.1";

/// The name server of the clients' zones that Knot runs.
pub const KNOT: &str = "127.0.9.4";

/// The running servers.
pub struct Servers {
    _all: Vec<Server>,
}

/// A zone, the addresses that serve it, and how it is signed.
struct Zone {
    origin: &'static str,
    addresses: &'static [&'static str],
    text: String,
    signing: Signing,
}

/// How a zone is signed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signing {
    No,
    Nsec,
    Nsec3,
    /// Signed long ago, and never again.
    Expired,
}

impl Servers {
    /// Writes and signs the zones below `folder`, and starts everything.
    pub fn start(folder: &Path) -> Self {
        let key = dkim_key();
        let clients = [
            Zone {
                origin: "good.example",
                addresses: &["127.0.9.3", KNOT],
                text: good(&key),
                signing: Signing::Nsec,
            },
            Zone {
                origin: "bad.example",
                addresses: &["127.0.9.3"],
                text: bad(),
                signing: Signing::No,
            },
            Zone {
                origin: tls::ZONE,
                addresses: &["127.0.9.3", KNOT],
                text: tls::zone(),
                signing: Signing::No,
            },
            Zone {
                origin: "bogus.example",
                addresses: &["127.0.9.3", KNOT],
                text: plain("bogus.example."),
                signing: Signing::Nsec,
            },
            Zone {
                origin: "nsec3.example",
                addresses: &["127.0.9.3", KNOT],
                text: plain("nsec3.example."),
                signing: Signing::Nsec3,
            },
            Zone {
                origin: "expired.example",
                addresses: &["127.0.9.3", KNOT],
                text: plain("expired.example."),
                signing: Signing::Expired,
            },
            Zone {
                origin: "insecure.example",
                addresses: &["127.0.9.3", KNOT],
                text: plain("insecure.example."),
                signing: Signing::No,
            },
            Zone {
                origin: "split.example",
                addresses: &["127.0.9.3"],
                text: plain("split.example."),
                signing: Signing::No,
            },
        ];
        let mut ds = String::new();
        for zone in &clients {
            let anchors = write_zone(folder, zone);
            // The commonest fault of a move: the parent still names the key of the former DNS host.
            ds.push_str(&if zone.origin == "bogus.example" {
                stale(&anchors)
            } else {
                anchors
            });
        }
        let tld = Zone {
            origin: "example",
            addresses: &["127.0.9.2"],
            text: tld(&ds),
            signing: Signing::Nsec,
        };
        let ds = write_zone(folder, &tld);
        let root = Zone {
            origin: ".",
            addresses: &[ROOT],
            text: root(&ds),
            signing: Signing::Nsec,
        };
        let anchor = write_zone(folder, &root);
        fs::write(folder.join("anchor.ds"), &anchor).unwrap();
        fs::write(folder.join("anchor.bind"), bind_anchor(&anchor)).unwrap();
        let other_half = Zone {
            origin: "split.example",
            addresses: &[KNOT],
            text: plain("split.example.")
                .replace("2026112101", "2026112007")
                .replace("127.0.9.80", "127.0.9.81"),
            signing: Signing::No,
        };

        let mut zones: Vec<Zone> = clients.into();
        zones.extend([tld, root]);
        let mut all: Vec<Server> = [ROOT, "127.0.9.2", "127.0.9.3"]
            .into_iter()
            .map(|address| nsd(folder, address, &zones))
            .collect();
        // Two servers of one zone that were not brought up to date together.
        fs::write(folder.join("split.knot.zone"), &other_half.text).unwrap();
        zones.push(other_half);
        all.push(knot(folder, &zones));
        all.push(unbound(folder));
        Self { _all: all }
    }
}

/// Writes the zone, signs it, and gives its DS lines (empty when unsigned).
fn write_zone(folder: &Path, zone: &Zone) -> String {
    let file = folder.join(file_name(zone.origin));
    fs::write(&file, &zone.text).unwrap();
    if zone.signing == Signing::No {
        return String::new();
    }
    let keys: Vec<String> = [true, false]
        .into_iter()
        .map(|sep| keygen(folder, zone.origin, sep))
        .collect();
    let file = file_name(zone.origin);
    let mut arguments = match zone.signing {
        Signing::Nsec3 => vec!["-n", "-t", "0"],
        Signing::Expired => vec!["-i", "20260901000000", "-e", "20261001000000"],
        Signing::Nsec | Signing::No => Vec::new(),
    };
    arguments.extend(["-o", zone.origin, "-f", &file, &file, &keys[0], &keys[1]]);
    run(folder, "ldns-signzone", &arguments);
    let ds = Command::new("ldns-key2ds")
        .current_dir(folder)
        .args(["-n", "-2", &format!("{}.key", keys[0])])
        .output()
        .unwrap();
    assert!(
        ds.status.success(),
        "{}",
        String::from_utf8_lossy(&ds.stderr)
    );
    String::from_utf8(ds.stdout).unwrap()
}

fn keygen(folder: &Path, origin: &str, sep: bool) -> String {
    let mut command = Command::new("ldns-keygen");
    command
        .current_dir(folder)
        .args(["-a", "ECDSAP256SHA256", "-r", "/dev/urandom"]);
    if sep {
        command.arg("-k");
    }
    let output = command.arg(origin).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn nsd(folder: &Path, address: &str, zones: &[Zone]) -> Server {
    let home = folder.display();
    let mut text = format!(
        "server:\n ip-address: {address}\n port: 53\n username: \"\"\n zonesdir: \"{home}\"\n pidfile: \"{home}/{address}.pid\"\n \
         database: \"\"\n xfrdfile: \"{home}/{address}.xfrd\"\n zonelistfile: \"{home}/{address}.list\"\n xfrdir: \"{home}\"\n \
         server-count: 1\n hide-version: yes\nremote-control:\n control-enable: no\n"
    );
    for zone in zones
        .iter()
        .filter(|zone| zone.addresses.contains(&address))
    {
        text.push_str(&format!(
            "zone:\n name: \"{}\"\n zonefile: \"{}\"\n",
            zone.origin,
            file_name(zone.origin)
        ));
    }
    let file = folder.join(format!("{address}.conf"));
    fs::write(&file, text).unwrap();
    Server::start(
        "nsd",
        Command::new("/usr/sbin/nsd").arg("-d").arg("-c").arg(&file),
    )
    .wait(|| answers_dns(&format!("{address}:53")))
}

fn knot(folder: &Path, zones: &[Zone]) -> Server {
    let home = folder.display();
    let mut text = format!(
        "server:\n    rundir: \"{home}/knot\"\n    listen: {KNOT}@53\n    udp-workers: 1\n    tcp-workers: 1\n    background-workers: 1\n\
         database:\n    storage: \"{home}/knot\"\n\
         template:\n  - id: default\n    storage: \"{home}\"\n    zonefile-sync: -1\n    zonefile-load: whole\n    journal-content: none\n\
         zone:\n"
    );
    for zone in zones.iter().filter(|zone| zone.addresses.contains(&KNOT)) {
        let file = if zone.origin == "split.example" {
            "split.knot.zone".to_owned()
        } else {
            file_name(zone.origin)
        };
        text.push_str(&format!(
            "  - domain: \"{}\"\n    file: \"{file}\"\n",
            zone.origin
        ));
    }
    let file = folder.join("knot.conf");
    fs::create_dir_all(folder.join("knot")).unwrap();
    fs::write(&file, text).unwrap();
    Server::start(
        "knotd",
        Command::new("/usr/sbin/knotd").arg("-c").arg(&file),
    )
    .wait(|| answers_dns(&format!("{KNOT}:53")))
}

fn unbound(folder: &Path) -> Server {
    let home = folder.display();
    fs::write(
        folder.join("hints"),
        ". 3600 IN NS a.root-servers.net.\na.root-servers.net. 3600 IN A 127.0.9.1\n",
    )
    .unwrap();
    let text = format!(
        "server:\n directory: \"{home}\"\n chroot: \"\"\n username: \"\"\n pidfile: \"{home}/unbound.pid\"\n interface: {RESOLVER}\n \
         access-control: 127.0.0.0/8 allow\n do-not-query-localhost: no\n root-hints: \"{home}/hints\"\n \
         trust-anchor-file: \"{home}/anchor.ds\"\n module-config: \"validator iterator\"\n do-ip6: no\n num-threads: 1\n \
         use-syslog: no\n do-daemonize: no\n target-fetch-policy: \"0 0 0 0 0\"\n local-zone: \"example\" nodefault\n \
         local-zone: \"invalid\" nodefault\nremote-control:\n control-enable: no\n"
    );
    let file = folder.join("unbound.conf");
    fs::write(&file, text).unwrap();
    Server::start(
        "unbound",
        Command::new("/usr/sbin/unbound")
            .arg("-d")
            .arg("-c")
            .arg(&file),
    )
    .wait(|| answers_dns(&format!("{RESOLVER}:53")))
}

fn file_name(origin: &str) -> String {
    if origin == "." {
        "root.zone".to_owned()
    } else {
        format!("{origin}.zone")
    }
}

/// What BIND's validator says of a zone: `secure`, `insecure` or `bogus`.
pub fn second_opinion(folder: &Path, zone: &str) -> &'static str {
    let output = Command::new("delv")
        .arg(format!("@{RESOLVER}"))
        .arg("-a")
        .arg(folder.join("anchor.bind"))
        .args([zone, "SOA"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    if told.contains("; fully validated") {
        "secure"
    } else if told.contains("; unsigned answer") {
        "insecure"
    } else if told.contains("resolution failed") {
        "bogus"
    } else {
        panic!("delv of {zone}: {told}")
    }
}
