//! BDAT: the message in chunks of known size, whatever octets they hold. Spec: RFC 3030 §2.

use super::core::Session;
use super::data::refusal_without_recipients;
use super::next::Next;
use super::state::{State, Transaction};
use crate::model::receipt::Stage;
use crate::smtp::data::Body;
use crate::smtp::in_flight::Share;
use crate::smtp::reply::{self, Reply};

/// Chunks that a message may have, whatever their size.
const FREE_CHUNKS: u64 = 1000;
/// Octets for which there may be one chunk more: tiny chunks cost a reply each.
const OCTETS_PER_CHUNK: u64 = 1024;

/// What came of a message so far.
#[derive(Debug)]
pub(super) struct Chunks {
    body: Body,
    count: u64,
    /// One was refused: so are all that follow, up to RSET.
    failed: bool,
}

/// A chunk while it is read.
#[derive(Debug)]
pub(super) struct Chunk {
    /// `None` where there is none that it could be of.
    transaction: Option<Box<Transaction>>,
    size: u64,
    left: u64,
    last: bool,
    /// The octets are dropped, and this is the reply after them.
    refusal: Option<Reply>,
}

impl Session {
    pub(super) fn bdat(&mut self, size: u64, last: bool) -> Next {
        // Nobody can wait for the end of such a chunk, and without its end no command can be found.
        if size > self.drain_limit() {
            let reply = self.too_large();
            if let State::Envelope(transaction) = std::mem::replace(&mut self.state, State::Closed) {
                self.report(&transaction, &reply, "size");
            }
            return self.close_with(&reply);
        }
        let mut transaction = match std::mem::replace(&mut self.state, State::Ready) {
            State::Envelope(transaction) => Some(transaction),
            _ => None,
        };
        let refusal = match &mut transaction {
            Some(transaction) => self.refusal_of_chunk(transaction),
            None => Some(reply::BAD_SEQUENCE.saying("BDAT comes after MAIL and RCPT")),
        };
        self.state = State::Chunk(Box::new(Chunk { transaction, size, left: size, last, refusal }));
        if size == 0 { self.chunk_complete() } else { Next::Read }
    }

    /// Reads octets of the chunk.
    pub(super) fn chunk_octets(&mut self, input: &[u8]) -> (usize, Next) {
        let State::Chunk(chunk) = &mut self.state else { return (0, Next::Read) };
        let left = usize::try_from(chunk.left).unwrap_or(usize::MAX);
        let octets = input.get(..left).unwrap_or(input);
        chunk.left -= octets.len() as u64;
        let is_over = chunk.left == 0;
        if chunk.refusal.is_none()
            && let Some(chunks) = chunk.transaction.as_mut().and_then(|transaction| transaction.chunks.as_mut())
        {
            chunks.body.append(octets);
        }
        (octets.len(), if is_over { self.chunk_complete() } else { Next::Read })
    }

    /// Begins the message with the first chunk, and says why a chunk cannot be taken.
    fn refusal_of_chunk(&self, transaction: &mut Transaction) -> Option<Reply> {
        if transaction.chunks.is_none() {
            if let Some(refusal) = refusal_without_recipients(transaction) {
                return Some(refusal);
            }
            transaction.stages.push((Stage::Data, self.now));
            let body = self.empty_body(transaction.mail.declared_size);
            transaction.chunks = Some(Chunks { body, count: 0, failed: false });
        }
        let chunks = transaction.chunks.as_mut()?;
        chunks.count += 1;
        if chunks.failed {
            return Some(reply::BAD_SEQUENCE.saying("the message has failed already: RSET ends it"));
        }
        (chunks.count > FREE_CHUNKS + chunks.body.received() / OCTETS_PER_CHUNK).then_some(reply::TOO_MANY_CHUNKS)
    }

    fn chunk_complete(&mut self) -> Next {
        let State::Chunk(chunk) = std::mem::replace(&mut self.state, State::Ready) else { return Next::Read };
        let Chunk { transaction, size, last, refusal, .. } = *chunk;
        self.hear(&format!("<{size} octets>"));
        let Some(mut transaction) = transaction else {
            return self.fail(&refusal.unwrap_or(reply::BAD_SEQUENCE));
        };
        let not_kept = transaction.chunks.as_ref().and_then(|chunks| chunks.body.not_kept());
        match (refusal, not_kept) {
            (Some(refusal), _) => {
                if last {
                    self.say_to_all_but_one(transaction.recipients.len(), &refusal);
                }
                self.keep_failed(transaction, last);
                self.fail(&refusal)
            }
            (None, Some(why)) => {
                let (reply, cause) = self.reply_to_unkept(why);
                self.report(&transaction, &reply, cause);
                if last {
                    self.say_to_all_but_one(transaction.recipients.len(), &reply);
                }
                self.keep_failed(transaction, last);
                self.refuse(&reply)
            }
            (None, None) if last => match transaction.chunks.take() {
                Some(chunks) => self.message_complete(*transaction, chunks.body.finish()),
                None => self.refuse(&reply::INTERNAL),
            },
            (None, None) => {
                self.state = State::Envelope(transaction);
                self.say(&reply::CHUNK_OK)
            }
        }
    }

    /// The transaction has failed: chunks that are on their way already are refused too, and the last one ends it.
    fn keep_failed(&mut self, mut transaction: Box<Transaction>, last: bool) {
        if last {
            self.transcript.forget_transaction();
            return;
        }
        if let Some(chunks) = &mut transaction.chunks {
            chunks.failed = true;
            chunks.body = Body::new(0, None, Share::endless());
        }
        self.state = State::Envelope(transaction);
    }
}
