//! The portal as it should be: what each host answers, signed in or not.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::page::{Ask, Page};
use crate::range::token;

/// The session cookie; the prefix binds it to the host and to https (RFC 6265bis §4.1.3).
const COOKIE: &str = "__Host-session";

/// The only origin that the API lets read its answers.
const PORTAL_ORIGIN: &str = "https://portal.acme.example";

/// A test account of the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestAccount {
    /// The name by which the intent knows it.
    pub name: &'static str,
    pub tenant: &'static str,
    pub user: &'static str,
    pub password: &'static str,
    /// The tenant's own invoice.
    pub invoice: &'static str,
}

/// Two tenants, one account each.
pub const ACCOUNTS: [TestAccount; 2] = [
    TestAccount {
        name: "a",
        tenant: "one",
        user: "ada@one.example",
        password: "practice-makes-ready-1",
        invoice: "inv-1001",
    },
    TestAccount {
        name: "b",
        tenant: "two",
        user: "ben@two.example",
        password: "practice-makes-ready-2",
        invoice: "inv-2001",
    },
];

/// Who is signed in.
#[derive(Default)]
pub struct Sessions {
    open: Mutex<HashMap<String, TestAccount>>,
}

impl Sessions {
    fn of(&self, ask: &Ask) -> Option<TestAccount> {
        let bearer = ask
            .header("authorization")
            .and_then(|v| v.strip_prefix("Bearer "));
        let token = ask.cookie(COOKIE).or(bearer)?;
        self.table().get(token).copied()
    }

    fn begin(&self, account: TestAccount) -> Option<String> {
        let token = token::random::<24>()?;
        self.table().insert(token.clone(), account);
        Some(token)
    }

    fn end(&self, ask: &Ask) {
        if let Some(token) = ask.cookie(COOKIE) {
            self.table().remove(token);
        }
    }

