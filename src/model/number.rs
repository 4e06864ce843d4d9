//! The numbers that order messages: per inbox, per mailbox, per change.

use std::num::NonZeroU32;

/// Position of a message in its inbox's order of commits; 1 and up, never reused, gaps allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub i64);

/// A message's number within its mailbox; never reused while the [`UidValidity`] stands.
///
/// 1..=2³²−1, strictly ascending in order of arrival. Spec: RFC 9051 §2.3.1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(NonZeroU32);

/// Tells a client whether its remembered [`Uid`]s still mean the same messages. Spec: RFC 9051 §2.3.1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UidValidity(NonZeroU32);

macro_rules! non_zero {
    ($name:ident) => {
        impl $name {
            /// The number, or `None` when it is outside 1..=2³²−1.
            #[must_use]
            pub fn new(number: i64) -> Option<Self> {
                u32::try_from(number).ok().and_then(NonZeroU32::new).map(Self)
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0.get()
            }
        }
    };
}
non_zero!(Uid);
non_zero!(UidValidity);

/// The state of a mailbox or message in its order of changes; ascending per mailbox, below 2⁵³ for JavaScript clients.
///
/// Spec: RFC 7162 §3.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModSeq(pub i64);
