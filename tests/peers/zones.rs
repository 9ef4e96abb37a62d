//! What stands in the zones, as master files.

use std::fs;
use std::process::Command;

use super::dns::KNOT;

fn head(origin: &str, mname: &str) -> String {
    format!("{origin} 300 IN SOA {mname} hostmaster.{mname} 2026112101 14400 3600 1209600 300\n")
}

pub fn root(ds: &str) -> String {
    head(".", "a.root-servers.net.")
        + ". 300 IN NS a.root-servers.net.\na.root-servers.net. 300 IN A 127.0.9.1\n\
           example. 300 IN NS ns.nic.example.\nns.nic.example. 300 IN A 127.0.9.2\n"
        + ds
}

pub fn tld(ds: &str) -> String {
    head("example.", "ns.nic.example.")
        + "example. 300 IN NS ns.nic.example.\nns.nic.example. 300 IN A 127.0.9.2\n\
           good.example. 300 IN NS ns1.good.example.\ngood.example. 300 IN NS ns2.good.example.\n\
           ns1.good.example. 300 IN A 127.0.9.3\nns2.good.example. 300 IN A 127.0.9.4\n\
           bad.example. 300 IN NS ns1.bad.example.\nbad.example. 300 IN NS ns2.bad.example.\n\
           ns1.bad.example. 300 IN A 127.0.9.3\nns2.bad.example. 300 IN A 127.0.9.4\n"
        + &["bogus", "nsec3", "expired", "insecure", "split", "tls"]
            .map(|name| {
                format!(
                    "{name}.example. 300 IN NS ns1.{name}.example.\n{name}.example. 300 IN NS ns2.{name}.example.\n\
                     ns1.{name}.example. 300 IN A 127.0.9.3\nns2.{name}.example. 300 IN A {KNOT}\n"
                )
            })
            .concat()
        + ds
}

pub fn good(dkim: &str) -> String {
    head("good.example.", "ns1.good.example.")
        + "good.example. 300 IN NS ns1.good.example.\ngood.example. 300 IN NS ns2.good.example.\n\
           ns1.good.example. 300 IN A 127.0.9.3\nns2.good.example. 300 IN A 127.0.9.4\n\
           good.example. 300 IN A 127.0.9.80\nwww.good.example. 300 IN CNAME good.example.\n\
           portal.good.example. 3600 IN A 127.0.9.80\n\
           portal.good.example. 3600 IN HTTPS 1 . alpn=h2,h3 port=443 ipv4hint=127.0.9.80 key65280=new\n\
           good.example. 300 IN MX 10 mx.good.example.\nmx.good.example. 300 IN A 127.0.9.25\n\
           good.example. 300 IN TXT \"v=spf1 ip4:192.0.2.1 -all\"\n\
           _dmarc.good.example. 300 IN TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@good.example\"\n"
        + &format!("s1._domainkey.good.example. 300 IN TXT {dkim}\n")
}

/// Two name servers at the parent, of which one does not know the zone; two SPF records; no DMARC.
pub fn bad() -> String {
    head("bad.example.", "ns1.bad.example.")
        + "bad.example. 300 IN NS ns1.bad.example.\nbad.example. 300 IN NS ns2.bad.example.\n\
           ns1.bad.example. 300 IN A 127.0.9.3\nns2.bad.example. 300 IN A 127.0.9.4\n\
           bad.example. 300 IN A 127.0.9.81\n*.bad.example. 300 IN A 127.0.9.81\nclosed.bad.example. 300 IN A 127.0.9.82\n\
           bad.example. 300 IN HTTPS 1 . alpn=h3 ipv4hint=127.0.9.99\n\
           bad.example. 300 IN MX 10 mx.bad.example.\n\
           bad.example. 300 IN TXT \"v=spf1 ip4:192.0.2.1 -all\"\nbad.example. 300 IN TXT \"v=spf1 ip4:192.0.2.2 ~all\"\n\
           _dmarc.bad.example. 300 IN TXT \"not a policy\"\n"
}

/// A zone with two servers and a web address.
pub fn plain(origin: &str) -> String {
    head(origin, &format!("ns1.{origin}"))
        + &format!(
            "{origin} 300 IN NS ns1.{origin}\n{origin} 300 IN NS ns2.{origin}\n\
             ns1.{origin} 300 IN A 127.0.9.3\nns2.{origin} 300 IN A {KNOT}\n{origin} 300 IN A 127.0.9.80\n"
        )
}

/// The root's DS lines in the words of BIND's `trust-anchors`.
pub fn bind_anchor(ds: &str) -> String {
    let anchors: String = ds
        .lines()
        .filter_map(|line| {
            let (_, data) = line.split_once("DS")?;
            let data: Vec<&str> = data.split_whitespace().collect();
            let (numbers, digest) = data.split_at(3);
            Some(format!(
                ". static-ds {} \"{}\";\n",
                numbers.join(" "),
                digest.concat()
            ))
        })
        .collect();
    format!("trust-anchors {{\n{anchors}}};\n")
}

/// The same DS line with another digest.
pub fn stale(ds: &str) -> String {
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
pub fn dkim_key() -> String {
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
