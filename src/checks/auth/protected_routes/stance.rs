//! How a route stands to a stranger, told from one answer.

use crate::checks::answer::is_sign_in_path;
use crate::checks::likeness::SAME;
use crate::checks::sight::{Kind, Sight};
use crate::model::intent::RouteClass;
use crate::model::text::escape;

use super::{Glance, Stranger};

/// Visible characters in the body of a redirect or a refusal from which on it is more than a line of explanation.
const MUCH_TEXT: usize = 1_500;

/// How a route stands to a stranger. The text follows the route's URL in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stance {
    Refused(String),
    /// No data, but said in a way that misleads programs.
    Odd(String),
    /// Data, or a page of its own; the text follows "answers with 200 and".
    Open(String),
    /// Neither refusal nor data.
    Unclear(String),
    /// The route itself was not seen; the text is the reason.
    Unseen(String),
}

impl Stance {
    /// The graver one counts.
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Refused(_) => 0,
            Self::Odd(_) => 1,
            Self::Unclear(_) => 2,
            Self::Unseen(_) => 3,
            Self::Open(_) => 4,
        }
    }

    /// One word for scripts.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Odd(_) => "odd",
            Self::Open(_) => "open",
            Self::Unclear(_) => "unclear",
            Self::Unseen(_) => "unseen",
        }
    }
}

/// Tells from one answer.
pub fn stance(glance: &Glance, stranger: &Stranger) -> Stance {
    let sight = &glance.sight;
    let status = sight.status();
    match sight.kind {
        Kind::Unseen | Kind::Away => {
            Stance::Unseen(format!("it answers with {}", sight.says)).or_failure(sight)
        }
        Kind::Refusal => with_body_read(sight, Stance::Refused(format!("answers {status}"))),
        Kind::SignIn if matches!(status, 401 | 403) => {
            Stance::Refused(format!("answers {status} with the sign-in page"))
        }
        Kind::SignIn => Stance::Odd(format!("shows the sign-in page with status {status}")),
        Kind::Redirect => with_body_read(sight, redirect(glance)),
        Kind::NotFound => Stance::Unclear(format!(
            "answers {status} to a stranger: hidden from strangers, or the address is wrong"
        )),
        Kind::ClientError | Kind::ServerError => {
            Stance::Unclear(format!("answers {status}, neither a refusal nor a page"))
        }
        Kind::Json if sight.json.as_ref().is_some_and(|json| json.has_data) => {
            Stance::Open(data(sight))
        }
        Kind::Json => Stance::Odd(format!("answers {status} with JSON that holds no data")),
        Kind::Empty => Stance::Unclear(format!("answers {status} without a body")),
        Kind::Page => page(glance, stranger),
        Kind::Other if same(glance.like_nowhere) && stranger.nowhere.status() == status => {
            Stance::Unclear("answers like any address that does not exist: a catch-all".to_owned())
        }
        Kind::Other => Stance::Open("a file".to_owned()),
    }
}

impl Stance {
    /// A failure has its own words.
    fn or_failure(self, sight: &Sight) -> Self {
        match &sight.exchange.outcome {
            Err(failure) => Self::Unseen(escape(&failure.text)),
            Ok(_) => self,
        }
    }
}

fn same(likeness: Option<u8>) -> bool {
    likeness.is_some_and(|percent| percent >= SAME)
}

/// Refusals and redirects whose body carries what they refuse (a common slip: the page is rendered before the check).
fn with_body_read(sight: &Sight, otherwise: Stance) -> Stance {
    let listed = sight
        .json
        .as_ref()
        .is_some_and(|json| json.has_data && json.items.is_some());
    if listed {
        return Stance::Open(format!("{} in the body all the same", data(sight)));
    }
    if sight.kind == Kind::Redirect && sight.text > MUCH_TEXT {
        return Stance::Open("a whole page in the body of the redirect".to_owned());
    }
    otherwise
}

fn data(sight: &Sight) -> String {
    match sight
        .json
        .as_ref()
        .map(|json| (json.items, json.fields.as_slice()))
    {
        Some((Some(items), _)) => format!("a JSON list of {items}"),
        Some((None, fields)) if !fields.is_empty() => {
            format!("JSON data (fields {})", fields.join(", "))
        }
        _ => "JSON data".to_owned(),
    }
}

