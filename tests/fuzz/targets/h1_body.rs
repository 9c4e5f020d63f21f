//! Chunks cut anywhere decode like whole ones.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rustzeug_tests::fuzz::target("h1_body").expect("a target of this name")(data);
});
