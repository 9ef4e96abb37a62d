//! What an error page must not show: stack traces, debug pages, development servers, versions. Told by their own forms, never
//! by a word that an article could use. Pure; what is kept is the name of the form, never the text.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use crate::checks::page::cut;

/// Bytes of a body that are searched.
const SEARCHED: usize = 256 * 1024;

/// How much a form gives away.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// A product and its version.
    Version,
    /// Paths, code, settings.
    Inside,
}

/// The forms: what it is, and the pattern that only this has.
const FORMS: &[(&str, Weight, &str)] = &[
    (
        "Django's debug page",
        Weight::Inside,
        r"(?is)you(?:'|&#x27;|&#39;|’)re seeing this (?:error|page|message|help page)? ?because .{0,60}DEBUG ?= ?True",
    ),
    (
        "the Werkzeug debugger of Flask",
        Weight::Inside,
        r"(?i)Werkzeug Debugger|__debugger__=yes",
    ),
    (
        "a Python traceback",
        Weight::Inside,
        r#"Traceback \(most recent call last\)[\s\S]*?File (?:"|&quot;|&#34;|\\")[^\n]{1,300}, line \d+"#,
    ),
    (
        "the error page of Rails in development",
        Weight::Inside,
        r"Action Controller: Exception caught|Rails\.root: /",
    ),
    (
        "Laravel's debug page",
        Weight::Inside,
        r"(?i)(?:facade\\ignition|spatie\\laravel-?ignition|window\.ignite ?\(|Illuminate\\[A-Za-z\\]+[\s\S]*?/vendor/laravel/framework/)",
    ),
    (
        "Symfony's exception page",
        Weight::Inside,
        r"(?i)Symfony Exception|Symfony\\Component\\HttpKernel\\Exception\\[A-Za-z]+[\s\S]*?\bline \d+",
    ),
    (
        "a PHP error with its path",
        Weight::Inside,
        r"(?i)(?:Fatal error|Parse error|Warning|Notice|Deprecated)(?:</b>)?: {1,3}[^\n]{1,400} in (?:<b>)?(?:/|[A-Z]:\\)[^\n<]{1,200}\.php(?:</b>)? ?(?::\d+|on line (?:<b>)?\d+)",
    ),
    (
        "a Node.js stack trace",
        Weight::Inside,
        r"\bat (?:[\w$.<>\[\] ]{1,120} \()?(?:file://|node:internal|/|[A-Z]:\\)[^\s()<]{0,200}:\d+:\d+\)?",
    ),
    (
        "a Java stack trace",
        Weight::Inside,
        r"\bat (?:[A-Za-z_][\w$]*\.){2,}[\w$<>]+\([A-Z][\w$]*\.(?:java|kt|scala):\d+\)",
    ),
    (
        "a .NET stack trace",
        Weight::Inside,
        r"\bat [A-Z][\w.`<>]+\.[\w.`<>]+\([^)\n]{0,200}\) in [^\n]{1,200}:line \d+",
    ),
    (
        "ASP.NET's detailed error page",
        Weight::Inside,
        r"Server Error in (?:'|&#39;)[^\n]{0,80} Application\.[\s\S]*?(?:Stack Trace:|Source Error:)",
    ),
    (
        "the developer exception page of ASP.NET Core",
        Weight::Inside,
        r"An unhandled exception occurred while processing the request\.[\s\S]*?(?i:rawExceptionDetails|stackPage|stack trace)",
    ),
    ("a Go panic", Weight::Inside, r"goroutine \d+ \[running\]:"),
    (
        "the debug page of Phoenix",
        Weight::Inside,
        r"Phoenix\.Router\.NoRouteError|Plug\.Debugger",
    ),
    (
        "a Ruby backtrace",
        Weight::Inside,
        r"\.rb:\d+:in (?:`|'|&#39;)[^\n]{1,80}'?",
    ),
    (
        "an SQL error",
        Weight::Inside,
        r"(?:SQLSTATE\[\w+\]|You have an error in your SQL syntax|ORA-\d{5}:|PG::[A-Z]\w+Error|psycopg2\.errors\.)",
    ),
    (
        "a Vite development server",
        Weight::Inside,
        r#"src="/@vite/client""#,
    ),
    (
        "a Next.js development server",
        Weight::Inside,
        r"/_next/static/(?:development/|chunks/react-refresh\.js)|next-dev\.js",
    ),
    (
        "nginx with its version",
        Weight::Version,
        r"<center>nginx/\d+\.\d+",
    ),
    (
        "OpenResty with its version",
        Weight::Version,
        r"<center>openresty/\d+\.\d+",
    ),
    (
        "Apache with its version",
        Weight::Version,
        r"<address>Apache/\d+\.\d+[^\n<]{0,200} Server at",
    ),
    (
        "Tomcat with its version",
        Weight::Version,
        r"<h3>Apache Tomcat/\d+\.\d+",
    ),
    (
        "Jetty with its version",
        Weight::Version,
        r"Powered by Jetty:// \d+\.\d+",
    ),
    (
        "the version of .NET or ASP.NET",
        Weight::Version,
        r"Version Information:(?:</b>)?(?:&nbsp;|\s)*Microsoft \.NET Framework Version",
    ),
];