fn page(glance: &Glance, stranger: &Stranger) -> Stance {
    let catch_all = same(glance.like_nowhere) && stranger.nowhere.status() == glance.sight.status();
    if !catch_all && !same(glance.like_home) {
        return Stance::Open("a page of its own".to_owned());
    }
    if stranger.class == RouteClass::Api {
        return Stance::Unclear(
            "answers with the shell of the web app, so the API itself was not seen".to_owned(),
        );
    }
    Stance::Unclear(
        "answers with the same shell as any other address; a script decides in the browser, so its API routes must refuse: name them in the intent".to_owned(),
    )
}

fn redirect(glance: &Glance) -> Stance {
    let status = glance.sight.status();
    if let Some(host) = &glance.leaves_to {
        let host = escape(host);
        return if is_identity_host(&host) || location_says_sign_in(glance) {
            Stance::Refused(format!("redirects ({status}) to the sign-in at {host}"))
        } else {
            Stance::Odd(format!(
                "redirects ({status}) to {host}, which is not one of the client's hosts"
            ))
        };
    }
    let Some(end) = glance.hops.last() else {
        return Stance::Unclear(format!(
            "redirects ({status}) to something that is no address"
        ));
    };
    let to = escape(end.exchange.url.path());
    match end.kind {
        Kind::SignIn => Stance::Refused(format!("redirects ({status}) to the sign-in page {to}")),
        Kind::Refusal => Stance::Refused(format!("redirects ({status}) to a refusal at {to}")),
        Kind::Unseen | Kind::Away if location_says_sign_in(glance) => {
            Stance::Refused(format!("redirects ({status}) to {to}"))
        }
        Kind::Unseen | Kind::Away => Stance::Unseen(format!(
            "{to}, where it redirects, answers with {}",
            end.says
        )),
        Kind::Json if end.json.as_ref().is_some_and(|json| json.has_data) => {
            Stance::Open(format!("a redirect to {}", data(end)))
        }
        _ if location_says_sign_in(glance) => {
            Stance::Refused(format!("redirects ({status}) to {to}"))
        }
        Kind::Page if end.exchange.url.path() == "/" => Stance::Odd(format!(
            "redirects ({status}) to the home page, not to the sign-in page"
        )),
        _ => Stance::Unclear(format!(
            "redirects ({status}) to {to}, which is no sign-in page"
        )),
    }
}

/// Whether any address on the way reads like a place to sign in at.
fn location_says_sign_in(glance: &Glance) -> bool {
    std::iter::once(&glance.sight)
        .chain(&glance.hops)
        .filter_map(|sight| sight.header("location"))
        .any(is_sign_in_path)
}

