//! The grammar of header fields: options, lists, dictionaries, sets, quoting, dates, tags.

use rustzeug::datastructures::ContentSecurityPolicy;
use rustzeug::datastructures::ETags;
use rustzeug::datastructures::HeaderSet;
use rustzeug::datastructures::RequestCacheControl;
use rustzeug::datastructures::ResponseCacheControl;
use rustzeug::grammar::date;
use rustzeug::grammar::etag;
use rustzeug::grammar::forwarded;
use rustzeug::grammar::list;
use rustzeug::grammar::media_type;
use rustzeug::grammar::options;
use rustzeug::grammar::quoted;
use rustzeug::grammar::token;

use super::lines;
use super::text;

/// Everything is read, quoting is undone by unquoting, and writing settles after one round.
pub(super) fn headers(data: &[u8]) {
    let text = text(data);
    let text = &*text;
    quoting(text);
    lists(text);
    options(text);
    dates(text);
    types(text);
}

fn quoting(text: &str) {
    let quoted = quoted::quote_header_value(text);
    assert_eq!(quoted::unquote_header_value(&quoted), text);
    let always = quoted::quote_always(text);
    assert!(always.starts_with('"') && always.ends_with('"'));
    assert_eq!(quoted::unquote_header_value(&always), text);
    let trimmed = token::trim(text);
    assert!(text.contains(trimmed));
    if let Some(tag) = etag::quote_etag(text, true) {
        assert_eq!(etag::unquote_etag(&tag), Some((text, true)));
    }
}

fn lists(text: &str) {
    let items = list::parse_list_header(text);
    let written = list::dump_list_header(&items);
    assert_eq!(list::parse_list_header(&written), items, "{written:?}");
    let pairs = list::parse_dict_header(text);
    let written = list::dump_dict_header(pairs.iter().map(|(k, v)| (k, v.as_deref())));
    // A name that is no token is kept all the same, but names are not quoted; one with a star says
    // how its value is encoded.
    if pairs
        .iter()
        .all(|(name, _)| token::is_token(name) && !name.ends_with('*'))
    {
        assert_eq!(list::parse_dict_header(&written), pairs, "{written:?}");
    }
    let set = HeaderSet::from_header(text);
    for item in set.iter() {
        assert!(set.contains(item) && set.find(item).is_some());
    }
    let tags = ETags::from_header(text);
    for tag in tags.strong() {
        assert!(tags.contains(tag) && tags.contains_weak(tag));
    }
    assert!(etag::split_etags(text).count() <= text.len());
}

fn options(text: &str) {
    let (value, params) = options::parse_options_header(text);
    let pairs = params.iter().map(|(name, value)| (name, Some(value)));
    let written = options::dump_options_header(Some(value), pairs);
    let (_, again) = options::parse_options_header(&written);
    // The value of a name with a star is taken to be encoded already, and so is not quoted; the
    // name of `*=x` is empty.
    let is_plain = |name: &str| token::is_token(name) && !name.contains('*');
    if params.iter().all(|(name, _)| is_plain(name)) {
        assert!(again.len() <= params.len(), "{text:?}");
    }
    for params in [params, again] {
        for (name, value) in params.iter() {
            // The name of `*=x` is empty, as in Werkzeug.
            assert_eq!(params.get(name), Some(value), "{text:?}");
        }
    }
}

fn dates(text: &str) {
    if let Some(read) = date::parse_date(text) {
        let seconds = date::unix_seconds(read);
        assert_eq!(
            date::from_unix_seconds(seconds).map(date::unix_seconds),
            Some(seconds)
        );
        let written = date::http_date(read);
        let again = date::parse_date(&written).map(date::unix_seconds);
        assert_eq!(again, Some(seconds), "{written:?}");
    }
    if let Some(age) = date::parse_age(text) {
        assert_eq!(date::parse_age(&date::dump_age(age)), Some(age));
    }
}

fn types(text: &str) {
    let mimetype = media_type::mimetype(text);
    assert!(!mimetype.bytes().any(|byte| byte.is_ascii_uppercase()));
    assert_eq!(
        media_type::mimetype(&media_type::content_type(&mimetype, "utf-8")),
        mimetype
    );
    let request = RequestCacheControl::from_header(text);
    let _read = (request.max_age(), request.max_stale(), request.to_header());
    let mut response = ResponseCacheControl::from_header(text);
    response.set_max_age(1);
    assert_eq!(response.max_age(), Some(1));
    let policy = ContentSecurityPolicy::from_header(text);
    let written = policy.to_header();
    assert_eq!(
        ContentSecurityPolicy::from_header(&written).to_header(),
        written
    );
    let (first, second) = lines(text);
    for proxies in 0..3 {
        let _value = forwarded::trusted_value(first, proxies);
        let _other = forwarded::trusted_value(second, proxies);
    }
}
