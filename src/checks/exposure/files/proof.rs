//! The paths that are tried, and what in a body proves each. A proof tells lines and names, never a value.

use crate::checks::page::cut;
use crate::model::text::escape;

/// A path and its proof.
pub struct File {
    pub path: &'static str,
    /// Reads a body; `None` when it is not what the path promises.
    pub proof: fn(&str) -> Option<String>,
}

/// The most telling first: on a host that only redirects, no more than the first few are asked.
pub static FILES: &[File] = &[
    File {
        path: "/.env",
        proof: env,
    },
    File {
        path: "/.git/HEAD",
        proof: git_head,
    },
    File {
        path: "/.git/config",
        proof: git_config,
    },
    File {
        path: "/.aws/credentials",
        proof: aws,
    },
    File {
        path: "/id_rsa",
        proof: private_key,
    },
    File {
        path: "/wp-config.php.bak",
        proof: wp_config,
    },
    File {
        path: "/dump.sql",
        proof: sql,
    },
    File {
        path: "/backup.zip",
        proof: zip,
    },
    File {
        path: "/docker-compose.yml",
        proof: compose,
    },
    File {
        path: "/.DS_Store",
        proof: ds_store,
    },
    File {
        path: "/server-status",
        proof: server_status,
    },
    File {
        path: "/phpinfo.php",
        proof: phpinfo,
    },
    File {
        path: "/uploads/",
        proof: listing,
    },
];

fn is_html(body: &str) -> bool {
    let head = cut(body.trim_start(), 512).to_ascii_lowercase();
    head.starts_with("<!doctype")
        || head.contains("<html")
        || head.contains("<body")
        || head.contains("<head")
}

fn env(body: &str) -> Option<String> {
    if is_html(body) {
        return None;
    }
    let lines: Vec<&str> = body
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let names: Vec<&str> = lines.iter().filter_map(|line| variable(line)).collect();
    // The last line may be cut off; a few continuation lines of a long value are no disproof.
    if names.len() < 2 || names.len() * 10 < lines.len() * 6 {
        return None;
    }
    let shown: Vec<String> = names.iter().take(4).map(|n| escape(cut(n, 40))).collect();
    Some(format!(
        "{} settings, among them {}",
        names.len(),
        shown.join(", ")
    ))
}

/// The name in `NAME=value`, `export` allowed.
fn variable(line: &str) -> Option<&str> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, _) = line.split_once('=')?;
    let name = name.trim_end();
    let plausible = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_.".contains(c));
    plausible.then_some(name)
}

fn git_head(body: &str) -> Option<String> {
    let line = body.trim();
    if line.starts_with("ref: refs/") && line.lines().count() == 1 {
        return Some("a git repository (HEAD names a branch)".to_owned());
    }
    let is_hash = matches!(line.len(), 40 | 64) && line.bytes().all(|b| b.is_ascii_hexdigit());
    is_hash.then(|| "a git repository (HEAD is a commit)".to_owned())
}

fn git_config(body: &str) -> Option<String> {
    let fits = !is_html(body) && body.lines().any(|line| line.trim() == "[core]");
    fits.then(|| "a git configuration (section [core])".to_owned())
}

fn aws(body: &str) -> Option<String> {
    let fits = !is_html(body)
        && body
            .lines()
            .any(|line| line.trim_start().to_ascii_lowercase().starts_with("aws_"))
        && body
            .lines()
            .any(|line| line.trim().starts_with('[') && line.trim().ends_with(']'));
    fits.then(|| "credentials of a cloud account (a profile with aws_ keys)".to_owned())
}

fn private_key(body: &str) -> Option<String> {
    let head = body.trim_start().lines().next().unwrap_or_default();
    let fits = head.starts_with("-----BEGIN ") && head.contains("PRIVATE KEY-----");
    fits.then(|| "a private key".to_owned())
}

fn wp_config(body: &str) -> Option<String> {
    let fits = body.contains("<?php") && body.contains("DB_PASSWORD");
    fits.then(|| "a WordPress configuration with its database password".to_owned())
}

fn sql(body: &str) -> Option<String> {
    let head = cut(body, 4096);
    let fits = !is_html(body)
        && [
            "-- MySQL dump",
            "-- MariaDB dump",
            "-- PostgreSQL database dump",
            "CREATE TABLE ",
            "INSERT INTO ",
        ]
        .iter()
        .any(|mark| head.contains(mark));
    fits.then(|| "a database dump".to_owned())
}

