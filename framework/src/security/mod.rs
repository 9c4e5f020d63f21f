//! Passwords, random text, comparisons that take the same time, and paths that stay inside.
//!
//! Pure functions without IO: paths are looked at as text, files are not touched. What belongs to
//! a session or a form does not belong here.
//!
//! # Examples
//!
//! ```
//! use rustzeug::security::{check_password_hash, safe_join};
//!
//! let stored = "pbkdf2:sha256:1$salt$\
//!     120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b";
//! assert!(check_password_hash(stored, "password")?);
//! assert_eq!(safe_join("/srv", &["../etc/passwd"]), None);
//! # Ok::<_, rustzeug::security::InvalidHashMethod>(())
//! ```

mod compare;
mod password;
mod paths;
mod random;
mod sign;

pub use compare::constant_time_eq;
pub use password::InvalidHashMethod;
pub use password::check_password_hash;
pub use password::generate_password_hash;
pub use password::generate_password_hash_with;
pub use password::password_hash;
pub use paths::safe_join;
pub use paths::secure_filename;
pub use random::fill_random;
pub use random::gen_salt;
pub use sign::hmac_sha1;
pub use sign::hmac_sha256;
