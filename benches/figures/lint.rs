//! SPF records read to the letter, on one core: the usual ones, a long one and two that are broken.

use std::hint::black_box;
use std::time::Instant;

use launch_ready::checks::mail::spf::parse::parse;

use super::row;

const ROUNDS: u32 = 100_000;
const RECORDS: [&str; 5] = [
    "v=spf1 include:_spf.mailer.example -all",
    "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 a mx:mail.acme.example/24//64 include:_spf.mailer.example ~all",
    "v=spf1 exists:%{ir}.%{v}._spf.%{d2} redirect=_spf.acme.example exp=why.%{d}",
    "v=spf1 ip4:198.51.100.0/25 ip4:198.51.100.128/26 ip4:203.0.113.0/24 ip4:192.0.2.1 ip4:192.0.2.2 ip4:192.0.2.3 \
     ip4:192.0.2.4 ip4:192.0.2.5 ip4:192.0.2.6 ip4:192.0.2.7 ip6:2001:db8:1::/48 ip6:2001:db8:2::/48 ?all",
    "v=spf1 ip4:192.0.2.1~all includes:_spf.mailer.example a/33",
];

pub fn measure() {
    let begun = Instant::now();
    for _ in 0..ROUNDS {
        for record in RECORDS {
            black_box(parse(black_box(record)));
        }
    }
    let records = f64::from(ROUNDS) * RECORDS.len() as f64;
    row(
        "SPF records linted a second, one core",
        &format!("{:.0}", records / begun.elapsed().as_secs_f64()),
        ">= 100000",
    );
}
