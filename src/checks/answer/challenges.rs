//! Firewalls and bot protections that answer in place of a site.

use super::marks::Mark;
use super::marks::Place::Challenge;
use super::marks::Signal::{Body, Header, Status, Title};
use super::marks::mark;

/// Statuses with which protections refuse.
const REFUSED: &[u16] = &[401, 403, 405, 406, 429, 503];

/// The marks, as data.
pub(super) static CHALLENGES: &[Mark] = &[
    mark(
        Challenge,
        "Cloudflare",
        2,
        &[
            Status(REFUSED),
            Header("cf-mitigated", "challenge"),
            Title("just a moment"),
            Title("attention required! | cloudflare"),
            Body("_cf_chl_opt"),
        ],
    ),
    mark(
        Challenge,
        "Vercel",
        2,
        &[
            Status(REFUSED),
            Header("x-vercel-mitigated", ""),
            Title("vercel security checkpoint"),
        ],
    ),
    mark(
        Challenge,
        "AWS WAF",
        2,
        &[
            Status(&[202, 403, 405]),
            Header("x-amzn-waf-action", ""),
            Body("awswafcookiedomainlist"),
            Body("gokuprops"),
        ],
    ),
    mark(
        Challenge,
        "Akamai",
        3,
        &[
            Status(REFUSED),
            Header("server", "akamaighost"),
            Title("access denied"),
            Body("errors.edgesuite.net"),
        ],
    ),
    mark(
        Challenge,
        "Imperva",
        2,
        &[
            Header("x-iinfo", ""),
            Body("_incapsula_resource"),
            Body("incapsula incident id"),
        ],
    ),
    mark(
        Challenge,
        "DataDome",
        2,
        &[
            Status(REFUSED),
            Header("x-datadome", ""),
            Body("captcha-delivery.com"),
        ],
    ),
    mark(
        Challenge,
        "HUMAN",
        2,
        &[Status(REFUSED), Body("px-captcha"), Body("_pxappid")],
    ),
    mark(
        Challenge,
        "Sucuri",
        2,
        &[
            Header("x-sucuri-id", ""),
            Title("sucuri website firewall"),
            Body("sucuri_cloudproxy_js"),
        ],
    ),
    mark(
        Challenge,
        "Kasada",
        2,
        &[Status(REFUSED), Header("x-kpsdk-ct", ""), Body("kpsdk")],
    ),
    mark(
        Challenge,
        "Anubis",
        2,
        &[
            Title("making sure you're not a bot"),
            Body("anubis_challenge"),
            Body("/.within.website/"),
        ],
    ),
    mark(
        Challenge,
        "a bot protection",
        2,
        &[
            Status(REFUSED),
            Body("cf-turnstile"),
            Body("h-captcha"),
            Body("g-recaptcha"),
            Title("verify you are human"),
            Body("checking your browser"),
        ],
    ),
];
