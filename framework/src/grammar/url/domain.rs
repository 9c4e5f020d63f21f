//! Domain names, in Unicode and as Punycode (RFC 3492, UTS 46).

use std::borrow::Cow;

use idna::AsciiDenyList;
use idna::uts46::DnsLength;
use idna::uts46::Hyphens;
use idna::uts46::Uts46;

use super::InvalidUrl;
use super::Kind;

/// Encodes the labels of a host that are not ASCII as Punycode; the others are only checked.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::url::encode_host;
///
/// assert_eq!(encode_host("☃.net")?, "xn--n3h.net");
/// assert!(encode_host("a..b").is_err());
/// # Ok::<_, rustzeug::grammar::url::InvalidUrl>(())
/// ```
///
/// # Errors
///
/// Where a label is empty or longer than 63 bytes, or holds what no domain may hold.
pub fn encode_host(host: &str) -> Result<Cow<'_, str>, InvalidUrl> {
    let encoded = if host.is_ascii() {
        Cow::Borrowed(host)
    } else {
        let labels = host.split(DOTS).map(encode_label);
        Cow::Owned(labels.collect::<Result<Vec<_>, _>>()?.join("."))
    };
    let mut labels = encoded.rsplit('.');
    let last = labels.next().unwrap_or_default();
    // A final dot is the root (RFC 1034 section 3.1).
    if last.len() > LONGEST_LABEL
        || labels.any(|label| label.is_empty() || label.len() > LONGEST_LABEL)
    {
        return Err(InvalidUrl(Kind::Host));
    }
    Ok(encoded)
}

fn encode_label(label: &str) -> Result<Cow<'_, str>, InvalidUrl> {
    if label.is_ascii() {
        return Ok(Cow::Borrowed(label));
    }
    let (deny, hyphens) = (AsciiDenyList::EMPTY, Hyphens::Allow);
    let encoded = Uts46::new().to_ascii(label.as_bytes(), deny, hyphens, DnsLength::Ignore);
    encoded.map_err(|_| InvalidUrl(Kind::Host))
}

/// Decodes the labels of a host that are valid Punycode and leaves the others.
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::url::decode_host;
///
/// assert_eq!(decode_host("xn--n3h.net"), "☃.net");
/// assert_eq!(decode_host("xn--a"), "xn--a");
/// ```
pub fn decode_host(host: &str) -> Cow<'_, str> {
    let is_encoded = |label: &str| {
        label
            .get(..4)
            .is_some_and(|prefix| prefix.eq_ignore_ascii_case("xn--"))
    };
    if !host.is_ascii() || !host.split('.').any(is_encoded) {
        return Cow::Borrowed(host);
    }
    let decode = |label| {
        if !is_encoded(label) {
            return Cow::Borrowed(label);
        }
        let (deny, hyphens) = (AsciiDenyList::EMPTY, Hyphens::Allow);
        match Uts46::new().to_unicode(label.as_bytes(), deny, hyphens) {
            (decoded, Ok(())) => decoded,
            (_, Err(_)) => Cow::Borrowed(label),
        }
    };
    let labels: Vec<_> = host.split('.').map(decode).collect();
    Cow::Owned(labels.join("."))
}

/// What separates labels (RFC 3490 section 3.1).
const DOTS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];
/// RFC 1035 section 2.3.4.
const LONGEST_LABEL: usize = 63;
