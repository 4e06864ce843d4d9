//! Which runs of three octets a message's texts have, in few bits: enough to know of most messages that a text is not
//! in them, never to know that it is.

use super::condition::{Condition, Test};
use super::facts::Form;
use super::list::Filter;
use super::needles;
use super::{Facts, Field, fold};

/// The signature of a message's texts. What they contain in lower case, it covers; what it covers, they may contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature(Box<[u64]>);

/// Bits at first: 4 KiB.
const BITS: usize = 1 << 15;
/// Fewest bits.
const MIN_BITS: usize = 256;
/// Most bits of a hundred that are set: a third of them, and a text of ten runs is covered by chance once in 60,000 times.
const MAX_FILL_PERCENT: usize = 33;

/// Texts that every message that passes must have, in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probe {
    /// In its texts.
    texts: Vec<String>,
    /// In its texts or among its addresses and subject.
    anywhere: Vec<String>,
}

impl Signature {
    /// The signature of all texts that a probe can ask for; the octets must have been read.
    #[must_use]
    pub fn of(facts: &Facts<'_>) -> Self {
        let mut texts: Vec<String> = Vec::new();
        for field in [Field::Body, Field::Text, Field::AttachmentFilename] {
            facts.any_text(&field, Form::Folded, &mut |text| {
                if !texts.iter().any(|known| known == text) {
                    texts.push(text.to_owned());
                }
                false
            });
        }
        let mut signature = Self(vec![0; BITS / 64].into_boxed_slice());
        for text in &texts {
            for run in text.as_bytes().windows(3) {
                let (word, bit) = signature.place(run);
                if let Some(word) = signature.0.get_mut(word) {
                    *word |= bit;
                }
            }
        }
        while let Some(half) = signature.folded() {
            signature = half;
        }
        signature
    }

    /// Half as many bits, unless too many of them would be set: each place is the lower part of what it was.
    fn folded(&self) -> Option<Self> {
        let (low, high) = self.0.split_at(self.0.len() / 2);
        let half: Box<[u64]> = low.iter().zip(high).map(|(low, high)| low | high).collect();
        let (bits, set) = (half.len() * 64, half.iter().map(|word| word.count_ones() as usize).sum::<usize>());
        (bits >= MIN_BITS && set * 100 <= bits * MAX_FILL_PERCENT).then_some(Self(half))
    }

    /// Memory that it takes, in octets.
    #[must_use]
    pub fn bytes(&self) -> usize {
        std::mem::size_of_val(&*self.0) + std::mem::size_of::<Self>()
    }

    fn covers(&self, text: &str) -> bool {
        text.as_bytes().windows(3).all(|run| {
            let (word, bit) = self.place(run);
            self.0.get(word).is_some_and(|word| word & bit != 0)
        })
    }

    fn place(&self, run: &[u8]) -> (usize, u64) {
        let number = run.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        // Knuth's multiplicative hash; its high bits are the mixed ones.
        let hash = (number.wrapping_mul(2_654_435_761) >> 16) as usize & (self.0.len() * 64 - 1);
        (hash / 64, 1 << (hash % 64))
    }
}

impl Probe {
    /// Whether a message of this signature may pass. `in_keys` says that the text of [`Self::key`] is among its
    /// addresses or in its subject.
    #[must_use]
    pub fn may_pass(&self, signature: &Signature, in_keys: bool) -> bool {
        self.texts.iter().all(|text| signature.covers(text))
            && (in_keys || self.anywhere.iter().all(|text| signature.covers(text)))
    }

    /// A text that may stand in the keys instead; the others are looked for in memory.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.anywhere
    }
}

impl Filter {
    /// What the texts of every message that passes must have; `None` when nothing can be told of them.
    #[must_use]
    pub fn probe(&self) -> Option<Probe> {
        let mut probe = Probe::default();
        for condition in &self.all {
            let Some(needle) = needle(condition) else { continue };
            match condition.field {
                Field::Text | Field::Html | Field::Body => probe.texts.push(needle),
                Field::Anywhere => probe.anywhere.push(needle),
                _ => {}
            }
        }
        (probe != Probe::default()).then_some(probe)
    }
}

/// What must stand in the texts in lower case, where it is long enough to be told.
fn needle(condition: &Condition) -> Option<String> {
    let Test::Text(test) = &condition.test else { return None };
    needles::text(test).map(fold).filter(|needle| needle.len() >= 3)
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample::{Sample, filter, text};
    use super::super::{Op, WrittenCondition};
    use super::Signature;

    #[test]
    fn what_a_text_has_is_covered_and_little_else() {
        let sample = Sample::new();
        let signature = Signature::of(&sample.facts());
        let may_pass = |condition| filter(vec![condition]).probe().map(|probe| probe.may_pass(&signature, false));
        for (field, op, value) in [
            ("text", Op::Contains, "HELLO anna"),
            ("body", Op::StartsWith, "Tom & Jerry"),
            ("html", Op::EndsWith, "here</a></p>"),
            ("text", Op::Glob, "hello*password"),
            ("anywhere", Op::Contains, "report 7.pdf"),
        ] {
            assert_eq!(may_pass(text(field, op, value)), Some(true), "{field} {value}");
            let sensitive = WrittenCondition { case_sensitive: true, ..text(field, op, value) };
            assert_eq!(may_pass(sensitive), Some(true), "{field} {value}");
        }
        for (field, op, value) in [
            ("text", Op::Contains, "zebrafish in the garden"),
            ("body", Op::Equals, "something else entirely"),
            ("anywhere", Op::Contains, "quarterly figures"),
        ] {
            assert_eq!(may_pass(text(field, op, value)), Some(false), "{field} {value}");
        }
        for (field, op, value) in
            [("text", Op::Contains, "ab"), ("text", Op::Regex, "hello"), ("subject", Op::Contains, "invoice")]
        {
            assert_eq!(may_pass(text(field, op, value)), None, "{field} {value}");
        }
    }
}
