//! What is looked at, and what is said of it.

use http::StatusCode;

use crate::datastructures::Headers;
use crate::datastructures::headers::is_hop_by_hop_header;
use crate::grammar::date::parse_date;
use crate::grammar::etag::unquote_etag;
use crate::grammar::url::iri_to_uri;
use crate::response::Response;

/// Everything that is wrong with a response.
pub(super) fn findings(response: &Response, is_head: bool) -> Vec<String> {
    let mut found = Vec::new();
    body(response, is_head, &mut found);
    status(response, &mut found);
    fields(response, &mut found);
    values(response.headers(), &mut found);
    cookies(response.headers(), &mut found);
    found
}

fn body(response: &Response, is_head: bool, found: &mut Vec<String>) {
    let (status, headers) = (response.status(), response.headers());
    let length = response.body().len();
    let has_body = length != Some(0);
    let code = status.as_u16();
    if status.is_informational() && status != StatusCode::SWITCHING_PROTOCOLS {
        found.push(format!("{code} is an interim status and no answer"));
    }
    let bodiless = status.is_informational() || matches!(code, 204 | 205 | 304);
    if bodiless && has_body {
        found.push(format!("{code} has no body, but there is one"));
    }
    let announced = headers.get("content-length");
    let announced = announced.map(|text| (text, text.parse::<u64>().ok()));
    match announced {
        Some((text, None)) => found.push(format!("Content-Length `{text}` is no number")),
        Some((_, Some(n)))
            if status.is_informational() || code == 204 || (code == 205 && n > 0) =>
        {
            found.push(format!("{code} has no Content-Length, but it says {n}"));
        }
        Some((_, Some(n))) if !is_head && !bodiless && length.is_some_and(|length| length != n) => {
            let length = length.unwrap_or_default();
            found.push(format!(
                "Content-Length {n}, but the body has {length} bytes"
            ));
        }
        _ => {}
    }
    if has_body && !bodiless && !headers.contains("content-type") {
        found.push("a body without Content-Type: browsers will guess".to_owned());
    }
    if let Some(kind) = headers.get("content-type") {
        let lower = kind.to_ascii_lowercase();
        let is_page = lower.starts_with("text/html") || lower.starts_with("text/plain");
        if !kind.contains('/') {
            found.push(format!("Content-Type `{kind}` is no media type"));
        } else if is_page && !lower.contains("charset") {
            found.push(format!("Content-Type `{kind}` says no charset"));
        }
    }
    if code == 304 {
        let keeps_date = !headers.contains("etag");
        for name in NOT_IN_304 {
            let excused = name == "last-modified" && keeps_date;
            if headers.contains(name) && !excused {
                found.push(format!("304 describes no body, but it has `{name}`"));
            }
        }
    }
}

fn status(response: &Response, found: &mut Vec<String>) {
    let headers = response.headers();
    let code = response.status().as_u16();
    let needs = match code {
        206 if !is_byteranges(headers) => Some("Content-Range"),
        301 | 302 | 303 | 307 | 308 => Some("Location"),
        401 => Some("WWW-Authenticate"),
        405 => Some("Allow"),
        407 => Some("Proxy-Authenticate"),
        426 => Some("Upgrade"),
        _ => None,
    };
    if let Some(name) = needs.filter(|name| !headers.contains(name)) {
        found.push(format!("{code} needs `{name}`"));
    }
    if headers.contains("content-range") && !matches!(code, 206 | 416) {
        found.push(format!("`Content-Range` means nothing with {code}"));
    }
    if let Some(location) = headers.get("location") {
        let is_uri = iri_to_uri(location).is_ok_and(|uri| uri == location);
        if !is_uri || location.is_empty() {
            found.push(format!(
                "Location `{location}` is no URI; `redirect` makes it one"
            ));
        }
    }
}

