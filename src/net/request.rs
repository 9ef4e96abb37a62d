//! A request to be sent, as data that can be remembered.

use std::net::IpAddr;

use url::Url;

/// One HTTP request. Equal requests are sent once a run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HttpRequest {
    pub method: String,
    pub url: Url,
    /// Lower-case names; added to the tool's own.
    pub headers: Vec<(String, String)>,
    /// The address to talk to; `None`: the first that the name resolves to.
    pub address: Option<IpAddr>,
    /// What is sent with it; mostly nothing.
    pub body: String,
    /// Whether it goes out only to whom the certificate is verified to be of. Otherwise that is noted and not minded.
    pub only_trusted: bool,
}

impl HttpRequest {
    /// A GET.
    pub fn get(url: Url) -> Self {
        Self {
            method: "GET".to_owned(),
            url,
            headers: Vec::new(),
            address: None,
            body: String::new(),
            only_trusted: false,
        }
    }

    /// A POST of a JSON text, which nobody gets whose certificate does not verify.
    pub(in crate::net) fn post_json(url: Url, body: String) -> Self {
        Self {
            body,
            ..Self::get(url)
                .method("POST")
                .header("content-type", "application/json")
                .only_trusted()
        }
    }

    /// Sent only to whom the certificate is verified to be of.
    pub(in crate::net) const fn only_trusted(mut self) -> Self {
        self.only_trusted = true;
        self
    }

    /// Another method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    /// One more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers
            .push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// To this address.
    #[must_use]
    pub const fn at(mut self, address: IpAddr) -> Self {
        self.address = Some(address);
        self
    }
}
