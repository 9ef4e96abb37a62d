//! Every check, in one sorted list. Help, `explain`, the reports and the tests are views of it.

use super::rule::Check;
use super::{api, auth, dns, domain, exposure, mail, performance, tls, web};

/// Every check, sorted by id.
pub static CHECKS: &[&dyn Check] = &[
    &api::cors::Cors,
    &api::health::Health,
    &auth::protected_routes::ProtectedRoutes,
    &dns::addresses::Addresses,
    &dns::caa::CaaCheck,
    &dns::cname::CnameCheck,
    &dns::dangling::Dangling,
    &dns::delegation::DelegationCheck,
    &dns::dnssec::DnssecCheck,
    &dns::https_record::HttpsRecord,
    &dns::ipv6::Ipv6,
    &dns::nameservers::NameServers,
    &dns::propagation::Propagation,
    &dns::soa::SoaCheck,
    &dns::ttl::Ttl,
    &dns::wildcard::Wildcard,
    &domain::expiry::Expiry,
    &domain::status::Status,
    &exposure::files::Files,
    &mail::alignment::Alignment,
    &mail::bimi::Bimi,
    &mail::blocklists::Blocklists,
    &mail::dane::Dane,
    &mail::dkim::Dkim,
    &mail::dmarc::Dmarc,
    &mail::dmarc_policy::DmarcPolicy,
    &mail::dmarc_reports::DmarcReports,
    &mail::mta_sts::MtaSts,
    &mail::mx::Mx,
    &mail::parked::Parked,
    &mail::reverse_dns::ReverseDns,
    &mail::spf::Spf,
    &mail::spf_lookups::SpfLookups,
    &mail::spf_policy::SpfPolicy,
    &mail::starttls::StartTlsCheck,
    &mail::test_message::TestMessage,
    &mail::tls_rpt::TlsRpt,
    &performance::latency::Latency,
    &tls::alpn::Alpn,
    &tls::chain::Chain,
    &tls::ciphers::Ciphers,
    &tls::expiry::Expiry,
    &tls::hostname::Hostname,
    &tls::key::Key,
    &tls::reachable::Reachable,
    &tls::renewal::Renewal,
    &tls::revocation::Revocation,
    &tls::transparency::Transparency,
    &tls::versions::Versions,
    &web::canonical_host::CanonicalHost,
    &web::content_type_options::ContentTypeOptions,
    &web::error_page::ErrorPage,
    &web::frame_protection::FrameProtection,
    &web::hsts::Hsts,
    &web::hsts_preload::HstsPreload,
    &web::https_redirect::HttpsRedirect,
    &web::indexing::Indexing,
    &web::mixed_content::MixedContent,
    &web::old_urls::OldUrls,
    &web::redirect_chain::RedirectChain,
    &web::redirect_permanence::RedirectPermanence,
    &web::security_txt::SecurityTxt,
    &web::status::Status,
];

/// The check of that id.
pub fn find(id: &str) -> Option<&'static dyn Check> {
    CHECKS.iter().copied().find(|check| check.meta().id == id)
}

/// Version of the rule set as a whole, for the run's JSON.
pub const RULES: u32 = 1;
