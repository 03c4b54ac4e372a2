//! Access tokens: made, kept, compared in constant time.

use sha2::{Digest, Sha256};
use std::fmt;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use subtle::{Choice, ConstantTimeEq as _};

/// Random bytes in a token that is made here: 256 bits.
const TOKEN_BYTES: usize = 32;
/// Shortest token that is taken: short ones could be guessed.
const SHORTEST: usize = 32;
/// Longest token that is taken.
const LONGEST: usize = 256;

/// A secret that opens the HTTP interface. Its text appears in no debug output.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(String);

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The text cannot be a token.
    #[error(
        "a token has 32 to 256 letters, digits, '-' or '_', this one does not: delete it and a new one is made"
    )]
    Malformed,
    /// The system gave no random bytes.
    #[error("the system gives no random bytes for a token: {0}")]
    NoRandomness(getrandom::Error),
    /// The file could not be read or written.
    #[error(
        "the token's file {path} cannot be used: {cause}; free some space, or let the service's user own its folder"
    )]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
}

impl AccessToken {
    /// A new token of 256 random bits.
    ///
    /// # Errors
    /// [`TokenError::NoRandomness`] when the system gives none.
    pub fn generate() -> Result<Self, TokenError> {
        let mut bytes = [0_u8; TOKEN_BYTES];
        getrandom::fill(&mut bytes).map_err(TokenError::NoRandomness)?;
        Ok(Self(hexadecimal(&bytes)))
    }

    /// The token in the file; where there is no file, a new token and a new file that only its
    /// owner may read.
    ///
    /// # Errors
    /// [`TokenError`] when the file holds no token or cannot be used.
    pub fn load_or_create(path: &Path) -> Result<Self, TokenError> {
        let failed = |cause| TokenError::File {
            path: path.to_owned(),
            cause,
        };
        let mut text = String::new();
        match std::fs::File::open(path) {
            Ok(file) => {
                file.take(2 * LONGEST as u64)
                    .read_to_string(&mut text)
                    .map_err(failed)?;
                text.trim().parse()
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let token = Self::generate()?;
                // Written beside and linked into place: no reader ever sees half a token.
                let fresh = path.with_extension(format!("new-{}", std::process::id()));
                let _ = std::fs::remove_file(&fresh);
                let mut options = std::fs::OpenOptions::new();
                let mut file = options
                    .write(true)
                    .create_new(true)
                    .mode(0o600)
                    .open(&fresh)
                    .map_err(failed)?;
                writeln!(file, "{}", token.0)
                    .and_then(|()| file.sync_all())
                    .and_then(|()| std::fs::rename(&fresh, path))
                    .map_err(|cause| {
                        // Half a token would only take up room.
                        let _ = std::fs::remove_file(&fresh);
                        failed(cause)
                    })?;
                Ok(token)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// The secret itself, to be shown to its owner.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccessToken {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (SHORTEST..=LONGEST).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(TokenError::Malformed)
        }
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessToken(...)")
    }
}

/// The tokens that open a server, kept as digests.
pub(super) struct TokenSet {
    tokens: Vec<[u8; 32]>,
    cookies: Vec<(String, [u8; 32])>,
}

impl TokenSet {
    pub(super) fn new(tokens: &[AccessToken]) -> Self {
        Self {
            tokens: tokens
                .iter()
                .map(|token| digest(token.0.as_bytes()))
                .collect(),
            cookies: tokens
                .iter()
                .map(|token| {
                    let value = cookie_value(token);
                    let digest = digest(value.as_bytes());
                    (value, digest)
                })
                .collect(),
        }
    }

    /// Whether the text is one of the tokens. Digests are compared, all of them and whole, so
    /// that the time taken tells nothing of how much of a guess is right.
    pub(super) fn holds(&self, text: &str) -> bool {
        let asked = digest(text.as_bytes());
        self.tokens
            .iter()
            .fold(Choice::from(0), |found, known| found | known.ct_eq(&asked))
            .into()
    }

    /// The cookie that stands for this token, if it is one.
    pub(super) fn cookie_for(&self, text: &str) -> Option<&str> {
        let asked = digest(text.as_bytes());
        let mut found = None;
        for (known, (value, _)) in self.tokens.iter().zip(&self.cookies) {
            if known.ct_eq(&asked).into() {
                found = Some(value.as_str());
            }
        }
        found
    }

    /// Whether the text is the cookie of one of the tokens.
    pub(super) fn holds_cookie(&self, text: &str) -> bool {
        let asked = digest(text.as_bytes());
        self.cookies
            .iter()
            .fold(Choice::from(0), |found, (_, known)| {
                found | known.ct_eq(&asked)
            })
            .into()
    }
}

/// What a browser keeps instead of the token: made from it, but not to be turned back.
fn cookie_value(token: &AccessToken) -> String {
    hexadecimal(&digest(format!("triune cookie 1\n{}", token.0).as_bytes()))
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_made_token_opens_and_others_do_not() {
        let (right, wrong) = (
            AccessToken::generate().unwrap(),
            AccessToken::generate().unwrap(),
        );
        let set = TokenSet::new(std::slice::from_ref(&right));
        assert!(set.holds(right.reveal()) && !set.holds(wrong.reveal()) && !set.holds(""));
        let cookie = set.cookie_for(right.reveal()).unwrap();
        assert!(
            set.holds_cookie(cookie) && !set.holds(cookie) && !set.holds_cookie(right.reveal())
        );
        assert_eq!(set.cookie_for(wrong.reveal()), None);
        assert!(!TokenSet::new(&[]).holds(right.reveal()));
    }

    #[test]
    fn debug_output_hides_the_secret() {
        let token = AccessToken::generate().unwrap();
        assert!(!format!("{token:?}").contains(token.reveal()));
    }

    #[test]
    fn the_file_is_private_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let first = AccessToken::load_or_create(&path).unwrap();
        assert_eq!(first, AccessToken::load_or_create(&path).unwrap());
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        std::fs::write(&path, "short\n").unwrap();
        assert!(matches!(
            AccessToken::load_or_create(&path),
            Err(TokenError::Malformed)
        ));
        let nowhere = folder.path().join("missing/token");
        assert!(matches!(
            AccessToken::load_or_create(&nowhere),
            Err(TokenError::File { .. })
        ));
    }
}
