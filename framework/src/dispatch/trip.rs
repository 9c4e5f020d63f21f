//! A request's way through the mounts to its rule.

use std::fmt;

use smallvec::SmallVec;

use super::Args;
use super::Level;
use super::Needs;
use super::Routes;
use super::definition::HookCounts;
use super::pipeline;
use crate::application::Reply;
use crate::exceptions::NotFound;
use crate::extract::StreamSlot;
use crate::request::Request;
use crate::response::IntoResponse;
use crate::response::Response;

/// A request on its way through the mounts to its rule.
pub struct Trip<'r> {
    pub(super) request: &'r mut Request,
    pub(super) chain: SmallVec<[Link<'r>; 4]>,
    pub(super) mounts: &'r [Step],
    pub(super) leaf: Leaf,
    /// URL variables of the prefixes passed so far.
    pub(super) variables: usize,
}

/// An application on the way that has hooks or error handlers.
#[derive(Clone, Copy)]
pub(super) struct Link<'r> {
    pub(super) level: &'r dyn Level,
    pub(super) hooks: HookCounts,
}

/// One mount on the way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) mount: usize,
    pub(super) variables: usize,
}

/// What is at the end of the way.
pub(super) enum Leaf {
    /// A rule of the last application.
    Rule { index: usize, needs: Needs },
    /// No rule: an answer that is there already, for the hooks to see.
    Answer(Response),
}

impl<'r> Trip<'r> {
    /// The variables of the prefix of the mount that is entered.
    #[must_use]
    pub fn args(&self) -> Args<'_> {
        Args::new(self.request, self.variables)
    }

    /// Answers that there is no such thing: a variable of the prefix does not fit.
    #[must_use = "a reply does nothing unless it is returned"]
    pub fn not_found(mut self) -> Reply<'r> {
        self.leaf = Leaf::Answer(NotFound.into_response());
        match self.chain.pop() {
            None => self.ready(),
            Some(last) => {
                self.chain.push(last);
                self.arrive(last.level)
            }
        }
    }

    /// Goes on in a mounted application.
    #[must_use = "a reply does nothing unless it is returned"]
    pub fn mount<S: Routes>(mut self, app: &'r S) -> Reply<'r> {
        if let Some((step, rest)) = self.mounts.split_first() {
            self.variables += step.variables;
            self.mounts = rest;
        }
        self.go(app)
    }

    /// Goes on in a mounted application that was made for this request: the reply holds it.
    #[must_use = "a reply does nothing unless it is returned"]
    pub fn view<S: Routes + 'r>(self, app: S) -> Reply<'r> {
        Reply::future(async move {
            let Trip {
                request,
                chain,
                mounts,
                leaf,
                variables,
            } = self;
            // The view lives shorter than what led here, so everything is lent anew.
            let chain = chain
                .iter()
                .map(|link| Link {
                    level: link.level,
                    hooks: link.hooks,
                })
                .collect();
            let trip = Trip {
                request,
                chain,
                mounts,
                leaf,
                variables,
            };
            trip.mount(&app).await
        })
    }

    /// Goes on from an application: into its next mount, or to its rule.
    pub(super) fn go<S: Routes>(mut self, app: &'r S) -> Reply<'r> {
        let hooks = S::DEFINITION.hooks;
        if hooks.any() {
            self.chain.push(Link { level: app, hooks });
        }
        match self.mounts.first() {
            Some(step) => app.enter(step.mount, self),
            None => self.arrive(app),
        }
    }

    /// Calls the handler, with what stands around it.
    fn arrive(self, level: &'r dyn Level) -> Reply<'r> {
        if !self.chain.is_empty() {
            return Reply::future(pipeline::run(self, level));
        }
        match &self.leaf {
            Leaf::Answer(_) => self.ready(),
            Leaf::Rule { index, needs } if is_ready(self.request, *needs) => {
                let request: &'r Request = self.request;
                level.route(*index, request, Args::new(request, self.variables))
            }
            Leaf::Rule { .. } => Reply::future(pipeline::run(self, level)),
        }
    }

    fn ready(self) -> Reply<'r> {
        match self.leaf {
            Leaf::Answer(response) => Reply::Ready(response),
            Leaf::Rule { .. } => super::not_found(),
        }
    }
}

/// Whether the handler need not wait for the body; takes over one that came with the head.
#[inline]
pub(super) fn is_ready(request: &mut Request, needs: Needs) -> bool {
    match needs {
        Needs::Body => request.is_prepared() || request.prepare_buffered(),
        Needs::Nothing => true,
        Needs::Stream => false,
    }
}

/// Reads the body, or puts it where the handler finds the stream.
pub(super) async fn prepare(request: &mut Request, needs: Needs) {
    match needs {
        Needs::Body => std::future::poll_fn(|cx| request.poll_prepare(cx)).await,
        Needs::Nothing => {}
        Needs::Stream => {
            let body = request.take_body();
            request.extensions().insert(StreamSlot::new(body));
        }
    }
}

impl fmt::Debug for Trip<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trip")
            .field("mounts", &self.mounts)
            .finish_non_exhaustive()
    }
}
