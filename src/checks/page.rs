//! An HTML page read for what it says to people: title, headings, forms, links, meta elements, visible text.
//!
//! Built for hostile input: the body is cut, every list is bounded, and nothing is executed. It never judges.

use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node};

/// Bytes of a body that are read.
pub const READ_LIMIT: usize = 512 * 1024;
/// Elements that may be open at once. A tree builder walks its stack of open elements for every tag, so a body of nothing
/// but opening tags would cost the square of its length.
const DEPTH: usize = 1_000;
/// Elements of one kind that are kept.
const KEPT: usize = 500;
/// Characters of text that are kept for one element, and for the whole page.
const LABEL: usize = 200;
const TEXT: usize = 20_000;

/// What a page says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    pub title: String,
    /// Text of `h1` to `h3`.
    pub headings: Vec<String>,
    /// Text of buttons and values of submit inputs.
    pub buttons: Vec<String>,
    pub links: Vec<Link>,
    /// `name`, `property` or `http-equiv` (lower case) and `content`.
    pub metas: Vec<(String, String)>,
    /// `action` of each form; empty when it has none.
    pub actions: Vec<String>,
    pub inputs: Vec<Input>,
    /// What a reader sees, white space collapsed; scripts and styles left out.
    pub text: String,
    /// Source of inline scripts, one after the other.
    pub scripts: String,
}

/// A link and its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub href: String,
    pub label: String,
}

/// A form field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Lower case; `text` when absent.
    pub kind: String,
    pub name: String,
    /// Lower case.
    pub autocomplete: String,
}

impl Page {
    /// Reads a body. Never fails: what is no HTML gives a page with little in it.
    pub fn read(body: &str) -> Self {
        let html = Html::parse_document(bounded(body));
        let mut page = Self::default();
        for element in html.tree.nodes().filter_map(ElementRef::wrap) {
            page.note(element);
        }
        page.text = visible_text(&html);
        page
    }

    /// The contents of every meta element of that name, in order.
    pub fn meta<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.metas
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, content)| content.as_str())
    }

    /// Whether a password can be typed in.
    pub fn asks_for_password(&self) -> bool {
        self.inputs
            .iter()
            .any(|input| input.kind == "password" && input.autocomplete != "new-password")
    }

    fn note(&mut self, element: ElementRef<'_>) {
        let attr = |name: &str| element.attr(name).unwrap_or_default();
        match element.value().name() {
            "title" if self.title.is_empty() => self.title = label(element),
            "h1" | "h2" | "h3" => push(&mut self.headings, label(element)),
            "button" => push(&mut self.buttons, label(element)),
            "a" => push(
                &mut self.links,
                Link {
                    href: attr("href").to_owned(),
                    label: label(element),
                },
            ),
            "meta" => {
                let key = ["name", "http-equiv", "property"]
                    .into_iter()
                    .find_map(|k| element.attr(k));
                if let Some(key) = key {
                    let entry = (key.trim().to_ascii_lowercase(), attr("content").to_owned());
                    push(&mut self.metas, entry);
                }
            }
            "form" => push(&mut self.actions, attr("action").to_owned()),
            "input" => self.note_input(element),
            "script" if self.scripts.len() < TEXT => {
                self.scripts.extend(element.text());
                self.scripts.push('\n');
            }
            _ => {}
        }
    }

    fn note_input(&mut self, element: ElementRef<'_>) {
        let attr = |name: &str| element.attr(name).unwrap_or_default();
        let kind = match attr("type").trim().to_ascii_lowercase() {
            kind if kind.is_empty() => "text".to_owned(),
            kind => kind,
        };
        if matches!(kind.as_str(), "submit" | "button") {
            push(&mut self.buttons, attr("value").to_owned());
        }
        let input = Input {
            kind,
            name: attr("name").to_owned(),
            autocomplete: attr("autocomplete").trim().to_ascii_lowercase(),
        };
        push(&mut self.inputs, input);
    }
}

