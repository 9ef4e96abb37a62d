//! Writes what each server is told, and starts it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::super::process::{Server, answers_dns, listens};
use super::names::{self, Fault, SENDERS};
use super::{INBOX, PASSWORD, PORTAL, RESOLVER, said, told_of_our_resolver};

const COMMON_MAIN: &str = include_str!("conf/common.main.cf");
const COMMON_MASTER: &str = include_str!("conf/common.master.cf");
/// Postfix's two houses.
const HOUSES: [(&str, &str, &str); 2] = [
    (
        "sender",
        include_str!("conf/sender.main.cf"),
        include_str!("conf/sender.master.cf"),
    ),
    (
        "receiver",
        include_str!("conf/receiver.main.cf"),
        include_str!("conf/receiver.master.cf"),
    ),
];

/// OpenDKIM's instances: address, mode, canonicalisation, algorithm, and the table of whom it signs for.
const MILTERS: [[&str; 5]; 4] = [
    [
        "127.0.10.25",
        "s",
        "relaxed/relaxed",
        "rsa-sha256",
        "relaxed",
    ],
    ["127.0.10.24", "s", "simple/simple", "rsa-sha256", "simple"],
    [
        "127.0.10.23",
        "s",
        "relaxed/relaxed",
        "ed25519-sha256",
        "curve",
    ],
    ["127.0.10.26", "v", "relaxed/relaxed", "rsa-sha256", "none"],
];

/// Servers give up root's rights, and must still reach what lies below the folder.
pub fn open_to_all(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Writes everything below `folder` and starts everything.
pub fn start(folder: &Path) -> Vec<Server> {
    let version = said(Command::new("/usr/sbin/dovecot").arg("--version"));
    assert!(
        version.starts_with("2.3."),
        "dovecot.conf is in the words of Dovecot 2.3, and here is {version}"
    );
    for below in [
        "dovecot/run",
        "dovecot/state",
        "dovecot/mail",
        "opendkim",
        "sender/queue",
        "sender/data",
        "receiver/queue",
        "receiver/data",
    ] {
        fs::create_dir_all(folder.join(below)).unwrap();
    }
    let write = |name: &str, text: &str| {
        let text = text.replace("{home}", &folder.display().to_string());
        fs::write(folder.join(name), text).unwrap();
    };
    names::write(folder);
    write("resolv.conf", &format!("nameserver {RESOLVER}\n"));
    write("nsd.conf", include_str!("conf/nsd.conf"));
    write("unbound.conf", include_str!("conf/unbound.conf"));
    write("opendmarc.conf", include_str!("conf/opendmarc.conf"));
    write("policyd-spf.conf", include_str!("conf/policyd-spf.conf"));
    write("suffixes", "example\n");
    write("dovecot/dovecot.conf", include_str!("conf/dovecot.conf"));
    write("dovecot/spam.sieve", include_str!("conf/spam.sieve"));
    let users = format!("{INBOX}:{{PLAIN}}{PASSWORD}\n{PORTAL}:{{PLAIN}}{PASSWORD}\n");
    write("dovecot/users", &users);
    owned(folder, "nobody:nogroup", "dovecot/mail");
    milters(&write);
    for (house, main, master) in HOUSES {
        write(
            &format!("{house}/main.cf"),
            &(COMMON_MAIN.to_owned() + main),
        );
        write(
            &format!("{house}/master.cf"),
            &(master.to_owned() + COMMON_MASTER),
        );
        owned(folder, "postfix", &format!("{house}/data"));
    }
    tables(&write);

    let configured = |name: &str, file: &str| {
        let mut command = Command::new(format!("/usr/sbin/{name}"));
        command.arg("-d").arg("-c").arg(folder.join(file));
        Server::start(name, &mut command)
    };
    let mut all = vec![
        configured("nsd", "nsd.conf").wait(|| answers_dns("127.0.10.1:53")),
        configured("unbound", "unbound.conf").wait(|| listens(&format!("{RESOLVER}:53"))),
    ];
    let dovecot = ["-F", "-c"];
    let file = "dovecot/dovecot.conf";
    let mut started = vec![(
        inside(folder, "/usr/sbin/dovecot", &dovecot, file),
        "127.0.10.26:993".to_owned(),
    )];
    for [address, ..] in MILTERS {
        let file = format!("opendkim/{address}.conf");
        let server = inside(folder, "/usr/sbin/opendkim", &["-f", "-x"], &file);
        started.push((server.ended_at_once(), format!("{address}:8891")));
    }
    let file = "opendmarc.conf";
    let server = inside(folder, "/usr/sbin/opendmarc", &["-f", "-c"], file);
    started.push((server.ended_at_once(), "127.0.10.26:8893".to_owned()));
    for (house, ..) in HOUSES {
        let server = postfix(folder, house);
        let port = match house {
            "sender" => "127.0.10.25:587",
            _ => "127.0.10.26:25",
        };
        started.push((server, port.to_owned()));
    }
    all.extend(
        started
            .into_iter()
            .map(|(server, address)| server.wait(|| listens(&address))),
    );
    all
}

/// One of Postfix's houses, in the foreground.
fn postfix(folder: &Path, house: &str) -> Server {
    let home = folder.join(house);
    // Makes what is missing in the queue.
    let checked = Command::new("/usr/sbin/postfix")
        .arg("-c")
        .arg(&home)
        .arg("check")
        .status()
        .unwrap();
    let log = fs::read_to_string(home.join("log")).unwrap_or_default();
    assert!(checked.success(), "postfix check: {log}");
    let master = "/usr/lib/postfix/sbin/master";
    inside(folder, master, &["-d", "-c"], house)
}

/// A server that asks our resolver and no other.
fn inside(folder: &Path, program: &str, arguments: &[&str], configuration: &str) -> Server {
    Server::start(
        program,
        told_of_our_resolver(folder, program)
            .args(arguments)
            .arg(folder.join(configuration)),
    )
}

fn owned(folder: &Path, by: &str, what: &str) {
    let status = Command::new("chown")
        .arg(by)
        .arg(folder.join(what))
        .status()
        .unwrap();
    assert!(status.success(), "chown {by} {what}");
}

/// OpenDKIM's configurations and tables.
fn milters(write: &impl Fn(&str, &str)) {
    let resolver = "server:\n do-not-query-localhost: no\n module-config: \"iterator\"\n local-zone: \"example\" nodefault\n";
    write("opendkim/unbound.conf", resolver);
    for [address, mode, canonicalization, algorithm, table] in MILTERS {
        let text = include_str!("conf/opendkim.conf")
            .replace("{address}", address)
            .replace("{mode}", mode)
            .replace("{canonicalization}", canonicalization)
            .replace("{algorithm}", algorithm)
            .replace("{table}", table);
        write(&format!("opendkim/{address}.conf"), &text);
        let (mut keys, mut signing) = (String::new(), String::new());
        for sender in SENDERS.iter().filter(|sender| signer(sender) == table) {
            let key = match table {
                "curve" => "curve",
                _ => "rsa",
            };
            let signs = match sender.fault {
                Fault::Unaligned => "mailer.example",
                _ => sender.domain,
            };
            let domain = sender.domain;
            keys.push_str(&format!(
                "{domain} {signs}:s1:{{home}}/opendkim/{key}.pem\n"
            ));
            signing.push_str(&format!("*@{domain} {domain}\n"));
        }
        write(&format!("opendkim/{table}.keys"), &keys);
        write(&format!("opendkim/{table}.signing"), &signing);
    }
}

/// The table in which a sender stands.
fn signer(sender: &names::Sender) -> &'static str {
    match sender.domain {
        "simple.example" => "simple",
        "curve.example" => "curve",
        _ => "relaxed",
    }
}

