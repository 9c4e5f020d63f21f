//! The future around a handler: hooks, the body, error handlers.
//!
//! One `async fn` without type parameters: compiled once, in this crate.

use smallvec::SmallVec;

use super::Args;
use super::Level;
use super::errors;
use super::trip::Leaf;
use super::trip::Link;
use super::trip::Trip;
use super::trip::prepare;
use crate::request::Request;
use crate::response::Response;

/// Answers a request whose handler has something around it.
///
/// Before hooks run from the root to the mount, after hooks and teardowns from the mount to the
/// root, within an application in the opposite order of their definition: Flask's order. Hooks
/// also see 404, 405 and redirects.
pub(super) async fn run<'r>(trip: Trip<'r>, level: &'r dyn Level) -> Response {
    let Trip {
        request,
        chain,
        leaf,
        variables,
        ..
    } = trip;
    let guard = Teardown {
        request,
        chain: &chain,
    };
    let response = match before(&chain, guard.request).await {
        Some(response) => response,
        None => match leaf {
            Leaf::Answer(response) => response,
            Leaf::Rule { index, needs } => {
                prepare(guard.request, needs).await;
                let request: &Request = guard.request;
                level
                    .route(index, request, Args::new(request, variables))
                    .await
            }
        },
    };
    let request: &Request = guard.request;
    let mut response = errors::handle(&chain, request, response).await;
    response.suit(request);
    after(&chain, request, response).await
}

async fn before(chain: &SmallVec<[Link<'_>; 4]>, request: &Request) -> Option<Response> {
    for link in chain {
        for index in 0..link.hooks.before {
            let answer = link.level.before(index, request).await;
            if answer.is_some() {
                return answer;
            }
        }
    }
    None
}

async fn after(
    chain: &SmallVec<[Link<'_>; 4]>,
    request: &Request,
    mut response: Response,
) -> Response {
    for link in chain.iter().rev() {
        for index in (0..link.hooks.after).rev() {
            let instead = link.level.after(index, request, &mut response).await;
            if let Some(instead) = instead {
                response = instead;
            }
        }
    }
    response
}

/// Runs the teardowns when it is dropped: also where the client has left or a handler panicked.
struct Teardown<'t, 'r> {
    request: &'t mut Request,
    chain: &'t SmallVec<[Link<'r>; 4]>,
}

impl Drop for Teardown<'_, '_> {
    fn drop(&mut self) {
        for link in self.chain.iter().rev() {
            for index in (0..link.hooks.teardown).rev() {
                link.level.teardown(index, self.request);
            }
        }
    }
}
