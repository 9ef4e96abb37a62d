//! An answer of a web server without its body: what kind it was, and the shape of what it held.
//!
//! Bodies of protected routes, health endpoints and probed files may hold a client's data or secrets. They are looked at
//! while observing and never kept: what enters a session is this.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::{AnswerKind, classify};
use super::page::Page;
use crate::model::observation::http::{HttpExchange, HttpResponse};
use crate::model::text::escape;

/// Field names that are kept of a JSON body.
const FIELDS: usize = 8;

/// An exchange as it may be kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sight {
    /// Its body is empty; `body_bytes` still says how long it was.
    pub exchange: HttpExchange,
    pub kind: Kind,
    /// The kind in words, to follow "answers with"; for [`Kind::Unseen`] the reason.
    pub says: String,
    pub json: Option<JsonShape>,
    /// Characters that a reader would see; zero for what is no HTML.
    pub text: usize,
}

/// [`AnswerKind`] as it is kept, kinds that mean the same to these checks put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// No answer, or something stood between us and the site.
    Unseen,
    /// A placeholder, a platform's error page, maintenance: not the site.
    Away,
    Page,
    SignIn,
    Refusal,
    Redirect,
    NotFound,
    ClientError,
    ServerError,
    Json,
    Empty,
    Other,
}

/// What a JSON body is made of. Names of fields, no values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JsonShape {
    /// Items of the outermost array; `None` for an object.
    pub items: Option<usize>,
    /// Escaped.
    pub fields: Vec<String>,
    /// Whether it says anything beyond an error, a flag or an empty list.
    pub has_data: bool,
}

impl Sight {
    /// Looks at an exchange and drops its body.
    pub fn of(exchange: &HttpExchange) -> Self {
        let (kind, says) = match &exchange.outcome {
            Err(failure) => (Kind::Unseen, escape(&failure.text)),
            Ok(response) => {
                let answer = classify(response);
                (kind(answer), answer.to_string())
            }
        };
        let response = exchange.response();
        let is_html = response.is_some_and(HttpResponse::is_html);
        Self {
            kind,
            says,
            json: response.and_then(shape),
            text: response
                .filter(|_| is_html)
                .map_or(0, |r| Page::read(&r.body).text.chars().count()),
            exchange: without_body(exchange),
        }
    }

    /// The status, zero when there was no answer.
    pub fn status(&self) -> u16 {
        self.exchange.response().map_or(0, |r| r.status)
    }

    /// A header of the answer.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.exchange.response().and_then(|r| r.header(name))
    }

    /// Whether the answer says anything about the site.
    pub const fn is_seen(&self) -> bool {
        !matches!(self.kind, Kind::Unseen | Kind::Away)
    }
}

/// The exchange with an empty body.
pub fn without_body(exchange: &HttpExchange) -> HttpExchange {
    let mut bare = exchange.clone();
    if let Ok(response) = &mut bare.outcome {
        response.body = String::new();
    }
    bare
}

const fn kind(answer: AnswerKind) -> Kind {
    match answer {
        AnswerKind::Challenge { .. } | AnswerKind::RateLimited => Kind::Unseen,
        AnswerKind::Parked { .. } | AnswerKind::PlatformError { .. } | AnswerKind::Maintenance => {
            Kind::Away
        }
        AnswerKind::Page => Kind::Page,
        AnswerKind::SignIn => Kind::SignIn,
        AnswerKind::PasswordWall | AnswerKind::Forbidden => Kind::Refusal,
        AnswerKind::Redirect => Kind::Redirect,
        AnswerKind::NotFound | AnswerKind::SoftNotFound => Kind::NotFound,
        AnswerKind::ClientError => Kind::ClientError,
        AnswerKind::ServerError => Kind::ServerError,
        AnswerKind::Json => Kind::Json,
        AnswerKind::Empty => Kind::Empty,
        AnswerKind::Other => Kind::Other,
    }
}

/// The shape of a JSON body, by what it is and not by what its content type says.
fn shape(response: &HttpResponse) -> Option<JsonShape> {
    let body = response.body.trim_start();
    if !body.starts_with(['{', '[']) {
        return None;
    }
    match serde_json::from_str::<Value>(body) {
        Ok(value) => Some(shape_of(&value)),
        // Cut at the limit: megabytes of JSON are no error message.
        Err(_) if response.truncated => Some(JsonShape {
            items: None,
            fields: Vec::new(),
            has_data: true,
        }),
        Err(_) => None,
    }
}

