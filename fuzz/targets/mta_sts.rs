//! libFuzzer's door to [`launch_ready_fuzz::mta_sts`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| launch_ready_fuzz::mta_sts::run(data));
