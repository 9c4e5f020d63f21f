//! Werkzeug and the best of Flask, as a declarative web framework with its own HTTP server.

pub mod clock;
pub mod datastructures;
pub mod exceptions;
pub mod grammar;
pub mod security;
