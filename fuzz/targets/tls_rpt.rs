//! libFuzzer's door to [`launch_ready_fuzz::tls_rpt`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| launch_ready_fuzz::tls_rpt::run(data));
