//! What the output of our macros names; no promise, use the documented names instead.

pub use crate::dispatch::*;
pub use crate::run::main;
