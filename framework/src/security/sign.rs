//! Message authentication codes: who knows the key wrote this.

use hmac::Hmac;
use hmac::KeyInit;
use hmac::Mac as _;
use sha1::Sha1;
use sha2::Sha256;

/// Returns the HMAC-SHA-256 of a message (RFC 2104).
///
/// Compare it with [`constant_time_eq`](super::constant_time_eq), never with `==`.
///
/// # Examples
///
/// ```
/// use rustzeug::security::hmac_sha256;
///
/// let code = hmac_sha256(b"key", b"The quick brown fox jumps over the lazy dog");
/// assert_eq!(code[..4], [0xf7, 0xbc, 0x83, 0xf4]);
/// ```
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac: Hmac<Sha256> = keyed(key);
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Returns the HMAC-SHA-1 of a message: what Flask's sessions are signed with.
///
/// As a code SHA-1 is not broken; use [`hmac_sha256`] for what is new.
///
/// # Examples
///
/// ```
/// use rustzeug::security::hmac_sha1;
///
/// let code = hmac_sha1(b"key", b"The quick brown fox jumps over the lazy dog");
/// assert_eq!(code[..4], [0xde, 0x7c, 0x9b, 0x85]);
/// ```
pub fn hmac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    let mut mac: Hmac<Sha1> = keyed(key);
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn keyed<M: KeyInit>(key: &[u8]) -> M {
    M::new_from_slice(key).expect("HMAC takes keys of every length")
}
