//! A form cut anywhere gives the same parts.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rustzeug_tests::fuzz::target("multipart").expect("a target of this name")(data);
});
