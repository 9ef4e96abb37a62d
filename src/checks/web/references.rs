//! What a page loads and where its forms go: every reference that a browser would follow by itself, resolved. Pure.

use scraper::{ElementRef, Html};
use serde::{Deserialize, Serialize};
use url::Url;

use super::css;
use crate::checks::page;

/// References that are kept of one page.
const KEPT: usize = 2_000;

/// What a reference is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Script,
    Style,
    Frame,
    Form,
    Image,
    Media,
    /// Fonts, manifests, preloads, objects.
    Other,
}

impl Kind {
    /// The word for a sentence.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Style => "style sheet",
            Self::Frame => "frame",
            Self::Form => "form target",
            Self::Image => "image",
            Self::Media => "video or audio",
            Self::Other => "file",
        }
    }
}

/// One reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    pub kind: Kind,
    pub url: Url,
}

/// Every reference of an HTML page that came from `at`.
pub fn of_page(body: &str, at: &Url) -> Vec<Reference> {
    let html = Html::parse_document(page::bounded(body));
    let elements = || html.tree.nodes().filter_map(ElementRef::wrap);
    let base = elements()
        .find(|e| e.value().name() == "base" && e.attr("href").is_some())
        .and_then(|e| at.join(e.attr("href")?.trim()).ok())
        .unwrap_or_else(|| at.clone());
    let mut found = Vec::new();
    for element in elements() {
        if found.len() >= KEPT {
            break;
        }
        for (kind, raw) in of_element(element) {
            found.extend(
                base.join(raw.trim())
                    .ok()
                    .map(|url| Reference { kind, url }),
            );
        }
    }
    found.truncate(KEPT);
    found
}

/// Every reference of a style sheet that came from `at`.
pub fn of_css(text: &str, at: &Url) -> Vec<Reference> {
    css::urls(text, KEPT)
        .iter()
        .filter_map(|raw| at.join(raw).ok())
        .map(|url| Reference {
            kind: if is_sheet(&url) {
                Kind::Style
            } else {
                Kind::Other
            },
            url,
        })
        .collect()
}

fn is_sheet(url: &Url) -> bool {
    url.path().to_ascii_lowercase().ends_with(".css")
}

fn of_element(element: ElementRef<'_>) -> Vec<(Kind, String)> {
    let mut found = Vec::new();
    let mut take = |kind, name: &str| {
        if let Some(value) = element.attr(name).filter(|v| !v.trim().is_empty()) {
            found.push((kind, value.to_owned()));
        }
    };
    match element.value().name() {
        "script" => take(Kind::Script, "src"),
        "iframe" | "frame" => take(Kind::Frame, "src"),
        "img" => take(Kind::Image, "src"),
        // The name is `href` with or without the xlink namespace; a look-up by name finds only the one without.
        "image" | "use" => found.extend(
            element
                .value()
                .attrs()
                .filter(|(name, _)| *name == "href")
                .map(|(_, value)| (Kind::Image, value.to_owned())),
        ),
        "video" => {
            take(Kind::Media, "src");
            take(Kind::Image, "poster");
        }
        "audio" | "source" | "track" => take(Kind::Media, "src"),
        "object" => take(Kind::Other, "data"),
        "embed" => take(Kind::Other, "src"),
        "form" => take(Kind::Form, "action"),
        "button" => take(Kind::Form, "formaction"),
        "input" => {
            take(Kind::Form, "formaction");
            if element
                .attr("type")
                .is_some_and(|t| t.eq_ignore_ascii_case("image"))
            {
                take(Kind::Image, "src");
            }
        }
        "link" => {
            if let Some(kind) = link_kind(element) {
                take(kind, "href");
            }
        }
        "style" => {
            let text: String = element.text().collect();
            found.extend(
                css::urls(&text, KEPT)
                    .into_iter()
                    .map(|url| (Kind::Other, url)),
            );
        }
        _ => {}
    }
    if let Some(set) = element
        .attr("srcset")
        .or_else(|| element.attr("imagesrcset"))
    {
        found.extend(candidates(set).into_iter().map(|url| (Kind::Image, url)));
    }
    if let Some(style) = element.attr("style") {
        found.extend(
            css::urls(style, KEPT)
                .into_iter()
                .map(|url| (Kind::Image, url)),
        );
    }
    found
}

