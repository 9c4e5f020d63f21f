//! Whatever stands in a rule is parsed or refused with a place inside it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rustzeug_routing::Registry;
use rustzeug_routing::Rule;

fuzz_target!(|text: &str| {
    if let Err(error) = Rule::new(text).parse(&Registry::default()) {
        let _drawn = error.draw();
        let _told = error.to_string();
    }
});