/// Over bytes: with the classes of Unicode the counted repetitions cost megabytes, and so long to build that a slow machine
/// would measure itself instead of the portal.
static PATTERNS: LazyLock<Vec<(&str, Weight, Regex)>> = LazyLock::new(|| {
    FORMS
        .iter()
        .filter_map(|(name, weight, pattern)| {
            let pattern = RegexBuilder::new(pattern).unicode(false).build().ok()?;
            Some((*name, *weight, pattern))
        })
        .collect()
});

/// What a body gives away, the worst first.
pub fn find(body: &str) -> Vec<(String, Weight)> {
    let body = cut(body, SEARCHED);
    let mut found: Vec<(String, Weight)> = PATTERNS
        .iter()
        .filter(|(_, _, pattern)| pattern.is_match(body.as_bytes()))
        .map(|(name, weight, _)| ((*name).to_owned(), *weight))
        .collect();
    found.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_one() {
        assert_eq!(PATTERNS.len(), FORMS.len());
    }

    #[test]
    fn forms_are_told_and_words_are_not() {
        for (body, want) in [
            (
                "<p>You're seeing this error because you have <code>DEBUG = True</code> in your Django settings file.",
                Some("Django"),
            ),
            (
                "Traceback (most recent call last):\n  File \"/srv/app/views.py\", line 12, in get\n",
                Some("Python traceback"),
            ),
            (
                "<header><h1>Routing Error</h1></header><code>Rails.root: /srv/acme</code>",
                Some("Rails"),
            ),
            (
                "<b>Warning</b>:  Undefined variable $x in <b>/var/www/html/index.php</b> on line <b>12</b>",
                Some("PHP"),
            ),
            (
                "Error: no route\n    at Layer.handle [as handle_request] (/app/node_modules/express/lib/router/layer.js:95:5)",
                Some("Node.js"),
            ),
            (
                r#"{"message":"x","stack":"Error: x\n    at /srv/app/index.js:10:7"}"#,
                Some("Node.js"),
            ),
            (
                "java.lang.NullPointerException\n\tat com.acme.portal.Home.get(Home.java:42)",
                Some("Java"),
            ),
            (
                "System.Exception: x\n   at Acme.Web.Home.Get() in /src/Home.cs:line 42",
                Some(".NET"),
            ),
            ("goroutine 7 [running]:\nmain.main()", Some("Go panic")),
            ("app/controllers/home.rb:12:in `show'", Some("Ruby")),
            ("SQLSTATE[42S02]: Base table or view not found", Some("SQL")),
            (
                "<script type=\"module\" src=\"/@vite/client\"></script>",
                Some("Vite"),
            ),
            ("<hr><center>nginx/1.18.0 (Ubuntu)</center>", Some("nginx")),
            (
                "<address>Apache/2.4.41 (Ubuntu) Server at acme.example Port 443</address>",
                Some("Apache"),
            ),
            ("<hr><center>nginx</center>", None),
            (
                "<h1>Not found</h1><p>How to read a stack trace, and what a Traceback is.</p>",
                None,
            ),
            (
                "<p>Warning: this page does not exist. Meet us at 10:30:00 in /about.</p>",
                None,
            ),
            ("<p>Open from Monday at 9:00:00</p>", None),
            (r#"{"error":"not found"}"#, None),
        ] {
            let found = find(body);
            match want {
                Some(part) => assert!(
                    found.iter().any(|(name, _)| name.contains(part)),
                    "{body}: {found:?}"
                ),
                None => assert!(found.is_empty(), "{body}: {found:?}"),
            }
        }
    }
}
