//! `web.mixed-content`: the landing and sign-in pages load nothing over plain http and send no form there (R14).
//!
//! The pages and the first few style sheets of the same site are read; scripts are not run, so what they add is not seen.

use serde::{Deserialize, Serialize};
use url::Url;

use super::frame_policy;
use super::references::{Kind, Reference, of_css, of_page};
use super::walk::{self, own_answer, show};
use crate::checks::answer::{AnswerKind, classify, is_sign_in_path};
use crate::checks::page::Page;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::{evidence, subject};
use crate::model::finding::Remedy;
use crate::model::intent::{Intent, RouteClass};
use crate::model::observation::http::{HttpChain, HttpExchange, HttpResponse};
use crate::model::text::escape;
use crate::model::verdict::{Confidence, Severity};
use crate::net::Network;
use crate::remedy;

/// Pages of one host that are read.
const PAGES: usize = 3;
/// Style sheets of one page that are read.
const SHEETS: usize = 3;
/// References that a summary names.
const SHOWN: usize = 4;

/// See the module.
pub struct MixedContent;

/// The landing page as it was answered, and what each page loads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub landing: Option<HttpChain>,
    pub pages: Vec<PageSeen>,
}

/// What one page loads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageSeen {
    pub url: Url,
    /// Everything that was read, secure or not.
    pub references: usize,
    /// What goes over plain http.
    pub insecure: Vec<Insecure>,
    /// Whether the page asks browsers to upgrade all of it.
    pub upgrades: bool,
    /// What was not read: a body that was cut, a style sheet that did not come.
    pub gaps: Vec<String>,
}

/// A reference over plain http, and the file that makes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Insecure {
    pub kind: Kind,
    pub url: Url,
    pub from: Url,
}

impl Rule for MixedContent {
    type Seen = Seen;