    fn table(&self) -> std::sync::MutexGuard<'_, HashMap<String, TestAccount>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the healthy site answers.
pub fn answer(ask: &Ask, sessions: &Sessions) -> Page {
    if ask.scheme == "http" {
        let to = format!("https://{}{}", ask.host, ask.path_and_query());
        return Page::redirect(301, &to);
    }
    let page = match ask.host.as_str() {
        "acme.example" => Page::redirect(
            301,
            &format!("https://www.acme.example{}", ask.path_and_query()),
        ),
        "api.acme.example" => api(ask, sessions),
        "portal.acme.example" => portal(ask, sessions),
        "mta-sts.acme.example" => mail_policy(ask),
        _ => home(ask),
    };
    page.with("strict-transport-security", "max-age=31536000")
        .with("x-content-type-options", "nosniff")
        .with("x-frame-options", "DENY")
        .with("referrer-policy", "strict-origin-when-cross-origin")
        .with(
            "content-security-policy",
            "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
        )
}

fn home(ask: &Ask) -> Page {
    match ask.path.as_str() {
        "/" => Page::html(
            200,
            "Acme: support for growing companies",
            "<main>\n<h1>Acme</h1>\n<p>Support desks for growing companies.</p>\n\
             <p><a href=\"https://portal.acme.example/\">Client portal</a></p>\n\
             <img src=\"/assets/desk.svg\" alt=\"A desk\">\n</main>",
        ),
        // The address of the page before the relaunch.
        "/prices" => Page::redirect(301, "/pricing"),
        "/.well-known/security.txt" => security_txt(),
        "/pricing" => Page::html(200, "Pricing", "<main><h1>Pricing</h1></main>"),
        _ => shared_files(ask),
    }
}

/// The host of the rule that makes senders protect mail; it shows nothing else.
fn mail_policy(ask: &Ask) -> Page {
    match ask.path.as_str() {
        "/.well-known/mta-sts.txt" => Page::new(
            200,
            "text/plain; charset=utf-8",
            "version: STSv1\nmode: enforce\nmx: mx.acme.example\nmax_age: 604800\n",
        ),
        _ => Page::html(404, "Not found", "<main><h1>Not found</h1></main>"),
    }
}

/// Good for half a year or nearly so; the date moves once a month.
fn security_txt() -> Page {
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let ahead = jiff::Span::new().months(6);
    let expires = today.first_of_month().checked_add(ahead).unwrap_or(today);
    Page::new(
        200,
        "text/plain; charset=utf-8",
        format!(
            "Contact: mailto:security@acme.example\nExpires: {expires}T00:00:00Z\n\
             Canonical: https://www.acme.example/.well-known/security.txt\nPreferred-Languages: en\n"
        ),
    )
}

fn portal(ask: &Ask, sessions: &Sessions) -> Page {
    let who = sessions.of(ask);
    let page = match (ask.method.as_str(), ask.path.as_str(), who) {
        ("POST", "/sign-in", _) => sign_in(ask, sessions),
        (_, "/sign-in", None) => Page::html(200, "Sign in · Acme", SIGN_IN_FORM),
        (_, "/sign-in" | "/", Some(_)) => Page::redirect(302, "/app"),
        ("POST", "/sign-out", _) => {
            sessions.end(ask);
            let gone = format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
            Page::redirect(303, "/sign-in").with("set-cookie", &gone)
        }
        (_, "/" | "/app" | "/admin", None) => Page::redirect(302, "/sign-in"),
        (_, "/app", Some(who)) => {
            let inside = format!(
                "<main>\n<h1>Invoices of tenant {}</h1>\n<p>{}</p>\n</main>",
                who.tenant, who.invoice
            );
            Page::html(200, "Your invoices · Acme", &inside)
        }
        (_, "/admin", Some(_)) => {
            Page::html(403, "Not allowed", "<main><h1>Not allowed</h1></main>")
        }
        (_, "/health", _) => Page::json(200, r#"{"status":"ok"}"#),
        _ => return shared_files(ask),
    };
    page.with("cache-control", "no-store")
}

const SIGN_IN_FORM: &str = "<main>\n<h1>Sign in</h1>\n\
    <form method=\"post\" action=\"/sign-in\">\n\
    <label>Email <input type=\"email\" name=\"email\" autocomplete=\"username\" required></label>\n\
    <label>Password <input type=\"password\" name=\"password\" autocomplete=\"current-password\" required></label>\n\
    <button type=\"submit\">Sign in</button>\n</form>\n</main>";

fn sign_in(ask: &Ask, sessions: &Sessions) -> Page {
    let fields: HashMap<_, _> = url::form_urlencoded::parse(&ask.body)
        .into_owned()
        .collect();
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let account = ACCOUNTS
        .into_iter()
        .find(|a| a.user == field("email") && a.password == field("password"));
    match account.and_then(|account| sessions.begin(account)) {
        Some(token) => {
            let cookie = format!("{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax");
            Page::redirect(303, "/app").with("set-cookie", &cookie)
        }
        None => Page::html(401, "Sign in · Acme", SIGN_IN_FORM),
    }
}

fn api(ask: &Ask, sessions: &Sessions) -> Page {
    let page = match (ask.method.as_str(), ask.path.as_str()) {
        ("OPTIONS", _) => Page {
            status: 204,
            headers: Vec::new(),
            body: Vec::new(),
        },
        (_, "/health") => Page::json(200, r#"{"status":"ok"}"#),
        (_, "/v1/invoices") => match sessions.of(ask) {
            None => {
                Page::json(401, r#"{"error":"sign in first"}"#).with("www-authenticate", "Bearer")
            }
            Some(who) => Page::json(200, &format!(r#"{{"invoices":["{}"]}}"#, who.invoice)),
        },
        (_, path) => match (path.strip_prefix("/v1/invoices/"), sessions.of(ask)) {
            (Some(_), None) => Page::json(401, r#"{"error":"sign in first"}"#),
            (Some(id), Some(who)) if id == who.invoice => Page::json(
                200,
                &format!(
                    r#"{{"invoice":"{}","tenant":"{}"}}"#,
                    who.invoice, who.tenant
                ),
            ),
            _ => Page::json(404, r#"{"error":"not found"}"#),
        },
    };
    let page = page
        .with("cache-control", "no-store")
        .with("vary", "Origin");
    if ask.header("origin") != Some(PORTAL_ORIGIN) {
        return page;
    }
    let page = page
        .with("access-control-allow-origin", PORTAL_ORIGIN)
        .with("access-control-allow-credentials", "true");
    if ask.method == "OPTIONS" {
        return page
            .with("access-control-allow-methods", "GET, POST")
            .with(
                "access-control-allow-headers",
                "authorization, content-type",
            )
            .with("access-control-max-age", "600");
    }
    page
}

fn shared_files(ask: &Ask) -> Page {
    match ask.path.as_str() {
        "/robots.txt" => Page::new(
            200,
            "text/plain; charset=utf-8",
            "User-agent: *\nAllow: /\n",
        ),
        "/assets/site.css" => Page::new(200, "text/css; charset=utf-8", "body { margin: 2rem; }\n"),
        "/assets/desk.svg" => Page::new(
            200,
            "image/svg+xml",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 2\"><path d=\"M0 0h4v2\"/></svg>\n",
        ),
        _ => Page::html(404, "Not found", "<main><h1>Not found</h1></main>"),
    }
}
