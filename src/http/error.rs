//! HTTP's voice for the errors of the services: the one table.

use super::Code;
use super::problem::Problem;
use crate::auth;
use crate::inboxes::Error;
use crate::store;

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::NotFound { .. } => Self::new(Code::NotFound, text),
            Error::Expired { at } => {
                let detail = at.map_or(text, |at| format!("the inbox expired at {at}"));
                Self::new(Code::Expired, detail)
                    .hint("its messages are gone; create a new inbox, or give it a longer ttl_s next time")
            }
            Error::Narrowed { .. } => Self::new(Code::KeyNarrowed, text).hint("use a key that is narrowed to less"),
            Error::RootOnly => Self::new(Code::RootOnly, text).hint("show the key of the setting http.root_key"),
            Error::NameTaken => Self::new(Code::NameTaken, text),
            Error::DomainTaken => Self::new(Code::DomainTaken, text).hint("GET /v1/projects tells which"),
            Error::ProjectNotEmpty => Self::new(Code::ProjectNotEmpty, text).hint("force=true removes them with it"),
            Error::TooManyInboxes { .. } => {
                Self::new(Code::OverQuota, text).hint("delete some, or raise quotas.max_inboxes of the project")
            }
            Error::Frozen => Self::new(Code::InboxFrozen, text).hint("set its state to active first"),
            Error::AddressTaken { .. } => Self::new(Code::AddressTaken, text)
                .hint("PUT /v1/inboxes/by-address/{address} gives the inbox that has it"),
            Error::ClientRefConflict => Self::new(Code::ClientRefConflict, text)
                .hint("send the same settings as the first time, or use another client_ref"),
            Error::DomainNotHosted { .. } => {
                Self::new(Code::DomainNotHosted, text).hint("the setting is inboxes.domains")
            }
            Error::AlreadyExists { .. } => Self::new(Code::AlreadyExists, text),
            Error::NotEmpty => {
                Self::new(Code::FolderNotEmpty, text).hint("move or delete its messages first: POST /v1/messages/batch")
            }
            Error::Protected => Self::new(Code::FolderProtected, text),
            Error::OverQuota { .. } => Self::new(Code::OverQuota, text)
                .hint("empty the inbox, raise its quota, or set on_full to evict_oldest"),
            Error::TooLarge { .. } => {
                Self::new(Code::PayloadTooLarge, text).hint("the setting is smtp.max_message_bytes")
            }
            Error::Invalid { pointer, reason } => {
                Self::new(Code::ValidationFailed, reason.clone()).error(pointer, "invalid", reason)
            }
            Error::CursorInvalid { .. } => Self::new(Code::CursorInvalid, text.clone())
                .error("/since", "cursor_invalid", text)
                .hint("take the cursor of this inbox from GET /v1/inboxes/{inbox}"),
            Error::Changed => Self::new(Code::PreconditionFailed, text).hint("get it again, and send the new ETag"),
            Error::TooManyWaits { setting, .. } => Self::new(Code::TooManyWaits, text)
                .hint(format!(
                    "let some of them end, or wait on many inboxes with one call of POST /v1/wait, or raise {setting}"
                ))
                .retry_after_s(1),
            Error::Denied => Self::new(Code::Unauthenticated, text),
            Error::DiskFull => Self::new(Code::StorageFull, text).retry_after_s(10),
            Error::StoreClosed => Self::new(Code::StorageBusy, text).retry_after_s(10),
            Error::Store(cause) => {
                // Logged once, here; the caller learns that it was not their fault.
                tracing::error!(error = %cause, "the store failed under a request");
                let told = Self::new(Code::StorageBusy, "the store failed; the server's log says why").retry_after_s(1);
                // It says so of a write that did not come to its COMMIT; of a read that failed after one it does not.
                if matches!(*cause, store::Error::Unavailable) { told.undone() } else { told }
            }
        }
    }
}

impl From<auth::Error> for Problem {
    fn from(error: auth::Error) -> Self {
        use auth::Error as Refused;
        let text = error.to_string();
        match error {
            Refused::Wrong => Self::new(Code::Unauthenticated, text)
                .hint("send the header Authorization: Bearer KEY; the first key is the setting http.root_key (RESTANTE_ROOT_KEY)"),
            Refused::Expired => {
                Self::new(Code::Unauthenticated, text).hint("make a new one, or rotate it and use the secret that gives")
            }
            Refused::Throttled { retry_after_s } => {
                Self::new(Code::RateLimited, text).retry_after_s(retry_after_s)
            }
            Refused::NotFound { .. } => Self::new(Code::NotFound, text),
            Refused::Escalation { .. } => {
                Self::new(Code::ScopeEscalation, text).hint("make it with a wider key, or with the root key")
            }
            Refused::Invalid { pointer, reason } => Self::invalid(pointer, "invalid", reason),
            Refused::NoRandomness => {
                tracing::error!("no random numbers can be had: no key was made");
                Self::internal()
            }
            Refused::Store(cause) => Error::from(cause).into(),
        }
    }
}
