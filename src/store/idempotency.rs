//! Calls that carry a name of the caller's own: claimed before the work, answered after it.

use uuid::Uuid;

use super::Error;
use super::dialect::{Conn, on};
use super::handle::Store;
use super::removal::CHUNK;
use crate::model::Timestamp;

/// A call as its caller named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCall {
    /// Whose name it is: two owners may use the same one.
    pub owner: Uuid,
    /// The name, 1..=255 octets.
    pub key: String,
    /// Digest of what was asked for.
    pub fingerprint: Vec<u8>,
}

/// The answer of a call as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// 100..=599.
    pub status: u16,
    /// The field of that name.
    pub content_type: Option<String>,
    /// The field of that name.
    pub location: Option<String>,
    /// The field of that name.
    pub etag: Option<String>,
    /// Sealed; `None` when it was too large to be kept.
    pub body: Option<Vec<u8>>,
}

/// What is known of a call of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nothing was: it is the caller's to make, under this number.
    Taken(Uuid),
    /// It is being made.
    InFlight,
    /// It was begun at this time; whoever made it has not been heard of since, and left no answer.
    Lost(Timestamp),
    /// It was made.
    Answered(KeptAnswer),
    /// The name was used for another call.
    Reused,
}

/// `$1` owner, `$2` key, `$3` claim, `$4` fingerprint, `$5` now.
const INSERT: &str = "INSERT INTO idempotency (owner, key, claim, fingerprint, claimed_at, renewed_at) \
    VALUES ($1,$2,$3,$4,$5,$5) ON CONFLICT (owner, key) DO NOTHING";
/// `$1` owner, `$2` key, `$3` claimed up to.
const DELETE_OLD: &str = "DELETE FROM idempotency WHERE owner = $1 AND key = $2 AND claimed_at <= $3";
/// `$1` owner, `$2` key.
const READ: &str = "SELECT fingerprint, claimed_at, renewed_at, status, content_type, location, etag, body \
    FROM idempotency WHERE owner = $1 AND key = $2";
/// `$1` owner, `$2` key, `$3` claim, `$4` now.
const RENEW: &str = "UPDATE idempotency SET renewed_at = $4 WHERE owner = $1 AND key = $2 AND claim = $3";
/// `$1` owner, `$2` key, `$3` claim, then the answer.
const ANSWER: &str = "UPDATE idempotency SET status = $4, content_type = $5, location = $6, etag = $7, body = $8 \
    WHERE owner = $1 AND key = $2 AND claim = $3";
/// `$1` owner, `$2` key, `$3` claim.
const RELEASE: &str = "DELETE FROM idempotency WHERE owner = $1 AND key = $2 AND claim = $3";
/// `$1` how many are kept. When the newest of the others was claimed.
const LAST_TOO_MANY: &str = "SELECT claimed_at FROM idempotency ORDER BY claimed_at DESC LIMIT 1 OFFSET $1";
/// `$1` claimed up to, `$2` most.
const PRUNE: &str = "DELETE FROM idempotency WHERE (owner, key) IN \
    (SELECT owner, key FROM idempotency WHERE claimed_at <= $1 ORDER BY claimed_at LIMIT $2)";

type Row = (Vec<u8>, i64, i64, Option<i64>, Option<String>, Option<String>, Option<String>, Option<Vec<u8>>);

