//! Requests and answers as plain data, before and after HTTP.

use std::collections::BTreeMap;
use std::net::IpAddr;

/// A request, read whole.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Where it came to.
    pub address: IpAddr,
    /// `http` or `https`.
    pub scheme: &'static str,
    pub method: String,
    /// Lower case, without the port.
    pub host: String,
    pub path: String,
    pub query: Option<String>,
    /// Lower-case names; several values of one name are joined with commas.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Ask {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Path and query as they came.
    pub fn path_and_query(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// The whole URL without its query.
    pub fn url(&self) -> String {
        format!("{}://{}{}", self.scheme, self.host, self.path)
    }

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.header("cookie")?
            .split([';', ','])
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(n, _)| *n == name)
            .map(|(_, value)| value)
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub status: u16,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Page {
    /// An answer with a body of a content type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: body.into(),
        }
    }

    /// An HTML page with a title.
    pub fn html(status: u16, title: &str, inside: &str) -> Self {
        let body = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <link rel=\"stylesheet\" href=\"/assets/site.css\">\n</head>\n<body>\n{inside}\n</body>\n</html>\n"
        );
        Self::new(status, "text/html; charset=utf-8", body)
    }

    /// A JSON answer.
    pub fn json(status: u16, body: &str) -> Self {
        Self::new(status, "application/json", body)
    }

    /// A redirect.
    pub fn redirect(status: u16, to: &str) -> Self {
        Self {
            status,
            headers: vec![("location".to_owned(), to.to_owned())],
            body: Vec::new(),
        }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}
