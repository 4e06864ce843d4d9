//! What all sessions of the server share.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use ring::rand::{SecureRandom as _, SystemRandom};

use super::auth::Throttle;
use super::in_flight::InFlight;
use crate::config::SmtpSection;

/// The settings, and what must be one for all connections.
#[derive(Debug)]
pub struct Rules {
    /// `[smtp]`
    pub section: SmtpSection,
    /// Whether STARTTLS is on offer.
    pub starttls: bool,
    /// The memory of all messages under way.
    pub in_flight: Arc<InFlight>,
    /// Failures of AUTH, over all connections.
    pub throttle: Throttle,
    /// Makes the salts of SCRAM; new with each start.
    pub salt_key: [u8; 32],
    /// Makes text that nobody can foresee and that AUTH may carry: no comma, no `=`.
    pub nonce: fn() -> String,
}

impl Rules {
    /// The rules of `section`.
    #[must_use]
    pub fn new(section: SmtpSection, starttls: bool) -> Self {
        // A message of the largest size must always find room, when it is alone.
        let in_flight = InFlight::new(section.max_in_flight_bytes.max(section.max_message_bytes));
        Self { section, starttls, in_flight, throttle: Throttle::default(), salt_key: random(), nonce: random_text }
    }
}

fn random_text() -> String {
    BASE64.encode(random::<18>())
}

fn random<const N: usize>() -> [u8; N] {
    let mut octets = [0; N];
    // The system's generator does not fail once it has started; a zero would only make a challenge repeat.
    if SystemRandom::new().fill(&mut octets).is_err() {
        tracing::error!("the system gives no random numbers");
    }
    octets
}
