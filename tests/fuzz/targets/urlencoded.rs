//! What was read can be written and read again.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rustzeug_tests::fuzz::target("urlencoded").expect("a target of this name")(data);
});
