//! `web.security-txt`: where one is served, it is a valid and living security.txt (R18, RFC 9116). None is a remark.
//!
//! A catch-all answers 200 with a page at any path: that is no security.txt.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use url::Url;

use super::security_file::{self, SecurityFile};
use super::walk::{self, Landing, show};
use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::site::home;
use crate::checks::subject;
use crate::model::exhibit::{Bar, Exhibit};
use crate::model::finding::{Remedy, Setting};
use crate::model::intent::Intent;
use crate::model::observation::http::{ChainEnd, HttpChain};
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy;

/// Where it must be, and where it stood before there was a standard.
const PLACE: &str = "/.well-known/security.txt";
const OLD_PLACE: &str = "/security.txt";
/// A longer life is not recommended (§2.5.5).
const YEAR: SignedDuration = SignedDuration::from_hours(366 * 24);

/// See the module.
pub struct SecurityTxt;

/// What both places answered; the old one is asked only where the right one has no such file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub known: Option<HttpChain>,
    pub old: Option<HttpChain>,
}

impl Rule for SecurityTxt {
    type Seen = Seen;

    const META: Meta = Meta {
        id: "web.security-txt",
        title: "A security.txt is valid and not expired, where there is one",
        severity: Severity::Info,
        intrusive: false,
        deadline_s: 40,
        version: 1,
        standards: &["RFC 9116 §2.5", "RFC 9116 §3"],
        guide: include_str!("../../../assets/guides/web.security-txt.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        home(intent)
            .as_ref()
            .and_then(Url::host_str)
            .map(str::to_owned)
            .into_iter()
            .collect()
    }

    async fn observe(&self, look: Look<'_>) -> Seen {
        let known = follow(look, PLACE).await;
        let is_absent = known.as_ref().is_some_and(|chain| {
            walk::landing(Some(chain), look.subject).is_ok_and(|landed| is_absent(&landed))
        });
        let old = if is_absent {
            follow(look, OLD_PLACE).await
        } else {
            None
        };
        Seen { known, old }
    }

    fn judge(&self, seen: &Seen, case: Case<'_>) -> Judgement {
        let judgement = match walk::landing(seen.known.as_ref(), case.subject) {
            Err(unseen) => *unseen,
            Ok(landed) if landed.kind.obscures() => unseen(&landed),
            Ok(landed) if is_absent(&landed) => absent(&landed, seen.old.as_ref(), case),
            Ok(landed) if landed.response.status != 200 => unseen(&landed),
            Ok(landed) => judge_file(&landed, seen.known.as_ref(), case),
        };
        judgement.evidence(
            [&seen.known, &seen.old]
                .into_iter()
                .flatten()
                .map(evidence::chain),
        )
    }
}

async fn follow(look: Look<'_>, path: &str) -> Option<HttpChain> {
    let mut url = subject::root("https", look.subject)?;
    url.set_path(path);
    Some(walk::follow(look.network, &url).await)
}

/// "Not found", or a page where a text should be.
fn is_absent(landed: &Landing<'_>) -> bool {
    match landed.response.status {
        404 | 410 => true,
        200 => !security_file::is_one(&landed.response.body),
        _ => false,
    }
}

fn unseen(landed: &Landing<'_>) -> Judgement {
    Judgement::unknown(format!(
        "{} answers {} with {}: whether there is a security.txt was not seen",
        show(&landed.exchange.url),
        landed.response.status,
        landed.kind
    ))
    .plainly("Something else answered in place of the file, so nothing can be said about it.")
}

fn absent(landed: &Landing<'_>, old: Option<&HttpChain>, case: Case<'_>) -> Judgement {
    let host = case.subject;
    let at_old_place = walk::landing(old, host)
        .is_ok_and(|l| l.response.status == 200 && security_file::is_one(&l.response.body));
    if at_old_place {
        return Judgement::warn(format!(
            "the security.txt of {host} stands at {OLD_PLACE} only; it belongs to {PLACE}"
        ))
        .plainly("The note for people who find a security hole is there, but not where they look for it.")
        .remedy(remedy(case));
    }
    let how = if landed.response.status == 200 {
        format!("the answer 200 is {}, not one", landed.kind)
    } else {
        landed.response.status.to_string()
    };
    Judgement::pass(format!(
        "{host} has no security.txt ({how}); none is needed to launch, but who finds a hole will not know whom to tell"
    ))
    .fact("none")
    .plainly("There is no note that says whom to tell about a security hole. It is worth ten minutes some day; it blocks nothing.")
    .detail("present", false)
}

fn judge_file(landed: &Landing<'_>, chain: Option<&HttpChain>, case: Case<'_>) -> Judgement {
    let file = security_file::read(&landed.response.body);
    let mut problems = served_problems(landed, chain);
    problems.extend(file.problems.iter().map(|problem| escape(problem)));
    if file.expires.is_some_and(|at| at <= case.now) {
        problems.push("it has expired, so nobody may rely on it".to_owned());
    }
    let expires = file.expires.map(|at| at.to_string());
    judge_problems(landed, &file, &problems, case)
        .detail("present", true)
        .detail("signed", file.signed)
        .detail("expires", expires)
        .detail("contacts", file.contacts.clone())
        .detail("problems", problems)
        .exhibit(file.expires.map(|to| lifetime(landed.exchange.at, to)))
}

fn judge_problems(
    landed: &Landing<'_>,
    file: &SecurityFile,
    problems: &[String],
    case: Case<'_>,
) -> Judgement {
    let at = show(&landed.exchange.url);
    if !problems.is_empty() {
        return Judgement::fail(format!("{at} is no valid security.txt: {}", problems.join("; ")))
            .plainly("The note that says whom to tell about a security hole is wrong or out of date, so reports may go astray.")
            .remedy(remedy(case));
    }
    let elsewhere = !file.canonical.is_empty()
        && !file.canonical.iter().any(|c| {
            Url::parse(c).is_ok_and(|url| {
                url == landed.exchange.url || subject_url(case).is_some_and(|own| own == url)
            })
        });
    if elsewhere {
        return Judgement::warn(format!(
            "{at} names other addresses as its Canonical: readers should not trust it here"
        ))
        .plainly("The note about security holes says that its right place is somewhere else.")
        .remedy(remedy(case));
    }
    if file
        .expires
        .is_some_and(|to| to.duration_since(case.now) > YEAR)
    {
        return Judgement::warn(format!(
            "{at} expires more than a year from now; a year at most is recommended, so that it stays true"
        ))
        .plainly("The note about security holes is valid for so long that nobody will look at it again.")
        .remedy(remedy(case));
    }
    let how = if file.signed {
        ", signed (the signature was not verified)"
    } else {
        ""
    };
    Judgement::pass(format!("{at} is a valid security.txt{how}"))
        .plainly("Who finds a security hole can read whom to tell.")
}

/// What is wrong with the way in which it is served (§3): https all along, plain text in UTF-8.
fn served_problems(landed: &Landing<'_>, chain: Option<&HttpChain>) -> Vec<String> {
    let mut problems = Vec::new();
    let plain_hop = chain
        .filter(|chain| chain.end == ChainEnd::Answer)
        .is_some_and(|chain| chain.hops.iter().any(|hop| hop.url.scheme() != "https"));
    if plain_hop {
        problems.push("it is reached over plain http".to_owned());
    }
    if landed.response.certificate_ok == Some(false) {
        problems.push("its certificate does not verify".to_owned());
    }
    let declared = landed.response.header("content-type").unwrap_or_default();
    let declared = declared.to_ascii_lowercase();
    let kind = declared.split(';').next().unwrap_or_default().trim();
    if kind != "text/plain" {
        let kind = if kind.is_empty() { "nothing" } else { kind };
        problems.push(format!("it is served as {}, not text/plain", escape(kind)));
    }
    let charset = declared
        .split_once("charset=")
        .map(|(_, rest)| rest.trim_matches(['"', ' ']));
    if charset.is_some_and(|set| !set.starts_with("utf-8") && !set.starts_with("us-ascii")) {
        problems.push("its charset is not utf-8".to_owned());
    }
    problems
}

fn subject_url(case: Case<'_>) -> Option<Url> {
    let mut url = subject::root("https", case.subject)?;
    url.set_path(PLACE);
    Some(url)
}

fn lifetime(from: Timestamp, to: Timestamp) -> Exhibit {
    let bar = Bar {
        label: "security.txt".to_owned(),
        verdict: Some(if to <= from {
            Verdict::Fail
        } else {
            Verdict::Pass
        }),
        from: from.min(to),
        to: to.max(from),
    };
    Exhibit::lifetimes("Until it expires", [bar])
}

fn remedy(case: Case<'_>) -> Remedy {
    let host = case.subject;
    remedy::configure(
        "web.security-txt",
        [
            format!("Publish the text below at https://{host}{PLACE}, as text/plain; charset=utf-8, with a mailbox that somebody reads."),
            "Set Expires less than a year ahead (2027-05-01T00:00:00Z is the form), and put the date into the calendar of whoever keeps it.".to_owned(),
            format!("Try it: curl -si https://{host}{PLACE}"),
        ],
        vec![Setting {
            place: format!("file served at https://{host}{PLACE}"),
            name: "security.txt".to_owned(),
            value: format!("Contact: mailto:security@{}\nExpires: <date and time, less than a year ahead>\nCanonical: https://{host}{PLACE}\nPreferred-Languages: en", case.intent.domain),
        }],
        "Take the file away again; nothing depends on it.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;
    use crate::model::observation::FailureKind;

    const AT: &str = "https://www.acme.example/.well-known/security.txt";
    const TEXT: (&str, &str) = ("content-type", "text/plain; charset=utf-8");
    const GOOD: &str = "Contact: mailto:security@acme.example\nExpires: 2027-05-01T00:00:00Z\n";

    #[test]
    fn what_is_served_there() {
        let intent = intent();
        let with = |text: &str| page(AT, 200, &[TEXT], text);
        let cf = [HTML, ("cf-mitigated", "challenge")];
        let over_http = redirects(&[(AT, 301)], "http://www.acme.example/security.txt");
        let mut over_http = over_http;
        over_http.hops[1].outcome = Ok(response(200, &[TEXT], GOOD));
        for (chain, want, says) in [
            (with(GOOD), Verdict::Pass, "is a valid"),
            (page(AT, 404, &[HTML], ""), Verdict::Pass, "no security.txt"),
            (
                page(AT, 200, &[HTML], "<h1>Contact: us</h1>"),
                Verdict::Pass,
                "a page, not one",
            ),
            (page(AT, 200, &[HTML], GOOD), Verdict::Fail, "text/html"),
            (
                page(
                    AT,
                    200,
                    &[("content-type", "text/plain; charset=latin1")],
                    GOOD,
                ),
                Verdict::Fail,
                "charset",
            ),
            (
                with(&GOOD.replace("2027", "2026").replace("05", "01")),
                Verdict::Fail,
                "has expired",
            ),
            (
                with(&GOOD.replace("2027", "2029")),
                Verdict::Warn,
                "more than a year",
            ),
            (
                with(&format!("{GOOD}Canonical: https://other.example/x")),
                Verdict::Warn,
                "Canonical",
            ),
            (
                with(&format!("{GOOD}Canonical: {AT}")),
                Verdict::Pass,
                "valid",
            ),
            (
                with("Expires: 2027-05-01T00:00:00Z"),
                Verdict::Fail,
                "no Contact",
            ),
            (over_http, Verdict::Fail, "plain http"),
            (
                page(AT, 403, &[HTML], "no"),
                Verdict::Unknown,
                "was not seen",
            ),
            (
                page(AT, 403, &cf, "<title>Just a moment...</title>"),
                Verdict::Unknown,
                "challenge",
            ),
            (
                failed(AT, FailureKind::Timeout),
                Verdict::Unknown,
                "nothing to be seen",
            ),
        ] {
            let seen = Seen {
                known: Some(chain),
                old: None,
            };
            let judged = SecurityTxt.judge(&seen, case(&intent, "www.acme.example"));
            assert_eq!(judged.verdict, want, "{}", judged.summary);
            assert!(judged.summary.contains(says), "{}", judged.summary);
            assert_eq!(
                judged.remedy.is_some(),
                matches!(want, Verdict::Fail | Verdict::Warn)
            );
        }
    }

    #[test]
    fn the_old_place_is_a_remark() {
        let intent = intent();
        let seen = Seen {
            known: Some(page(AT, 404, &[HTML], "")),
            old: Some(page(
                "https://www.acme.example/security.txt",
                200,
                &[TEXT],
                GOOD,
            )),
        };
        let judged = SecurityTxt.judge(&seen, case(&intent, "www.acme.example"));
        assert_eq!(judged.verdict, Verdict::Warn);
    }
}