/// What a link element makes the browser load; links that are only followed by people or crawlers load nothing.
fn link_kind(element: ElementRef<'_>) -> Option<Kind> {
    let rel = element.attr("rel").unwrap_or_default().to_ascii_lowercase();
    let words: Vec<&str> = rel.split_ascii_whitespace().collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    if has(&["stylesheet"]) {
        Some(Kind::Style)
    } else if has(&["modulepreload"]) {
        Some(Kind::Script)
    } else if has(&[
        "icon",
        "apple-touch-icon",
        "apple-touch-icon-precomposed",
        "mask-icon",
    ]) {
        Some(Kind::Image)
    } else if has(&["preload", "prefetch", "manifest"]) {
        Some(Kind::Other)
    } else {
        None
    }
}

/// The URLs of a `srcset`: each runs to the next white space; the comma after it ends the candidate (HTML, "parse a srcset
/// attribute"). A URL may hold commas inside.
fn candidates(set: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = set;
    while found.len() < KEPT {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            break;
        }
        let end = rest
            .find(|c: char| c.is_ascii_whitespace())
            .unwrap_or(rest.len());
        let (url, tail) = rest.split_at(end);
        found.push(url.trim_end_matches(',').to_owned());
        rest = if url.ends_with(',') {
            tail
        } else {
            tail.split_once(',').map_or("", |(_, after)| after)
        };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::samples::url;
    use super::*;

    fn insecure(body: &str) -> Vec<(Kind, String)> {
        of_page(body, &url("https://acme.example/dir/"))
            .into_iter()
            .filter(|r| r.url.scheme() == "http")
            .map(|r| (r.kind, r.url.to_string()))
            .collect()
    }

    #[test]
    fn everything_that_a_browser_loads_is_found() {
        for (html, kind) in [
            ("<script src='http://x.test/a'></script>", Kind::Script),
            (
                "<link rel='preload stylesheet' href='http://x.test/a'>",
                Kind::Style,
            ),
            ("<link rel=icon href='http://x.test/a'>", Kind::Image),
            ("<iframe src='http://x.test/a'></iframe>", Kind::Frame),
            ("<form action='http://x.test/a'></form>", Kind::Form),
            (
                "<form><button formaction='http://x.test/a'></button></form>",
                Kind::Form,
            ),
            ("<img src='HTTP://x.test/a'>", Kind::Image),
            (
                "<img src=/ok srcset='/small.png 1x, http://x.test/a 2x'>",
                Kind::Image,
            ),
            (
                "<picture><source srcset='http://x.test/a'></picture>",
                Kind::Image,
            ),
            ("<video poster='http://x.test/a'></video>", Kind::Image),
            ("<audio><source src='http://x.test/a'></audio>", Kind::Media),
            ("<object data='http://x.test/a'></object>", Kind::Other),
            (
                "<div style=\"background:url('http://x.test/a')\"></div>",
                Kind::Image,
            ),
            ("<style>@import 'http://x.test/a';</style>", Kind::Other),
            (
                "<svg><image xlink:href='http://x.test/a'/></svg>",
                Kind::Image,
            ),
        ] {
            assert_eq!(
                insecure(html),
                [(kind, "http://x.test/a".to_owned())],
                "{html}"
            );
        }
    }

    #[test]
    fn what_only_people_follow_is_no_reference() {
        for html in [
            "<a href='http://x.test/'>x</a>",
            "<link rel=canonical href='http://x.test/'>",
            "<link rel=alternate href='http://x.test/'>",
            "<!-- <img src='http://x.test/'> -->",
            "<p>http://x.test/ and src='http://x.test/'</p>",
            "<script>var a = 'http://x.test/';</script>",
            "<img src='//x.test/a'>",
            "<img src=data:image/png;base64,AA==>",
            "<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        ] {
            assert!(insecure(html).is_empty(), "{html}");
        }
    }

    #[test]
    fn a_base_element_moves_everything() {
        let page = "<base href='http://x.test/'><img src=a>";
        assert_eq!(
            insecure(page),
            [(Kind::Image, "http://x.test/a".to_owned())]
        );
    }

    #[test]
    fn commas_inside_a_candidate_belong_to_it() {
        assert_eq!(candidates("a,b.png 1x, c.png"), ["a,b.png", "c.png"]);
        assert_eq!(candidates(" , a.png, b.png 2x "), ["a.png", "b.png"]);
        assert!(candidates("").is_empty());
    }
}
