//! Password hashes in Werkzeug's form: `method$salt$hash`.

use std::error::Error;
use std::fmt;
use std::fmt::Write as _;

use hmac::Hmac;
use hmac::SimpleHmac;
use hmac::digest::FixedOutput;
use hmac::digest::KeyInit;
use hmac::digest::Update;

use super::compare::constant_time_eq;
use super::random::gen_salt;

/// Hashes a password to be stored, with scrypt and a random salt.
///
/// This takes some 50 ms and 32 MiB of memory, on purpose: not for the event loop.
///
/// # Examples
///
/// ```no_run
/// use rustzeug::security::{check_password_hash, generate_password_hash};
///
/// let stored = generate_password_hash("correct horse");
/// assert!(stored.starts_with("scrypt:32768:8:1$"));
/// assert!(check_password_hash(&stored, "correct horse")?);
/// # Ok::<_, rustzeug::security::InvalidHashMethod>(())
/// ```
///
/// # Panics
///
/// If the operating system has no random bytes to give.
pub fn generate_password_hash(password: &str) -> String {
    let method = Method::Scrypt(DEFAULT_SCRYPT);
    method.hash(&gen_salt(DEFAULT_SALT_LENGTH), password)
}

/// Hashes a password with a method of choice: `scrypt`, `scrypt:n:r:p`, `pbkdf2`, `pbkdf2:digest`
/// or `pbkdf2:digest:iterations`.
///
/// ```
/// # use rustzeug::security::*;
/// let hash = generate_password_hash_with("secret", "pbkdf2:sha256:1000", 8)?;
/// assert!(hash.starts_with("pbkdf2:sha256:1000$"));
/// # Ok::<_, InvalidHashMethod>(())
/// ```
///
/// # Errors
///
/// If the method is none of these, or its parameters cannot be.
///
/// # Panics
///
/// If the operating system has no random bytes to give.
pub fn generate_password_hash_with(
    password: &str,
    method: &str,
    salt_length: usize,
) -> Result<String, InvalidHashMethod> {
    password_hash(password, method, &gen_salt(salt_length))
}

/// Hashes a password with a method and a salt of choice; a salt must never be used twice.
///
/// # Examples
///
/// ```
/// use rustzeug::security::password_hash;
///
/// let hash = password_hash("secret", "pbkdf2:sha1:1", "pepper")?;
/// assert!(hash.starts_with("pbkdf2:sha1:1$pepper$"));
/// # Ok::<_, rustzeug::security::InvalidHashMethod>(())
/// ```
///
/// # Errors
///
/// If the method is none of those of [`generate_password_hash_with`], or its parameters cannot be.
pub fn password_hash(
    password: &str,
    method: &str,
    salt: &str,
) -> Result<String, InvalidHashMethod> {
    Ok(Method::parse(method)?.hash(salt, password))
}

/// Returns whether a password is the one of a stored hash.
///
/// The hash may come from Werkzeug. Text without two `$` is no hash and no password's. The time
/// does not depend on where the hashes differ.
///
/// ```
/// # use rustzeug::security::*;
/// let hash = password_hash("secret", "pbkdf2:sha256:1000", "salt")?;
/// assert!(check_password_hash(&hash, "secret")?);
/// assert!(!check_password_hash(&hash, "guess")?);
/// # Ok::<_, InvalidHashMethod>(())
/// ```
///
/// # Errors
///
/// If the hash names a method or parameters that do not exist.
pub fn check_password_hash(stored: &str, password: &str) -> Result<bool, InvalidHashMethod> {
    let mut parts = stored.splitn(3, '$');
    let (Some(method), Some(salt), Some(hash)) = (parts.next(), parts.next(), parts.next()) else {
        return Ok(false);
    };
    let digest = Method::parse(method)?.digest(salt.as_bytes(), password.as_bytes());
    Ok(constant_time_eq(digest.as_bytes(), hash.as_bytes()))
}

/// A way to hash passwords that does not exist, or not with these parameters.
///
/// # Examples
///
/// ```
/// # use rustzeug::security::*;
/// assert!(password_hash("secret", "rot13", "salt").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidHashMethod(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Digest(String),
    Method(String),
    Pbkdf2,
    Scrypt,
}

impl fmt::Display for InvalidHashMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Digest(name) => write!(f, "unknown digest {name:?} for pbkdf2"),
            Kind::Method(name) => {
                write!(f, "invalid hash method {name:?}, expected scrypt or pbkdf2")
            }
            Kind::Pbkdf2 => f.write_str("expected pbkdf2:digest:iterations, one iteration or more"),
            Kind::Scrypt => f.write_str("expected scrypt:n:r:p, with n a power of two"),
        }
    }
}

impl Error for InvalidHashMethod {}

#[derive(Clone, Debug)]
enum Method {
    Pbkdf2 {
        digest: Digest,
        /// As it was given: `SHA-256` is written again so.
        name: String,
        iterations: u32,
    },
    Scrypt(ScryptParams),
}

#[derive(Clone, Copy, Debug)]
struct ScryptParams {
    n: u32,
    r: u32,
    p: u32,
}

