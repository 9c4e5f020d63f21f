//! What holds for every family of headers.

use std::fmt;
use std::str::FromStr;

use super::*;
use crate::grammar::fuzz::PIECES;
use crate::grammar::fuzz::Random;

/// What is read strictly is written so that it is read as the same.
fn round_trip<T: FromStr + fmt::Display + fmt::Debug + PartialEq>(seed: u64, prefix: &str) {
    let mut random = Random::new(seed);
    let mut read = 0;
    for _ in 0..20_000 {
        let text = format!("{prefix}{}", random.text(PIECES, 8));
        if let Ok(value) = text.parse::<T>() {
            read += 1;
            let written = value.to_string();
            let Ok(again) = written.parse::<T>() else {
                panic!("{text:?} is written as {written:?}");
            };
            assert_eq!(again, value, "{text:?} is written as {written:?}");
        }
    }
    assert!(read > 10, "only {read} texts with {prefix:?} were read");
}

#[test]
fn what_is_read_strictly_survives() {
    round_trip::<Accept>(21, "");
    round_trip::<MimeAccept>(22, "a/b;");
    round_trip::<Authorization>(23, "a ");
    round_trip::<WwwAuthenticate>(24, "digest realm=");
    round_trip::<RequestCacheControl>(25, "max-age=");
    round_trip::<ResponseCacheControl>(26, "");
    round_trip::<ContentRange>(27, "bytes 0-1/");
    round_trip::<ContentSecurityPolicy>(28, "a b");
    round_trip::<ETags>(29, "\"a\",\"");
    round_trip::<HeaderSet>(30, "");
    round_trip::<IfRange>(31, "\"");
    round_trip::<Range>(32, "bytes=1");
}

#[test]
fn values_go_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<Accept>();
    check::<Authorization>();
    check::<CombinedMultiDict<'_>>();
    check::<Conditions<'_>>();
    check::<ContentRange>();
    check::<ContentSecurityPolicy>();
    check::<Cookie>();
    check::<ETags>();
    check::<HeaderSet>();
    check::<Headers>();
    check::<IfRange>();
    check::<MultiDict>();
    check::<Range>();
    check::<RequestCacheControl>();
    check::<ResponseCacheControl>();
    check::<UserAgent>();
    check::<WwwAuthenticate>();
    check::<crate::exceptions::HttpException>();
}
