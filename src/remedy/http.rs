//! Settings of web servers, platforms and edges: redirects, response headers, TLS. Written for where the intent says the
//! site runs; when that is not known, for the three common servers side by side. Values are composed here, never taken
//! from an answer of the network.

use serde_json::json;
use url::Url;

use crate::model::finding::Setting;
use crate::model::intent::Intent;

/// Where a setting can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Server {
    Nginx,
    Caddy,
    Apache,
    Vercel,
    Netlify,
    Cloudflare,
}

/// The edge first (it answers the visitor), then the platform; without either the servers people run themselves.
fn servers(intent: &Intent) -> Vec<Server> {
    let edge = (intent.edge.as_deref() == Some("cloudflare")).then_some(Server::Cloudflare);
    let platform = match intent.platform.as_deref() {
        Some("vercel") => Some(Server::Vercel),
        Some("netlify") => Some(Server::Netlify),
        Some("cloudflare-pages") => Some(Server::Cloudflare),
        _ => None,
    };
    let mut known: Vec<Server> = edge.into_iter().chain(platform).collect();
    known.dedup();
    if known.is_empty() {
        known = vec![Server::Nginx, Server::Caddy, Server::Apache];
    }
    known
}

fn setting(place: String, name: &str, value: String) -> Setting {
    Setting {
        place,
        name: name.to_owned(),
        value,
    }
}

/// A response header on every answer of `host`. `value` must hold neither quotes nor line breaks.
pub fn header(intent: &Intent, host: &str, name: &str, value: &str) -> Vec<Setting> {
    let one = |server| match server {
        Server::Nginx => setting(
            format!(
                "nginx, server block of {host} (and every location that has an add_header of its own)"
            ),
            name,
            format!("add_header {name} \"{value}\" always;"),
        ),
        Server::Caddy => setting(
            format!("Caddyfile, site {host}"),
            name,
            format!("header {name} \"{value}\""),
        ),
        Server::Apache => setting(
            format!("Apache, VirtualHost of {host} (mod_headers)"),
            name,
            format!("Header always set {name} \"{value}\""),
        ),
        Server::Vercel => setting(
            "vercel.json".to_owned(),
            "headers",
            json!({"headers": [{"source": "/(.*)", "headers": [{"key": name, "value": value}]}]})
                .to_string(),
        ),
        Server::Netlify => setting(
            "_headers file of the published folder".to_owned(),
            name,
            format!("/*\n  {name}: {value}"),
        ),
        Server::Cloudflare => setting(
            format!(
                "Cloudflare → Rules → Transform Rules → Modify Response Header, for hostname {host}"
            ),
            &format!("Set static {name}"),
            value.to_owned(),
        ),
    };
    servers(intent).into_iter().map(one).collect()
}

/// Plain http on `host` answers with a permanent redirect to the same URL over https.
pub fn https_redirect(intent: &Intent, host: &str) -> Vec<Setting> {
    let one = |server| match server {
        Server::Nginx => setting(
            "nginx, a server block of its own".to_owned(),
            "redirect",
            format!(
                "server {{ listen 80; listen [::]:80; server_name {host}; return 301 https://$host$request_uri; }}"
            ),
        ),
        Server::Caddy => setting(
            "Caddyfile".to_owned(),
            "redirect",
            format!(
                "a site named `{host}` (without http:// and without auto_https off) redirects by itself"
            ),
        ),
        Server::Apache => setting(
            format!("Apache, VirtualHost *:80 of {host} (mod_rewrite)"),
            "redirect",
            "RewriteEngine On\nRewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]"
                .to_owned(),
        ),
        Server::Vercel => setting(
            "Vercel → Project → Settings → Domains".to_owned(),
            host,
            "assigned to the project; https is then forced by the platform".to_owned(),
        ),
        Server::Netlify => setting(
            "Netlify → Domain management → HTTPS".to_owned(),
            "Force HTTPS",
            "enabled (needs a certificate for every custom domain first)".to_owned(),
        ),
        Server::Cloudflare => setting(
            "Cloudflare → SSL/TLS → Edge Certificates".to_owned(),
            "Always Use HTTPS",
            "On".to_owned(),
        ),
    };
    servers(intent).into_iter().map(one).collect()
}

/// Every URL of `from` answers with a permanent redirect to the same path and query on `to`.
pub fn host_redirect(intent: &Intent, from: &str, to: &str) -> Vec<Setting> {
    let one = |server| match server {
        Server::Nginx => setting(
            format!("nginx, the https server block of {from}"),
            "redirect",
            format!("return 301 https://{to}$request_uri;"),
        ),
        Server::Caddy => setting(
            format!("Caddyfile, site {from}"),
            "redirect",
            format!("redir https://{to}{{uri}} permanent"),
        ),
        Server::Apache => setting(
            format!("Apache, VirtualHost of {from}"),
            "redirect",
            format!("Redirect permanent / https://{to}/"),
        ),
        Server::Vercel => setting(
            format!("Vercel → Project → Settings → Domains → {from} → Edit"),
            "Redirect to",
            format!("{to}, 308 Permanent Redirect"),
        ),
        Server::Netlify => setting(
            "_redirects file of the published folder".to_owned(),
            "redirect",
            format!("https://{from}/* https://{to}/:splat 301!"),
        ),
        Server::Cloudflare => setting(
            format!("Cloudflare → Rules → Redirect Rules, when hostname equals {from}"),
            "Dynamic, 301, preserve query string",
            format!("concat(\"https://{to}\", http.request.uri.path)"),
        ),
    };
    servers(intent).into_iter().map(one).collect()
}

