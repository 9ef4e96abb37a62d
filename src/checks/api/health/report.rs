//! What a health endpoint's body says, without its values.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::observation::http::HttpResponse;
use crate::model::text::escape;

/// More than this is not a small body.
pub const LARGEST: usize = 4 * 1024;
/// Names in capitals from which on a body is a dump of the environment.
const DUMP: usize = 6;
/// Depth to which a body is read.
const DEPTH: usize = 12;

/// The body in three facts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Names of fields that hold secrets, escaped and sorted.
    pub secrets: Vec<String>,
    /// Whether the overall status is a word for trouble.
    pub says_down: bool,
}

impl Report {
    /// Reads a JSON object or array; `None` for anything else.
    pub fn of(response: &HttpResponse) -> Option<Self> {
        let value: Value = serde_json::from_str(response.body.trim()).ok()?;
        if !value.is_object() && !value.is_array() {
            return None;
        }
        let mut secrets = Vec::new();
        let mut capitals = Vec::new();
        walk(&value, "", 0, &mut |name, text| {
            if holds_a_secret(name, text) {
                secrets.push(escape(name));
            } else if is_a_variable(name) {
                capitals.push(escape(name));
            }
        });
        if capitals.len() >= DUMP {
            secrets.extend(capitals);
        }
        secrets.sort();
        secrets.dedup();
        secrets.truncate(DUMP);
        Some(Self {
            secrets,
            says_down: says_down(&value),
        })
    }
}

fn walk(value: &Value, name: &str, depth: usize, see: &mut dyn FnMut(&str, &str)) {
    if depth > DEPTH {
        return;
    }
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, value)| walk(value, name, depth + 1, see)),
        Value::Array(items) => items
            .iter()
            .for_each(|value| walk(value, name, depth + 1, see)),
        Value::String(text) => see(name, text),
        _ => {}
    }
}

/// By the name of the field with a value worth hiding, or by a value that can be nothing else.
fn holds_a_secret(name: &str, text: &str) -> bool {
    const NAMES: [&str; 9] = [
        "password",
        "passwd",
        "secret",
        "apikey",
        "privatekey",
        "accesskey",
        "token",
        "credential",
        "databaseurl",
    ];
    const STARTS: [&str; 9] = [
        "sk_live_",
        "sk_test_",
        "rk_live_",
        "ghp_",
        "github_pat_",
        "xoxb-",
        "AKIA",
        "-----BEGIN",
        "whsec_",
    ];
    let bare: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    let named = NAMES.iter().any(|word| bare.contains(word)) && text.len() >= 8 && !is_masked(text);
    let with_password = text.split_once("://").is_some_and(|(_, rest)| {
        rest.split('/').next().is_some_and(|authority| {
            authority
                .rsplit_once('@')
                .is_some_and(|(user, _)| user.contains(':') && !is_masked(user))
        })
    });
    named || with_password || STARTS.iter().any(|start| text.starts_with(start))
}

fn is_masked(text: &str) -> bool {
    text.contains("***")
        || text.contains('…')
        || text.contains("REDACTED")
        || text.contains("[hidden]")
}

fn is_a_variable(name: &str) -> bool {
    name.contains('_')
        && name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// The outermost `status`, `state`, `health` or `ok`.
fn says_down(value: &Value) -> bool {
    let Some(fields) = value.as_object() else {
        return false;
    };
    fields.iter().any(|(name, value)| {
        let name = name.to_ascii_lowercase();
        match value {
            Value::String(word) => {
                matches!(name.as_str(), "status" | "state" | "health")
                    && matches!(
                        word.to_ascii_lowercase().as_str(),
                        "down" | "error" | "fail" | "failed" | "unhealthy" | "critical" | "outage"
                    )
            }
            Value::Bool(flag) => {
                matches!(name.as_str(), "ok" | "healthy" | "up" | "success") && !flag
            }
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::checks::sight::samples::{JSON, exchange};

    fn report(body: &str) -> Option<Report> {
        let exchange = exchange("https://a.example/health", 200, &[JSON], body);
        exchange.response().and_then(Report::of)
    }

    #[test]
    fn secrets_are_found_by_name_or_by_value() {
        for (body, want) in [
            (r#"{"status":"ok","version":"1.2.3"}"#, &[][..]),
            (r#"{"token":"none"}"#, &[]),
            (r#"{"db":{"password":"********"}}"#, &[]),
            (r#"{"db":{"password":"hunter2hunter2"}}"#, &["password"]),
            (r#"{"db":"postgres://app:hunter2@db/app"}"#, &["db"]),
            (r#"{"x":["AKIAIOSFODNN7EXAMPLE"]}"#, &["x"]),
        ] {
            assert_eq!(report(body).unwrap().secrets, want, "{body}");
        }
        let dump = r#"{"NODE_ENV":"a","PATH_X":"b","HOME_DIR":"c","APP_NAME":"d","PORT_NO":"e","TZ_NAME":"f"}"#;
        assert_eq!(report(dump).unwrap().secrets.len(), 6);
    }

    #[test]
    fn trouble_is_read_from_the_outermost_word() {
        assert!(report(r#"{"status":"DOWN"}"#).unwrap().says_down);
        assert!(report(r#"{"ok":false}"#).unwrap().says_down);
        assert!(!report(r#"{"status":"ok","error":null}"#).unwrap().says_down);
        assert_eq!(report("OK"), None);
        assert_eq!(report("\"ok\""), None);
    }

    proptest! {
        #[test]
        fn no_body_panics(body in "\\PC{0,120}") {
            let _ = report(&body);
        }
    }
}
