//! `exposure.files`: no configuration, key, dump, repository or folder listing is served.
//!
//! Sixteen requests a host at most: three that cannot exist, to learn how the host says "no", then thirteen that must not.
//! A hit is proven by its content. Of what is found only the proof is kept: how many lines, which names, never a value.

pub mod proof;

use serde::{Deserialize, Serialize};

use crate::checks::evidence;
use crate::checks::likeness::{SAME, percent};
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::sight::{Kind, Sight};
use crate::checks::site::{NOWHERE, root_of};
use crate::model::finding::{Remedy, Setting};
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::http::HttpExchange;
use crate::model::text::escape;
use crate::model::verdict::Severity;
use crate::net::HttpRequest;
use crate::remedy::configure;

use proof::FILES;

/// The first bytes are enough to recognise a file; a dump may be gigabytes long.
const RANGE: &str = "bytes=0-4095";
/// Paths tried on a host that only redirects to another one.
const FEW: usize = 3;

/// Nothing is served that must not be.
pub struct Files;

/// The answers at paths that cannot exist, and at those that must not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilesSeen {
    pub baseline: Vec<Sight>,
    pub probes: Vec<FileProbe>,
}

/// One path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileProbe {
    pub path: String,
    pub sight: Sight,
    /// What in the body proves it, without values.
    pub proof: Option<String>,
    /// Whether the answer is the one that any path gets.
    pub is_catch_all: bool,
}

impl Rule for Files {
    type Seen = FilesSeen;

