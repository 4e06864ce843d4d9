//! One AUTH command from its mechanism to its outcome.

use super::{bearer, cram_md5, login, plain, scram};
use crate::config::AuthPolicy;
use crate::inboxes::Login;
use crate::model::Secret;
use crate::smtp::command::Mechanism;
use crate::smtp::reply::{self, Reply};

/// What the exchanges need to know about the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checks<'a> {
    pub(crate) policy: AuthPolicy,
    pub(crate) hostname: &'a str,
    /// Unpredictable text, new for each exchange.
    pub(crate) nonce: &'a str,
    pub(crate) salt_key: &'a [u8; 32],
}

/// Where an exchange stands: what the client's next response means.
#[derive(Debug)]
pub(crate) enum Exchange {
    Plain,
    Login(login::Login),
    CramMd5(cram_md5::CramMd5),
    Scram(Box<scram::Scram>),
    Bearer(bearer::Bearer),
}

/// What an exchange comes to after a response or an answer.
#[derive(Debug)]
pub(crate) enum Step {
    /// `334` with this, in base64; then comes a response.
    Challenge(Exchange, Vec<u8>),
    /// It failed for this identity: `334` says why, and the client acknowledges it. Spec: RFC 7628 §3.2.3.
    Explain(Exchange, String, Vec<u8>),
    /// The failure that was explained is final.
    Acknowledged(String),
    /// The services must say whether this is so; the answer goes to [`Exchange::checked`].
    Password(Exchange, String, Secret),
    /// The services must say what this user's secret is; the answer goes to [`cram_md5::CramMd5::verify`].
    SharedSecret(cram_md5::CramMd5),
    /// The services must derive this user's keys; the answer goes to [`scram::Scram::keys`].
    ScramKeys(Box<scram::Scram>),
    Accept(Login),
    /// The identity that was claimed, where it is known, and the reply.
    Refuse(Option<String>, Reply),
}

impl Exchange {
    pub(crate) fn new(mechanism: Mechanism, checks: &Checks<'_>) -> Self {
        match mechanism {
            Mechanism::Plain => Self::Plain,
            Mechanism::Login => Self::Login(login::Login::Username),
            Mechanism::CramMd5 => Self::CramMd5(cram_md5::CramMd5::new(checks)),
            Mechanism::ScramSha256 => Self::Scram(Box::new(scram::Scram::new(checks))),
            Mechanism::Xoauth2 => Self::Bearer(bearer::Bearer::Xoauth2),
            Mechanism::OauthBearer => Self::Bearer(bearer::Bearer::Oauth),
        }
    }

    /// What the server says first when the client gave no initial response; empty where the client begins.
    pub(crate) fn invitation(&self) -> Vec<u8> {
        match self {
            Self::Login(login) => login.prompt().to_vec(),
            Self::CramMd5(cram_md5) => cram_md5.challenge().to_vec(),
            Self::Plain | Self::Scram(_) | Self::Bearer(_) => Vec::new(),
        }
    }

    /// Whether AUTH may carry an initial response. Spec: RFC 4954 §4: not where the server begins.
    pub(crate) const fn takes_initial(&self) -> bool {
        !matches!(self, Self::CramMd5(_))
    }

    /// The client's response, decoded.
    pub(crate) fn respond(self, response: &[u8], checks: &Checks<'_>) -> Step {
        match self {
            Self::Plain => plain::respond(response, checks),
            Self::Login(login) => login.respond(response, checks),
            Self::CramMd5(cram_md5) => cram_md5.respond(response, checks),
            Self::Scram(scram) => scram.respond(response, checks),
            Self::Bearer(bearer) => bearer.respond(response, checks),
        }
    }

    /// What the services said about a password or token.
    pub(crate) fn checked(self, username: String, login: Option<Login>) -> Step {
        match (login, self) {
            (Some(login), _) => Step::Accept(login),
            (None, Self::Bearer(bearer)) => bearer.refused(username),
            (None, _) => Step::Refuse(Some(username), reply::AUTH_FAILED),
        }
    }
}

/// A user name and a password: taken as they are, or to be checked.
pub(super) fn credentials(exchange: Exchange, username: &str, password: &str, checks: &Checks<'_>) -> Step {
    if checks.policy == AuthPolicy::Any {
        return Step::Accept(unverified(username));
    }
    if username.is_empty() || password.is_empty() {
        return exchange.checked(username.to_owned(), None);
    }
    Step::Password(exchange, username.to_owned(), Secret::new(password))
}

/// The login of whoever came while the policy is to take anyone.
pub(super) fn unverified(identity: &str) -> Login {
    Login { identity: identity.to_owned(), inbox: None, verified: false }
}

/// A response that the mechanism has no meaning for.
pub(super) const fn malformed() -> Step {
    Step::Refuse(None, reply::AUTH_SYNTAX)
}
