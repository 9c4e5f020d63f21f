//! References and what they are relative to.

use super::InvalidUrl;
use super::USES_NETLOC;
use super::split_url;

/// Resolves a reference against a base URL (RFC 3986 section 5.2).
///
/// # Examples
///
/// ```
/// use rustzeug::grammar::url::join;
///
/// assert_eq!(join("http://a/b/c?d", "../e#f")?, "http://a/e#f");
/// assert_eq!(join("http://a/b/c?d", "//g")?, "http://g");
/// # Ok::<_, rustzeug::grammar::url::InvalidUrl>(())
/// ```
///
/// # Errors
///
/// Where either cannot be split.
pub fn join(base: &str, reference: &str) -> Result<String, InvalidUrl> {
    if base.is_empty() {
        return Ok(reference.to_owned());
    }
    if reference.is_empty() {
        return Ok(base.to_owned());
    }
    let base = split_url(base)?;
    let mut parts = split_url(reference)?;
    let has_authority = |scheme: &str| USES_NETLOC.contains(&scheme);
    if !parts.scheme.is_empty() && parts.scheme != base.scheme
        || !USES_RELATIVE.contains(&&*base.scheme)
    {
        return Ok(reference.to_owned());
    }
    parts.scheme = base.scheme.clone();
    if has_authority(&parts.scheme) {
        if !parts.netloc.is_empty() {
            return Ok(parts.to_string());
        }
        parts.netloc = base.netloc.clone();
    }
    if parts.path.is_empty() {
        parts.path = base.path.clone();
        if parts.query.is_empty() {
            parts.query = base.query.clone();
        }
        return Ok(parts.to_string());
    }
    parts.path = join_paths(&base.path, &parts.path).into();
    Ok(parts.to_string())
}

/// Merges paths and removes dots (RFC 3986 sections 5.2.3 and 5.2.4).
fn join_paths(base: &str, path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    if !path.starts_with('/') {
        segments.extend(base.split('/'));
        segments.pop();
    }
    segments.extend(path.split('/'));
    // Empty segments inside are dropped, as Python's `urljoin` does.
    let last = segments.len().saturating_sub(1);
    let mut resolved: Vec<&str> = Vec::new();
    for (at, segment) in segments.iter().copied().enumerate() {
        match segment {
            ".." => {
                resolved.pop();
            }
            "." => {}
            "" if at != 0 && at != last => {}
            segment => resolved.push(segment),
        }
    }
    if matches!(segments.last(), Some(&("." | ".."))) {
        resolved.push("");
    }
    let joined = resolved.join("/");
    if joined.is_empty() {
        "/".to_owned()
    } else {
        joined
    }
}

/// Schemes whose URLs can be relative.
const USES_RELATIVE: &[&str] = &[
    "", "ftp", "http", "gopher", "nntp", "imap", "wais", "file", "https", "shttp", "mms",
    "prospero", "rtsp", "rtsps", "rtspu", "sftp", "svn", "svn+ssh", "ws", "wss",
];
