//! Octets between a connection and its session: one buffer in, replies gathered and sent together, deadlines.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::session::{Next, Question, Session};
use crate::model::Clock;

/// What is read at once while commands are expected: a session at rest keeps no more.
const READ_BYTES: usize = 8 * 1024;
/// What is read at once while a large message comes.
const BULK_READ_BYTES: usize = 64 * 1024;
/// Replies that are gathered before they are sent, while a client that pipelines is not waiting for them yet.
const MAX_GATHERED_BYTES: usize = 16 * 1024;
/// How long a session that is in a transaction goes on when the server shuts down.
const STOP_GRACE: Duration = Duration::from_secs(8);
/// After the last reply: how long we wait for the client to close, and how much we read over meanwhile.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: u64 = 256 * 1024;

/// How long a client may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// For one command, from the reply before it to its last octet; and for taking our replies.
    pub(crate) command: Duration,
    /// Octets a second that a message must come with; 0 is any.
    pub(crate) min_rate: u64,
}

/// What a session needs that the wire cannot give.
#[derive(Debug)]
pub(crate) enum Turn {
    /// An answer, which goes to [`Session::answer`]; what that gives goes to [`Wire::turn`].
    Ask(Question),
    /// Nothing: refusals wait to be noted, before the client hears of them.
    Note,
    /// The handshake. The replies are sent, and input that came too early is to be dropped with the wire.
    StartTls,
    /// Nothing: the connection is over.
    Over,
}

/// A connection with its buffer. Dropping a future of it loses nothing that was read.
#[derive(Debug)]
pub(crate) struct Wire<S> {
    stream: S,
    /// Read and not used yet, from `start` on.
    input: Vec<u8>,
    start: usize,
    /// A message fills the buffer each time it is read into.
    is_bulk: bool,
    pace: Pace,
    deadline: Instant,
    stop_at: Option<Instant>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(crate) fn new(stream: S, pace: Pace) -> Self {
        let deadline = Instant::now() + pace.command;
        Self { stream, input: Vec::new(), start: 0, is_bulk: false, pace, deadline, stop_at: None }
    }

    /// The stream alone. What was read and not used is dropped. Spec: RFC 3207 §4.2.
    pub(crate) fn into_stream(self) -> S {
        self.stream
    }

    /// Whether the client has spoken, without waiting for it.
    pub(crate) async fn has_spoken(&mut self) -> bool {
        // The runtime learns which sockets are readable while a task yields.
        tokio::task::yield_now().await;
        let mut octet = [0; 1];
        let mut buffer = ReadBuf::new(&mut octet);
        let read = poll_fn(|cx| match Pin::new(&mut self.stream).poll_read(cx, &mut buffer) {
            Poll::Ready(read) => Poll::Ready(Some(read)),
            Poll::Pending => Poll::Ready(None),
        })
        .await;
        matches!(read, Some(Ok(()))) && !buffer.filled().is_empty()
    }

    /// Goes on with `next` until the session needs something else.
    pub(crate) async fn turn(
        &mut self,
        session: &mut Session,
        mut next: Next,
        clock: &Clock,
        shutdown: &CancellationToken,
    ) -> Turn {
        loop {
            next = match next {
                Next::Read => match self.feed(session, clock) {
                    Next::Read if session.has_rejections() => return Turn::Note,
                    Next::Read => match self.exchange(session, clock, shutdown).await {
                        Ok(next) => next,
                        Err(_) => return Turn::Over,
                    },
                    next => next,
                },
                Next::Ask(question) => {
                    // A delivery or a check may take its time, and the client may be waiting for what was said.
                    let is_quick = matches!(question, Question::Availability | Question::Resolve(_));
                    if (!is_quick || session.output().len() > MAX_GATHERED_BYTES) && self.send(session).await.is_err() {
                        return Turn::Over;
                    }
                    return Turn::Ask(question);
                }
                Next::Pause(length) => {
                    tokio::select! {
                        () = sleep(length) => {}
                        () = shutdown.cancelled() => {}
                    }
                    Next::Read
                }
                Next::StartTls => return if self.send(session).await.is_ok() { Turn::StartTls } else { Turn::Over },
                Next::Quit => {
                    if self.send(session).await.is_ok() {
                        let _ = timeout(LINGER, self.stream.shutdown()).await;
                    }
                    return Turn::Over;
                }
                Next::Close => {
                    if self.send(session).await.is_ok() {
                        let _ = timeout(LINGER, self.linger()).await;
                    }
                    return Turn::Over;
                }
            }
        }
    }

    /// Gives the session what was read.
    fn feed(&mut self, session: &mut Session, clock: &Clock) -> Next {
        let was_message = session.is_reading_message();
        let (used, next) = session.feed(self.input.get(self.start..).unwrap_or_default(), clock.now());
        self.start += used;
        if was_message && used > 0 {
            // Octets earn time, but never more than a command has: who stalls is cut off soon, however fast he was.
            let most = Instant::now() + self.pace.command;
            self.deadline = match (used as u64 * 1_000).checked_div(self.pace.min_rate) {
                Some(earned) => most.min(self.deadline + Duration::from_millis(earned)),
                // No rate is asked for: only silence is too slow.
                None => most,
            };
        }
        if self.start == self.input.len() {
            self.input.clear();
            self.start = 0;
            if !session.is_reading_message() {
                self.input.shrink_to(READ_BYTES);
            }
        }
        next
    }

    /// Sends the replies and waits for input.
    async fn exchange(
        &mut self,
        session: &mut Session,
        clock: &Clock,
        shutdown: &CancellationToken,
    ) -> io::Result<Next> {
        self.send(session).await?;
        self.make_room();
        let deadline = self.stop_at.map_or(self.deadline, |stop_at| stop_at.min(self.deadline));
        tokio::select! {
            biased;
            () = shutdown.cancelled(), if self.stop_at.is_none() => {
                self.stop_at = Some(Instant::now() + STOP_GRACE);
                Ok(session.stop(clock.now()))
            }
            read = self.stream.read_buf(&mut self.input) => {
                if read? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                self.is_bulk = session.is_reading_message() && self.input.len() == self.input.capacity();
                Ok(Next::Read)
            }
            () = sleep_until(deadline) => Ok(session.timed_out(clock.now())),
        }
    }

    /// Sends what the session said, in one piece. The next command's time begins.
    async fn send(&mut self, session: &mut Session) -> io::Result<()> {
        if session.output().is_empty() {
            return Ok(());
        }
        let deadline = Instant::now() + self.pace.command;
        timeout_at(deadline, async {
            self.stream.write_all(session.output()).await?;
            self.stream.flush().await
        })
        .await??;
        session.sent();
        self.deadline = Instant::now() + self.pace.command;
        Ok(())
    }

    /// Makes the buffer ready to be read into: small, unless a message keeps filling it.
    fn make_room(&mut self) {
        self.input.drain(..self.start);
        self.start = 0;
        let room = if self.is_bulk { BULK_READ_BYTES } else { READ_BYTES };
        self.input.reserve(room.saturating_sub(self.input.len()).max(1024));
    }

    /// Closes our half, and reads on for a moment: to close with octets unread would make the kernel send a reset,
    /// which can overtake the last reply.
    async fn linger(&mut self) -> io::Result<()> {
        self.stream.shutdown().await?;
        tokio::io::copy(&mut (&mut self.stream).take(LINGER_BYTES), &mut tokio::io::sink()).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
