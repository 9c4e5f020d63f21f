//! Host names to ASCII, in little.
//!
//! What Werkzeug does through Python's `idna` codec (IDNA 2003), without tables that the standard
//! library does not have: letters are made lower case and `ß` becomes `ss`, invisible characters
//! are dropped, wide forms of ASCII become ASCII; further normalisation (NFKC) is not done, nor are
//! prohibited characters looked for. Whoever needs all of it sets [`Map::set_idna`](crate::Map::set_idna).

use std::fmt::Write as _;

/// Encodes a host name without its port; `None` if a label is empty or too long.
pub(crate) fn to_ascii(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some(String::new());
    }
    let dot = |c| matches!(c, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}');
    let mut labels: Vec<&str> = if name.is_ascii() {
        name.split('.').collect()
    } else {
        name.split(dot).collect()
    };
    let absolute = labels.last().is_some_and(|last| last.is_empty());
    if absolute {
        labels.pop();
    }
    let mut ascii = String::new();
    for (index, label) in labels.iter().enumerate() {
        if index > 0 {
            ascii.push('.');
        }
        let before = ascii.len();
        encode(label, &mut ascii)?;
        if !(1..64).contains(&(ascii.len() - before)) {
            return None;
        }
    }
    if absolute {
        ascii.push('.');
    }
    Some(ascii)
}

fn encode(label: &str, ascii: &mut String) -> Option<()> {
    if label.is_ascii() {
        ascii.push_str(label);
        return Some(());
    }
    let mut mapped = String::with_capacity(label.len());
    for c in label.chars() {
        match c {
            '\u{ad}'
            | '\u{34f}'
            | '\u{1806}'
            | '\u{180b}'..='\u{180d}'
            | '\u{200b}'..='\u{200d}'
            | '\u{2060}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' => {}
            'ß' | 'ẞ' => mapped.push_str("ss"),
            'ς' => mapped.push('σ'),
            '\u{ff01}'..='\u{ff5e}' => {
                let narrow = char::from_u32(u32::from(c) - 0xfee0)?;
                mapped.push(narrow.to_ascii_lowercase());
            }
            c => mapped.extend(c.to_lowercase()),
        }
    }
    if mapped.is_ascii() {
        ascii.push_str(&mapped);
        return Some(());
    }
    if mapped.starts_with("xn--") {
        return None;
    }
    ascii.push_str("xn--");
    punycode(&mapped, ascii)
}

/// RFC 3492, section 6.3.
fn punycode(label: &str, out: &mut String) -> Option<()> {
    let points: Vec<u32> = label.chars().map(u32::from).collect();
    let basic = points.iter().filter(|point| **point < 128).count();
    let _ = write!(
        out,
        "{}",
        label.chars().filter(char::is_ascii).collect::<String>()
    );
    if basic > 0 {
        out.push('-');
    }
    let (mut point, mut delta, mut bias, mut done) = (128_u32, 0_u32, 72_u32, basic as u32);
    while (done as usize) < points.len() {
        let next = points
            .iter()
            .copied()
            .filter(|other| *other >= point)
            .min()?;
        delta = delta.checked_add((next - point).checked_mul(done + 1)?)?;
        point = next;
        for other in &points {
            if *other < point {
                delta = delta.checked_add(1)?;
            }
            if *other == point {
                digits(delta, bias, out);
                bias = adapt(delta, done + 1, done as usize == basic);
                delta = 0;
                done += 1;
            }
        }
        delta = delta.checked_add(1)?;
        point += 1;
    }
    Some(())
}

fn digits(mut delta: u32, bias: u32, out: &mut String) {
    let mut k = 36;
    loop {
        let threshold = k.clamp(bias + 1, bias + 26) - bias;
        if delta < threshold {
            out.push(digit(delta));
            return;
        }
        let over = delta - threshold;
        out.push(digit(threshold + over % (36 - threshold)));
        delta = over / (36 - threshold);
        k += 36;
    }
}

fn digit(value: u32) -> char {
    let byte = if value < 26 {
        b'a' + value as u8
    } else {
        b'0' + (value as u8 - 26)
    };
    char::from(byte)
}

fn adapt(delta: u32, count: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / count;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::to_ascii;

    #[test]
    fn names_to_ascii() {
        let cases = [
            ("example.com", Some("example.com")),
            ("example.com.", Some("example.com.")),
            ("bücher.example", Some("xn--bcher-kva.example")),
            ("straße.de", Some("strasse.de")),
            ("日本語.jp", Some("xn--wgv71a119e.jp")),
            ("☃.net", Some("xn--n3h.net")),
            ("ｅｘ。com", Some("ex.com")),
            ("他们为什么不说中文", Some("xn--ihqwcrb4cv8a8dqg056pqjye")),
            (
                "Pročprostěnemluvíčesky",
                Some("xn--proprostnemluvesky-uyb24dma41a"),
            ),
            ("a..b", None),
            (".a", None),
            ("", Some("")),
        ];
        for (name, want) in cases {
            assert_eq!(to_ascii(name).as_deref(), want, "{name}");
        }
    }
}
