//! The host of a request.

/// Returns the request's host, with its port unless it is the scheme's own; empty if there is none
/// or it has characters that a host cannot have.
///
/// # Examples
///
/// ```
/// use rustzeug_routing::get_host;
///
/// assert_eq!(get_host("http", Some("example.com:80"), None), "example.com");
/// assert_eq!(get_host("http", Some("bad host"), None), "");
/// assert_eq!(get_host("http", None, Some(("::1", 8080))), "[::1]:8080");
/// ```
pub fn get_host(scheme: &str, header: Option<&str>, server: Option<(&str, u16)>) -> String {
    let host = match (header, server) {
        (Some(header), _) => header.to_owned(),
        (None, Some((host, port))) if host.contains(':') && !host.starts_with('[') => {
            format!("[{host}]:{port}")
        }
        (None, Some((host, port))) => format!("{host}:{port}"),
        (None, None) => return String::new(),
    };
    let standard = match scheme {
        "http" | "ws" => ":80",
        "https" | "wss" => ":443",
        _ => "",
    };
    let host = host.strip_suffix(standard).unwrap_or(&host);
    if is_host(host) {
        host.to_owned()
    } else {
        String::new()
    }
}

/// A name, an IPv4 address, or an IPv6 one in brackets; then maybe a port.
fn is_host(text: &str) -> bool {
    let name = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => {
            let Some((groups, tail)) = address.split_once(':') else {
                return false;
            };
            let hex = |c: char| c.is_ascii_hexdigit();
            let fits = groups.chars().all(hex)
                && !tail.is_empty()
                && tail.chars().all(|c| hex(c) || matches!(c, '.' | ':'));
            return fits && is_port(rest);
        }
        None => text.find(':').unwrap_or(text.len()),
    };
    let (name, port) = text.split_at(name);
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    !name.is_empty() && name.chars().all(part) && is_port(port)
}

fn is_port(text: &str) -> bool {
    match text.strip_prefix(':') {
        None => text.is_empty(),
        Some(port) => {
            port.len() <= 5
                && port.starts_with(|c: char| matches!(c, '1'..='9'))
                && port.bytes().all(|byte| byte.is_ascii_digit())
                && port.parse::<u16>().is_ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::get_host;

    #[test]
    fn hosts() {
        let cases = [
            ("http", "example.com", "example.com"),
            ("https", "example.com:443", "example.com"),
            ("https", "example.com:80", "example.com:80"),
            ("http", "[::1]:80", "[::1]"),
            ("http", "[::1]", "[::1]"),
            ("http", "[x]", ""),
            ("http", "a_b", ""),
            ("http", "a:0", ""),
            ("http", "a:65536", ""),
            ("http", "a:", ""),
            ("http", "", ""),
        ];
        for (scheme, header, want) in cases {
            assert_eq!(
                get_host(scheme, Some(header), None),
                want,
                "{scheme} {header}"
            );
        }
    }
}