/// Hosts by whose name or owner people sign in.
fn is_identity_host(host: &str) -> bool {
    const OWNERS: [&str; 12] = [
        "auth0.com",
        "okta.com",
        "oktapreview.com",
        "login.microsoftonline.com",
        "ciamlogin.com",
        "b2clogin.com",
        "accounts.google.com",
        "amazoncognito.com",
        "clerk.accounts.dev",
        "workos.com",
        "cloudflareaccess.com",
        "onelogin.com",
    ];
    const LABELS: [&str; 8] = [
        "login", "auth", "sso", "id", "accounts", "account", "signin", "identity",
    ];
    let first = host.split('.').next().unwrap_or_default();
    LABELS.contains(&first)
        || OWNERS
            .iter()
            .any(|owner| host == *owner || host.ends_with(&format!(".{owner}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::sight::samples::{CHALLENGE, HTML, JSON, SIGN_IN, exchange, silent};
    use crate::model::observation::http::HttpExchange;
    use crate::model::verdict::Verdict;

    const URL: &str = "https://portal.acme.example/app";
    const SHELL: &str = "<title>Acme</title><body><div id=root></div><p>You need a browser with scripts for the portal of Acme</p></body>";

    fn glance(answer: &HttpExchange, hops: &[HttpExchange]) -> Glance {
        let body = answer
            .response()
            .map(|r| r.body.clone())
            .unwrap_or_default();
        Glance {
            sight: Sight::of(answer),
            like_nowhere: Some(crate::checks::likeness::percent(&body, SHELL)),
            like_home: None,
            hops: hops.iter().map(Sight::of).collect(),
            leaves_to: None,
        }
    }

    fn stranger(class: RouteClass, nowhere: &HttpExchange) -> Stranger {
        let any = glance(nowhere, &[]);
        Stranger {
            class,
            as_browser: any.clone(),
            as_program: any,
            nowhere: Sight::of(nowhere),
        }
    }

    fn of(glance: &Glance, stranger: &Stranger) -> Verdict {
        match stance(glance, stranger) {
            Stance::Refused(_) => Verdict::Pass,
            Stance::Odd(_) => Verdict::Warn,
            Stance::Open(_) => Verdict::Fail,
            Stance::Unseen(_) | Stance::Unclear(_) => Verdict::Unknown,
        }
    }

    fn verdict(class: RouteClass, answer: &HttpExchange, hops: &[HttpExchange]) -> Verdict {
        let nowhere = exchange(
            "https://portal.acme.example/nowhere",
            404,
            &[HTML],
            "<h1>Not found</h1>",
        );
        of(&glance(answer, hops), &stranger(class, &nowhere))
    }

    #[test]
    fn what_strangers_get() {
        let to = |place| [("location", place), HTML];
        let sign_in = exchange("https://portal.acme.example/sign-in", 200, &[HTML], SIGN_IN);
        let home = exchange(
            "https://portal.acme.example/",
            200,
            &[HTML],
            "<h1>Welcome</h1>",
        );
        let list = r#"[{"id":1,"customer":"Globex"}]"#;
        let long = format!("<h1>Invoices</h1>{}", "row of data ".repeat(300));
        for (answer, hops, want) in [
            (
                exchange(URL, 401, &[JSON], r#"{"error":"unauthorized"}"#),
                vec![],
                Verdict::Pass,
            ),
            (
                exchange(URL, 403, &[HTML], "<h1>Forbidden</h1>"),
                vec![],
                Verdict::Pass,
            ),
            (exchange(URL, 401, &[HTML], SIGN_IN), vec![], Verdict::Pass),
            (
                exchange(URL, 302, &to("/sign-in"), ""),
                vec![sign_in.clone()],
                Verdict::Pass,
            ),
            (exchange(URL, 302, &to("/"), ""), vec![home], Verdict::Warn),
            (
                exchange(URL, 302, &to("/sign-in"), &long),
                vec![sign_in.clone()],
                Verdict::Fail,
            ),
            (exchange(URL, 401, &[JSON], list), vec![], Verdict::Fail),
            (exchange(URL, 200, &[HTML], SIGN_IN), vec![], Verdict::Warn),
            (exchange(URL, 200, &[JSON], list), vec![], Verdict::Fail),
            (
                exchange(URL, 200, &[JSON], r#"{"error":"unauthorized"}"#),
                vec![],
                Verdict::Warn,
            ),
            (
                exchange(URL, 200, &[HTML], "<h1>Invoices of Globex</h1>"),
                vec![],
                Verdict::Fail,
            ),
            (
                exchange(URL, 200, &[("content-type", "application/pdf")], "%PDF-1.7"),
                vec![],
                Verdict::Fail,
            ),
            (
                exchange(URL, 404, &[HTML], "<h1>Not found</h1>"),
                vec![],
                Verdict::Unknown,
            ),
            (
                exchange(URL, 500, &[HTML], "oops"),
                vec![],
                Verdict::Unknown,
            ),
            (
                exchange(URL, 403, &[HTML, ("cf-mitigated", "challenge")], CHALLENGE),
                vec![],
                Verdict::Unknown,
            ),
            (exchange(URL, 429, &[], ""), vec![], Verdict::Unknown),
            (silent(URL), vec![], Verdict::Unknown),
            (exchange(URL, 204, &[], ""), vec![], Verdict::Unknown),
        ] {
            let got = verdict(RouteClass::Protected, &answer, &hops);
            assert_eq!(got, want, "{:?}", answer.outcome);
        }
    }

    #[test]
    fn a_shell_is_no_leak_and_no_refusal() {
        let nowhere = exchange("https://portal.acme.example/nowhere", 200, &[HTML], SHELL);
        let answer = exchange(URL, 200, &[HTML], SHELL);
        for class in [RouteClass::Protected, RouteClass::Api] {
            let stranger = stranger(class, &nowhere);
            assert_eq!(of(&glance(&answer, &[]), &stranger), Verdict::Unknown);
        }
    }

    #[test]
    fn sign_in_elsewhere_is_recognised() {
        let mut away = glance(
            &exchange(
                URL,
                302,
                &[("location", "https://acme.eu.auth0.com/authorize?x=1")],
                "",
            ),
            &[],
        );
        let nowhere = stranger(RouteClass::Protected, &exchange(URL, 404, &[HTML], ""));
        away.leaves_to = Some("acme.eu.auth0.com".into());
        assert_eq!(of(&away, &nowhere), Verdict::Pass);
        let mut odd = glance(
            &exchange(URL, 302, &[("location", "https://parking.example/x")], ""),
            &[],
        );
        odd.leaves_to = Some("parking.example".into());
        assert_eq!(of(&odd, &nowhere), Verdict::Warn);
        assert!(!is_identity_host("evilauth0.com"));
    }
}
