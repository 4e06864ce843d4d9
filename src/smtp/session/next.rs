//! What a session wants of its driver, and what it is told.

use std::time::Duration;

use crate::inboxes::{Delivery, Error, Login, Refusal, Route};
use crate::model::{Address, MessageId, Secret};
use crate::smtp::auth::scram::{Keys, Salt};

/// What the driver does next, after it has sent the output where it must wait.
#[derive(Debug)]
pub enum Next {
    /// Read more; all that could be used is used.
    Read,
    /// Ask the services, and give the answer to [`super::Session::answer`].
    Ask(Question),
    /// Wait this long before the output is sent and the rest is fed.
    Pause(Duration),
    /// Send the output, drop what is left of the input, and start TLS.
    StartTls,
    /// Send the output and close: the client said goodbye.
    Quit,
    /// Send the output and close, while the client may still be sending.
    Close,
}

/// A question to the services.
#[derive(Debug)]
pub enum Question {
    /// May mail be taken now?
    Availability,
    /// Where does this forward-path lead?
    Resolve(Address),
    /// Is this the password?
    Password {
        /// A name that was claimed.
        username: String,
        /// Password or token.
        password: Secret,
    },
    /// What is the secret of this user?
    SharedSecret {
        /// A name that was claimed.
        username: String,
    },
    /// What are the SCRAM keys of this user with this salt?
    ScramKeys {
        /// A name that was claimed.
        username: String,
        /// To be mixed into the password.
        salt: Salt,
    },
    /// Store this.
    Deliver(Box<Delivery>),
}

/// The answer to the [`Question`] of the same place in this list.
#[derive(Debug)]
pub enum Answer {
    /// `None` is yes.
    Availability(Option<Error>),
    /// The route, or why there is none.
    Resolve(Result<Route, Refusal>),
    /// Who it is.
    Password(Result<Login, Error>),
    /// `None` for an unknown user.
    SharedSecret(Result<Option<(Secret, Login)>, Error>),
    /// Keys for every user; without a login they are keys that nobody has.
    ScramKeys(Result<(Keys, Option<Login>), Error>),
    /// The ids, after the synced commit.
    Deliver(Result<Vec<MessageId>, Error>),
}
