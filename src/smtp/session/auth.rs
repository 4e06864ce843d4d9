//! AUTH. Spec: RFC 4954 §4.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::core::Session;
use super::next::{Next, Question};
use super::state::State;
use crate::inboxes::{Error, Login};
use crate::model::Secret;
use crate::model::receipt::Stage;
use crate::smtp::auth::scram::Keys;
use crate::smtp::auth::{Checks, CramMd5, Exchange, Scram, Step};
use crate::smtp::command::Mechanism;
use crate::smtp::reply::{self, Reply};

/// Senders that leave the padding out are understood.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl Session {
    pub(super) fn auth(&mut self, mechanism: Option<Mechanism>, initial: Option<&str>) -> Next {
        if self.login.is_some() || self.hello.is_none() || self.state.in_transaction() {
            return self.fail(&reply::BAD_SEQUENCE.saying("AUTH comes once, after EHLO and before MAIL"));
        }
        let Some(mechanism) = mechanism else { return self.spoilt(&reply::AUTH_UNKNOWN) };
        if !self.is_protected_enough(mechanism) {
            return self.spoilt(&reply::AUTH_NEEDS_TLS);
        }
        let nonce = (self.rules.nonce)();
        let exchange = self.with_checks(&nonce, |checks| Exchange::new(mechanism, checks));
        match initial {
            None | Some("") => self.challenge(mechanism, Box::new(exchange), None),
            Some(_) if !exchange.takes_initial() => self.spoilt(&reply::AUTH_SYNTAX),
            // RFC 4954 §4: "=" is a response that is empty, none is none.
            Some("=") => self.respond(mechanism, exchange, &[]),
            Some(initial) => self.decoded(mechanism, exchange, initial.as_bytes()),
        }
    }

    /// The client's response to a challenge.
    pub(super) fn auth_response(&mut self, response: &[u8]) -> Next {
        let State::Auth(mechanism, exchange) = std::mem::replace(&mut self.state, State::Ready) else {
            return self.fail(&reply::BAD_SEQUENCE);
        };
        if response == b"*" {
            self.hear("*");
            return self.fail(&reply::AUTH_CANCELLED);
        }
        self.hear("***");
        self.decoded(mechanism, *exchange, response)
    }

    pub(super) fn password_answered(
        &mut self,
        mechanism: Mechanism,
        exchange: Exchange,
        username: String,
        login: Result<Login, Error>,
    ) -> Next {
        match login {
            Ok(login) => self.step_on(mechanism, exchange.checked(username, Some(login))),
            Err(Error::Denied | Error::NotFound { .. }) => self.step_on(mechanism, exchange.checked(username, None)),
            Err(error) => self.cannot_check(&error),
        }
    }

    pub(super) fn secret_answered(
        &mut self,
        mechanism: Mechanism,
        exchange: CramMd5,
        known: Result<Option<(Secret, Login)>, Error>,
    ) -> Next {
        match known {
            Ok(known) => self.step_on(mechanism, exchange.verify(known)),
            Err(error) => self.cannot_check(&error),
        }
    }

    pub(super) fn keys_answered(
        &mut self,
        mechanism: Mechanism,
        exchange: Box<Scram>,
        keys: Result<(Keys, Option<Login>), Error>,
    ) -> Next {
        match keys {
            Ok((keys, login)) => self.step_on(mechanism, exchange.keys(keys, login, self.rules.section.auth)),
            Err(error) => self.cannot_check(&error),
        }
    }

    fn decoded(&mut self, mechanism: Mechanism, exchange: Exchange, base64: &[u8]) -> Next {
        match BASE64.decode(base64) {
            Ok(response) => self.respond(mechanism, exchange, &response),
            Err(_) => self.spoilt(&reply::AUTH_SYNTAX),
        }
    }

    fn respond(&mut self, mechanism: Mechanism, exchange: Exchange, response: &[u8]) -> Next {
        let step = self.with_checks("", |checks| exchange.respond(response, checks));
        self.step_on(mechanism, step)
    }

    fn step_on(&mut self, mechanism: Mechanism, step: Step) -> Next {
        match step {
            Step::Challenge(exchange, challenge) => self.challenge(mechanism, Box::new(exchange), Some(&challenge)),
            // Counted now: a client that guesses has no need to acknowledge.
            Step::Explain(exchange, identity, why) => {
                self.count_failure(&identity);
                self.challenge(mechanism, Box::new(exchange), Some(&why))
            }
            Step::Acknowledged(identity) => self.auth_refused(Some(identity), &reply::AUTH_FAILED),
            Step::Accept(login) => {
                self.login = Some((mechanism.name(), login));
                self.reached(Stage::Auth);
                self.say(&reply::AUTHENTICATED)
            }
            Step::Refuse(identity, reply) if reply.code == 535 => self.auth_failed(identity, &reply),
            Step::Refuse(_, reply) => self.spoilt(&reply),
            Step::Password(exchange, username, password) => {
                if self.is_throttled(&username) {
                    return self.auth_failed(None, &reply::AUTH_THROTTLED);
                }
                self.state = State::AskedPassword(mechanism, Box::new(exchange), username.clone());
                Next::Ask(Question::Password { username, password })
            }
            Step::SharedSecret(exchange) => {
                let username = exchange.username().to_owned();
                if self.is_throttled(&username) {
                    return self.auth_failed(None, &reply::AUTH_THROTTLED);
                }
                self.state = State::AskedSharedSecret(mechanism, Box::new(exchange));
                Next::Ask(Question::SharedSecret { username })
            }
            Step::ScramKeys(exchange) => {
                let (username, salt) = (exchange.username().to_owned(), exchange.salt().clone());
                if self.is_throttled(&username) {
                    return self.auth_failed(None, &reply::AUTH_THROTTLED);
                }
                self.state = State::AskedScramKeys(mechanism, exchange);
                Next::Ask(Question::ScramKeys { username, salt })
            }
        }
    }

    /// Says `334` with `challenge`, or with what the mechanism begins with.
    fn challenge(&mut self, mechanism: Mechanism, exchange: Box<Exchange>, challenge: Option<&[u8]>) -> Next {
        let text = match challenge {
            Some(challenge) => BASE64.encode(challenge),
            None => BASE64.encode(exchange.invitation()),
        };
        self.state = State::Auth(mechanism, exchange);
        self.say(&Reply::plain(334, "").saying(text))
    }

    fn auth_failed(&mut self, identity: Option<String>, reply: &Reply) -> Next {
        if let Some(identity) = &identity {
            self.count_failure(identity);
        }
        self.auth_refused(identity, reply)
    }

    fn count_failure(&self, identity: &str) {
        self.rules.throttle.failed(self.limited_address(), identity, self.now);
    }

    /// Says `reply` after a pause that grows, and closes after the third failure.
    fn auth_refused(&mut self, identity: Option<String>, reply: &Reply) -> Next {
        self.is_auth_spoilt = true;
        self.reject(Stage::Auth, reply, "auth", identity, None);
        let (pause, is_last) = self.budget.auth_failure();
        self.say(reply);
        if is_last {
            self.close_with(&reply::AUTH_TOO_MANY);
        }
        Next::Pause(pause)
    }

    /// The check itself failed: the client may try again. Spec: RFC 4954 §6.
    fn cannot_check(&mut self, error: &Error) -> Next {
        let reply = Reply { code: 454, enhanced: Some([4, 7, 0]), ..reply::for_error(error) };
        self.refuse(&reply)
    }

    /// Says `reply` to an exchange that ends in disorder.
    pub(super) fn spoilt(&mut self, reply: &Reply) -> Next {
        self.is_auth_spoilt = true;
        self.fail(reply)
    }

    fn is_throttled(&self, username: &str) -> bool {
        !self.rules.throttle.allows(self.limited_address(), username, self.now)
    }

    /// The client's address, unless no limit holds for it.
    fn limited_address(&self) -> Option<std::net::IpAddr> {
        let address = self.link.peer.ip();
        (self.rules.section.limit_loopback || !address.to_canonical().is_loopback()).then_some(address)
    }

    fn with_checks<T>(&self, nonce: &str, work: impl FnOnce(&Checks<'_>) -> T) -> T {
        let section = &self.rules.section;
        let policy = section.auth;
        work(&Checks { policy, hostname: &section.hostname, nonce, salt_key: &self.rules.salt_key })
    }
}
