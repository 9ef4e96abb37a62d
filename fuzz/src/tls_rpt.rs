//! TLS reporting: the finding on a record, and that the record which it proposes is a right one.

use launch_ready::checks::mail::tls_rpt::{TlsRpt, TlsRptSeen};
use launch_ready::checks::rule::{Judgement, Rule};
use launch_ready::model::verdict::Verdict;

use super::world::{self, assert_words_harmless};

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    check(&text);
    check(&format!("v=TLSRPTv1; {text}"));
    check(&format!("v=TLSRPTv1; rua=mailto:{text}"));
}

fn check(text: &str) {
    let judgement = judge(text);
    assert_words_harmless(&judgement);
    let proposed = judgement.remedy.iter().flat_map(|remedy| &remedy.records);
    for change in proposed {
        let again = judge(&change.value);
        assert_eq!(
            again.verdict,
            Verdict::Pass,
            "{:?} out of {text:?}: {}",
            change.value,
            again.summary
        );
    }
    assert!(matches!(
        judgement.verdict,
        Verdict::Pass | Verdict::Warn | Verdict::Fail
    ));
}

fn judge(text: &str) -> Judgement {
    let intent = world::intent();
    let seen = TlsRptSeen {
        txt: world::txt("_smtp._tls.acme.example", text),
        mx: world::mx(),
    };
    TlsRpt.judge(&seen, world::case(&intent))
}
