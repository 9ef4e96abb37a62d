//! TLS servers by nginx and `openssl s_server`, each with one thing wrong (or nothing), on a port of its own; the program finds
//! them by reroute.
//!
//! 3DES is not among them: Debian builds OpenSSL without it (and without RC4, DES and export suites), so that no server here
//! can speak it. NULL and anonymous suites are built in and stand for all that is broken.

use std::fs;
use std::path::Path;
use std::process::Command;

use rcgen::{CrlDistributionPoint, CustomExtension, KeyPair, SerialNumber, SubjectPublicKeyInfo};

use super::certificates::{Authority, ENDED, Pki, YOUNG, leaf, openssl, rsa_key};
use super::process::{Server, listens};
use super::{Peers, compare, opinions, wanted};

/// The zone of the hosts.
pub const ZONE: &str = "tls.example";
/// Where all servers listen.
pub const SERVER: &str = "127.0.9.100";
/// Port of the first host.
const FIRST_PORT: u16 = 44300;
/// Where the revocation list lies; named in a certificate.
const LIST: &str = "http://crl.tls.example/list.crl";
/// Serial number of the certificate that the list names.
const REVOKED: [u8; 4] = [0x0a, 0xbc, 0xde, 0x01];

/// One server.
pub struct Host {
    pub label: &'static str,
    /// nginx's settings; empty: `openssl s_server` with anonymous suites.
    settings: &'static str,
    /// Verdicts that differ from a good host's.
    odd: &'static [(&'static str, &'static str)],
}

/// What a good host gives. The authority is private, so public registers do not apply, and it names nobody to ask.
const GOOD: &[(&str, &str)] = &[
    ("tls.reachable", "pass"),
    ("tls.chain", "pass"),
    ("tls.hostname", "pass"),
    ("tls.expiry", "pass"),
    ("tls.key", "pass"),
    ("tls.versions", "pass"),
    ("tls.ciphers", "pass"),
    ("tls.revocation", "not-applicable"),
    ("tls.transparency", "not-applicable"),
];

/// Without a verified path it cannot be told whether a certificate is public.
const NO_PATH: (&str, &str) = ("tls.transparency", "unknown");

const MODERN: &str = "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;";
/// The same where OpenSSL would not load the certificate of its own will.
const LENIENT: &str =
    "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20:@SECLEVEL=0;";

pub const HOSTS: &[Host] = &[
    Host {
        label: "valid",
        settings: MODERN,
        odd: &[],
    },
    Host {
        label: "newest",
        settings: "ssl_protocols TLSv1.3;",
        odd: &[],
    },
    Host {
        label: "expired",
        settings: MODERN,
        odd: &[("tls.expiry", "fail"), NO_PATH],
    },
    Host {
        label: "wrongname",
        settings: MODERN,
        odd: &[("tls.hostname", "fail")],
    },
    Host {
        label: "incomplete",
        settings: MODERN,
        odd: &[("tls.chain", "fail"), NO_PATH],
    },
    Host {
        label: "selfsigned",
        settings: MODERN,
        odd: &[("tls.chain", "fail")],
    },
    // Leaf, upper intermediate, lower intermediate.
    Host {
        label: "disordered",
        settings: MODERN,
        odd: &[("tls.chain", "warn")],
    },
    // The intermediate twice: signed by the root that is trusted, and by one that nobody knows.
    Host {
        label: "twice",
        settings: MODERN,
        odd: &[],
    },
    // The other way round: OpenSSL does not turn back.
    Host {
        label: "crossed",
        settings: MODERN,
        odd: &[("tls.chain", "warn")],
    },
    // The root of today once more, signed by one that has expired since: what Let's Encrypt sent for years.
    Host {
        label: "crossold",
        settings: MODERN,
        odd: &[],
    },
    // As before, but nobody trusts the new root.
    Host {
        label: "crossbad",
        settings: MODERN,
        odd: &[("tls.chain", "fail"), NO_PATH],
    },
    Host {
        label: "weakkey",
        settings: LENIENT,
        odd: &[("tls.key", "fail")],
    },
    Host {
        label: "sha1",
        settings: LENIENT,
        odd: &[("tls.key", "fail"), NO_PATH],
    },
    // Strong, but the program's TLS library verifies nothing with such a key (nor does Chrome).
    Host {
        label: "p521",
        settings: MODERN,
        odd: &[("tls.chain", "unknown")],
    },
    // Nothing that the program's TLS library speaks: the certificate stays unseen.
    Host {
        label: "tls10",
        settings: "ssl_protocols TLSv1; ssl_ciphers DEFAULT:@SECLEVEL=0;",
        odd: &[
            ("tls.reachable", "fail"),
            ("tls.chain", "unknown"),
            ("tls.hostname", "unknown"),
            ("tls.expiry", "unknown"),
            ("tls.key", "unknown"),
            ("tls.versions", "fail"),
            ("tls.ciphers", "unknown"),
            ("tls.revocation", "unknown"),
            ("tls.transparency", "unknown"),
        ],
    },
    Host {
        label: "old",
        settings: "ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers DEFAULT:@SECLEVEL=0;",
        odd: &[("tls.versions", "fail")],
    },
    Host {
        label: "null",
        settings: "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM:eNULL:@SECLEVEL=0;",
        odd: &[("tls.ciphers", "fail")],
    },
    // Anonymous suites alone: there is no certificate to show.
    Host {
        label: "anonymous",
        settings: "",
        odd: &[
            ("tls.reachable", "fail"),
            ("tls.chain", "unknown"),
            ("tls.hostname", "unknown"),
            ("tls.expiry", "unknown"),
            ("tls.key", "unknown"),
            ("tls.versions", "unknown"),
            ("tls.ciphers", "fail"),
            ("tls.revocation", "unknown"),
            ("tls.transparency", "unknown"),
        ],
    },
    Host {
        label: "muststaple",
        settings: MODERN,
        odd: &[("tls.revocation", "fail")],
    },
    Host {
        label: "stapled",
        settings: "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM; ssl_stapling on; ssl_stapling_file STAPLE;",
        odd: &[("tls.revocation", "pass")],
    },
    Host {
        label: "listed",
        settings: MODERN,
        odd: &[("tls.revocation", "pass")],
    },
    Host {
        label: "revoked",
        settings: MODERN,
        odd: &[("tls.revocation", "fail")],
    },
];