/// One old URL answers with a permanent redirect to another.
pub fn url_redirect(intent: &Intent, from: &Url, to: &Url) -> Vec<Setting> {
    let host = from.host_str().unwrap_or_default();
    // A `$` would begin a variable in some of these languages.
    let plain = |text: &str| text.replace('$', "%24");
    let (path, to) = (plain(from.path()), plain(to.as_str()));
    let one = |server| match server {
        Server::Nginx => setting(
            format!("nginx, the server blocks of {host}"),
            "redirect",
            format!("location = \"{path}\" {{ return 301 \"{to}\"; }}"),
        ),
        Server::Caddy => setting(
            format!("Caddyfile, site {host}"),
            "redirect",
            format!("redir {path} {to} permanent"),
        ),
        Server::Apache => setting(
            format!("Apache, VirtualHosts of {host}"),
            "redirect",
            format!("Redirect permanent \"{path}\" \"{to}\""),
        ),
        Server::Vercel => setting(
            "vercel.json".to_owned(),
            "redirects",
            json!({"redirects": [{"source": path, "destination": to, "permanent": true}]})
                .to_string(),
        ),
        Server::Netlify => setting(
            "_redirects file of the published folder".to_owned(),
            "redirect",
            format!("{path} {to} 301!"),
        ),
        Server::Cloudflare => setting(
            format!(
                "Cloudflare → Rules → Redirect Rules, when URI full equals {}",
                plain(from.as_str())
            ),
            "Static, 301",
            to.clone(),
        ),
    };
    servers(intent).into_iter().map(one).collect()
}

/// The certificate of `host` is sent together with its intermediates.
pub fn full_chain(intent: &Intent, host: &str) -> Vec<Setting> {
    let one = |server| match server {
        Server::Nginx => setting(
            format!("nginx, server block of {host}"),
            "ssl_certificate",
            format!("ssl_certificate /etc/letsencrypt/live/{host}/fullchain.pem;"),
        ),
        Server::Caddy => setting(
            format!("Caddyfile, site {host}"),
            "tls",
            "no tls line at all (automatic), or: tls fullchain.pem privkey.pem".to_owned(),
        ),
        Server::Apache => setting(
            format!("Apache, VirtualHost of {host}"),
            "SSLCertificateFile",
            format!("SSLCertificateFile /etc/letsencrypt/live/{host}/fullchain.pem"),
        ),
        Server::Vercel => managed("Vercel → Project → Settings → Domains", host),
        Server::Netlify => managed("Netlify → Domain management → HTTPS", host),
        Server::Cloudflare => managed("Cloudflare → SSL/TLS → Edge Certificates", host),
    };
    servers(intent).into_iter().map(one).collect()
}

/// TLS 1.2 is the oldest version that `host` speaks.
pub fn modern_versions(intent: &Intent, host: &str) -> Vec<Setting> {
    let one = |server| match server {
        Server::Nginx => setting(
            format!("nginx, server block of {host} and the default server of the same port"),
            "ssl_protocols",
            "ssl_protocols TLSv1.2 TLSv1.3;".to_owned(),
        ),
        Server::Caddy => setting(
            format!("Caddyfile, site {host}"),
            "tls",
            "tls { protocols tls1.2 tls1.3 }".to_owned(),
        ),
        Server::Apache => setting(
            format!("Apache, VirtualHost of {host}"),
            "SSLProtocol",
            "SSLProtocol -all +TLSv1.2 +TLSv1.3".to_owned(),
        ),
        Server::Vercel => managed("Vercel → Project → Settings → Domains", host),
        Server::Netlify => managed("Netlify → Domain management → HTTPS", host),
        Server::Cloudflare => setting(
            "Cloudflare → SSL/TLS → Edge Certificates".to_owned(),
            "Minimum TLS Version",
            "TLS 1.2".to_owned(),
        ),
    };
    servers(intent).into_iter().map(one).collect()
}

fn managed(place: &str, host: &str) -> Setting {
    setting(
        place.to_owned(),
        host,
        "a certificate that the platform manages; remove the domain and add it again to have it ordered afresh".to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::name::HostName;

    fn intent(platform: Option<&str>, edge: Option<&str>) -> Intent {
        let mut intent = Intent::of(HostName::parse("acme.example").unwrap());
        intent.platform = platform.map(str::to_owned);
        intent.edge = edge.map(str::to_owned);
        intent
    }

    #[test]
    fn settings_are_for_where_the_site_runs() {
        let unknown = header(
            &intent(None, None),
            "www.acme.example",
            "X-Content-Type-Options",
            "nosniff",
        );
        assert_eq!(unknown.len(), 3);
        assert_eq!(
            unknown[0].value,
            "add_header X-Content-Type-Options \"nosniff\" always;"
        );
        let both = https_redirect(&intent(Some("vercel"), Some("cloudflare")), "acme.example");
        assert_eq!(both.len(), 2);
        assert!(
            both[0].place.starts_with("Cloudflare") && both[1].place.starts_with("Vercel"),
            "{both:?}"
        );
    }

    #[test]
    fn the_json_of_a_platform_is_json() {
        let one = header(&intent(Some("vercel"), None), "a.example", "X", "y; z");
        let value: serde_json::Value = serde_json::from_str(&one[0].value).unwrap();
        assert_eq!(value["headers"][0]["headers"][0]["value"], "y; z");
    }
}
