//! What every handler is given.

use std::net::SocketAddr;
use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::task::TaskTracker;

use crate::auth::Auth;
use crate::config::HttpSection;
use crate::inboxes::Inboxes;
use crate::net::TlsServer;
use crate::store::Store;

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub struct State(Arc<Shared>);

/// See [`State`].
pub struct Shared {
    /// The service.
    pub inboxes: Inboxes,
    /// The store, for its health only.
    pub store: Store,
    /// The settings of this front-end.
    pub section: HttpSection,
    /// Who may call.
    pub auth: Auth,
    /// Where mail is taken, for those who ask.
    pub doors: Doors,
    /// Who this server is where it speaks TLS.
    pub tls: TlsServer,
    /// Where work goes on whose client has gone; awaited at shutdown.
    pub tasks: TaskTracker,
    /// What has been counted.
    pub metrics: Option<PrometheusHandle>,
}

/// Where mail is taken.
#[derive(Clone, Debug, Default)]
pub struct Doors {
    /// The host that clients are told.
    pub host: String,
    /// SMTP with STARTTLS.
    pub smtp: Vec<SocketAddr>,
    /// SMTP over TLS.
    pub smtp_tls: Vec<SocketAddr>,
    /// LMTP.
    pub lmtp: Vec<SocketAddr>,
}

impl State {
    /// The state of one server.
    #[must_use]
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl std::ops::Deref for State {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
