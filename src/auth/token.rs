//! The text of a key: random, found by its first letters, and recognised by programs that look for leaked secrets.

use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::model::Secret;
use crate::store::SecretDigest;

/// ```abnf
/// token    = "rst_" lookup secret checksum
/// lookup   = 12letter                          ; finds the key; no secret
/// secret   = 52letter                          ; 260 bits of randomness
/// checksum = 7letter                           ; the first 35 bits of the SHA-256 of what stands before it
/// letter   = "a"-"h" / "i"-"k" / "m" / "n" / "p"-"z" / "2"-"9"
/// ```
pub(super) const PREFIX: &str = "rst_";
const LOOKUP: usize = 12;
const SECRET: usize = 52;
const CHECKSUM: usize = 7;
/// Letters that no one mistakes for another; 32 of them, so that five bits choose one evenly.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Makes one; `None` when there is no randomness to be had.
pub(super) fn make() -> Option<Secret> {
    let mut random = [0; LOOKUP + SECRET];
    SystemRandom::new().fill(&mut random).ok()?;
    let mut text = PREFIX.to_owned();
    text.extend(random.iter().map(|byte| letter(u64::from(*byte))));
    let checksum = checksum(&text);
    text.push_str(&checksum);
    Some(Secret::new(text))
}

/// The letters that the key is found by; `None` when the text is no such token, for which no database need be asked.
pub(super) fn lookup(text: &str) -> Option<&str> {
    let rest = text.strip_prefix(PREFIX)?;
    let is_whole = rest.len() == LOOKUP + SECRET + CHECKSUM && rest.bytes().all(|byte| LETTERS.contains(&byte));
    let (before, given) = text.split_at_checked(text.len().checked_sub(CHECKSUM)?)?;
    (is_whole && checksum(before) == given).then(|| rest.get(..LOOKUP)).flatten()
}

/// Whether the text has the form of a key, whatever it opens.
#[must_use]
pub fn looks_like_one(text: &str) -> bool {
    lookup(text).is_some()
}

/// What is stored of a token.
pub(super) fn digest_of(token: &Secret) -> Option<SecretDigest> {
    let lookup = lookup(token.expose())?.to_owned();
    Some(SecretDigest { lookup, digest: sha256(token) })
}

/// The token is random enough that nobody can try all of them: a slow digest would only slow down its holder.
pub(super) fn sha256(secret: &Secret) -> Vec<u8> {
    digest(&SHA256, secret.expose().as_bytes()).as_ref().to_vec()
}

fn checksum(text: &str) -> String {
    let octets = digest(&SHA256, text.as_bytes());
    let bits = octets.as_ref().iter().take(8).fold(0_u64, |bits, octet| bits << 8 | u64::from(*octet));
    (0..CHECKSUM).map(|place| letter(bits >> (59 - 5 * place))).collect()
}

/// The letter of the lowest five bits.
fn letter(bits: u64) -> char {
    let place = usize::try_from(bits & 31).unwrap_or(0);
    LETTERS.get(place).map_or('a', |letter| char::from(*letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_recognised_and_differ() {
        let (one, other) = (make().unwrap(), make().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.expose().len(), 75);
        assert_eq!(lookup(one.expose()), one.expose().get(4..16));
        assert_ne!(digest_of(&one), digest_of(&other));
    }

    #[test]
    fn a_letter_that_is_missing_or_wrong_is_noticed_without_a_database() {
        let token = make().unwrap();
        let text = token.expose();
        for place in 0..text.len() {
            let mut other = text.as_bytes().to_vec();
            other[place] = if other[place] == b'a' { b'b' } else { b'a' };
            assert_eq!(lookup(std::str::from_utf8(&other).unwrap()), None, "{place}");
            assert_eq!(lookup(&text[..place]), None);
        }
        assert_eq!(lookup(&format!("{text}a")), None);
        assert_eq!(lookup(&text.to_uppercase()), None);
        assert_eq!(lookup("rst_ü"), None);
    }
}
