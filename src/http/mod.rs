//! The REST API: the accept loop, the guards before the router, the router, and the one form of every error.

mod body;
mod caller;
mod code;
mod docs;
mod effects;
mod error;
mod front;
pub mod guard;
mod idempotency;
mod idempotency_docs;
mod idempotency_key;
mod json;
mod key;
mod limit;
mod needs;
mod octets;
mod openapi;
mod paced;
mod path;
mod preconditions;
mod prefer;
mod probe;
mod problem;
mod query;
mod router;
mod serve;
mod state;
mod v1;

pub use body::{TooSlow, is_too_slow};
pub use code::Code;
pub use needs::BadSecurity;
pub use openapi::{Version as OpenapiVersion, text as openapi_text};
pub use problem::{FieldError, Problem};
pub use router::{description, router};
pub use serve::serve;
pub use state::{Doors, Shared, State};

#[cfg(test)]
mod tests;
