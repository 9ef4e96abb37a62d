//! libFuzzer's door to [`launch_ready_fuzz::dmarc`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| launch_ready_fuzz::dmarc::run(data));