impl Host {
    /// The name under the zone.
    pub fn name(&self) -> String {
        format!("{}.{ZONE}", self.label)
    }

    fn number(&self) -> u16 {
        let place = HOSTS.iter().position(|host| host.label == self.label);
        u16::try_from(place.unwrap()).unwrap()
    }

    /// The port on [`SERVER`].
    pub fn port(&self) -> u16 {
        FIRST_PORT + self.number()
    }

    /// The address in DNS, where nothing listens.
    fn address(&self) -> String {
        format!("127.0.9.{}", 101 + self.number())
    }
}

/// The zone, each host at an address of its own.
pub fn zone() -> String {
    let hosts: String = HOSTS
        .iter()
        .map(|host| format!("{}. 300 IN A {}\n", host.name(), host.address()))
        .collect();
    super::zones::plain("tls.example.") + &format!("crl.tls.example. 300 IN A {SERVER}\n{hosts}")
}

/// Writes certificates and settings below `folder`, and starts the servers.
fn start(folder: &Path, pki: &Pki) -> Vec<Server> {
    write_certificates(folder, pki);
    let home = folder.display();
    let mut servers = String::new();
    for host in HOSTS.iter().filter(|host| !host.settings.is_empty()) {
        let (label, port) = (host.label, host.port());
        let settings = host
            .settings
            .replace("STAPLE", &format!("{home}/stapled.ocsp"));
        servers.push_str(&format!(
            "server {{ listen {SERVER}:{port} ssl; ssl_certificate {home}/{label}.crt; ssl_certificate_key {home}/{label}.key; \
             {settings} return 200 'x'; }}\n"
        ));
    }
    let text = format!(
        "daemon off;\nworker_processes 1;\npid {home}/tls.pid;\nerror_log {home}/tls.log;\nuser root;\n\
         events {{ worker_connections 256; }}\n\
         http {{ access_log off; client_body_temp_path {home}/s1; proxy_temp_path {home}/s2; fastcgi_temp_path {home}/s3; \
         uwsgi_temp_path {home}/s4; scgi_temp_path {home}/s5;\n\
         server {{ listen {SERVER}:80; root {home}/lists; }}\n{servers}}}\n"
    );
    let file = folder.join("tls.conf");
    fs::write(&file, text).unwrap();
    let first = format!("{SERVER}:{FIRST_PORT}");
    let nginx = Server::start(
        "nginx",
        Command::new("/usr/sbin/nginx")
            .arg("-c")
            .arg(&file)
            .arg("-p")
            .arg(folder),
    )
    .wait(|| listens(&first));
    let bare = HOSTS.iter().filter(|host| host.settings.is_empty());
    let bare = bare.map(|host| {
        let place = format!("{SERVER}:{}", host.port());
        let arguments = ["s_server", "-accept", &place, "-www", "-quiet", "-nocert"];
        Server::start(
            "openssl s_server",
            Command::new("openssl").args(arguments).args([
                "-tls1_2",
                "-cipher",
                "aNULL:@SECLEVEL=0",
            ]),
        )
        .wait(|| listens(&place))
    });
    std::iter::once(nginx).chain(bare).collect()
}

