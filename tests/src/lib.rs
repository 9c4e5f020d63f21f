//! Helpers shared by the tests.

pub mod fuzz;
pub mod raw;
pub mod replay;
pub mod server;
