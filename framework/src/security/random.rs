//! Random bytes and text of the operating system's generator.

/// Fills a buffer with random bytes fit for secrets.
///
/// ```
/// let mut key = [0; 32];
/// rustzeug::security::fill_random(&mut key);
/// assert_ne!(key, [0; 32]);
/// ```
///
/// # Panics
///
/// If the operating system has no random bytes to give, which no program can make up for.
pub fn fill_random(buffer: &mut [u8]) {
    getrandom::fill(buffer).expect("the operating system gives random bytes");
}

/// Returns random text of letters and digits.
///
/// # Examples
///
/// ```
/// use rustzeug::security::gen_salt;
///
/// let salt = gen_salt(16);
/// assert!(salt.len() == 16 && salt.bytes().all(|byte| byte.is_ascii_alphanumeric()));
/// ```
///
/// # Panics
///
/// If the operating system has no random bytes to give.
pub fn gen_salt(length: usize) -> String {
    let mut salt = String::with_capacity(length);
    let mut buffer = [0; 64];
    while salt.len() < length {
        fill_random(&mut buffer);
        // Bytes past the last whole round would make the first characters more likely.
        let chars = buffer.iter().filter_map(|byte| {
            let at = usize::from(*byte);
            (at < SALT_CHARS.len() * 4).then(|| char::from(SALT_CHARS[at % SALT_CHARS.len()]))
        });
        salt.extend(chars.take(length - salt.len()));
    }
    salt
}

const SALT_CHARS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn salts_differ() {
        assert_ne!(gen_salt(16), gen_salt(16));
        assert_eq!(gen_salt(0), "");
        let long = gen_salt(10_000);
        assert_eq!(long.len(), 10_000);
        assert!(
            SALT_CHARS
                .iter()
                .all(|char| long.contains(char::from(*char)))
        );
    }
}