/// The longest prefix of `text` that has at most `limit` bytes and ends at a character.
pub fn cut(text: &str, limit: usize) -> &str {
    let end = (0..=limit.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// No page holds these.
const NULS: &str = "\0\0\0\0\0\0\0\0";

/// What may be given to an HTML parser: cut to [`READ_LIMIT`] and to where `DEPTH` is reached.
pub fn bounded(body: &str) -> &str {
    let body = cut(body, READ_LIMIT);
    // A run of NULs is no text: binary data, or what a bomb unpacks to, and slow to read as a page.
    let body = body.find(NULS).map_or(body, |end| cut(body, end));
    let mut open = 0_usize;
    for (at, _) in body.match_indices('<') {
        let tag = body.get(at + 1..).unwrap_or_default();
        if tag.starts_with('/') {
            open = open.saturating_sub(1);
        } else if opens_for_good(tag) {
            open += 1;
        }
        if open > DEPTH {
            return body.get(..at).unwrap_or_default();
        }
    }
    body
}

/// Whether a start tag opens an element that only an end tag closes: neither void nor with an implied end.
fn opens_for_good(tag: &str) -> bool {
    const OTHERS: [&str; 26] = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "option", "thead",
        "tbody", "path", "use",
    ];
    let end = tag
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(tag.len());
    let name = tag.get(..end).unwrap_or_default().to_ascii_lowercase();
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && !OTHERS.contains(&name.as_str())
}

fn push<T>(list: &mut Vec<T>, item: T) {
    if list.len() < KEPT {
        list.push(item);
    }
}

fn label(element: ElementRef<'_>) -> String {
    let raw: String = element.text().take(20).collect::<Vec<_>>().join(" ");
    collapse(cut(&raw, LABEL))
}

fn visible_text(html: &Html) -> String {
    let mut text = String::new();
    let mut hidden = 0_usize;
    for edge in html.tree.root().traverse() {
        let (node, opens) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        match node.value() {
            Node::Element(e) if is_hidden(e.name()) => {
                hidden = if opens {
                    hidden + 1
                } else {
                    hidden.saturating_sub(1)
                };
            }
            Node::Text(piece) if opens && hidden == 0 => {
                text.push_str(&piece.text);
                text.push(' ');
                if text.len() > TEXT {
                    break;
                }
            }
            _ => {}
        }
    }
    collapse(cut(&text, TEXT))
}

fn is_hidden(name: &str) -> bool {
    matches!(
        name,
        "script" | "style" | "template" | "head" | "noscript" | "svg"
    )
}

fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_for_what_people_see() {
        let page = Page::read(
            r#"<!doctype html><title> Acme
               portal </title><meta name="Robots" content="noindex"><script>var a = "hidden"</script>
               <h1>Sign <b>in</b></h1><form action="/session"><input name=email type=EMAIL>
               <input type=password autocomplete=current-password><button>Sign in</button></form>
               <a href="/about">About us</a>"#,
        );
        assert_eq!(page.title, "Acme portal");
        assert_eq!(page.headings, ["Sign in"]);
        assert_eq!(page.meta("robots").next(), Some("noindex"));
        assert!(page.asks_for_password());
        assert_eq!(page.text, "Sign in Sign in About us");
        assert!(page.scripts.contains("hidden"));
        assert_eq!(page.links.first().unwrap().href, "/about");
    }

    #[test]
    fn what_is_no_html_gives_an_almost_empty_page() {
        assert_eq!(Page::read("").title, "");
        assert_eq!(cut("aé", 2), "a");
    }

    #[test]
    fn a_body_of_nothing_but_opening_tags_is_read_only_so_deep() {
        let deep = "<div>".repeat(50_000);
        assert_eq!(bounded(&deep).len(), DEPTH * "<div>".len());
        assert_eq!(Page::read(&deep).text, "");
        let wide = "<p><img src=a><div><a href=b>x</a></div>".repeat(5_000);
        assert_eq!(bounded(&wide).len(), wide.len());
    }
}