    const META: Meta = Meta {
        id: "web.mixed-content",
        title: "Landing and sign-in pages load everything over https",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 45,
        version: 1,
        standards: &["W3C Mixed Content §3", "W3C Upgrade Insecure Requests §3"],
        guide: include_str!("../../../assets/guides/web.mixed-content.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::page_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Seen {
        let Some(root) = subject::root("https", look.subject) else {
            return Seen {
                landing: None,
                pages: Vec::new(),
            };
        };
        let chain = look.network.follow(&root).await;
        let mut pages = Vec::new();
        let mut asked: Vec<Url> = Vec::new();
        if let Some(last) = chain.last() {
            pages.extend(read(look.network, last).await);
            asked.push(last.url.clone());
        }
        for url in more_pages(&chain, look) {
            if asked.len() < PAGES && !asked.contains(&url) {
                asked.push(url.clone());
                let exchange = look.network.get(&url).await;
                pages.extend(read(look.network, &exchange).await);
            }
        }
        let landing = Some(walk::follow(look.network, &root).await);
        Seen { landing, pages }
    }

    fn judge(&self, seen: &Seen, case: Case<'_>) -> Judgement {
        let landed = match own_answer(seen.landing.as_ref(), case.subject) {
            Ok(landed) => landed,
            Err(judgement) => {
                return judgement.evidence(seen.landing.as_ref().map(evidence::chain));
            }
        };
        let notes = seen
            .pages
            .iter()
            .map(|page| evidence::note(landed.exchange.at, &told(page)));
        let judgement = if seen.pages.is_empty() {
            Judgement::not_applicable(format!(
                "{} answers {} with {}, which loads nothing",
                show(&landed.exchange.url),
                landed.response.status,
                landed.kind
            ))
            .plainly("There is no page here that could load anything.")
        } else {
            judge_pages(&seen.pages, case)
        };
        judgement
            .detail(
                "pages",
                seen.pages
                    .iter()
                    .map(|page| show(&page.url))
                    .collect::<Vec<_>>(),
            )
            .evidence(std::iter::once(evidence::http(landed.exchange)).chain(notes))
    }
}

/// Public routes of the host that the intent names, then the sign-in page that the landing page links to.
fn more_pages(chain: &HttpChain, look: Look<'_>) -> Vec<Url> {
    let routes = look
        .intent
        .routes_of(RouteClass::Public)
        .filter(|route| route.method == "GET" && !route.url.contains('{'))
        .filter_map(|route| Url::parse(&route.url).ok());
    let linked = chain.last().into_iter().filter_map(|last| {
        let page = Page::read(&last.response()?.body);
        page.links.iter().find_map(|link| {
            last.url
                .join(&link.href)
                .ok()
                .filter(|url| is_sign_in_path(url.path()))
        })
    });
    routes
        .chain(linked)
        .filter(|url| url.scheme() == "https" && subject::is_on(url, look.subject))
        .collect()
}

/// What an HTML answer loads, style sheets of the same site included. `None` for anything else.
async fn read(network: &Network, exchange: &HttpExchange) -> Option<PageSeen> {
    let response = exchange.response().filter(|r| r.is_html())?;
    if !matches!(
        classify(response),
        AnswerKind::Page | AnswerKind::SignIn | AnswerKind::Maintenance
    ) {
        return None;
    }
    let at = &exchange.url;
    let references = of_page(&response.body, at);
    let mut page = PageSeen {
        url: at.clone(),
        references: references.len(),
        insecure: insecure(&references, at),
        upgrades: upgrades(response),
        gaps: Vec::new(),
    };
    if response.truncated {
        page.gaps
            .push("the page was longer than what is read".to_owned());
    }
    let own_sheet = |r: &&Reference| {
        r.kind == Kind::Style
            && r.url.scheme() == "https"
            && r.url
                .host_str()
                .zip(at.host_str())
                .is_some_and(|(a, b)| subject::same_site(a, b))
    };
    for sheet in references.iter().filter(own_sheet).take(SHEETS) {
        let exchange = network.get(&sheet.url).await;
        match exchange.response() {
            Some(answer) if answer.status == 200 => {
                let inner = of_css(&answer.body, &sheet.url);
                page.references += inner.len();
                page.insecure.extend(insecure(&inner, &sheet.url));
            }
            _ => page.gaps.push(format!(
                "{}: {}",
                show(&sheet.url),
                escape(&exchange.outcome_line())
            )),
        }
    }
    Some(page)
}

fn insecure(references: &[Reference], from: &Url) -> Vec<Insecure> {
    let mut list: Vec<Insecure> = Vec::new();
    for reference in references.iter().filter(|r| r.url.scheme() == "http") {
        if !list
            .iter()
            .any(|known| known.url == reference.url && known.kind == reference.kind)
        {
            list.push(Insecure {
                kind: reference.kind,
                url: reference.url.clone(),
                from: from.clone(),
            });
        }
    }
    list
}

/// `upgrade-insecure-requests` in an enforced policy, sent as a header or written as a meta element.
fn upgrades(response: &HttpResponse) -> bool {
    let page = Page::read(&response.body);
    let headers = response.headers_named("content-security-policy");
    let metas = page.meta("content-security-policy");
    headers
        .chain(metas)
        .flat_map(|value| value.split(','))
        .any(|policy| frame_policy::directive(policy, "upgrade-insecure-requests").is_some())
}

fn judge_pages(pages: &[PageSeen], case: Case<'_>) -> Judgement {
    let all: Vec<(&PageSeen, &Insecure)> = pages
        .iter()
        .flat_map(|page| page.insecure.iter().map(move |i| (page, i)))
        .collect();
    let gaps: Vec<&str> = pages
        .iter()
        .flat_map(|page| &page.gaps)
        .map(String::as_str)
        .collect();
    if all.is_empty() {
        let read: usize = pages.iter().map(|page| page.references).sum();
        let judgement = Judgement::pass(format!(
            "everything is loaded over https (pages read: {}, references: {read})",
            pages.len()
        ))
        .fact("all over https")
        .plainly("The pages load all their parts over the protected connection.");
        return if gaps.is_empty() {
            judgement
        } else {
            judgement
                .confidence(Confidence::Likely)
                .detail("not_read", gaps.join("; "))
        };
    }
    let mut shown: Vec<String> = all
        .iter()
        .map(|(page, i)| {
            format!(
                "{} {} on {}{}",
                i.kind.word(),
                show(&i.url),
                show(&page.url),
                by_sheet(page, i)
            )
        })
        .collect();
    shown.sort();
    shown.dedup();
    let more = shown.len().saturating_sub(SHOWN);
    let list = shown
        .iter()
        .take(SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join("; ");
    let text = if more > 0 {
        format!("{list}; and {more} more")
    } else {
        list
    };
    let judgement = if all.iter().all(|(page, _)| page.upgrades) {
        Judgement::warn(format!("written with plain http, upgraded by browsers because the page asks for it: {text}"))
            .plainly("Some parts of the page are written with unprotected addresses; browsers correct that, other programs may not.")
    } else {
        Judgement::fail(format!("loaded over plain http: {text}")).plainly(
            "Parts of the page come over an unprotected connection: browsers block them or warn, so the page looks broken or unsafe.",
        )
    };
    judgement
        .fact(shown.join("; "))
        .detail("insecure", shown)
        .remedy(remedy(&all, case))
}

fn by_sheet(page: &PageSeen, insecure: &Insecure) -> String {
    if insecure.from == page.url {
        String::new()
    } else {
        format!(" (in {})", show(&insecure.from))
    }
}

fn told(page: &PageSeen) -> String {
    let lines = page.insecure.iter().map(|i| {
        format!(
            "http: {} {} in {}",
            i.kind.word(),
            show(&i.url),
            show(&i.from)
        )
    });
    let head = format!(
        "{}: {} references, {} over plain http",
        show(&page.url),
        page.references,
        page.insecure.len()
    );
    std::iter::once(head)
        .chain(lines)
        .chain(page.gaps.iter().cloned())
        .collect::<Vec<_>>()
        .join("\n")
}

fn remedy(all: &[(&PageSeen, &Insecure)], case: Case<'_>) -> Remedy {
    let local = all
        .iter()
        .any(|(_, i)| matches!(i.url.host_str(), Some("localhost" | "127.0.0.1")));
    let mut steps = vec![
        "Write each of these addresses with https: (try it in a browser first; a host without https must be replaced, or its file copied to your own site).".to_owned(),
        "Look for the plain addresses in templates, in the database and in settings such as the application's base URL.".to_owned(),
        "Until all are found, `Content-Security-Policy: upgrade-insecure-requests` makes browsers correct them.".to_owned(),
    ];
    if local {
        steps.insert(0, "An address of the developer's own computer (localhost) is left in the page: set the production address in the build's environment.".to_owned());
    }
    remedy::configure(
        "web.mixed-content",
        steps,
        remedy::http::header(
            case.intent,
            case.subject,
            "Content-Security-Policy",
            "upgrade-insecure-requests",
        ),
        "Take the header out again; corrected addresses can stay.",
    )
}

#[cfg(test)]
#[path = "mixed_content_tests.rs"]
mod tests;
