//! Orders to search engines inside an answer: the X-Robots-Tag header and the robots meta element. Pure.

use crate::checks::page::Page;
use crate::model::observation::http::HttpResponse;

/// Crawlers whose own orders are looked at beside those for all.
const CRAWLERS: [&str; 4] = ["robots", "googlebot", "bingbot", "*"];

/// Directives that have a colon of their own, so that they are not mistaken for a crawler's name.
const WITH_VALUE: [&str; 4] = [
    "unavailable_after",
    "max-snippet",
    "max-image-preview",
    "max-video-preview",
];

/// Where an answer says `noindex` (or `none`, which means the same and more): `the X-Robots-Tag header`.
pub fn noindex(response: &HttpResponse, page: &Page) -> Vec<&'static str> {
    let mut places = Vec::new();
    if response.headers_named("x-robots-tag").any(header_forbids) {
        places.push("the X-Robots-Tag header");
    }
    let metas = CRAWLERS.into_iter().flat_map(|name| page.meta(name));
    if metas
        .into_iter()
        .any(|content| content.split(',').any(forbids))
    {
        places.push("a robots meta element");
    }
    places
}

/// `noindex`, `googlebot: noindex`, `otherbot: noindex, googlebot: none`: a name holds until the next one.
fn header_forbids(value: &str) -> bool {
    let mut concerns_us = true;
    value.split(',').any(|part| {
        let directive = match part.split_once(':') {
            Some((name, rest))
                if !WITH_VALUE.contains(&name.trim().to_ascii_lowercase().as_str()) =>
            {
                concerns_us = CRAWLERS.contains(&name.trim().to_ascii_lowercase().as_str());
                rest
            }
            _ => part,
        };
        concerns_us && forbids(directive)
    })
}

fn forbids(directive: &str) -> bool {
    let word = directive.trim().to_ascii_lowercase();
    word == "noindex" || word == "none"
}

#[cfg(test)]
mod tests {
    use super::super::samples::{HTML, response};
    use super::*;

    #[test]
    fn headers_and_elements() {
        for (headers, body, want) in [
            (vec![("x-robots-tag", "noindex")], "", 1),
            (vec![("x-robots-tag", "nofollow, NOINDEX")], "", 1),
            (vec![("x-robots-tag", "none")], "", 1),
            (vec![("x-robots-tag", "googlebot: noindex")], "", 1),
            (vec![("x-robots-tag", "otherbot: noindex, nofollow")], "", 0),
            (
                vec![("x-robots-tag", "otherbot: nofollow, googlebot: none")],
                "",
                1,
            ),
            (
                vec![(
                    "x-robots-tag",
                    "unavailable_after: 25 Jun 2027 15:00:00 GMT",
                )],
                "",
                0,
            ),
            (
                vec![("x-robots-tag", "index, follow, max-snippet: 5")],
                "",
                0,
            ),
            (
                vec![],
                r#"<meta name="robots" content="noindex, nofollow">"#,
                1,
            ),
            (vec![], "<META NAME=GoogleBot CONTENT=none>", 1),
            (vec![], r#"<meta name="description" content="noindex">"#, 0),
            (
                vec![],
                r#"<!-- <meta name="robots" content="noindex"> -->"#,
                0,
            ),
            (
                vec![("x-robots-tag", "noindex")],
                r#"<meta name="robots" content="noindex">"#,
                2,
            ),
        ] {
            let mut all = vec![HTML];
            all.extend(headers.clone());
            let found = noindex(&response(200, &all, body), &Page::read(body));
            assert_eq!(found.len(), want, "{headers:?} {body}");
        }
    }
}
