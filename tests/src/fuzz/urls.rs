//! URLs, hosts and percent-encoding.

use rustzeug::grammar::host;
use rustzeug::grammar::percent;
use rustzeug::grammar::url;

use super::lines;
use super::text;

/// What a URL becomes is ASCII and stays as it is; quoting is undone by decoding.
pub(super) fn urls(data: &[u8]) {
    let text = text(data);
    let text = &*text;
    if let Ok(uri) = url::iri_to_uri(text) {
        assert!(uri.is_ascii(), "{uri:?}");
        assert_eq!(url::iri_to_uri(&uri).as_deref(), Ok(&*uri), "{text:?}");
    }
    if let Ok(iri) = url::uri_to_iri(text) {
        let _again = url::uri_to_iri(&iri);
    }
    if let Ok(parts) = url::split_url(text) {
        assert!(parts.path.len() <= text.len());
        if let Ok(authority) = parts.authority() {
            let _shown = format!("{authority:?}");
        }
    }
    let (first, second) = lines(text);
    let _joined = url::join(first, second);
    let slashed = url::append_slash(first, second);
    assert!(!slashed.is_empty());
    for quoted in [
        percent::quote_path(text),
        percent::quote_query(text),
        percent::quote_all(text),
    ] {
        assert!(quoted.is_ascii(), "{quoted:?}");
    }
    assert_eq!(percent::decode(&percent::quote_all(text)), text);
    let _kept = (percent::decode_or_keep(text), percent::decode_latin1(text));
    let decoded = percent::decode_path(text.as_bytes());
    assert_eq!(
        percent::decode_path(percent::quote_all(&decoded).as_bytes()),
        decoded
    );
    if let Ok(encoded) = url::encode_host(text) {
        assert!(encoded.is_ascii(), "{encoded:?}");
        let _shown = url::decode_host(&encoded);
    }
    let _trusted = host::host_is_trusted(first, &[second]);
    let none: &[&str] = &[];
    let _host = host::request_host("http", Some(first), Some((second, Some(80))), none);
    let _length = host::content_length(Some(first), Some(second));
}
