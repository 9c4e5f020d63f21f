//! Werkzeug and the best of Flask, as a declarative web framework with its own HTTP server.

pub mod grammar;
