//! Marks by which answers that are not the site's own are recognised: facts about products, as data. All text is lower
//! case. Each mark names how many of its signals must be there together; one alone never decides.

/// What the mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Challenge,
    Platform,
    Parked,
}

/// Something to be seen in a response.
#[derive(Debug, Clone, Copy)]
pub(super) enum Signal {
    Status(&'static [u16]),
    /// A header, and what its value contains (nothing: any value).
    Header(&'static str, &'static str),
    Title(&'static str),
    Body(&'static str),
}

/// A product's way of answering.
#[derive(Debug)]
pub(super) struct Mark {
    pub place: Place,
    pub who: &'static str,
    /// Signals that must be there together.
    pub needs: usize,
    pub signals: &'static [Signal],
}

use Place::{Challenge, Parked, Platform};
use Signal::{Body, Header, Status, Title};

const REFUSED: &[u16] = &[401, 403, 405, 406, 429, 503];

const fn mark(place: Place, who: &'static str, needs: usize, signals: &'static [Signal]) -> Mark {
    Mark {
        place,
        who,
        needs,
        signals,
    }
}

/// Every mark; the first that fits wins.
pub(super) static MARKS: &[Mark] = &[
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
    mark(
        Platform,
        "Vercel",
        2,
        &[
            Header("x-vercel-error", ""),
            Header("server", "vercel"),
            Body("deployment_not_found"),
            Body("deployment_disabled"),
            Body("function_invocation_failed"),
        ],
    ),
    mark(
        Platform,
        "Netlify",
        3,
        &[
            Status(&[404, 503]),
            Header("server", "netlify"),
            Body("not found - request id"),
            Title("site not found"),
        ],
    ),
    mark(
        Platform,
        "Heroku",
        2,
        &[
            Status(&[404, 503]),
            Header("server", "heroku"),
            Body("herokucdn.com/error-pages"),
            Body("no such app"),
        ],
    ),
    mark(
        Platform,
        "GitHub Pages",
        2,
        &[
            Status(&[404]),
            Body("there isn't a github pages site here"),
            Header("server", "github.com"),
        ],
    ),
    mark(
        Platform,
        "Render",
        2,
        &[
            Status(&[404, 502, 503]),
            Header("x-render-routing", "no-"),
            Header("x-render-routing", "suspend"),
        ],
    ),
    mark(
        Platform,
        "Railway",
        2,
        &[
            Status(&[404, 502]),
            Header("x-railway-fallback", "true"),
            Body("application not found"),
            Body("application failed to respond"),
        ],
    ),
    mark(
        Platform,
        "Cloudflare",
        3,
        &[
            Status(&[403, 409, 520, 521, 522, 523, 524, 525, 526, 530]),
            Header("server", "cloudflare"),
            Body("cf-error-details"),
            Body("error code: 10"),
            Body("error code: 52"),
        ],
    ),
    mark(
        Platform,
        "CloudFront",
        3,
        &[
            Status(&[403, 502, 503, 504]),
            Header("x-cache", "error from cloudfront"),
            Body("the request could not be satisfied"),
        ],
    ),
    mark(
        Platform,
        "Amazon S3",
        2,
        &[
            Status(&[404]),
            Body("nosuchbucket"),
            Header("server", "amazons3"),
        ],
    ),
    mark(
        Platform,
        "Azure",
        2,
        &[
            Status(&[403, 404]),
            Title("404 web site not found"),
            Title("web app - unavailable"),
            Body("azurewebsites"),
        ],
    ),
    mark(
        Platform,
        "Firebase",
        2,
        &[Status(&[404]), Title("site not found"), Body("firebase")],
    ),
    mark(
        Platform,
        "Fastly",
        2,
        &[
            Status(&[404, 500, 503]),
            Body("fastly error: unknown domain"),
            Header("x-served-by", "cache-"),
        ],
    ),
    mark(
        Platform,
        "Shopify",
        2,
        &[
            Header("x-shopid", ""),
            Header("powered-by", "shopify"),
            Body("this shop is currently unavailable"),
            Body("sorry, this store is currently unavailable"),
        ],
    ),
    mark(
        Platform,
        "Wix",
        2,
        &[
            Status(&[404]),
            Header("x-wix-request-id", ""),
            Body("connectyourdomain"),
        ],
    ),
    mark(
        Platform,
        "Squarespace",
        2,
        &[
            Header("server", "squarespace"),
            Title("website expired"),
            Body("no such site"),
        ],
    ),
    mark(
        Parked,
        "Sedo",
        2,
        &[
            Body("sedoparking.com"),
            Body("domain is for sale"),
            Body("sedo domain parking"),
        ],
    ),
    mark(
        Parked,
        "GoDaddy",
        2,
        &[
            Body("parked free, courtesy of godaddy"),
            Body("godaddy.com"),
            Body("window.location.href=\"/lander\""),
            Header("server", "openresty"),
        ],
    ),
    mark(
        Parked,
        "Namecheap",
        2,
        &[
            Body("parkingpage.namecheap.com"),
            Body("namecheap.com"),
            Title("registrant whois contact information"),
        ],
    ),
    mark(
        Parked,
        "Hostinger",
        2,
        &[Title("parked domain name on hostinger"), Body("hostinger")],
    ),
    mark(
        Parked,
        "ParkingCrew",
        2,
        &[
            Body("parkingcrew.net"),
            Body("related searches"),
            Header("x-adblock-key", ""),
        ],
    ),
    mark(Parked, "Bodis", 2, &[Body("bodis.com"), Body("parking")]),
    mark(
        Parked,
        "a domain market",
        3,
        &[
            Title("for sale"),
            Body("buy this domain"),
            Body("this domain is for sale"),
            Body("this domain name is for sale"),
            Body("make an offer"),
        ],
    ),
    mark(
        Parked,
        "a registrar",
        2,
        &[
            Title("parked domain"),
            Title("domain parked"),
            Body("this domain is parked"),
            Body("this domain has been registered"),
            Body("domain has recently been registered"),
        ],
    ),
    mark(
        Parked,
        "nginx's welcome page",
        2,
        &[Title("welcome to nginx"), Body("thank you for using nginx")],
    ),
    mark(
        Parked,
        "Apache's welcome page",
        2,
        &[
            Title("apache2"),
            Title("apache http server"),
            Body("it works!"),
            Body("default page"),
            Body("default welcome page"),
        ],
    ),
    mark(
        Parked,
        "IIS's welcome page",
        2,
        &[Title("iis windows server"), Body("iisstart")],
    ),
    mark(
        Parked,
        "Caddy's welcome page",
        2,
        &[
            Title("caddy works!"),
            Body("congratulations"),
            Body("caddyserver.com"),
        ],
    ),
    mark(
        Parked,
        "a control panel's default page",
        2,
        &[
            Title("default web site page"),
            Title("default plesk page"),
            Title("domain default page"),
            Body("cpanel"),
            Body("plesk"),
        ],
    ),
];