/// `<label>.crt` (what is sent) and `<label>.key` of every host, the staple, and the revocation list.
fn write_certificates(folder: &Path, pki: &Pki) {
    let write = |label: &str, parts: &[&str], key: &str| {
        fs::write(folder.join(format!("{label}.crt")), parts.concat()).unwrap();
        fs::write(folder.join(format!("{label}.key")), key).unwrap();
    };
    let middle = &pki.intermediate;
    let plain = |label: &str, by: &Authority, sent: &[&str]| {
        let key = KeyPair::generate().unwrap();
        let name = format!("{label}.{ZONE}");
        let own = by.sign(&leaf(&[&name], YOUNG), &key);
        let parts = [&[own.as_str()], sent].concat();
        write(label, &parts, &key.serialize_pem());
    };
    for label in ["valid", "newest", "tls10", "old", "null"] {
        plain(label, middle, &[&middle.pem]);
    }
    plain("incomplete", middle, &[]);
    pki.leaf(folder, "expired", &["expired.tls.example"], ENDED, true);
    pki.leaf(folder, "wrongname", &["elsewhere.example"], YOUNG, true);

    let key = KeyPair::generate().unwrap();
    let own = leaf(&["selfsigned.tls.example"], YOUNG);
    let own = own.self_signed(&key).unwrap().pem();
    write("selfsigned", &[&own], &key.serialize_pem());

    let lower = middle.below("Peer Test Lower Intermediate");
    plain("disordered", &lower, &[&middle.pem, &lower.pem]);

    let stranger = Authority::root("Peer Test Unknown Root", None);
    let twin = stranger.vouch_for(middle);
    plain("twice", middle, &[&middle.pem, &twin]);
    plain("crossed", middle, &[&twin, &middle.pem]);
    let former = Authority::root("Peer Test Former Root", Some(ENDED));
    let twin = former.vouch_for(&pki.root);
    plain("crossold", middle, &[&middle.pem, &twin]);
    let below_stranger = stranger.below("Peer Test Stranger");
    let twin = former.vouch_for(&stranger);
    plain("crossbad", &below_stranger, &[&below_stranger.pem, &twin]);

    let key = rsa_key(1024);
    fs::write(folder.join("weakkey.key"), &key).unwrap();
    let file = folder.join("weakkey.key").display().to_string();
    let public = openssl(&["pkey", "-pubout", "-in", &file]);
    let public = SubjectPublicKeyInfo::from_pem(&public).unwrap();
    let own = middle.sign(&leaf(&["weakkey.tls.example"], YOUNG), &public);
    write("weakkey", &[&own, &middle.pem], &key);

    let old = pki.root.rsa_below("Peer Test RSA Intermediate");
    let key = rsa_key(2048);
    let own = by_openssl(folder, "sha1", &key, &old, &["-sha1"]);
    write("sha1", &[&own, &old.pem], &key);
    let key = openssl(&[
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-521",
    ]);
    let own = by_openssl(folder, "p521", &key, middle, &["-sha256"]);
    write("p521", &[&own, &middle.pem], &key);

    let promise =
        CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 24], vec![0x30, 3, 2, 1, 5]);
    for label in ["muststaple", "stapled"] {
        let key = KeyPair::generate().unwrap();
        let name = format!("{label}.{ZONE}");
        let mut params = leaf(&[&name], YOUNG);
        params.custom_extensions.push(promise.clone());
        let own = middle.sign(&params, &key);
        write(label, &[&own, &middle.pem], &key.serialize_pem());
    }
    staple(folder, middle);

    let lists = folder.join("lists");
    fs::create_dir_all(&lists).unwrap();
    fs::write(lists.join("list.crl"), middle.revocation_list(&REVOKED)).unwrap();
    for label in ["listed", "revoked"] {
        let key = KeyPair::generate().unwrap();
        let name = format!("{label}.{ZONE}");
        let mut params = leaf(&[&name], YOUNG);
        params.crl_distribution_points = vec![CrlDistributionPoint {
            uris: vec![LIST.to_owned()],
        }];
        if label == "revoked" {
            params.serial_number = Some(SerialNumber::from_slice(&REVOKED));
        }
        let own = middle.sign(&params, &key);
        write(label, &[&own, &middle.pem], &key.serialize_pem());
    }
}

