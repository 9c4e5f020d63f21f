//! Werkzeug's ten lines.
fn main() {}
