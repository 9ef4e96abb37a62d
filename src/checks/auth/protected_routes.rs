//! `auth.protected-routes`: every protected route turns a stranger away.
//!
//! A stranger asks twice, as a browser and as a program. What comes back is told apart: a refusal, a redirect to the
//! sign-in page, a sign-in page with status 200, the shell of a single-page app, a catch-all, a challenge page, or data.
//! No credential is sent, only GET is used, and no body is kept.

pub mod look;
pub mod stance;

use serde::{Deserialize, Serialize};

use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::sight::Sight;
use crate::model::finding::{Remedy, Setting};
use crate::model::intent::{Intent, Route, RouteClass};
use crate::model::text::escape;
use crate::model::verdict::{Confidence, Severity};
use crate::remedy::{configure, manual};

use stance::{Stance, stance};

/// Every protected route turns a stranger away.
pub struct ProtectedRoutes;

/// What a stranger got, or why nothing was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RouteSeen {
    /// What has to be said first.
    NotAsked(String),
    Asked(Box<Stranger>),
}

/// Both questions, and what they are compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stranger {
    pub class: RouteClass,
    pub as_browser: Glance,
    pub as_program: Glance,
    /// A neighbour of the route that cannot exist.
    pub nowhere: Sight,
}

/// One answer, how it compares, and where its redirects end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Glance {
    pub sight: Sight,
    /// Likeness in percent to the answer at a name that cannot exist, and to the home page; `None` where one has no body.
    pub like_nowhere: Option<u8>,
    pub like_home: Option<u8>,
    /// Redirects that were followed, the last where they end.
    pub hops: Vec<Sight>,
    /// A host outside of the client's own to which the last redirect points.
    pub leaves_to: Option<String>,
}

impl Rule for ProtectedRoutes {
    type Seen = RouteSeen;

    const META: Meta = Meta {
        id: "auth.protected-routes",
        title: "Protected routes turn strangers away",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 45,
        version: 1,
        standards: &[
            "OWASP ASVS 5.0 8.2.1",
            "RFC 9110 §15.5.2",
            "RFC 9110 §15.5.4",
        ],
        guide: include_str!("../../../assets/guides/auth.protected-routes.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        let mut subjects: Vec<String> = Vec::new();
        for route in intent.routes.iter().filter(|route| is_closed(route)) {
            if !subjects.contains(&route.url) {
                subjects.push(route.url.clone());
            }
        }
        if subjects.is_empty() {
            subjects.push(intent.domain.to_string());
        }
        subjects
    }

    async fn observe(&self, look: Look<'_>) -> RouteSeen {
        look::look(look).await
    }

    fn judge(&self, seen: &RouteSeen, case: Case<'_>) -> Judgement {
        match seen {
            RouteSeen::NotAsked(why) => Judgement::blocked(why.clone())
                .plainly("We can only test the doors that you name. Name the pages that need a sign-in.")
                .remedy(manual(
                    Self::META.id,
                    [
                        "Name each protected page and API endpoint in the intent: `[[route]]` with `url`, `class = \"protected\"` (or `admin`, `api`).",
                        "Write a concrete address, with a real id where the route has a parameter.",
                    ],
                    "Take the route out of the intent again.",
                )),
            RouteSeen::Asked(stranger) => judged(stranger, case),
        }
    }
}

/// Whether a route is one that a stranger must not get.
fn is_closed(route: &Route) -> bool {
    matches!(
        route.class,
        RouteClass::Protected | RouteClass::Admin | RouteClass::Api
    )
}

fn judged(stranger: &Stranger, case: Case<'_>) -> Judgement {
    let url = escape(case.subject);
    let both = [
        (stance(&stranger.as_browser, stranger), &stranger.as_browser),
        (stance(&stranger.as_program, stranger), &stranger.as_program),
    ];
    let [(first, _), (second, _)] = &both;
    let (worst, glance) = match (first.rank(), second.rank()) {
        (a, b) if b > a => &both[1],
        _ => &both[0],
    };
    let status = glance.sight.status();
    let judgement = match worst {
        Stance::Open(what) => open(&url, status, what, glance),
        Stance::Unseen(why) => Judgement::unknown(format!("{url} could not be looked at: {why}"))
            .plainly("We could not see what a stranger gets at this page."),
        Stance::Unclear(why) => Judgement::unknown(format!("{url} {why}"))
            .plainly("We could not tell whether this page is closed to strangers."),
        Stance::Odd(what) => Judgement::warn(format!("{url} {what}"))
            .severity(Severity::Advice)
            .plainly("Strangers see no data here, but the page does not say “no” in the way programs understand.")
            .remedy(manual(
                ProtectedRoutes::META.id,
                ["Answer 401 to programs and a redirect to the sign-in page to browsers; keep 200 for what is really there."],
                "Put the old answer back.",
            )),
        Stance::Refused(how) => Judgement::pass(format!("{url} {how}"))
            .plainly("Strangers are turned away here."),
    };
    let shown = [&stranger.as_browser.sight, &stranger.as_program.sight];
    judgement
        .detail("status", status)
        .detail("as_browser", first.word())
        .detail("as_program", second.word())
        .evidence(shown.iter().map(|sight| evidence::http(&sight.exchange)))
        .evidence(
            stranger
                .as_browser
                .hops
                .last()
                .map(|hop| evidence::http(&hop.exchange)),
        )
}

fn open(url: &str, status: u16, what: &str, glance: &Glance) -> Judgement {
    let fields = glance
        .sight
        .json
        .as_ref()
        .map(|json| json.fields.clone())
        .unwrap_or_default();
    let judgement = Judgement::fail(format!("{url} answers a stranger with {status} and {what}"))
        .plainly("Anybody who knows the address sees this page without signing in.")
        .detail("fields", fields)
        .remedy(close());
    // JSON with data is proof; a page might still be one that everybody may see.
    if glance.sight.json.as_ref().is_some_and(|json| json.has_data) {
        judgement
    } else {
        judgement.confidence(Confidence::Likely)
    }
}

fn close() -> Remedy {
    configure(
        ProtectedRoutes::META.id,
        [
            "Let the server refuse by default, in one place, and list the public routes there: a page that hides itself with a script is not closed.",
            "Check the session on the server for pages, for the API and for data routes (`/_next/data/…`, file downloads, exports) alike.",
            "If this page is meant to be public, set its class to `public` in the intent.",
        ],
        vec![Setting {
            place: "the portal's server (middleware, in front of every route)".to_owned(),
            name: "default".to_owned(),
            value: "no session and not on the public list: 401 for `Accept: application/json`, else 302 to the sign-in page".to_owned(),
        }],
        "Deploy the version before; then the route is open again.",
    )
}
