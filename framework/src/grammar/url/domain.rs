//! Domain names, in Unicode and as Punycode (RFC 3492, UTS 46).

use std::borrow::Cow;

use idna::AsciiDenyList;
use idna::uts46::DnsLength;
use idna::uts46::Hyphens;
use idna::uts46::Uts46;

use super::InvalidUrl;
use super::Kind;

/// Encodes a host as Punycode; an ASCII host is only checked.
///
/// # Errors
///
/// Where a label is empty or longer than 63 bytes, or holds what no domain may hold.
pub fn encode_host(host: &str) -> Result<Cow<'_, str>, InvalidUrl> {
    let invalid = InvalidUrl(Kind::Host);
    let encoded = if host.is_ascii() {
        Cow::Borrowed(host)
    } else {
        let (deny, hyphens) = (AsciiDenyList::EMPTY, Hyphens::Allow);
        let encoded = Uts46::new().to_ascii(host.as_bytes(), deny, hyphens, DnsLength::Ignore);
        encoded.map_err(|_| invalid.clone())?
    };
    let mut labels = encoded.rsplit('.');
    let last = labels.next().unwrap_or_default();
    // A final dot is the root (RFC 1034 section 3.1).
    if last.len() > LONGEST_LABEL
        || labels.any(|label| label.is_empty() || label.len() > LONGEST_LABEL)
    {
        return Err(invalid);
    }
    Ok(encoded)
}

/// Decodes the labels of a host that are valid Punycode and leaves the others.
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

/// RFC 1035 section 2.3.4.
const LONGEST_LABEL: usize = 63;
