//! Any rule is parsed or refused.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rustzeug_tests::fuzz::target("rule_parse").expect("a target of this name")(data);
});
