//! The attribute macros of rustzeug.
