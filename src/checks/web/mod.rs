//! What the web shows: redirects, headers and pages of each host, as a browser would meet them.
//!
//! The rules share requests through the network's memory. A page that could not be seen (a challenge, a rate limit, an error
//! of the platform) is never judged in place of the real one.

pub mod canonical_host;
pub mod content_type_options;
pub mod css;
pub mod error_marks;
pub mod error_page;
pub mod frame_policy;
pub mod frame_protection;
pub mod hsts;
pub mod hsts_header;
pub mod hsts_preload;
pub mod https_redirect;
pub mod indexing;
pub mod mixed_content;
pub mod old_urls;
pub mod preload_rules;
pub mod redirect_chain;
pub mod redirect_permanence;
pub mod references;
pub mod robots;
pub mod robots_meta;
#[cfg(test)]
pub(in crate::checks) mod samples;
pub mod security_file;
pub mod security_txt;
pub mod soft_redirect;
pub mod status;
pub mod trail;
pub mod walk;
