//! The tool's look at itself.

use hickory_proto::op::ResponseCode;

use crate::servers::{Dns, Reply, failed, network};

#[tokio::test]
async fn resolvers_are_honest_lying_filtered_or_silent() {
    let honest = Dns::start(|q, _| Reply::Message(failed(q, ResponseCode::NXDomain))).await;
    let lying = Dns::plain().await;
    let refusing = Dns::start(|q, _| Reply::Message(failed(q, ResponseCode::Refused))).await;
    let broken = Dns::start(|q, _| Reply::Message(failed(q, ResponseCode::ServFail))).await;
    let silent = Dns::start(|_, _| Reply::Silence).await;
    for (dns, resolver, up) in [
        (&honest, "honest", true),
        (&lying, "lying", true),
        (&refusing, "filtered", true),
        (&broken, "silent", true),
        (&silent, "silent", false),
    ] {
        let check = network(&[dns]).self_check().await;
        assert_eq!(check.resolver, resolver);
        assert_eq!(check.network == "up", up);
        assert_eq!(check.problems.is_empty(), resolver == "honest");
        assert_eq!(check.resolvers, [dns.at.to_string()]);
        assert_eq!(check.clock, "sane");
    }
    let asked = honest.questions.lock().unwrap();
    let name = asked[0].0.queries[0].name.to_ascii();
    assert!(name.ends_with(".invalid."), "{name}");
}