fn fields(response: &Response, found: &mut Vec<String>) {
    let headers = response.headers();
    let switches = response.status() == StatusCode::SWITCHING_PROTOCOLS
        || response.status() == StatusCode::UPGRADE_REQUIRED;
    for (name, value) in headers {
        let name = name.as_str();
        let is_upgrade = matches!(name, "connection" | "upgrade") && switches;
        // Asking to close is the one thing that an application may say of the connection.
        let closes = name == "connection" && value.as_bytes().eq_ignore_ascii_case(b"close");
        if is_hop_by_hop_header(name) && name != "proxy-authenticate" && !is_upgrade && !closes {
            found.push(format!("`{name}` is between the server and its neighbour"));
        }
        if !value.as_bytes().is_ascii() {
            let value = String::from_utf8_lossy(value.as_bytes());
            found.push(format!(
                "`{name}: {value}` is not ASCII: clients read it differently"
            ));
        }
    }
    if headers.contains("status") {
        found.push("`Status` is a field of CGI, not of HTTP".to_owned());
    }
    for name in SINGLE {
        if headers.get_all(name).count() > 1 {
            found.push(format!("`{name}` comes more than once"));
        }
    }
}

fn values(headers: &Headers, found: &mut Vec<String>) {
    if let Some(tag) = headers.get("etag") {
        let is_quoted = |tag: &str| tag.len() >= 2 && tag.starts_with('"') && tag.ends_with('"');
        let bare = tag.strip_prefix("W/").or_else(|| tag.strip_prefix("w/"));
        if tag.starts_with("w/") {
            found.push(format!(
                "ETag `{tag}`: the mark of weakness is a capital `W`"
            ));
        }
        if !is_quoted(bare.unwrap_or(tag)) || unquote_etag(tag).is_none() {
            found.push(format!("ETag `{tag}` has no quotes"));
        }
    }
    for name in ["date", "last-modified", "expires"] {
        let Some(text) = headers.get(name) else {
            continue;
        };
        // Section 5.3 of RFC 9111: `0` is what many write for "at once".
        let is_past = name == "expires" && matches!(text, "0" | "-1");
        if !is_past && parse_date(text).is_none() {
            found.push(format!("`{name}: {text}` is no date"));
        }
    }
    if let Some(cache) = headers.get("cache-control") {
        let has = |word: &str| {
            cache
                .split(',')
                .any(|part| part.trim().eq_ignore_ascii_case(word))
        };
        if has("public") && has("private") {
            found.push("Cache-Control says both `public` and `private`".to_owned());
        }
    }
    if headers.get("access-control-allow-origin") == Some("*")
        && headers.contains("access-control-allow-credentials")
    {
        found.push("credentials for every origin: browsers refuse that".to_owned());
    }
}

fn cookies(headers: &Headers, found: &mut Vec<String>) {
    for cookie in headers.get_list("set-cookie") {
        let mut parts = cookie.split(';').map(str::trim);
        let pair = parts.next().unwrap_or_default();
        let name = pair.split('=').next().unwrap_or_default();
        let lower: Vec<String> = parts.map(str::to_ascii_lowercase).collect();
        let has = |word: &str| lower.iter().any(|part| part == word);
        let secure = has("secure");
        if has("samesite=none") && !secure {
            found.push(format!("cookie `{name}`: SameSite=None needs Secure"));
        }
        if has("partitioned") && !secure {
            found.push(format!("cookie `{name}`: Partitioned needs Secure"));
        }
        if name.starts_with("__Secure-") && !secure {
            found.push(format!("cookie `{name}`: its name needs Secure"));
        }
        let domain = lower.iter().any(|part| part.starts_with("domain="));
        if name.starts_with("__Host-") && (!secure || domain || !has("path=/")) {
            found.push(format!(
                "cookie `{name}`: its name needs Secure, Path=/ and no Domain"
            ));
        }
        if cookie.len() > LONGEST_COOKIE {
            let length = cookie.len();
            found.push(format!(
                "cookie `{name}` has {length} bytes; browsers drop it"
            ));
        }
    }
}

fn is_byteranges(headers: &Headers) -> bool {
    let kind = headers.get("content-type").unwrap_or_default();
    kind.to_ascii_lowercase()
        .starts_with("multipart/byteranges")
}

/// RFC 9110 section 15.4.5.
const NOT_IN_304: [&str; 6] = [
    "content-encoding",
    "content-language",
    "content-length",
    "content-range",
    "content-type",
    "last-modified",
];

/// Fields that are no list, so that two of them contradict each other.
const SINGLE: [&str; 10] = [
    "age",
    "content-disposition",
    "content-length",
    "content-location",
    "content-type",
    "date",
    "etag",
    "expires",
    "last-modified",
    "location",
];

/// What Chromium takes of a name, a value and its attributes.
const LONGEST_COOKIE: usize = 4096;
