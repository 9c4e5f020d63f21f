//! Where a redirect leads, and what is asked there.

use http::Method;
use http::StatusCode;
use http::header;

use super::error::CallError;
use super::error::CallKind;
use super::error::Kind;
use super::recipe::Recipe;
use crate::grammar::url;

/// Whether a status sends a client elsewhere.
pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 305 | 307 | 308)
}

/// Makes of a request the one that a redirect asks for.
pub(super) fn follow(
    recipe: &mut Recipe,
    status: StatusCode,
    location: &str,
    allow_subdomains: bool,
) -> Result<(), CallError> {
    let bad = |error| {
        CallError::from(super::BuildRequestError::from(Kind::Url(
            location.to_owned(),
            error,
        )))
    };
    let here = recipe.url();
    let target = url::join(&here, location)
        .and_then(|url| url::iri_to_uri(&url))
        .map_err(bad)?;
    let parts = url::split_url(&target).map_err(bad)?;
    let before = recipe.server_name().to_owned();
    let root = std::mem::take(&mut recipe.script_root);
    recipe.set_base_url(&format!("{}://{}", parts.scheme, parts.netloc))?;
    check_host(&before, recipe.server_name(), allow_subdomains)?;
    // What lies outside of the script root has none.
    let rest = parts
        .path
        .strip_prefix(&*root)
        .filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let path = match rest {
        Some(rest) => {
            recipe.script_root = root;
            rest
        }
        None => &parts.path,
    };
    recipe.path = if path.is_empty() {
        "/".to_owned()
    } else {
        path.to_owned()
    };
    recipe.query = parts.query.into_owned();
    recipe.headers.remove(header::HOST);
    // RFC 9110 section 15.4: 307 and 308 ask for the same once more.
    if !matches!(status.as_u16(), 307 | 308) {
        if recipe.method != Method::HEAD {
            recipe.method = Method::GET;
        }
        recipe.body = None;
        recipe.pieces = None;
        for name in [
            header::CONTENT_TYPE,
            header::CONTENT_LENGTH,
            header::TRANSFER_ENCODING,
        ] {
            recipe.headers.remove(name);
        }
    }
    Ok(())
}

fn check_host(from: &str, to: &str, allow_subdomains: bool) -> Result<(), CallError> {
    if from == to {
        return Ok(());
    }
    let is_below = to
        .strip_suffix(from)
        .is_some_and(|rest| rest.ends_with('.'));
    match (is_below, allow_subdomains) {
        (true, true) => Ok(()),
        (true, false) => Err(CallKind::Subdomain(to.to_owned()).into()),
        (false, _) => Err(CallKind::External(to.to_owned()).into()),
    }
}
