//! A logo as SVG Tiny PS wants it, as far as its text shows. A reader of marks, no parser of XML: what it cannot see it does
//! not call wrong.

use crate::model::observation::http::HttpResponse;
use crate::model::text::escape;

/// Bytes that a logo may have.
const MOST_BYTES: usize = 32 * 1024;

/// What must not be in a logo: it would run, move or come from elsewhere.
const FORBIDDEN: [&str; 5] = ["<script", "<foreignObject", "<image", "<animate", "<a "];

/// Notes on a logo that is right; else what is wrong with it.
pub fn look(response: &HttpResponse) -> Result<Vec<String>, Vec<String>> {
    let text = without_comments(&response.body);
    let mut problems: Vec<String> = Vec::new();
    if response.truncated || response.body_bytes > MOST_BYTES {
        problems.push(format!(
            "the logo has {} bytes, and may have {MOST_BYTES}",
            response.body_bytes
        ));
    }
    let Some(root) = root(&text) else {
        problems.push("what is served as the logo is no SVG".to_owned());
        return Err(problems);
    };
    for (name, want) in [("version", "1.2"), ("baseProfile", "tiny-ps")] {
        match attribute(root, name) {
            Some(value) if value == want => {}
            Some(value) => problems.push(format!(
                "the logo says `{name}=\"{}\"`, not `\"{want}\"`",
                escape(value)
            )),
            None => problems.push(format!("the logo has no `{name}=\"{want}\"`")),
        }
    }
    if !text.contains("<title") {
        problems.push("the logo has no `<title>`".to_owned());
    }
    for mark in FORBIDDEN.iter().filter(|mark| text.contains(**mark)) {
        problems.push(format!("the logo holds `{}>`", mark.trim_end()));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(notes(root, response))
}

fn notes(root: &str, response: &HttpResponse) -> Vec<String> {
    let mut notes = Vec::new();
    let kind = response.header("content-type").unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("image/svg+xml") {
        notes.push(format!(
            "the logo is served as `{}`, not `image/svg+xml`",
            escape(kind)
        ));
    }
    let sides: Vec<f64> = attribute(root, "viewBox")
        .unwrap_or_default()
        .split([' ', ','])
        .filter(|part| !part.is_empty())
        .filter_map(|part| part.parse().ok())
        .collect();
    if let [_, _, width, height] = sides.as_slice()
        && (width - height).abs() > 0.01
    {
        notes.push("the logo is not square".to_owned());
    }
    notes
}

fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, behind)| behind);
    }
    kept + rest
}

/// The attributes of the root element, when that is `svg`.
fn root(text: &str) -> Option<&str> {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    // The declaration and a document type may stand before it.
    while rest.starts_with("<?") || rest.starts_with("<!") {
        rest = rest.split_once('>')?.1.trim_start();
    }
    let inside = rest.strip_prefix("<svg")?;
    if !inside.starts_with(|c: char| c.is_whitespace() || c == '>' || c == '/') {
        return None;
    }
    let mut quote = None;
    let end = inside.find(|c: char| match (quote, c) {
        (None, '"' | '\'') => {
            quote = Some(c);
            false
        }
        (Some(open), _) if c == open => {
            quote = None;
            false
        }
        (None, '>') => true,
        _ => false,
    })?;
    inside.get(..end)
}

/// The value of an attribute; names count letter by letter.
fn attribute<'a>(root: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = root.trim_start();
    while let Some((key, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, behind) = after.get(1..)?.split_once(quote)?;
        if key.trim() == name {
            return Some(value);
        }
        rest = behind.trim_start();
    }
    None
}

#[cfg(test)]
pub mod samples {
    /// A logo that is right.
    pub const LOGO: &str = "<?xml version=\"1.0\"?>\n<!-- <svg> -->\n<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.2\" \
        baseProfile=\"tiny-ps\" viewBox=\"0 0 64 64\"><title>Acme</title><circle cx=\"32\" cy=\"32\" r=\"30\"/></svg>";

    pub fn response(kind: &str, body: &str) -> super::HttpResponse {
        super::HttpResponse {
            status: 200,
            version: "HTTP/2".into(),
            headers: vec![("content-type".into(), kind.into())],
            body: body.into(),
            body_bytes: body.len(),
            truncated: false,
            ttfb_ms: 1,
            certificate_ok: Some(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::samples::{LOGO, response};
    use super::*;

    fn said(body: &str) -> String {
        look(&response("image/svg+xml", body))
            .unwrap_err()
            .join("; ")
    }

    #[test]
    fn a_logo_is_read() {
        assert_eq!(look(&response("image/svg+xml", LOGO)), Ok(Vec::new()));
        let notes = look(&response("text/plain", &LOGO.replace("64 64\"", "64 32\""))).unwrap();
        assert_eq!(notes.len(), 2, "{notes:?}");
        for (body, words) in [
            (
                LOGO.replace("version=\"1.2\"", "version=\"1.1\""),
                "`version=\"1.1\"`",
            ),
            (LOGO.replace("tiny-ps", "tiny"), "`\"tiny-ps\"`"),
            (
                LOGO.replace("baseProfile", "baseprofile"),
                "no `baseProfile",
            ),
            (LOGO.replace("<title>Acme</title>", ""), "<title>"),
            (
                LOGO.replace("<circle", "<script>x</script><circle"),
                "`<script>`",
            ),
            (LOGO.replace("<circle", &"<g/>".repeat(9000)), "32768"),
            (
                "<html><svg version=\"1.2\"></svg></html>".to_owned(),
                "no SVG",
            ),
            (String::new(), "no SVG"),
        ] {
            let said = said(&body);
            assert!(said.contains(words), "{said}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_looked_at(text in "(<|svg|=|\"|'|<!--|-->|\\PC){0,60}") {
            let _ = look(&response("image/svg+xml", &text));
            let _ = look(&response("image/svg+xml", &format!("<svg {text}>")));
        }
    }
}