/// Postfix's tables: who may write as whom, and which mail meets a fault.
fn tables(write: &impl Fn(&str, &str)) {
    let of = |fault: Fault, entry: &dyn Fn(&str) -> String| -> String {
        let senders = SENDERS.iter().filter(|sender| sender.fault == fault);
        senders.map(|sender| entry(sender.domain)).collect()
    };
    let owners: String = SENDERS
        .iter()
        .map(|sender| format!("@{} {PORTAL}\n", sender.domain))
        .collect();
    write("sender/owners", &owners);
    let held = of(Fault::Held, &|domain| format!("{domain} HOLD\n"));
    write("sender/held", &held);
    let transports = of(Fault::Body, &|domain| format!("@{domain} rewriting:\n"))
        + &of(Fault::Subject, &|domain| format!("@{domain} retitling:\n"));
    write("sender/transports", &transports);
    write(
        "sender/rewriting",
        "/[a-z]/ REPLACE This line was written on the way.\n",
    );
    write(
        "sender/retitling",
        "/^Subject: (.*)/ REPLACE Subject: [list] $1\n",
    );
    let returns = of(Fault::Unaligned, &|domain| {
        format!("@{domain} bounces@mailer.example\n")
    });
    write("sender/returns", &returns);
    let spam = of(Fault::Spam, &|domain| {
        format!("{domain} PREPEND X-Spam-Flag: YES\n")
    });
    write("receiver/spam", &spam);
}
