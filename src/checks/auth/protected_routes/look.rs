//! Asks a route as a stranger: twice, beside a neighbour that cannot exist and the home page.

use url::Url;

use crate::checks::likeness::percent;
use crate::checks::rule::Look;
use crate::checks::sight::Sight;
use crate::checks::site::{is_own_host, nowhere_beside};
use crate::model::intent::Intent;
use crate::model::observation::http::HttpExchange;
use crate::net::HttpRequest;

use super::{Glance, RouteSeen, Stranger, is_closed};

/// Redirects that are followed inside the client's own hosts.
const HOPS: usize = 4;

/// Looks at the subject.
pub async fn look(look: Look<'_>) -> RouteSeen {
    let route = look
        .intent
        .routes
        .iter()
        .find(|route| route.url == look.subject && is_closed(route));
    let Some(route) = route else {
        return RouteSeen::NotAsked("no protected routes named".to_owned());
    };
    if route.url.contains(['{', '}']) || route.url.contains("%7B") {
        return RouteSeen::NotAsked(
            "the route has a parameter: it needs a concrete id in its place".to_owned(),
        );
    }
    if !route.method.eq_ignore_ascii_case("GET") {
        return RouteSeen::NotAsked(format!(
            "the route takes {}: only GET is sent to a route of unknown effect",
            crate::model::text::escape(&route.method)
        ));
    }
    let Some(url) = Url::parse(&route.url)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some())
    else {
        return RouteSeen::NotAsked("the route is no http or https address".to_owned());
    };
    let mut home = url.clone();
    home.set_path("/");
    home.set_query(None);
    let browser = look.network.get(&url).await;
    let program = HttpRequest::get(url.clone()).header("accept", "application/json");
    let program = look.network.send(&program).await;
    let nowhere = look.network.get(&nowhere_beside(&url)).await;
    let home = look.network.get(&home).await;
    let beside = Beside {
        nowhere: &nowhere,
        home: (url.path() != "/").then_some(&*home),
    };
    RouteSeen::Asked(Box::new(Stranger {
        class: route.class,
        as_browser: beside.glance(&browser, look).await,
        as_program: beside.glance(&program, look).await,
        nowhere: Sight::of(&nowhere),
    }))
}

struct Beside<'a> {
    nowhere: &'a HttpExchange,
    home: Option<&'a HttpExchange>,
}

impl Beside<'_> {
    async fn glance(&self, answer: &HttpExchange, look: Look<'_>) -> Glance {
        let (hops, leaves_to) = follow(answer, look).await;
        Glance {
            sight: Sight::of(answer),
            like_nowhere: alike(answer, Some(self.nowhere)),
            like_home: alike(answer, self.home),
            hops,
            leaves_to,
        }
    }
}

fn alike(one: &HttpExchange, other: Option<&HttpExchange>) -> Option<u8> {
    let (one, other) = (one.response()?, other?.response()?);
    let both_have_one = !one.body.is_empty() && !other.body.is_empty();
    both_have_one.then(|| percent(&one.body, &other.body))
}

/// Follows redirects inside the client's own hosts; a foreign host is named and not asked.
async fn follow(start: &HttpExchange, look: Look<'_>) -> (Vec<Sight>, Option<String>) {
    let mut hops: Vec<Sight> = Vec::new();
    let mut next = target(start);
    while let Some(url) = next {
        if let Some(host) = foreign(&url, look.intent) {
            return (hops, Some(host));
        }
        let known = hops.iter().any(|hop| hop.exchange.url == url) || url == start.url;
        if hops.len() >= HOPS || known {
            break;
        }
        let answer = look.network.get(&url).await;
        next = target(&answer);
        hops.push(Sight::of(&answer));
    }
    (hops, None)
}

fn target(exchange: &HttpExchange) -> Option<Url> {
    let response = exchange.response().filter(|r| r.is_redirect())?;
    exchange.url.join(response.header("location")?).ok()
}

fn foreign(url: &Url, intent: &Intent) -> Option<String> {
    let host = url.host_str()?;
    (!is_own_host(host, intent)).then(|| host.to_owned())
}
