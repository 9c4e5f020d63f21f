//! The opaque errors of the strict parsers.

/// Declares an opaque error with one message.
macro_rules! invalid {
    ($(#[$doc:meta])* $name:ident: $text:literal) => {
        $(#[$doc])*
        ///
        /// # Examples
        ///
        /// ```
        #[doc = concat!("use rustzeug::datastructures::", stringify!($name), ";\n")]
        #[doc = concat!("fn log(error: &", stringify!($name), ") -> String {")]
        /// // A field that cannot be read is usually no reason to fail.
        ///     format!("ignored a field: {error}")
        /// }
        /// ```
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
