//! Any rules match any path, the same way twice.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rustzeug_tests::fuzz::target("match_path").expect("a target of this name")(data);
});
