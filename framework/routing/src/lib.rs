//! Werkzeug's router in Rust.