    const META: Meta = Meta {
        id: "exposure.files",
        title: "No secret file or folder listing is served",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 60,
        version: 1,
        standards: &["OWASP ASVS 5.0 13.4", "CWE-538", "CWE-548"],
        guide: include_str!("../../../assets/guides/exposure.files.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        let mut hosts: Vec<String> = intent
            .web_hosts()
            .map(|host| host.name.to_string())
            .collect();
        if hosts.is_empty() {
            hosts.push(intent.domain.to_string());
        }
        hosts.dedup();
        hosts
    }

    async fn observe(&self, look: Look<'_>) -> FilesSeen {
        let host = HostName::parse(look.subject).unwrap_or_else(|_| look.intent.domain.clone());
        let shapes = [
            format!("/{NOWHERE}"),
            format!("/.{NOWHERE}"),
            format!("/{NOWHERE}/{NOWHERE}.zip"),
        ];
        let mut baseline = Vec::new();
        for path in &shapes {
            if let Some(answer) = ask(look, &host, path).await {
                baseline.push(answer);
            }
        }
        let only_redirects = baseline.iter().all(leaves_host);
        let is_dead = baseline.iter().all(|answer| answer.outcome.is_err());
        let paths = match (is_dead, only_redirects) {
            (true, _) => 0,
            (_, true) => FEW,
            _ => FILES.len(),
        };
        let mut probes = Vec::new();
        for file in FILES.iter().take(paths) {
            if let Some(answer) = ask(look, &host, file.path).await {
                let served = answer.response().filter(|r| matches!(r.status, 200 | 206));
                let is_catch_all = baseline.iter().any(|nowhere| same(&answer, nowhere));
                probes.push(FileProbe {
                    path: file.path.to_owned(),
                    proof: served.and_then(|r| (file.proof)(&r.body)),
                    is_catch_all,
                    sight: Sight::of(&answer),
                });
            }
        }
        FilesSeen {
            baseline: baseline.iter().map(|answer| Sight::of(answer)).collect(),
            probes,
        }
    }

    fn judge(&self, seen: &FilesSeen, case: Case<'_>) -> Judgement {
        let host = escape(case.subject);
        let hits: Vec<(&FileProbe, &str)> = seen
            .probes
            .iter()
            .filter(|probe| !probe.is_catch_all)
            .filter_map(|probe| Some((probe, probe.proof.as_deref()?)))
            .collect();
        if !hits.is_empty() {
            return served(&host, &hits);
        }
        let blind: Vec<&Sight> = seen
            .baseline
            .iter()
            .chain(seen.probes.iter().map(|probe| &probe.sight))
            .filter(|sight| !sight.is_seen() || sight.kind == Kind::ServerError)
            .collect();
        if let Some(first) = blind.first() {
            return Judgement::unknown(format!(
                "{} of {} paths of {host} could not be looked at: {} {}",
                blind.len(),
                seen.baseline.len() + seen.probes.len(),
                first.exchange.url.path(),
                first.says
            ))
            .plainly("We could not look whether secret files are open to everybody.")
            .evidence([evidence::http(&first.exchange)]);
        }
        if seen.probes.is_empty() {
            return Judgement::unknown(format!("nothing could be asked of {host}"))
                .plainly("We could not look whether secret files are open to everybody.");
        }
        let catch_all = seen
            .probes
            .iter()
            .filter(|p| p.is_catch_all && p.sight.status() == 200)
            .count();
        let note = if catch_all > 0 {
            " (it answers 200 to everything; each answer was compared)"
        } else {
            ""
        };
        Judgement::pass(format!(
            "none of {} paths of {host} serves a secret file{note}",
            seen.probes.len()
        ))
        .plainly("The usual secret files are not open to everybody.")
        .detail("paths", seen.probes.len())
        .fact("nothing served")
        .evidence(
            seen.probes
                .first()
                .map(|probe| evidence::http(&probe.sight.exchange)),
        )
    }
}

async fn ask(look: Look<'_>, host: &HostName, path: &str) -> Option<std::sync::Arc<HttpExchange>> {
    let mut url = root_of(host)?;
    url.set_path(path);
    let request = HttpRequest::get(url).header("range", RANGE);
    Some(look.network.send(&request).await)
}

fn leaves_host(answer: &std::sync::Arc<HttpExchange>) -> bool {
    answer
        .response()
        .filter(|r| r.is_redirect())
        .and_then(|r| answer.url.join(r.header("location")?).ok())
        .is_some_and(|to| to.host_str() != answer.url.host_str())
}

fn same(one: &HttpExchange, other: &HttpExchange) -> bool {
    match (one.response(), other.response()) {
        (Some(a), Some(b)) => a.status == b.status && percent(&a.body, &b.body) >= SAME,
        _ => false,
    }
}

fn served(host: &str, hits: &[(&FileProbe, &str)]) -> Judgement {
    let paths: Vec<String> = hits.iter().map(|(probe, _)| probe.path.clone()).collect();
    let listing_only = hits.iter().all(|(_, proof)| proof.starts_with("a listing"));
    let judgement = Judgement::fail(format!(
        "{host} serves {} to everybody: {}",
        paths.join(", "),
        hits.first().map(|(_, proof)| *proof).unwrap_or_default()
    ))
    .plainly("Files that hold passwords, keys or copies of your data are open to everybody who types their address.")
    .detail("paths", paths.clone())
    .fact(paths.join(" "))
    .remedy(remove(&paths))
    .evidence(hits.iter().take(4).flat_map(|(probe, proof)| {
        let exchange = &probe.sight.exchange;
        [
            evidence::http(exchange),
            evidence::note(exchange.at, &format!("{}: {proof} (values not kept)", probe.path)),
        ]
    }));
    if listing_only {
        judgement.severity(Severity::Fix)
    } else {
        judgement
    }
}

fn remove(paths: &[String]) -> Remedy {
    configure(
        Files::META.id,
        [
            format!("Take {} off the server and out of the build; deploy only what the site needs.", paths.join(", ")),
            "Refuse every path that begins with a dot (except `/.well-known/`), and switch folder listings off.".to_owned(),
            "Whatever stood in these files is known to others: rotate every password and key in them today. Taking the file away is not enough.".to_owned(),
            "Look into the access log since when they were fetched, and by whom.".to_owned(),
        ],
        vec![
            Setting {
                place: "nginx, in the server block".to_owned(),
                name: "hidden files".to_owned(),
                value: "location ~ /\\.(?!well-known/) { return 404; }\nautoindex off;".to_owned(),
            },
            Setting {
                place: "Apache, in the virtual host".to_owned(),
                name: "hidden files".to_owned(),
                value: "RedirectMatch 404 \"/\\.(?!well-known/)\"\nOptions -Indexes".to_owned(),
            },
        ],
        "The rules can be taken out again; the rotated keys stay rotated.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::sight::samples::{CHALLENGE, HTML, exchange, silent};
    use crate::model::verdict::Verdict;

    fn probe(path: &str, status: u16, body: &str, is_catch_all: bool) -> FileProbe {
        let url = format!("https://portal.acme.example{path}");
        let answer = exchange(&url, status, &[HTML], body);
        let file = FILES.iter().find(|f| f.path == path).unwrap();
        FileProbe {
            path: path.into(),
            proof: (file.proof)(body),
            is_catch_all,
            sight: Sight::of(&answer),
        }
    }

    fn verdict(probes: Vec<FileProbe>, nowhere: &HttpExchange) -> Judgement {
        let intent = Intent::of(HostName::parse("acme.example").unwrap());
        let seen = FilesSeen {
            baseline: vec![Sight::of(nowhere)],
            probes,
        };
        let case = Case {
            subject: "portal.acme.example",
            intent: &intent,
            now: jiff::Timestamp::UNIX_EPOCH,
        };
        Files.judge(&seen, case)
    }

    #[test]
    fn worlds_and_verdicts() {
        let url = "https://portal.acme.example/nothing";
        let not_found = exchange(url, 404, &[HTML], "<h1>Not found</h1>");
        let shell = exchange(url, 200, &[HTML], "<title>Acme</title>");
        let challenge = exchange(url, 403, &[HTML, ("cf-mitigated", "challenge")], CHALLENGE);
        let env = "DB_HOST=db\nDB_PASSWORD=hunter2hunter2\n";
        for (probes, nowhere, want) in [
            (
                vec![probe("/.env", 404, "<h1>Not found</h1>", true)],
                &not_found,
                Verdict::Pass,
            ),
            (
                vec![probe("/.env", 200, env, false)],
                &not_found,
                Verdict::Fail,
            ),
            (
                vec![probe("/.env", 200, "<title>Acme</title>", true)],
                &shell,
                Verdict::Pass,
            ),
            (
                vec![probe("/.git/HEAD", 200, "ref: refs/heads/main\n", false)],
                &shell,
                Verdict::Fail,
            ),
            (
                vec![probe("/.env", 403, "<h1>Forbidden</h1>", false)],
                &not_found,
                Verdict::Pass,
            ),
            (
                vec![probe("/.env", 500, "oops", false)],
                &not_found,
                Verdict::Unknown,
            ),
            (
                vec![probe("/.env", 404, "", false)],
                &challenge,
                Verdict::Unknown,
            ),
            (vec![], &silent(url), Verdict::Unknown),
        ] {
            let judgement = verdict(probes, nowhere);
            assert_eq!(judgement.verdict, want, "{}", judgement.summary);
            assert!(!format!("{judgement:?}").contains("hunter2"));
        }
    }

    #[test]
    fn requests_stay_within_the_budget() {
        assert!(FILES.len() + 3 <= 16);
    }

    #[test]
    fn a_listing_alone_is_less_grave() {
        let url = "https://portal.acme.example/nothing";
        let not_found = exchange(url, 404, &[HTML], "<h1>Not found</h1>");
        let listing = probe(
            "/uploads/",
            200,
            "<title>Index of /uploads/</title><a href=\"../\">../</a>",
            false,
        );
        assert_eq!(
            verdict(vec![listing], &not_found).severity,
            Some(Severity::Fix)
        );
    }
}
