//! How a character is shown.

/// A set of properties of a character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::extract) struct Style(u8);

impl Style {
    /// Large, bold, spaced or in fixed width.
    pub(in crate::extract) const EMPHASISED: Self = Self(1);
    /// Within an element whose class or id calls it a code.
    pub(in crate::extract) const NAMED: Self = Self(2);
    /// Not shown.
    pub(in crate::extract) const HIDDEN: Self = Self(4);
    /// From a message that is answered or forwarded.
    pub(in crate::extract) const QUOTED: Self = Self(8);
    /// Small print at the end.
    pub(in crate::extract) const FOOTER: Self = Self(16);
    /// The text of a link.
    pub(in crate::extract) const LINKED: Self = Self(32);

    /// Both.
    pub(in crate::extract) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// `other` if `holds`, too.
    pub(in crate::extract) fn with_if(self, holds: bool, other: Self) -> Self {
        if holds { self.with(other) } else { self }
    }

    /// Whether all of `other` holds.
    pub(in crate::extract) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}
