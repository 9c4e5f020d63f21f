//! URLs, hosts and percent-encoding.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rustzeug_tests::fuzz::target("urls").expect("a target of this name")(data);
});
