//! Content negotiation.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rustzeug_tests::fuzz::target("accept").expect("a target of this name")(data);
});
