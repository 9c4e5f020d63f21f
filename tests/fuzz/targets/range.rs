//! A range of a body lies inside of it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rustzeug_tests::fuzz::target("range").expect("a target of this name")(data);
});
