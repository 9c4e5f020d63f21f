//! `Cross-Origin-Embedder-Policy` and `Cross-Origin-Opener-Policy`.

use std::fmt;
use std::str::FromStr;

use super::invalid::invalid;

macro_rules! policy {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// Returns the word of the header.
            ///
            /// ```
            #[doc = concat!("let policy = rustzeug::datastructures::", stringify!($name), "::default();")]
            /// assert_eq!(policy.as_str(), "unsafe-none");
            /// ```
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = InvalidPolicy;

            /// Reads one of the words.
            fn from_str(text: &str) -> Result<Self, InvalidPolicy> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(InvalidPolicy(())),
                }
            }
        }
    };
}

policy! {
    /// What a page may embed of other origins.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::datastructures::EmbedderPolicy;
    ///
    /// assert_eq!("require-corp".parse(), Ok(EmbedderPolicy::RequireCorp));
    /// ```
    EmbedderPolicy {
        /// Only what allows it.
        RequireCorp "require-corp",
        /// Everything.
        #[default]
        UnsafeNone "unsafe-none",
    }
}

policy! {
    /// Who may share a browsing context with a page.
    ///
    /// # Examples
    ///
    /// ```
    /// use rustzeug::datastructures::OpenerPolicy;
    ///
    /// assert_eq!(OpenerPolicy::SameOrigin.to_string(), "same-origin");
    /// ```
    OpenerPolicy {
        /// Pages of the same origin.
        SameOrigin "same-origin",
        /// Those, and the pop-ups that the page opens.
        SameOriginAllowPopups "same-origin-allow-popups",
        /// Everybody.
        #[default]
        UnsafeNone "unsafe-none",
    }
}

invalid! {
    /// A word that is no policy.
    InvalidPolicy: "expected one of the policy's words"
}
