//! Public identifiers: a UUID v7 shown as a prefix and 26 characters of base32, one type for each thing.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use super::time::Timestamp;

/// Crockford's alphabet in lower case: no `i`, `l`, `o`, `u`, so that an id survives being read aloud.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The text was not an identifier of the expected kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {expected}… followed by 26 characters")]
pub struct ParseIdError {
    /// The prefix that the expected kind of id starts with.
    pub expected: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// What the text of such an id starts with.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, ascending with `now`; ids made within one millisecond ascend too.
            #[must_use]
            pub fn new(now: Timestamp) -> Self {
                Self(new_v7(now))
            }

            /// Lies below every id that is made at `time` or later, and above those of the millisecond before.
            #[must_use]
            pub fn first_of(time: Timestamp) -> Self {
                Self(Uuid::from_u128(u128::try_from(time.micros() / 1_000).unwrap_or(0) << 80))
            }

            /// The id whose 128 bits are `uuid`.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The 128 bits.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Self::PREFIX)?;
                write_base32(self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.strip_prefix(Self::PREFIX)
                    .and_then(parse_base32)
                    .map(Self)
                    .ok_or(ParseIdError { expected: Self::PREFIX })
            }
        }
    )*};
}

ids! {
    /// Names a project.
    ProjectId = "prj_";
    /// Names an API key.
    KeyId = "key_";
    /// Names an inbox.
    InboxId = "inb_";
    /// Names a message in one inbox.
    MessageId = "msg_";
    /// Names a mailbox; shown as a folder's id.
    MailboxId = "fld_";
    /// Names a credential of an inbox.
    CredentialId = "crd_";
    /// Names one event of the log.
    EventId = "evt_";
    /// Names one wait.
    WaitId = "wait_";
    /// Names what was noted when a message was taken: envelope, session, transcript.
    ReceiptId = "rct_";
}

fn new_v7(now: Timestamp) -> Uuid {
    // The process-wide counter keeps ids of one millisecond ascending (RFC 9562 §6.2, method 1).
    static CONTEXT: std::sync::LazyLock<std::sync::Mutex<uuid::ContextV7>> =
        std::sync::LazyLock::new(|| std::sync::Mutex::new(uuid::ContextV7::new()));
    let micros = u64::try_from(now.micros()).unwrap_or(0);
    let nanos = u32::try_from(micros % 1_000_000).unwrap_or(0) * 1_000;
    let context = CONTEXT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    Uuid::new_v7(uuid::Timestamp::from_unix(&*context, micros / 1_000_000, nanos))
}

fn write_base32(uuid: Uuid, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let bits = uuid.as_u128();
    let mut text = [0_u8; 26];
    for (place, digit) in text.iter_mut().enumerate() {
        let index = usize::try_from((bits >> (125 - 5 * place)) & 31).unwrap_or(0);
        *digit = ALPHABET.get(index).copied().unwrap_or(b'0');
    }
    f.write_str(std::str::from_utf8(&text).unwrap_or_default())
}

fn parse_base32(text: &str) -> Option<Uuid> {
    if text.len() != 26 {
        return None;
    }
    let mut bits: u128 = 0;
    for (place, byte) in text.bytes().enumerate() {
        let digit = ALPHABET.iter().position(|known| *known == byte.to_ascii_lowercase())?;
        if place == 0 && digit > 7 {
            return None; // 26 digits hold 130 bits; the first may only use three.
        }
        bits = (bits << 5) | u128::try_from(digit).ok()?;
    }
    Some(Uuid::from_u128(bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_value_are_inverses() {
        for bits in [0, 1, u128::MAX, 0x0190_0000_0000_7000_8000_0000_0000_0001] {
            let id = InboxId::from_uuid(Uuid::from_u128(bits));
            assert_eq!(id.to_string().parse(), Ok(id));
            assert_eq!(id.to_string().len(), 30);
        }
    }

    #[test]
    fn a_foreign_prefix_or_an_overflow_is_refused() {
        assert!("msg_00000000000000000000000000".parse::<InboxId>().is_err());
        assert!("inb_80000000000000000000000000".parse::<InboxId>().is_err());
        assert!("inb_0000000000000000000000000".parse::<InboxId>().is_err());
        assert!("inb_0000000000000000000000000u".parse::<InboxId>().is_err());
    }

    #[test]
    fn ids_of_one_instant_ascend() {
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        let ids: Vec<_> = (0..1000).map(|_| MessageId::new(now)).collect();
        assert!(ids.is_sorted());
    }
}
