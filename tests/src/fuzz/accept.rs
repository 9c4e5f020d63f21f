//! Content negotiation.

use rustzeug::datastructures::Accept;
use rustzeug::datastructures::CharsetAccept;
use rustzeug::datastructures::LanguageAccept;
use rustzeug::datastructures::MimeAccept;
use rustzeug::grammar::token;

use super::lines;
use super::text;

/// Qualities stay between 0 and 1, the best match is one of the offers and one that is accepted,
/// and what was read can be written and read again.
pub(super) fn accept(data: &[u8]) {
    let text = text(data);
    let (header, offer) = lines(&text);
    macro_rules! check {
        ($kind:ty) => {
            let accept = <$kind>::from_header(header);
            for (value, quality) in accept.iter() {
                assert!((0.0..=1.0).contains(&quality), "{value:?} {quality}");
            }
            for offer in [offer, "text/html", "en", "*"] {
                let quality = accept.quality(offer);
                assert!((0.0..=1.0).contains(&quality), "{offer:?} {quality}");
            }
            let offers = [offer, "text/html", "application/json", "en-GB", "utf-8"];
            if let Some(best) = accept.best_match(offers) {
                assert!(offers.contains(&best), "{best:?}");
            }
            let written = accept.to_header();
            let again = <$kind>::from_header(&written);
            // What is no media type, language or charset is kept all the same, but not quoted.
            if accept.values().all(is_plain) {
                assert_eq!(again.to_header(), written, "{header:?}");
            }
        };
    }
    check!(Accept);
    check!(MimeAccept);
    check!(LanguageAccept);
    check!(CharsetAccept);
}

fn is_plain(value: &str) -> bool {
    !value.is_empty() && value.split('/').all(token::is_token)
}