impl Store {
    /// Claims the call, or tells what is known of it. What was claimed up to `forgotten` is as if it never was; a claim
    /// that was not renewed after `lost` has lost its maker.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn claim_call(&self, call: NamedCall, forgotten: Timestamp, lost: Timestamp) -> Result<Claim, Error> {
        let now = self.clock().now();
        self.write(move |conn| {
            let call = call.clone();
            Box::pin(async move { claim(conn, &call, now, forgotten, lost).await })
        })
        .await
    }

    /// Says that the call is still being made.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn renew_call(&self, call: NamedCall, claim: Uuid) -> Result<(), Error> {
        let now = self.clock().now();
        self.write(move |conn| {
            let call = call.clone();
            Box::pin(async move {
                Ok(on!(conn, c => sqlx::query(RENEW).bind(call.owner).bind(call.key.as_str()).bind(claim)
                    .bind(now.micros()).execute(c).await.map(drop))?)
            })
        })
        .await
    }

    /// Keeps the call's answer.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn answer_call(&self, call: NamedCall, claim: Uuid, answer: KeptAnswer) -> Result<(), Error> {
        self.write(move |conn| {
            let (call, answer) = (call.clone(), answer.clone());
            Box::pin(async move {
                Ok(on!(conn, c => sqlx::query(ANSWER).bind(call.owner).bind(call.key.as_str()).bind(claim)
                    .bind(i64::from(answer.status)).bind(answer.content_type.as_deref())
                    .bind(answer.location.as_deref()).bind(answer.etag.as_deref()).bind(answer.body.as_deref())
                    .execute(c).await.map(drop))?)
            })
        })
        .await
    }

    /// Forgets the call, so that it can be made anew.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn release_call(&self, call: NamedCall, claim: Uuid) -> Result<(), Error> {
        self.write(move |conn| {
            let call = call.clone();
            Box::pin(async move {
                Ok(on!(conn, c => sqlx::query(RELEASE).bind(call.owner).bind(call.key.as_str()).bind(claim)
                    .execute(c).await.map(drop))?)
            })
        })
        .await
    }

    /// Forgets up to 500 calls that were claimed up to `until`, or before the newest `keep`; gives how many. One that is
    /// being made is not older than `begun`, and stays.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn prune_calls(&self, until: Timestamp, keep: i64, begun: Timestamp) -> Result<u64, Error> {
        self.write(move |conn| {
            Box::pin(async move {
                let last: Option<(i64,)> = on!(conn, c => sqlx::query_as(LAST_TOO_MANY).bind(keep)
                    .fetch_optional(c).await)?;
                let too_many = last.map_or(until, |(at,)| Timestamp::from_micros(at).min(begun));
                let until = until.max(too_many);
                Ok(on!(conn, c => sqlx::query(PRUNE).bind(until.micros()).bind(CHUNK).execute(c).await
                    .map(|done| done.rows_affected()))?)
            })
        })
        .await
    }
}

async fn claim(
    conn: &mut Conn,
    call: &NamedCall,
    now: Timestamp,
    forgotten: Timestamp,
    lost: Timestamp,
) -> Result<Claim, Error> {
    on!(conn, c => sqlx::query(DELETE_OLD).bind(call.owner).bind(call.key.as_str()).bind(forgotten.micros())
        .execute(c).await.map(drop))?;
    let claim = Uuid::from_u128(rand::random());
    // Where another node claims it at the same time, this waits for that node's commit.
    let claimed = on!(conn, c => sqlx::query(INSERT).bind(call.owner).bind(call.key.as_str()).bind(claim)
        .bind(call.fingerprint.as_slice()).bind(now.micros()).execute(c).await.map(|done| done.rows_affected()))?;
    if claimed == 1 {
        return Ok(Claim::Taken(claim));
    }
    let row: Option<Row> = on!(conn, c => sqlx::query_as(READ).bind(call.owner).bind(call.key.as_str())
        .fetch_optional(c).await)?;
    // Released this instant: the next try takes it.
    let Some(row) = row else { return Ok(Claim::InFlight) };
    let (fingerprint, claimed_at, renewed_at, status, content_type, location, etag, body) = row;
    if fingerprint != call.fingerprint {
        return Ok(Claim::Reused);
    }
    Ok(match status {
        Some(status) => {
            let status = u16::try_from(status).map_err(|_| Error::Damaged("status"))?;
            Claim::Answered(KeptAnswer { status, content_type, location, etag, body })
        }
        None if renewed_at <= lost.micros() => Claim::Lost(Timestamp::from_micros(claimed_at)),
        None => Claim::InFlight,
    })
}
