//! Joining URLs: RFC 3986, section 5, the way Python's `urllib` reads it.

/// A URL in parts: what lies before `//`, the authority, and so on.
struct Parts<'a> {
    scheme: String,
    authority: &'a str,
    path: &'a str,
    parameters: &'a str,
    query: &'a str,
    fragment: &'a str,
}

/// Resolves `url` against `base`.
pub(super) fn join(base: &str, url: &str) -> String {
    if url.is_empty() {
        return base.to_owned();
    }
    let cleaned: String = url.replace(['\t', '\r', '\n'], "");
    let trimmed = cleaned.trim_start_matches(|c: char| c <= ' ');
    let base = Parts::split(base, "");
    let mut parts = Parts::split(trimmed, &base.scheme);
    if parts.scheme != base.scheme || !JOINED.contains(&&*parts.scheme) {
        return url.to_owned();
    }
    if !parts.authority.is_empty() {
        let path = parts.path.to_owned();
        return parts.together(&path);
    }
    parts.authority = base.authority;
    if parts.path.is_empty() && parts.parameters.is_empty() {
        parts.parameters = base.parameters;
        if parts.query.is_empty() {
            parts.query = base.query;
        }
        return parts.together(base.path);
    }
    let path = resolve(base.path, parts.path);
    parts.together(&path)
}

/// Puts a URL together; the path needs no slash in front.
pub(super) fn together(scheme: &str, host: &str, path: &str, query: &str) -> String {
    let parts = Parts {
        scheme: scheme.to_owned(),
        authority: host,
        path: "",
        parameters: "",
        query,
        fragment: "",
    };
    parts.together(path)
}

fn resolve(base: &str, path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    if path.starts_with('/') {
        segments.extend(path.split('/'));
    } else {
        segments.extend(base.split('/'));
        if segments.last().is_some_and(|last| !last.is_empty()) {
            // Not a directory.
            segments.pop();
        }
        segments.extend(path.split('/'));
        let last = segments.len().saturating_sub(1);
        let mut at = 0;
        segments.retain(|segment| {
            at += 1;
            !segment.is_empty() || at == 1 || at > last
        });
    }
    let mut resolved: Vec<&str> = Vec::new();
    for segment in &segments {
        match *segment {
            ".." => {
                resolved.pop();
            }
            "." => {}
            segment => resolved.push(segment),
        }
    }
    if let Some(&("." | "..")) = segments.last() {
        resolved.push("");
    }
    let path = resolved.join("/");
    if path.is_empty() {
        "/".to_owned()
    } else {
        path
    }
}

impl<'a> Parts<'a> {
    fn split(url: &'a str, scheme: &str) -> Self {
        let (mut scheme, mut rest) = (scheme.to_owned(), url);
        if let Some((before, after)) = url.split_once(':')
            && before.starts_with(|c: char| c.is_ascii_alphabetic())
            && before
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        {
            (scheme, rest) = (before.to_ascii_lowercase(), after);
        }
        let mut authority = "";
        if let Some(after) = rest.strip_prefix("//") {
            let end = after.find(['/', '?', '#']).unwrap_or(after.len());
            (authority, rest) = after.split_at(end);
        }
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (mut path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut parameters = "";
        if WITH_PARAMETERS.contains(&&*scheme) {
            let last = path.rfind('/').unwrap_or(0);
            if let Some(at) = path[last..].find(';') {
                (path, parameters) = (&path[..last + at], &path[last + at + 1..]);
            }
        }
        Self {
            scheme,
            authority,
            path,
            parameters,
            query,
            fragment,
        }
    }

    fn together(&self, path: &str) -> String {
        let mut url = String::new();
        if !self.scheme.is_empty() {
            url.push_str(&self.scheme);
            url.push(':');
        }
        let hierarchical = JOINED.contains(&&*self.scheme) && !path.starts_with("//");
        if !self.authority.is_empty() || !self.scheme.is_empty() && hierarchical {
            url.push_str("//");
            url.push_str(self.authority);
            if !path.is_empty() && !path.starts_with('/') {
                url.push('/');
            }
        }
        url.push_str(path);
        for (mark, part) in [
            (';', self.parameters),
            ('?', self.query),
            ('#', self.fragment),
        ] {
            if !part.is_empty() {
                url.push(mark);
                url.push_str(part);
            }
        }
        url
    }
}

/// Schemes whose URLs can be relative to each other (of those a web server meets).
const JOINED: [&str; 6] = ["", "ftp", "http", "https", "ws", "wss"];
/// Schemes whose last segment can have parameters behind a `;`.
const WITH_PARAMETERS: [&str; 4] = ["", "ftp", "http", "https"];

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn urls_are_joined_as_in_python() {
        let cases = [
            ("http://h/", "a", "http://h/a"),
            ("http://h/app/", "a/b", "http://h/app/a/b"),
            ("http://h/app/", "/a", "http://h/a"),
            ("http://h/app/", "../a", "http://h/a"),
            ("http://h/app/", "../../a", "http://h/a"),
            ("http://h/app/", "..", "http://h/"),
            ("http://h/app/", ".", "http://h/app/"),
            ("http://h/app/", "", "http://h/app/"),
            ("http://h/app/", "?x=1", "http://h/app/?x=1"),
            ("http://h/app/", "#f", "http://h/app/#f"),
            ("http://h/app/", "//o/x", "http://o/x"),
            ("http://h/app/", "http://o/x?y#z", "http://o/x?y#z"),
            ("http://h/app/", "https://o/x", "https://o/x"),
            ("http://h/app/", "mailto:x", "mailto:x"),
            ("http://h/app/", "http:x", "http://h/app/x"),
            ("http://h/app/", "a//b", "http://h/app/a/b"),
            ("http://h/app/", "/a//b", "http://h/a//b"),
            ("http://h/app/", "..;x", "http://h/;x"),
            ("http://h/app/", "x y/ü", "http://h/app/x y/ü"),
            // Python joins these two as well; no web server has them.
            ("gopher://h/app/", "a", "a"),
            ("rtsp://h/app/", "a", "a"),
        ];
        for (base, url, want) in cases {
            assert_eq!(join(base, url), want, "{base} {url}");
        }
    }
}