fn zip(body: &str) -> Option<String> {
    body.starts_with("PK\u{3}\u{4}")
        .then(|| "a zip archive".to_owned())
}

fn compose(body: &str) -> Option<String> {
    let fits = !is_html(body)
        && body.lines().any(|line| line.trim_end() == "services:")
        && body.lines().any(|line| {
            let line = line.trim_start();
            line.starts_with("image:") || line.starts_with("build:")
        });
    fits.then(|| "a Docker Compose file".to_owned())
}

fn ds_store(body: &str) -> Option<String> {
    body.starts_with("\0\0\0\u{1}Bud1")
        .then(|| "a folder index of macOS".to_owned())
}

fn server_status(body: &str) -> Option<String> {
    let fits =
        body.contains("Apache Server Status") || body.contains("<title>Apache Status</title>");
    fits.then(|| "the server's status page".to_owned())
}

fn phpinfo(body: &str) -> Option<String> {
    let fits = body.contains("phpinfo()") && body.contains("PHP Version");
    fits.then(|| "the output of phpinfo()".to_owned())
}

fn listing(body: &str) -> Option<String> {
    let lower = cut(body, 8 * 1024).to_ascii_lowercase();
    let titled = [
        "<title>index of /",
        "<h1>index of /",
        "directory listing for /",
    ]
    .iter()
    .any(|mark| lower.contains(mark));
    let parent = lower.contains("href=\"../\"")
        || lower.contains("parent directory")
        || lower.contains("<li><a href=");
    (titled && parent).then(|| "a listing of the folder's files".to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SHELL: &str = "<!doctype html><html><head><title>Index of things</title></head><body>A=1 B=2 [core] services: CREATE TABLE -----BEGIN PRIVATE KEY-----</body></html>";

    fn proof(path: &str, body: &str) -> Option<String> {
        let file = FILES.iter().find(|f| f.path == path).unwrap();
        (file.proof)(body)
    }

    #[test]
    fn each_file_is_known_by_its_content() {
        for (path, body) in [
            (
                "/.env",
                "# settings\nAPP_ENV=production\nexport DB_PASSWORD=\"x y\"\n",
            ),
            ("/.git/HEAD", "ref: refs/heads/main\n"),
            ("/.git/HEAD", "0123456789abcdef0123456789abcdef01234567\n"),
            ("/.git/config", "[core]\n\trepositoryformatversion = 0\n"),
            ("/.aws/credentials", "[default]\naws_access_key_id = AKIA\n"),
            ("/id_rsa", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n"),
            ("/wp-config.php.bak", "<?php\ndefine('DB_PASSWORD', 'x');"),
            (
                "/dump.sql",
                "-- PostgreSQL database dump\nCREATE TABLE a ();",
            ),
            ("/backup.zip", "PK\u{3}\u{4}\u{14}\0"),
            (
                "/docker-compose.yml",
                "services:\n  web:\n    image: acme\n",
            ),
            ("/.DS_Store", "\0\0\0\u{1}Bud1\0\0"),
            (
                "/server-status",
                "<h1>Apache Server Status for localhost</h1>",
            ),
            (
                "/phpinfo.php",
                "<title>phpinfo()</title><h1>PHP Version 8</h1>",
            ),
            (
                "/uploads/",
                "<title>Index of /uploads/</title><a href=\"../\">../</a>",
            ),
        ] {
            assert!(proof(path, body).is_some(), "{path}");
        }
    }

    #[test]
    fn a_page_of_the_app_proves_nothing() {
        for file in FILES {
            assert_eq!((file.proof)(SHELL), None, "{}", file.path);
            assert_eq!((file.proof)(""), None, "{}", file.path);
            assert_eq!((file.proof)("OK"), None, "{}", file.path);
            assert_eq!(
                (file.proof)("{\"error\":\"not found\"}"),
                None,
                "{}",
                file.path
            );
        }
    }

    #[test]
    fn values_never_enter_a_proof() {
        let proof = proof(
            "/.env",
            "API_KEY=hunter2hunter2\nDB=postgres://u:hunter2@h\n",
        )
        .unwrap();
        assert!(
            proof.contains("API_KEY") && !proof.contains("hunter2"),
            "{proof}"
        );
    }

    proptest! {
        #[test]
        fn no_body_panics(body in "\\PC{0,200}") {
            for file in FILES {
                let _ = (file.proof)(&body);
            }
        }
    }
}