impl Method {
    fn parse(method: &str) -> Result<Self, InvalidHashMethod> {
        let mut parts = method.split(':');
        let name = parts.next().unwrap_or_default();
        let args: Vec<&str> = parts.collect();
        match name {
            "scrypt" => Self::scrypt(&args).ok_or(InvalidHashMethod(Kind::Scrypt)),
            "pbkdf2" => Self::pbkdf2(&args),
            _ => Err(InvalidHashMethod(Kind::Method(name.to_owned()))),
        }
    }

    fn scrypt(args: &[&str]) -> Option<Self> {
        let params = match *args {
            [] => DEFAULT_SCRYPT,
            [n, r, p] => ScryptParams {
                n: number(n)?,
                r: number(r)?,
                p: number(p)?,
            },
            _ => return None,
        };
        params.is_possible().then_some(Self::Scrypt(params))
    }

    fn pbkdf2(args: &[&str]) -> Result<Self, InvalidHashMethod> {
        let (name, iterations) = match *args {
            [] => ("sha256", DEFAULT_ITERATIONS),
            [name] => (name, DEFAULT_ITERATIONS),
            [name, iterations] => {
                let iterations = number(iterations).filter(|iterations| *iterations > 0);
                (name, iterations.ok_or(InvalidHashMethod(Kind::Pbkdf2))?)
            }
            _ => return Err(InvalidHashMethod(Kind::Pbkdf2)),
        };
        Ok(Self::Pbkdf2 {
            digest: Digest::parse(name)?,
            name: name.to_owned(),
            iterations,
        })
    }

    fn hash(&self, salt: &str, password: &str) -> String {
        let digest = self.digest(salt.as_bytes(), password.as_bytes());
        match self {
            Self::Pbkdf2 {
                name, iterations, ..
            } => {
                format!("pbkdf2:{name}:{iterations}${salt}${digest}")
            }
            Self::Scrypt(ScryptParams { n, r, p }) => {
                format!("scrypt:{n}:{r}:{p}${salt}${digest}")
            }
        }
    }

    /// Returns the hash in hexadecimal digits.
    fn digest(&self, salt: &[u8], password: &[u8]) -> String {
        let bytes = match self {
            Self::Pbkdf2 {
                digest, iterations, ..
            } => digest.pbkdf2(salt, password, *iterations),
            Self::Scrypt(params) => params.scrypt(salt, password),
        };
        let mut out = String::with_capacity(2 * bytes.len());
        for byte in bytes {
            let _ = write!(out, "{byte:02x}");
        }
        out
    }
}

impl ScryptParams {
    /// What Werkzeug's call of OpenSSL accepts: it allows `132 n r p` bytes of memory, and no more
    /// than 2 GiB. That refuses the tiniest parameters, too.
    fn is_possible(self) -> bool {
        let (n, r, p) = (u128::from(self.n), u128::from(self.r), u128::from(self.p));
        let allowed = 132 * n * r * p;
        let needed = 128 * r * (n + p + 2);
        let is_memory_possible = needed <= allowed && allowed < 1 << 31;
        is_memory_possible && self.n > 1 && self.n.is_power_of_two() && self.params().is_some()
    }

    fn params(self) -> Option<scrypt::Params> {
        let log_n = u8::try_from(self.n.trailing_zeros()).ok()?;
        scrypt::Params::new(log_n, self.r, self.p).ok()
    }

    fn scrypt(self, salt: &[u8], password: &[u8]) -> Vec<u8> {
        let mut out = vec![0; SCRYPT_LENGTH];
        let params = self.params();
        let params = params.expect("parameters that were checked when they were parsed");
        scrypt::scrypt(password, salt, &params, &mut out).expect("a length that scrypt can give");
        out
    }
}

/// Declares the digests that pbkdf2 may use: names, variant, its HMAC, bytes.
macro_rules! digests {
    ($($name:literal $(| $alias:literal)* => $variant:ident $type:ty, $length:literal;)+) => {
        #[derive(Clone, Copy, Debug)]
        enum Digest {
            $($variant,)+
        }

        impl Digest {
            /// Names are those of Python's `hashlib`, in any case, and some of OpenSSL's.
            fn parse(name: &str) -> Result<Self, InvalidHashMethod> {
                match name.to_ascii_lowercase().as_str() {
                    $($name $(| $alias)* => Ok(Self::$variant),)+
                    _ => Err(InvalidHashMethod(Kind::Digest(name.to_owned()))),
                }
            }

            fn pbkdf2(self, salt: &[u8], password: &[u8], iterations: u32) -> Vec<u8> {
                match self {
                    $(Self::$variant => derive::<$type>(salt, password, iterations, $length),)+
                }
            }
        }
    };
}

