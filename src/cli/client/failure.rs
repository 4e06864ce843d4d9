//! The one table from what went wrong to the exit code, and where it is told.

use restante_client::Error;

use crate::cli::exit::Exit;

/// Tells a person on standard error what went wrong, and gives a script the code.
pub(super) fn failed(failure: &anyhow::Error) -> Exit {
    eprintln!("restante: {failure:#}");
    failure.downcast_ref::<Error>().map_or(Exit::Error, exit_of)
}

pub(super) fn exit_of(error: &Error) -> Exit {
    match error {
        Error::Config(_) => Exit::Usage,
        Error::Unreachable { .. } | Error::Unavailable(_) => Exit::Unreachable,
        Error::WaitTimeout(_) | Error::CountExceeded(_) => Exit::Timeout,
        Error::NoCode(_) | Error::NoLink(_) | Error::AmbiguousCode { .. } => Exit::NoCode,
        Error::Auth(_) => Exit::Auth,
        _ => Exit::Error,
    }
}
