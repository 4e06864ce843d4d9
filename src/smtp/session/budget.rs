//! What a client may do wrong before it is slowed down and sent away.

use std::time::Duration;

/// Errors after which each further one costs a pause.
const SOFT_ERRORS: u32 = 10;
/// Errors after which the session ends.
const HARD_ERRORS: u32 = 20;
/// How long an error costs beyond the soft limit.
const ERROR_PAUSE: Duration = Duration::from_secs(1);
/// Commands that bring no mail, between two messages.
const MAX_IDLE_COMMANDS: u32 = 100;
/// Lines that are too long, in a session.
const MAX_LONG_LINES: u32 = 3;
/// Failures to authenticate, in a session.
const MAX_AUTH_FAILURES: u32 = 3;

/// The counts of a session.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Budget {
    errors: u32,
    idle_commands: u32,
    long_lines: u32,
    auth_failures: u32,
}

/// How the session goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    GoOn,
    /// After this pause.
    Slower(Duration),
    Close,
}

impl Budget {
    pub(super) const fn error(&mut self) -> Verdict {
        self.errors += 1;
        if self.errors >= HARD_ERRORS {
            Verdict::Close
        } else if self.errors > SOFT_ERRORS {
            Verdict::Slower(ERROR_PAUSE)
        } else {
            Verdict::GoOn
        }
    }

    pub(super) const fn idle_command(&mut self) -> Verdict {
        self.idle_commands += 1;
        if self.idle_commands > MAX_IDLE_COMMANDS { Verdict::Close } else { Verdict::GoOn }
    }

    pub(super) const fn long_line(&mut self) -> Verdict {
        self.long_lines += 1;
        if self.long_lines >= MAX_LONG_LINES { Verdict::Close } else { Verdict::GoOn }
    }

    /// The pause before the reply (1, 2, 4 s), and whether it was the last failure that is heard.
    pub(super) const fn auth_failure(&mut self) -> (Duration, bool) {
        let pause = Duration::from_secs(1 << if self.auth_failures < 2 { self.auth_failures } else { 2 });
        self.auth_failures += 1;
        (pause, self.auth_failures >= MAX_AUTH_FAILURES)
    }

    /// A message was stored: who brings mail may go on.
    pub(super) const fn mail_came(&mut self) {
        self.errors = 0;
        self.idle_commands = 0;
    }
}