digests! {
    "blake2b" | "blake2b512" | "blake2b-512" => Blake2b SimpleHmac<blake2::Blake2b512>, 64;
    "blake2s" | "blake2s256" | "blake2s-256" => Blake2s SimpleHmac<blake2::Blake2s256>, 32;
    "md5" => Md5 Hmac<md5::Md5>, 16;
    "sha1" | "sha-1" => Sha1 Hmac<sha1::Sha1>, 20;
    "sha224" | "sha-224" | "sha2-224" => Sha224 Hmac<sha2::Sha224>, 28;
    "sha256" | "sha-256" | "sha2-256" => Sha256 Hmac<sha2::Sha256>, 32;
    "sha384" | "sha-384" | "sha2-384" => Sha384 Hmac<sha2::Sha384>, 48;
    "sha512" | "sha-512" | "sha2-512" => Sha512 Hmac<sha2::Sha512>, 64;
    "sha512_224" | "sha512-224" | "sha-512/224" => Sha512_224 Hmac<sha2::Sha512_224>, 28;
    "sha512_256" | "sha512-256" | "sha-512/256" => Sha512_256 Hmac<sha2::Sha512_256>, 32;
    "sha3_224" | "sha3-224" => Sha3_224 SimpleHmac<sha3::Sha3_224>, 28;
    "sha3_256" | "sha3-256" => Sha3_256 SimpleHmac<sha3::Sha3_256>, 32;
    "sha3_384" | "sha3-384" => Sha3_384 SimpleHmac<sha3::Sha3_384>, 48;
    "sha3_512" | "sha3-512" => Sha3_512 SimpleHmac<sha3::Sha3_512>, 64;
}

fn derive<P>(salt: &[u8], password: &[u8], iterations: u32, length: usize) -> Vec<u8>
where
    P: KeyInit + Update + FixedOutput + Clone + Sync,
{
    let mut out = vec![0; length];
    pbkdf2::pbkdf2::<P>(password, salt, iterations, &mut out)
        .expect("HMAC takes keys of every length");
    out
}

/// Reads a number as Python's `int` does: blanks around it and a plus sign are allowed.
fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    let digits = text.strip_prefix('+').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok())?
}

/// Werkzeug's default, 2¹⁵ blocks of 1 KiB.
const DEFAULT_SCRYPT: ScryptParams = ScryptParams {
    n: 1 << 15,
    r: 8,
    p: 1,
};
const DEFAULT_ITERATIONS: u32 = 1_000_000;
const DEFAULT_SALT_LENGTH: usize = 16;
const SCRYPT_LENGTH: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    /// The first half of what Python's `hashlib` gives.
    #[test]
    fn hashes_are_werkzeugs() {
        for (method, salt, password, digest) in [
            (
                "pbkdf2:sha1:3",
                "pepper",
                &"x".repeat(200)[..],
                "fccdc1fa81375f8c31e6b5952b7bfc74",
            ),
            (
                "pbkdf2:sha256:3",
                "salt",
                "password",
                "ad35240ac683febfaf3cd49d845473fb",
            ),
            (
                "pbkdf2:blake2b:3",
                "sält",
                "ü",
                "87d704669e5943b8f997338988d30a95",
            ),
            (
                "pbkdf2:sha3_512:3",
                "",
                "",
                "606eb2ceb9388a71119dc1777bb6e859",
            ),
            (
                "pbkdf2:sha512:3",
                "a",
                "b",
                "414370292207eb05cd88f487887d40c7",
            ),
            ("pbkdf2:md5:3", "a", "b", "c025288732bb94896334249cbad3b4f1"),
            (
                "scrypt:128:2:1",
                "pepper",
                "secret",
                "57e33c3b47ee0e03442b7717572df80b",
            ),
        ] {
            let hash = password_hash(password, method, salt).unwrap();
            assert!(
                hash.starts_with(&format!("{method}${salt}${digest}")),
                "{hash}"
            );
        }
    }

    #[test]
    fn hashes_are_checked() {
        for method in [
            "scrypt:128:1:1",
            "pbkdf2:blake2b:1",
            "pbkdf2:MD5:2",
            "pbkdf2:sha3_256:1",
        ] {
            let stored = generate_password_hash_with("ü", method, 8).unwrap();
            assert_eq!(check_password_hash(&stored, "ü"), Ok(true), "{stored}");
            assert_eq!(check_password_hash(&stored, "u"), Ok(false), "{stored}");
            assert_eq!(check_password_hash(&format!("{stored}$"), "ü"), Ok(false));
        }
        for stored in ["", "$", "scrypt$x", "plain"] {
            assert_eq!(check_password_hash(stored, "x"), Ok(false), "{stored}");
        }
    }

    #[test]
    fn impossible_methods_are_refused() {
        for method in [
            "",
            "plain",
            "PBKDF2:sha256:10",
            "scrypt:1:2",
            "scrypt:2:1:1",
            "scrypt:3:8:1",
            "scrypt:0:8:1",
            "scrypt:16:0:1",
            "scrypt:16:8:0",
            "scrypt:-1:8:1",
            "scrypt:1073741824:8:1",
            "pbkdf2:sha256:0",
            "pbkdf2:sha256:a",
            "pbkdf2:sha256:1:2",
            "pbkdf2:nope:10",
            "pbkdf2::10",
        ] {
            assert!(password_hash("x", method, "s").is_err(), "{method}");
        }
        let error = password_hash("x", "md5", "s").unwrap_err();
        assert_eq!(
            error.to_string(),
            "invalid hash method \"md5\", expected scrypt or pbkdf2"
        );
    }
}
