//! The signatures of texts that have been looked through, so that the next search need not read most of them again.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::filter::Signature;
use crate::model::MessageId;

/// Memory that all signatures may take, in octets: those of some 100,000 mails of the usual size. What was not asked for
/// longest is forgotten first, and costs no more than to be read again.
const CAPACITY_BYTES: u64 = 64 << 20;
/// Signatures that are expected.
const EXPECTED: usize = 100_000;

/// By message: its octets are never rewritten and its id is never given again, so a signature holds for good.
pub(super) struct Signatures(Cache<MessageId, Arc<Signature>, Bytes>);

#[derive(Clone)]
struct Bytes;

impl Weighter<MessageId, Arc<Signature>> for Bytes {
    fn weight(&self, _id: &MessageId, signature: &Arc<Signature>) -> u64 {
        signature.bytes() as u64
    }
}

impl Signatures {
    pub(super) fn new() -> Self {
        Self(Cache::with_weighter(EXPECTED, CAPACITY_BYTES, Bytes))
    }

    pub(super) fn get(&self, id: MessageId) -> Option<Arc<Signature>> {
        self.0.get(&id)
    }

    pub(super) fn keep(&self, id: MessageId, signature: Signature) {
        self.0.insert(id, Arc::new(signature));
    }
}
