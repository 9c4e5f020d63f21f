//! Comparisons whose time says nothing about the secret.

use std::hint::black_box;

/// Returns whether two byte strings are equal, in a time that depends on their lengths alone.
///
/// # Examples
///
/// ```
/// use rustzeug::security::constant_time_eq;
///
/// assert!(constant_time_eq(b"secret", b"secret"));
/// assert!(!constant_time_eq(b"secret", b"secrets"));
/// ```
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut difference = 0;
    for (a, b) in a.iter().zip(b) {
        // The compiler must not see that it could stop at the first difference.
        difference |= black_box(a ^ b);
    }
    black_box(difference) == 0
}
