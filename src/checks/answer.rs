//! What kind of answer a web server gave: a page, a sign-in page, or something that stands in its place.
//!
//! A status alone says little: a catch-all answers 200 to everything, a firewall answers for the site, a platform answers
//! for a deployment that is gone. Each kind is told by several signals together, never by one header. Nothing here judges.

mod challenges;
mod marks;
mod placeholders;
mod platforms;

use std::fmt;

use super::page::{self, Page};
use crate::model::observation::http::HttpResponse;
use marks::{Mark, Place, Signal};

/// Bytes of a body that are searched for marks.
const SEARCHED: usize = 256 * 1024;
/// A page that only says "back soon" has less visible text than this.
const SHORT: usize = 1_500;

/// The kinds of answers. `who` names the product or company that answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerKind {
    /// HTML with a status of success.
    Page,
    /// HTML that asks for credentials, whatever its status.
    SignIn,
    /// 401 with a browser's own password dialogue (Basic or Digest).
    PasswordWall,
    /// A firewall or bot protection answered: the site itself was not seen.
    Challenge { who: &'static str },
    /// 429: the site itself was not seen.
    RateLimited,
    /// A registrar's or server's placeholder.
    Parked { who: &'static str },
    /// The platform or edge says that there is nothing behind this name, or that it cannot reach it.
    PlatformError { who: &'static str },
    /// "Back soon": maintenance, coming soon, under construction.
    Maintenance,
    /// 404 or 410.
    NotFound,
    /// HTML with a status of success that says it is an error page.
    SoftNotFound,
    /// 401 or 403 without a page to sign in at.
    Forbidden,
    /// Another 4xx.
    ClientError,
    /// 5xx.
    ServerError,
    /// 301, 302, 303, 307 or 308 with a Location.
    Redirect,
    /// JSON, whatever its status below 400.
    Json,
    /// Success without a body.
    Empty,
    /// Anything else: a file, plain text.
    Other,
}

impl AnswerKind {
    /// Whether something stood between us and the site, so that nothing can be said about the site itself.
    pub const fn obscures(self) -> bool {
        matches!(self, Self::Challenge { .. } | Self::RateLimited)
    }

    /// Whether this is the site speaking to people: a page or its sign-in page.
    pub const fn is_site(self) -> bool {
        matches!(self, Self::Page | Self::SignIn)
    }
}

/// What it is, to follow "answers with".
impl fmt::Display for AnswerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page => f.write_str("a page"),
            Self::SignIn => f.write_str("a sign-in page"),
            Self::PasswordWall => f.write_str("a browser password dialogue"),
            Self::Challenge { who } => write!(f, "a challenge or block page of {who}"),
            Self::RateLimited => f.write_str("\"too many requests\""),
            Self::Parked { who } => write!(f, "a placeholder page ({who})"),
            Self::PlatformError { who } => write!(f, "an error page of {who}"),
            Self::Maintenance => f.write_str("a maintenance or coming-soon page"),
            Self::NotFound => f.write_str("\"not found\""),
            Self::SoftNotFound => f.write_str("an error page with a status of success"),
            Self::Forbidden => f.write_str("a refusal"),
            Self::ClientError => f.write_str("a client error"),
            Self::ServerError => f.write_str("a server error"),
            Self::Redirect => f.write_str("a redirect"),
            Self::Json => f.write_str("JSON"),
            Self::Empty => f.write_str("an empty body"),
            Self::Other => f.write_str("something that is neither a page nor JSON"),
        }
    }
}

/// Tells what kind of answer this is.
pub fn classify(response: &HttpResponse) -> AnswerKind {
    if response.is_redirect() {
        return AnswerKind::Redirect;
    }
    let page = if looks_like_html(response) {
        Page::read(&response.body)
    } else {
        Page::default()
    };
    let body = page::cut(&response.body, SEARCHED).to_lowercase();
    if let Some(mark) = marks::all().find(|m| fits(m, response, &page, &body)) {
        return kind_of(mark);
    }
    by_status(response, &page)
}

/// Whether the page asks for credentials: a password field with one more sign, or the words, a form and a name field.
pub fn is_sign_in(page: &Page) -> bool {
    let titled = says_sign_in(&page.title)
        || page
            .headings
            .iter()
            .any(|h| h.len() < 40 && says_sign_in(h));
    let button = page.buttons.iter().any(|b| b.len() < 40 && says_sign_in(b));
    let action = page.actions.iter().any(|a| is_sign_in_path(a));
    let name = page.inputs.iter().any(|i| {
        i.kind == "email" || i.autocomplete.contains("username") || i.autocomplete == "email"
    });
    if page.asks_for_password() {
        titled || button || action || name
    } else {
        titled && name && (button || action)
    }
}

