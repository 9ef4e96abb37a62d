//! Platforms and edges that say that there is nothing behind a name, or that they cannot reach it.

use super::marks::Mark;
use super::marks::Place::Platform;
use super::marks::Signal::{Body, Header, Status, Title};
use super::marks::mark;

/// The marks, as data.
pub(super) static PLATFORMS: &[Mark] = &[
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
];
