//! Which content coding a client gets (RFC 9110 section 12.5.3).

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Coding {
    /// `br` (RFC 7932).
    Brotli,
    /// `gzip` (RFC 1952).
    Gzip,
    /// `zstd` (RFC 8878).
    Zstd,
}

impl Coding {
    /// Returns the word of `Content-Encoding`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// The coding that a client likes best; of equals the first offer. `None`: send it as it is.
///
/// Runs for each request, so nothing is allocated.
pub(super) fn choose(accept: &str, offers: &[Coding]) -> Option<Coding> {
    let plain = quality(accept, "identity").unwrap_or(0);
    let any = quality(accept, "*").unwrap_or(0);
    let mut best = None;
    for coding in offers {
        // Section 8.4.1.3: `x-gzip` is `gzip`.
        let old = (*coding == Coding::Gzip).then(|| quality(accept, "x-gzip"));
        let quality = quality(accept, coding.as_str())
            .or(old.flatten())
            .unwrap_or(any);
        if quality > 0
            && quality >= plain
            && best.is_none_or(|(_, best_quality)| quality > best_quality)
        {
            best = Some((*coding, quality));
        }
    }
    best.map(|(coding, _)| coding)
}

/// The weight that a list gives a word, in thousandths; what cannot be read is no weight.
fn quality(accept: &str, word: &str) -> Option<u16> {
    accept.split(',').find_map(|item| {
        let mut parts = item.split(';').map(|part| part.trim_matches([' ', '\t']));
        if !parts.next()?.eq_ignore_ascii_case(word) {
            return None;
        }
        let weight = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim_end().eq_ignore_ascii_case("q").then_some(value)
        });
        match weight {
            None => Some(1000),
            Some(text) => thousandths(text.trim_start()),
        }
    })
}

/// Section 12.4.2: `0.` or `1.` and at most three digits.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = fraction.bytes().chain([b'0'; 3]).take(3);
    let part = digits.fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    match whole {
        "0" => Some(part),
        "1" if part == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_get_what_they_like_best() {
        const ALL: [Coding; 3] = [Coding::Zstd, Coding::Brotli, Coding::Gzip];
        for (accept, want) in [
            ("", None),
            ("identity", None),
            ("deflate", None),
            ("gzip", Some(Coding::Gzip)),
            ("GZIP", Some(Coding::Gzip)),
            ("x-gzip", Some(Coding::Gzip)),
            ("gzip, deflate, br, zstd", Some(Coding::Zstd)),
            ("gzip, deflate, br", Some(Coding::Brotli)),
            ("gzip;q=1.0, br;q=0.9", Some(Coding::Gzip)),
            ("gzip ; q=0.5 , br ; q=0.501", Some(Coding::Brotli)),
            ("gzip;q=0", None),
            ("*", Some(Coding::Zstd)),
            ("*;q=0", None),
            ("*, zstd;q=0", Some(Coding::Brotli)),
            ("*;q=0, gzip", Some(Coding::Gzip)),
            ("identity, gzip;q=0.5", None),
            ("identity;q=0.5, gzip;q=0.5", Some(Coding::Gzip)),
            ("identity;q=0, gzip;q=0.001", Some(Coding::Gzip)),
            ("gzip;q=2", None),
            ("gzip;q=abc, br;q=0.1", Some(Coding::Brotli)),
            ("gzipped", None),
        ] {
            assert_eq!(choose(accept, &ALL), want, "{accept}");
        }
        assert_eq!(choose("br, gzip", &[Coding::Gzip]), Some(Coding::Gzip));
        assert_eq!(choose("br", &[]), None);
    }
}
