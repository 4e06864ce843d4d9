//! Calls that are made once, however often they are sent: the rules of the caller's own names for them.

use uuid::Uuid;

use super::Error;
use super::service::Inboxes;
use crate::model::{Principal, Timestamp};
use crate::store::{Claim, KeptAnswer, NamedCall};

/// What the caller calls a call, and a digest of what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallName(NamedCall);

/// The right to make a call, which no one else has meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallClaim(Uuid);

/// An answer that is given again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallAnswer {
    /// 100..=599.
    pub status: u16,
    /// The field of that name.
    pub content_type: Option<String>,
    /// The field of that name.
    pub location: Option<String>,
    /// The field of that name.
    pub etag: Option<String>,
    /// The octets; `None` when there were too many to keep.
    pub body: Option<Vec<u8>>,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Nothing yet: make it, then [`Inboxes::keep_answer`] or [`Inboxes::release_call`].
    New(CallClaim),
    /// It is being made.
    InFlight,
    /// It was begun at this time, and how it ended is not known: its server stopped in the middle.
    Lost(Timestamp),
    /// It was made, and answered so.
    Answered(CallAnswer),
    /// Another call had the name.
    Reused,
}

/// How long a name is remembered, in seconds: a day.
const KEPT_S: i64 = 24 * 3600;
/// After how many seconds without a sign the maker of a call is taken for dead.
const LOST_S: i64 = 60;

impl CallName {
    /// The name `key` of a call with this fingerprint. Names of different keys of the API are different names: an answer
    /// is given again only to whom it was given.
    #[must_use]
    pub fn new(who: &Principal, key: String, fingerprint: Vec<u8>) -> Self {
        let owner = who.key.map_or(who.project.uuid(), crate::model::KeyId::uuid);
        Self(NamedCall { owner, key, fingerprint })
    }

    /// What a sealed answer is bound to, so that it cannot be moved to another name.
    fn seal_owner(&self) -> String {
        format!("idempotency {} {}", self.0.owner, self.0.key)
    }
}

impl Inboxes {
    /// Claims the call, or tells what is known of it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn claim_call(&self, name: &CallName) -> Result<Call, Error> {
        let now = self.clock().now();
        let (forgotten, lost) = (now.plus_seconds(-KEPT_S), now.plus_seconds(-LOST_S));
        Ok(match self.0.store.claim_call(name.0.clone(), forgotten, lost).await? {
            Claim::Taken(claim) => Call::New(CallClaim(claim)),
            Claim::InFlight => Call::InFlight,
            Claim::Lost(at) => Call::Lost(at),
            Claim::Reused => Call::Reused,
            Claim::Answered(kept) => {
                let body = kept.body.and_then(|sealed| self.0.seal.open_octets(&sealed, &name.seal_owner()));
                let KeptAnswer { status, content_type, location, etag, .. } = kept;
                Call::Answered(CallAnswer { status, content_type, location, etag, body })
            }
        })
    }

    /// Says that the call is still being made; to be called more often than once a minute.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn renew_call(&self, name: &CallName, claim: CallClaim) -> Result<(), Error> {
        Ok(self.0.store.renew_call(name.0.clone(), claim.0).await?)
    }

    /// Keeps the call's answer for a day, its body sealed: it may show a secret.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn keep_answer(&self, name: &CallName, claim: CallClaim, answer: CallAnswer) -> Result<(), Error> {
        let CallAnswer { status, content_type, location, etag, body } = answer;
        let body = body.and_then(|octets| self.0.seal.seal_octets(octets, &name.seal_owner()));
        let kept = KeptAnswer { status, content_type, location, etag, body };
        Ok(self.0.store.answer_call(name.0.clone(), claim.0, kept).await?)
    }

    /// Forgets the call, which was not made, so that it can be made under the same name.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn release_call(&self, name: &CallName, claim: CallClaim) -> Result<(), Error> {
        Ok(self.0.store.release_call(name.0.clone(), claim.0).await?)
    }
}
