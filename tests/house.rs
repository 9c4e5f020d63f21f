//! The law of the house, enforced.

fn main() {}
