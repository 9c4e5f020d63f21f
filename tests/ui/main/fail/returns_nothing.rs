use rustzeug::prelude::*;

#[rustzeug::main]
async fn main() {}
