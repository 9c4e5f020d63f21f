use rustzeug::prelude::*;

#[application]
struct Blog;

fn main() {}
