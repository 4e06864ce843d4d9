//! Who may call: keys and what they open, wrong ones slowed down, and the log of who changed what.

mod audit;
mod check;
mod error;
mod keys;
mod recent;
mod service;
mod throttle;
mod token;

pub use audit::Line;
pub use error::Error;
pub use keys::{Made, NewKey};
pub use service::Auth;
pub use token::looks_like_one;
