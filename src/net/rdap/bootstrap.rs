//! The IANA's list of RDAP servers by top-level domain (RFC 9224 §4).

use serde::Deserialize;
use url::Url;

use crate::model::name::HostName;

/// The file: entries of two lists, the names and the servers that speak for them.
#[derive(Deserialize)]
struct List {
    services: Vec<(Vec<String>, Vec<String>)>,
}

/// The servers for `domain`, https first; the entry with the longest name that is `domain`'s ending. Empty: there is none.
pub(super) fn servers(text: &str, domain: &HostName) -> Result<Vec<Url>, String> {
    let list: List = serde_json::from_str(text)
        .map_err(|_| "is not JSON of the form that RFC 9224 gives it".to_owned())?;
    let fits = |name: &str| {
        HostName::parse(name)
            .ok()
            .filter(|entry| domain.is_within(entry))
            .map(|entry| entry.labels())
    };
    let best = list
        .services
        .iter()
        .filter_map(|(names, servers)| {
            let labels = names.iter().filter_map(|name| fits(name)).max()?;
            Some((labels, servers))
        })
        .max_by_key(|(labels, _)| *labels);
    let mut urls: Vec<Url> = best
        .into_iter()
        .flat_map(|(_, servers)| servers)
        .filter_map(|base| Url::parse(&with_slash(base)).ok())
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .collect();
    urls.sort_by_key(|url| url.scheme() != "https");
    Ok(urls)
}

/// Bases end with a slash (RFC 9224 §3); one that does not would lose its last part.
fn with_slash(base: &str) -> String {
    match base.ends_with('/') {
        true => base.to_owned(),
        false => format!("{base}/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_ending_wins_and_https_comes_first() {
        let list = r#"{"version":"1.0","services":[
            [["com","net"],["https://rdap.one.example/com/v1/"]],
            [["BR"],["http://rdap.br.example/","https://rdap.br.example"]],
            [["uk"],["https://rdap.uk.example/"]],
            [["gov.uk"],["https://rdap.gov.example/"]],
            [["xn--p1ai"],["ftp://old.example/"]]
        ]}"#;
        for (domain, want) in [
            ("acme.com", &["https://rdap.one.example/com/v1/"][..]),
            (
                "acme.com.br",
                &["https://rdap.br.example/", "http://rdap.br.example/"],
            ),
            ("acme.co.uk", &["https://rdap.uk.example/"]),
            ("acme.gov.uk", &["https://rdap.gov.example/"]),
            ("acme.io", &[]),
            ("acme.notcom", &[]),
            ("acme.xn--p1ai", &[]),
        ] {
            let got = servers(list, &HostName::parse(domain).unwrap()).unwrap();
            let got: Vec<&str> = got.iter().map(Url::as_str).collect();
            assert_eq!(got, want, "{domain}");
        }
    }

    #[test]
    fn what_is_no_list_is_said() {
        let domain = HostName::parse("acme.com").unwrap();
        for text in ["", "<html>", "{}", "[]", r#"{"services":[["com"]]}"#] {
            assert!(servers(text, &domain).is_err(), "{text}");
        }
    }
}
