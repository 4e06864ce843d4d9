//! The client that the arguments and the environment describe.

use restante_client::{Client, Config, Error};

use super::args::Server;

impl Server {
    /// The client. Nothing is sent yet.
    pub(super) fn client(&self) -> Result<Client, Error> {
        let mut config = Config::from_env();
        if let Some(url) = &self.url {
            config.url.clone_from(url);
        }
        if let Some(key) = &self.key {
            config.key = Some(key.clone());
        }
        Client::with(config)
    }
}
