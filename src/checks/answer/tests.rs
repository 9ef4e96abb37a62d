//! Answers of every kind, and what one sign alone must not prove.

use super::*;

fn response(status: u16, headers: &[(&str, &str)], body: &str) -> HttpResponse {
    HttpResponse {
        status,
        version: "HTTP/1.1".into(),
        headers: headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect(),
        body: body.into(),
        body_bytes: body.len(),
        truncated: false,
        ttfb_ms: 1,
        certificate_ok: Some(true),
    }
}

const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");

#[test]
fn answers_are_told_apart() {
    let form = "<title>Acme</title><form action=/login><input type=email><input type=password><button>Sign in</button></form>";
    let magic = "<title>Log in to Acme</title><h1>Log in</h1><form action=/auth><input type=email><button>Email me a link</button></form>";
    let cf = "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>";
    for (status, headers, body, want) in [
        (
            200,
            vec![HTML],
            "<title>Acme</title><h1>Support</h1>",
            AnswerKind::Page,
        ),
        (200, vec![HTML], form, AnswerKind::SignIn),
        (200, vec![HTML], magic, AnswerKind::SignIn),
        (403, vec![HTML], form, AnswerKind::SignIn),
        (
            403,
            vec![HTML, ("cf-mitigated", "challenge")],
            cf,
            AnswerKind::Challenge { who: "Cloudflare" },
        ),
        (
            401,
            vec![("www-authenticate", "Basic realm=\"staging\"")],
            "",
            AnswerKind::PasswordWall,
        ),
        (
            401,
            vec![("www-authenticate", "Bearer")],
            "",
            AnswerKind::Forbidden,
        ),
        (429, vec![], "slow down", AnswerKind::RateLimited),
        (
            404,
            vec![
                ("server", "Vercel"),
                ("x-vercel-error", "DEPLOYMENT_NOT_FOUND"),
            ],
            "DEPLOYMENT_NOT_FOUND",
            AnswerKind::PlatformError { who: "Vercel" },
        ),
        (
            200,
            vec![HTML],
            "<title>Welcome to nginx!</title><p>Thank you for using nginx.</p>",
            AnswerKind::Parked {
                who: "nginx's welcome page",
            },
        ),
        (
            503,
            vec![HTML, ("retry-after", "600")],
            "<h1>Back at noon</h1>",
            AnswerKind::Maintenance,
        ),
        (
            200,
            vec![HTML],
            "<title>Coming soon</title><p>Acme launches in May.</p>",
            AnswerKind::Maintenance,
        ),
        (
            200,
            vec![HTML],
            "<title>404 - Not found</title><h1>Page not found</h1>",
            AnswerKind::SoftNotFound,
        ),
        (404, vec![HTML], "<h1>gone</h1>", AnswerKind::NotFound),
        (500, vec![], "oops", AnswerKind::ServerError),
        (418, vec![], "", AnswerKind::ClientError),
        (
            301,
            vec![("location", "https://x.example/")],
            "",
            AnswerKind::Redirect,
        ),
        (
            200,
            vec![("content-type", "application/problem+json")],
            "{}",
            AnswerKind::Json,
        ),
        (200, vec![HTML], "  ", AnswerKind::Empty),
        (
            200,
            vec![("content-type", "text/plain")],
            "hi",
            AnswerKind::Other,
        ),
    ] {
        assert_eq!(
            classify(&response(status, &headers, body)),
            want,
            "{status} {body}"
        );
    }
}

#[test]
fn one_sign_alone_proves_nothing() {
    // A page served by Cloudflare that carries its detection script, an article about a challenge, a home page that
    // links to its sign-in page, a registration form, a page that mentions maintenance at length.
    let long = format!(
        "<title>Maintenance contracts</title>{}",
        "word ".repeat(400)
    );
    for (status, headers, body) in [
        (
            200,
            vec![HTML, ("server", "cloudflare")],
            "<title>Acme</title><script src=/cdn-cgi/challenge-platform/x></script>",
        ),
        (
            200,
            vec![HTML],
            "<title>Just a moment... a novel</title><p>Chapter one</p>",
        ),
        (
            200,
            vec![HTML],
            "<title>Acme</title><a href=/login>Log in</a><form><input type=email><button>Subscribe</button></form>",
        ),
        (
            200,
            vec![HTML],
            "<title>Join</title><input type=password autocomplete=new-password>",
        ),
        (
            200,
            vec![HTML],
            "<title>Acme</title><p>This domain is for sale is what parked pages say.</p>",
        ),
        (200, vec![HTML], long.as_str()),
    ] {
        assert_eq!(
            classify(&response(status, &headers, body)),
            AnswerKind::Page,
            "{body}"
        );
    }
}

#[test]
fn every_mark_needs_several_signals() {
    for mark in marks::all() {
        assert!(
            mark.needs >= 2 && mark.needs <= mark.signals.len(),
            "{}",
            mark.who
        );
    }
}