/// Whether a path or URL reads like the place to sign in at.
pub fn is_sign_in_path(path: &str) -> bool {
    let path = path
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    path.split('/').any(|part| {
        matches!(
            part,
            "login"
                | "log-in"
                | "signin"
                | "sign-in"
                | "sign_in"
                | "session"
                | "sessions"
                | "auth"
                | "sso"
                | "authorize"
        )
    })
}

fn says_sign_in(text: &str) -> bool {
    const WORDS: [&str; 13] = [
        "sign in",
        "sign-in",
        "signin",
        "log in",
        "login",
        "log on",
        "anmelden",
        "anmeldung",
        "einloggen",
        "connexion",
        "se connecter",
        "iniciar sesión",
        "inloggen",
    ];
    let text = text.to_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

fn by_status(response: &HttpResponse, page: &Page) -> AnswerKind {
    let sign_in = is_sign_in(page);
    match response.status {
        401 if has_password_dialogue(response) => AnswerKind::PasswordWall,
        401 | 403 if sign_in => AnswerKind::SignIn,
        401 | 403 => AnswerKind::Forbidden,
        404 | 410 => AnswerKind::NotFound,
        429 => AnswerKind::RateLimited,
        503 if response.header("retry-after").is_some() || says_back_soon(page) => {
            AnswerKind::Maintenance
        }
        400..=499 => AnswerKind::ClientError,
        500..=599 => AnswerKind::ServerError,
        _ if is_json(response) => AnswerKind::Json,
        _ if response.body.trim().is_empty() => AnswerKind::Empty,
        _ if !looks_like_html(response) => AnswerKind::Other,
        _ if sign_in => AnswerKind::SignIn,
        _ if says_back_soon(page) => AnswerKind::Maintenance,
        _ if says_not_found(page) => AnswerKind::SoftNotFound,
        _ => AnswerKind::Page,
    }
}

fn has_password_dialogue(response: &HttpResponse) -> bool {
    response.headers_named("www-authenticate").any(|value| {
        let scheme = value.trim_start().to_ascii_lowercase();
        scheme.starts_with("basic") || scheme.starts_with("digest")
    })
}

fn is_json(response: &HttpResponse) -> bool {
    let declared = response.header("content-type").is_some_and(|v| {
        let kind = v
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        kind == "application/json" || kind.ends_with("+json")
    });
    declared && !response.body.trim_start().starts_with('<')
}

/// HTML by its content type, or by its first bytes when no type is given.
fn looks_like_html(response: &HttpResponse) -> bool {
    match response.header("content-type") {
        Some(_) => response.is_html(),
        None => response.body.trim_start().starts_with('<'),
    }
}

/// The words in the title or a heading, and little else on the page.
fn says_back_soon(page: &Page) -> bool {
    const WORDS: [&str; 7] = [
        "maintenance",
        "be right back",
        "back soon",
        "coming soon",
        "under construction",
        "wartungsarbeiten",
        "en construction",
    ];
    let short = page.text.len() < SHORT && page.inputs.len() < 4;
    let told = std::iter::once(&page.title)
        .chain(&page.headings)
        .map(|t| t.to_lowercase());
    short
        && told
            .into_iter()
            .any(|t| WORDS.iter().any(|word| t.contains(word)))
}

/// The title says so, and a heading or the short text says it again.
fn says_not_found(page: &Page) -> bool {
    const WORDS: [&str; 5] = [
        "not found",
        "404",
        "page does not exist",
        "nicht gefunden",
        "introuvable",
    ];
    let says = |text: &str| {
        let text = text.to_lowercase();
        WORDS.iter().any(|word| text.contains(word))
    };
    says(&page.title)
        && (page.headings.iter().any(|h| says(h)) || page.text.len() < SHORT && says(&page.text))
}

fn kind_of(mark: &Mark) -> AnswerKind {
    let who = mark.who;
    match mark.place {
        Place::Challenge => AnswerKind::Challenge { who },
        Place::Platform => AnswerKind::PlatformError { who },
        Place::Parked => AnswerKind::Parked { who },
    }
}

fn fits(mark: &Mark, response: &HttpResponse, page: &Page, body: &str) -> bool {
    let seen = mark
        .signals
        .iter()
        .filter(|signal| match signal {
            Signal::Status(list) => list.contains(&response.status),
            Signal::Header(name, part) => response
                .headers_named(name)
                .any(|v| v.to_lowercase().contains(part)),
            Signal::Title(part) => page.title.to_lowercase().contains(part),
            Signal::Body(part) => body.contains(part),
        })
        .count();
    seen >= mark.needs
}

#[cfg(test)]
mod tests;
