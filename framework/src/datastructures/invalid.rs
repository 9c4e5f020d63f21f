//! The opaque errors of the strict parsers.

/// Declares an opaque error with one message.
macro_rules! invalid {
    ($(#[$doc:meta])* $name:ident: $text:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(());

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($text)
            }
        }

        impl std::error::Error for $name {}
    };
}

pub(crate) use invalid;
