//! NSD serves the root, a top-level domain and the clients' zones, signed with ldns; Unbound resolves and validates.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::process::{Server, answers_dns};

/// The resolver that validates.
pub const RESOLVER: &str = "127.0.9.53";
/// Where delegation walks start.
pub const ROOT: &str = "127.0.9.1";

/// The running servers.
pub struct Servers {
    _all: Vec<Server>,
}

/// A zone, the addresses that serve it, and how it is signed.
struct Zone {
    origin: &'static str,
    addresses: &'static [&'static str],
    text: String,
    signed: bool,
}

impl Servers {
    /// Writes and signs the zones below `folder`, and starts everything.
    pub fn start(folder: &Path) -> Self {
        let key = dkim_key();
        let clients = [
            Zone {
                origin: "good.example",
                addresses: &["127.0.9.3", "127.0.9.4"],
                text: good(&key),
                signed: true,
            },
            Zone {
                origin: "bad.example",
                addresses: &["127.0.9.3"],
                text: bad(),
                signed: false,
            },
            Zone {
                origin: "bogus.example",
                addresses: &["127.0.9.3", "127.0.9.4"],
                text: bogus(),
                signed: true,
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
            signed: true,
        };
        let ds = write_zone(folder, &tld);
        let root = Zone {
            origin: ".",
            addresses: &[ROOT],
            text: root(&ds),
            signed: true,
        };
        let anchor = write_zone(folder, &root);
        fs::write(folder.join("anchor.ds"), &anchor).unwrap();

        let mut zones: Vec<Zone> = clients.into();
        zones.extend([tld, root]);
        let mut all: Vec<Server> = [ROOT, "127.0.9.2", "127.0.9.3", "127.0.9.4"]
            .into_iter()
            .map(|address| nsd(folder, address, &zones))
            .collect();
        all.push(unbound(folder));
        Self { _all: all }
    }
}

/// Writes the zone, signs it, and gives its DS lines (empty when unsigned).
fn write_zone(folder: &Path, zone: &Zone) -> String {
    let file = folder.join(file_name(zone.origin));
    fs::write(&file, &zone.text).unwrap();
    if !zone.signed {
        return String::new();
    }
    let keys: Vec<String> = [true, false]
        .into_iter()
        .map(|sep| keygen(folder, zone.origin, sep))
        .collect();
    run(
        folder,
        "ldns-signzone",
        &[
            "-o",
            zone.origin,
            "-f",
            &file_name(zone.origin),
            &file_name(zone.origin),
            &keys[0],
            &keys[1],
        ],
    );
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

fn head(origin: &str, mname: &str) -> String {
    format!("{origin} 300 IN SOA {mname} hostmaster.{mname} 2026112101 14400 3600 1209600 300\n")
}

fn root(ds: &str) -> String {
    head(".", "a.root-servers.net.")
        + ". 300 IN NS a.root-servers.net.\na.root-servers.net. 300 IN A 127.0.9.1\n\
           example. 300 IN NS ns.nic.example.\nns.nic.example. 300 IN A 127.0.9.2\n"
        + ds
}

fn tld(ds: &str) -> String {
    head("example.", "ns.nic.example.")
        + "example. 300 IN NS ns.nic.example.\nns.nic.example. 300 IN A 127.0.9.2\n\
           good.example. 300 IN NS ns1.good.example.\ngood.example. 300 IN NS ns2.good.example.\n\
           ns1.good.example. 300 IN A 127.0.9.3\nns2.good.example. 300 IN A 127.0.9.4\n\
           bad.example. 300 IN NS ns1.bad.example.\nbad.example. 300 IN NS ns2.bad.example.\n\
           ns1.bad.example. 300 IN A 127.0.9.3\nns2.bad.example. 300 IN A 127.0.9.4\n\
           bogus.example. 300 IN NS ns1.bogus.example.\nbogus.example. 300 IN NS ns2.bogus.example.\n\
           ns1.bogus.example. 300 IN A 127.0.9.3\nns2.bogus.example. 300 IN A 127.0.9.4\n"
        + ds
}

fn good(dkim: &str) -> String {
    head("good.example.", "ns1.good.example.")
        + "good.example. 300 IN NS ns1.good.example.\ngood.example. 300 IN NS ns2.good.example.\n\
           ns1.good.example. 300 IN A 127.0.9.3\nns2.good.example. 300 IN A 127.0.9.4\n\
           good.example. 300 IN A 127.0.9.80\nwww.good.example. 300 IN CNAME good.example.\n\
           portal.good.example. 300 IN A 127.0.9.80\n\
           good.example. 300 IN MX 10 mx.good.example.\nmx.good.example. 300 IN A 127.0.9.25\n\
           good.example. 300 IN TXT \"v=spf1 ip4:192.0.2.1 -all\"\n\
           _dmarc.good.example. 300 IN TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@good.example\"\n"
        + &format!("s1._domainkey.good.example. 300 IN TXT {dkim}\n")
}

/// Two name servers at the parent, of which one does not know the zone; two SPF records; no DMARC.
fn bad() -> String {
    head("bad.example.", "ns1.bad.example.")
        + "bad.example. 300 IN NS ns1.bad.example.\nbad.example. 300 IN NS ns2.bad.example.\n\
           ns1.bad.example. 300 IN A 127.0.9.3\nns2.bad.example. 300 IN A 127.0.9.4\n\
           bad.example. 300 IN A 127.0.9.81\n*.bad.example. 300 IN A 127.0.9.81\nclosed.bad.example. 300 IN A 127.0.9.82\n\
           bad.example. 300 IN MX 10 mx.bad.example.\n\
           bad.example. 300 IN TXT \"v=spf1 ip4:192.0.2.1 -all\"\nbad.example. 300 IN TXT \"v=spf1 ip4:192.0.2.2 ~all\"\n\
           _dmarc.bad.example. 300 IN TXT \"not a policy\"\n"
}

fn bogus() -> String {
    head("bogus.example.", "ns1.bogus.example.")
        + "bogus.example. 300 IN NS ns1.bogus.example.\nbogus.example. 300 IN NS ns2.bogus.example.\n\
           ns1.bogus.example. 300 IN A 127.0.9.3\nns2.bogus.example. 300 IN A 127.0.9.4\nbogus.example. 300 IN A 127.0.9.80\n"
}

/// The same DS line with another digest.
fn stale(ds: &str) -> String {
    ds.lines()
        .map(|line| {
            let (head, digest) = line.trim_end().rsplit_once([' ', '\t']).unwrap();
            let turned: String = digest
                .chars()
                .map(|c| if c == '0' { '1' } else { '0' })
                .collect();
            format!("{head} {turned}\n")
        })
        .collect()
}

/// The public half of a fresh RSA key of 2048 bits as DKIM publishes it, in two strings, made by the openssl program.
fn dkim_key() -> String {
    let private = Command::new("openssl")
        .args(["genrsa", "2048"])
        .output()
        .unwrap()
        .stdout;
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), private).unwrap();
    let public = Command::new("openssl")
        .args(["rsa", "-pubout", "-in"])
        .arg(file.path())
        .output()
        .unwrap()
        .stdout;
    let base64: String = String::from_utf8(public)
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let (first, second) = base64.split_at(200);
    format!("\"v=DKIM1; k=rsa; p={first}\" \"{second}\"")
}
