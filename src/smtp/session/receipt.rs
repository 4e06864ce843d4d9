//! What is noted of a session: beside a message that is stored, and of what was refused.

use super::core::{Protocol, Session};
use super::state::{State, Transaction};
use crate::inboxes::Rejection;
use crate::model::envelope::Envelope;
use crate::model::receipt::{AuthFacts, Lint, Receipt, SessionFacts, Side, Stage, Via};
use crate::smtp::command::Greeting;
use crate::smtp::reply::Reply;

impl Session {
    /// The receipt of a transaction whose data is complete.
    pub(super) fn receipt(&mut self, transaction: Transaction, octet_lints: Vec<Lint>) -> Receipt {
        let mut lints = transaction.lints;
        lints.extend(octet_lints);
        if self.bare_lf_lines > 0 {
            lints.push(Lint::CommandBareLf { count: self.bare_lf_lines });
        }
        let mut stages = self.stages.clone();
        stages.extend(transaction.stages);
        Receipt {
            via: match self.link.protocol {
                Protocol::Smtp => Via::Smtp,
                Protocol::Lmtp => Via::Lmtp,
            },
            envelope: Envelope {
                reverse_path: transaction.reverse_path,
                recipients: transaction.recipients,
                mail: transaction.mail,
            },
            session: Some(self.facts()),
            stages,
            lints,
            transcript: self.transcript.take(),
        }
    }

    fn facts(&self) -> SessionFacts {
        SessionFacts {
            peer: self.link.peer,
            local: self.link.local,
            helo: self.helo(),
            extended: self.hello.as_ref().is_some_and(|(greeting, _)| *greeting != Greeting::Helo),
            tls: self.link.tls.clone(),
            auth: self.login.as_ref().map(|(mechanism, login)| AuthFacts {
                mechanism: (*mechanism).to_owned(),
                identity: login.identity.clone(),
                verified: login.verified,
            }),
        }
    }

    /// Notes a refusal, so that who waits in vain can be told.
    pub(super) fn reject(
        &mut self,
        stage: Stage,
        reply: &Reply,
        cause: &'static str,
        envelope_from: Option<String>,
        envelope_to: Option<String>,
    ) {
        self.rejections.push(Rejection {
            at: self.now,
            stage,
            reply: reply.to_string(),
            cause,
            envelope_from,
            envelope_to,
            helo: self.helo(),
            peer: self.link.peer,
        });
    }

    /// Whom the current transaction is from.
    pub(super) fn sender(&self) -> Option<String> {
        match &self.state {
            State::Envelope(transaction) => Some(transaction.reverse_path.to_string()),
            _ => None,
        }
    }

    /// Notes that a stage of the session was reached, the last time counting.
    pub(super) fn reached(&mut self, stage: Stage) {
        self.stages.retain(|(known, _)| *known != stage);
        self.stages.push((stage, self.now));
    }

    /// Notes TLS in the transcript, where it is in use.
    pub(super) fn note_tls(&mut self) {
        if let Some(tls) = &self.link.tls {
            let text = format!("<{} {}>", tls.version, tls.cipher);
            self.transcript.add(self.now, Side::Server, &text);
        }
    }

    fn helo(&self) -> Option<String> {
        self.hello.as_ref().map(|(_, name)| name.clone())
    }
}
