//! Attribute arguments → typed structs, without judgement on what they mean together.

mod application;
mod errorhandler;
mod hook;
mod limits;
mod mount;
mod options;
mod route;

pub(crate) use application::ApplicationArgs;
pub(crate) use application::StaticFolder;
pub(crate) use errorhandler::Caught;
pub(crate) use errorhandler::ErrorHandlerArgs;
pub(crate) use hook::HookArgs;
pub(crate) use limits::LimitArgs;
pub(crate) use mount::MountArgs;
pub(crate) use options::Opt;
pub(crate) use options::Options;
pub(crate) use route::RedirectArg;
pub(crate) use route::RouteArgs;