/// A leaf by the openssl program: it takes keys and signatures that the crate does not.
fn by_openssl(folder: &Path, label: &str, key: &str, issuer: &Authority, more: &[&str]) -> String {
    let path = |kind: &str| folder.join(format!("{label}.{kind}")).display().to_string();
    issuer.write(folder, &format!("{label}-issuer"));
    let by = |kind: &str| {
        folder
            .join(format!("{label}-issuer.{kind}"))
            .display()
            .to_string()
    };
    let (issuer, issuer_key) = (by("pem"), by("key"));
    let name = format!("{label}.{ZONE}");
    let (key_file, request, names) = (path("key"), path("csr"), path("ext"));
    fs::write(&key_file, key).unwrap();
    let subject = format!("/CN={name}");
    let text = openssl(&["req", "-new", "-key", &key_file, "-subj", &subject]);
    fs::write(&request, text).unwrap();
    fs::write(&names, format!("subjectAltName=DNS:{name}\n")).unwrap();
    let mut arguments = vec!["x509", "-req", "-days", "80", "-set_serial", "77"];
    arguments.extend(["-in", &request, "-extfile", &names]);
    arguments.extend(["-CA", &issuer, "-CAkey", &issuer_key]);
    arguments.extend(more);
    openssl(&arguments)
}

/// The authority's word on `stapled.crt`, by the openssl program.
fn staple(folder: &Path, issuer: &Authority) {
    let path = |name: &str| folder.join(name).display().to_string();
    issuer.write(folder, "ocsp-issuer");
    let (leaf, response) = (path("stapled.crt"), path("stapled.ocsp"));
    let serial = openssl(&["x509", "-noout", "-serial", "-in", &leaf]);
    let serial = serial.trim().trim_start_matches("serial=");
    let known = format!("V\t351231000000Z\t\t{serial}\tunknown\t/CN=stapled.tls.example\n");
    fs::write(folder.join("ocsp.index"), known).unwrap();
    let (pem, key) = (path("ocsp-issuer.pem"), path("ocsp-issuer.key"));
    openssl(&[
        "ocsp",
        "-index",
        &path("ocsp.index"),
        "-CA",
        &pem,
        "-rsigner",
        &pem,
        "-rkey",
        &key,
        "-issuer",
        &pem,
        "-cert",
        &leaf,
        "-ndays",
        "7",
        "-respout",
        &response,
    ]);
}

#[test]
fn tls_servers_get_the_verdicts_that_they_deserve_and_other_programs_agree() {
    if !wanted() {
        return;
    }
    let peers = Peers::start();
    let _servers = start(peers.folder.path(), &peers.pki);
    let intent: String = HOSTS
        .iter()
        .map(|host| format!("[[host]]\nname = \"{}\"\nrole = \"other\"\n", host.name()))
        .collect();
    let mut more: Vec<String> = ["--only", "tls.*", "--third-parties", "revocation"]
        .map(str::to_owned)
        .into();
    for host in HOSTS {
        let way = format!("{}:443={SERVER}:{}", host.address(), host.port());
        more.extend(["--reroute".to_owned(), way]);
    }
    let (verdicts, _, run) = peers.check_with(ZONE, &intent, &more);
    let mut wrong = Vec::new();
    for host in HOSTS {
        for (check, good) in GOOD {
            let odd = host.odd.iter().find(|(odd, _)| odd == check);
            let want = odd.map_or(*good, |(_, verdict)| verdict);
            let key = format!("{check} {}", host.name());
            compare(host.label, &run, &verdicts, &[(&key, want)], &mut wrong);
        }
    }
    opinions::compare(peers.folder.path(), &verdicts, &mut wrong);
    assert!(
        wrong.is_empty(),
        "verdicts on TLS servers:\n{}",
        wrong.join("\n")
    );
}
