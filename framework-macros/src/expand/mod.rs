//! The model → tokens, one file an output.

mod application;
mod hooks;
mod mount;
mod route;
mod sources;
mod url_for;

pub(crate) use application::application;
pub(crate) use application::borrows;
pub(crate) use application::into_application;
pub(crate) use route::endpoint_name;
pub(crate) use url_for::carriers;
pub(crate) use url_for::url_for;
