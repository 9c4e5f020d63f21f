//! The two traits that `#[application]` implements.

use super::Args;
use super::Definition;
use super::Hook;
use super::Rank;
use super::Site;
use super::Trip;
use super::not_found;
use crate::application::Reply;
use crate::exceptions::HttpException;
use crate::request::Request;
use crate::response::Response;

/// The function of a rule: makes the URL variables and calls the handler.
pub type RuleFn<A> = for<'r> fn(&'r A, &'r Request, Args<'r>) -> Reply<'r>;

/// An application as a request meets it: object-safe, so that the future around handlers is
/// compiled once, in this crate.
pub trait Level: Send + Sync {
    /// Calls the handler of a rule of its own.
    fn route<'r>(&'r self, rule: usize, request: &'r Request, args: Args<'r>) -> Reply<'r> {
        let _ = (rule, request, args);
        not_found()
    }

    /// Goes on below a mount.
    fn enter<'r>(&'r self, mount: usize, trip: Trip<'r>) -> Reply<'r> {
        let _ = mount;
        trip.not_found()
    }

    /// Calls a `#[before_request]`.
    fn before<'r>(&'r self, index: usize, request: &'r Request) -> Hook<'r> {
        let _ = (index, request);
        Hook::none()
    }

    /// Calls an `#[after_request]`.
    fn after<'r>(
        &'r self,
        index: usize,
        request: &'r Request,
        response: &'r mut Response,
    ) -> Hook<'r> {
        let _ = (index, request, response);
        Hook::none()
    }

    /// Calls a `#[teardown_request]`.
    fn teardown(&self, index: usize, request: &Request) {
        let _ = (index, request);
    }

    /// Calls the `#[errorhandler]` for an error, if one of that rank is there.
    fn error<'r>(
        &'r self,
        rank: Rank,
        request: &'r Request,
        error: &'r HttpException,
    ) -> Option<Reply<'r>> {
        let _ = (rank, request, error);
        None
    }
}

/// An application's rules and mounts.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be mounted",
    label = "`{Self}` has no `#[application]`",
    note = "put `#[application]` on its `impl` block"
)]
pub trait Routes: Level {
    /// The rules and options.
    const DEFINITION: Definition;

    /// Tells of converters and mounts.
    fn describe(site: &mut Site<'_>) {
        let _ = site;
    }
}
