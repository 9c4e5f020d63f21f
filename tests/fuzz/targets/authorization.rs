//! Credentials and challenges.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rustzeug_tests::fuzz::target("authorization").expect("a target of this name")(data);
});
