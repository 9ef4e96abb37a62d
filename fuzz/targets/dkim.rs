//! libFuzzer's door to [`launch_ready_fuzz::dkim`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| launch_ready_fuzz::dkim::run(data));
