//! The grammar of header fields.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rustzeug_tests::fuzz::target("headers").expect("a target of this name")(data);
});
