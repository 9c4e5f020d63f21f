//! A head cut anywhere is read like a whole one.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rustzeug_tests::fuzz::target("h1_head").expect("a target of this name")(data);
});