fn shape_of(value: &Value) -> JsonShape {
    let items = value.as_array().map(Vec::len);
    let object = match value {
        Value::Array(list) => list.first().and_then(Value::as_object),
        other => other.as_object(),
    };
    let fields = object
        .into_iter()
        .flat_map(|o| o.keys())
        .take(FIELDS)
        .map(|name| escape(crate::checks::page::cut(name, 40)))
        .collect();
    JsonShape {
        items,
        fields,
        has_data: has_data(value, 0),
    }
}

/// Text or a number under a name that is not about an error. Flags, nulls and empty lists tell nothing.
fn has_data(value: &Value, depth: usize) -> bool {
    if depth > 16 {
        return true;
    }
    match value {
        Value::Null | Value::Bool(_) => false,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(list) => list.iter().any(|item| has_data(item, depth + 1)),
        Value::Object(fields) => fields
            .iter()
            .any(|(name, field)| !is_about_an_error(name) && has_data(field, depth + 1)),
    }
}

fn is_about_an_error(name: &str) -> bool {
    const WORDS: [&str; 14] = [
        "error",
        "message",
        "msg",
        "code",
        "status",
        "detail",
        "title",
        "type",
        "reason",
        "instance",
        "path",
        "timestamp",
        "trace",
        "requestid",
    ];
    let name: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    WORDS
        .iter()
        .any(|word| name == *word || name.starts_with("error") || name == format!("{word}s"))
        || matches!(
            name.as_str(),
            "statuscode" | "errorcode" | "hint" | "documentationurl" | "help"
        )
}

#[cfg(test)]
pub mod samples {
    #![allow(
        clippy::missing_panics_doc,
        reason = "a test's addresses are known to be addresses"
    )]

    use jiff::Timestamp;

    use super::*;
    use crate::model::observation::{Failure, FailureKind};

    /// An exchange with that answer.
    pub fn exchange(url: &str, status: u16, headers: &[(&str, &str)], body: &str) -> HttpExchange {
        HttpExchange {
            method: "GET".into(),
            url: url.parse().unwrap(),
            address: "203.0.113.20".parse().ok(),
            at: Timestamp::UNIX_EPOCH,
            took_ms: 1,
            outcome: Ok(HttpResponse {
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
            }),
        }
    }

    /// An exchange without an answer.
    pub fn silent(url: &str) -> HttpExchange {
        let mut exchange = exchange(url, 200, &[], "");
        exchange.outcome = Err(Failure::new(FailureKind::Timeout, "no answer in 5 s"));
        exchange
    }

    pub const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");
    pub const JSON: (&str, &str) = ("content-type", "application/json");
    pub const SIGN_IN: &str = "<title>Sign in</title><form action=/login><input type=email><input type=password><button>Sign in</button></form>";
    pub const CHALLENGE: &str =
        "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>";
}

#[cfg(test)]
mod tests {
    use super::samples::{HTML, JSON, SIGN_IN, exchange, silent};
    use super::*;

    #[test]
    fn bodies_are_never_kept() {
        let seen = Sight::of(&exchange(
            "https://x.example/a",
            200,
            &[JSON],
            r#"[{"iban":"DE00 1234"}]"#,
        ));
        let kept = serde_json::to_string(&seen).unwrap();
        assert!(!kept.contains("DE00"), "{kept}");
        assert_eq!(seen.json.unwrap().fields, ["iban"]);
        assert_eq!(seen.exchange.response().unwrap().body_bytes, 22);
    }

    #[test]
    fn what_is_data_and_what_is_not() {
        for (body, want) in [
            (r#"{"error":"unauthorized"}"#, false),
            (
                r#"{"statusCode":401,"message":"Unauthorized","error":"x"}"#,
                false,
            ),
            (r#"{"data":null,"errors":[{"message":"forbidden"}]}"#, false),
            (r#"{"authenticated":false,"user":null,"items":[]}"#, false),
            (r"[]", false),
            (r#"{"invoices":[{"id":7,"total":"90.00"}]}"#, true),
            (r#"[{"id":1}]"#, true),
            (r#"{"email":"a@acme.example"}"#, true),
        ] {
            let seen = Sight::of(&exchange("https://x.example/a", 200, &[JSON], body));
            assert_eq!(seen.json.unwrap().has_data, want, "{body}");
        }
    }

    #[test]
    fn kinds() {
        let kind = |e: &HttpExchange| Sight::of(e).kind;
        let url = "https://x.example/a";
        assert_eq!(kind(&silent(url)), Kind::Unseen);
        assert_eq!(kind(&exchange(url, 200, &[HTML], SIGN_IN)), Kind::SignIn);
        assert_eq!(kind(&exchange(url, 429, &[], "")), Kind::Unseen);
        assert_eq!(kind(&exchange(url, 401, &[], "")), Kind::Refusal);
    }
}
