//! Who may call the API, decided before anything listens.

use std::net::SocketAddr;

use super::{AuthMode, Error, HttpSection};

impl HttpSection {
    /// `Open` or `Key`: what `auto` means for these listeners, and whether it may stand.
    ///
    /// # Errors
    /// [`Error::OpenToOthers`] or [`Error::NoKey`].
    pub fn decide_auth(&self) -> Result<AuthMode, Error> {
        let exposed = self.listen.iter().find(|address| !is_loopback(address));
        let mode = match self.auth {
            AuthMode::Auto if exposed.is_none() && self.root_key.is_none() => AuthMode::Open,
            AuthMode::Auto => AuthMode::Key,
            decided => decided,
        };
        match (mode, exposed) {
            (AuthMode::Open, Some(listen)) if !self.allow_open => {
                Err(Error::OpenToOthers { listen: listen.to_string() })
            }
            (AuthMode::Key, _) if self.root_key.is_none() => Err(Error::NoKey),
            _ => Ok(mode),
        }
    }
}

/// Whether only this machine can reach the address; IPv6 spellings of IPv4 addresses are seen through.
fn is_loopback(address: &SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}
