//! What the output of our macros names; no promise, use the documented names instead.

pub use rustzeug_routing::Check;
pub use rustzeug_routing::DynamicEdge;
pub use rustzeug_routing::Rare;
pub use rustzeug_routing::Methods;
pub use rustzeug_routing::Node;
pub use rustzeug_routing::SegmentItem;
pub use rustzeug_routing::Table;
pub use rustzeug_routing::Term;
pub use rustzeug_routing::Test;
pub use rustzeug_routing::Text;

pub use crate::dispatch::*;
pub use crate::run::main;
