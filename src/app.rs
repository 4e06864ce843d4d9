//! The one assembly function: builds everything, starts and stops in order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::Auth;
use crate::config::{self, AuthMode, Config, HttpSection, SmtpSection};
use crate::events::Bus;
use crate::http::{self, Doors};
use crate::inboxes::{Inboxes, SealKey, WaitLimits, listen};
use crate::model::Clock;
use crate::net::{self, BindError, Certificate, Door, Gate, Limits, Listener, TlsError, TlsServer};
use crate::retention::Retention;
use crate::smtp::{self, Protocol};
use crate::store::{self, Location, Store};

/// The application while it runs.
#[derive(Debug)]
pub struct Running {
    /// Where SMTP listens.
    pub smtp: Vec<SocketAddr>,
    /// Where SMTP over TLS listens.
    pub smtp_tls: Vec<SocketAddr>,
    /// Where LMTP listens.
    pub lmtp: Vec<SocketAddr>,
    /// Where the API listens.
    pub http: Vec<SocketAddr>,
    /// SHA-256 of the certificate, in hexadecimal.
    pub tls_fingerprint: String,
    /// The certificate, which can be read again while everything runs.
    pub tls: TlsServer,
    store: Store,
    tasks: TaskTracker,
    shutdown: CancellationToken,
}

/// Why the application cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A listener cannot be opened.
    #[error("{setting}")]
    Bind {
        /// The setting that names the address.
        setting: &'static str,
        /// What is wrong with it.
        #[source]
        cause: BindError,
    },
    /// The settings do not go together.
    #[error(transparent)]
    Config(#[from] config::Error),
    /// The certificate cannot be read or made.
    #[error("tls")]
    Tls(#[from] TlsError),
    /// The store cannot be opened.
    #[error("store")]
    Store(#[from] store::Error),
    /// The key of the stored secrets cannot be read or made.
    #[error("the key file {path} cannot be used")]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// A name of the settings is no host name.
    #[error("http.allowed_hosts")]
    Host(#[from] http::guard::BadHostName),
    /// An origin of the settings is none.
    #[error("http.cors_origins")]
    Origin(#[from] http::guard::BadOrigin),
    /// The API does not say who may call an operation.
    #[error("the API")]
    Security(#[from] http::BadSecurity),
    /// No folder was chosen for the data.
    #[error("store.data: no folder is named")]
    NoFolder,
}

/// What a client above the limits reads. Spec: RFC 5321 §3.1.
const SMTP_BUSY: &[u8] = b"421 4.7.0 too many connections, try again later\r\n";
/// Longest wait for connections at the end; what still runs then is cut.
const LAST_CONNECTIONS: Duration = Duration::from_millis(8_500);

/// Starts everything; returns when the first request can be answered.
///
/// When `shutdown` is cancelled, listeners close at once and what is under way may end; see [`Running::stopped`].
///
/// # Errors
/// [`Error`] says what is in the way.
pub async fn start(config: Config, clock: Clock, shutdown: CancellationToken) -> Result<Running, Error> {
    // Ports first: whoever started a second server learns it before anything is written.
    let smtp = bind("smtp.listen", &config.smtp.listen)?;
    let smtp_tls = bind("smtp.listen_tls", &config.smtp.listen_tls)?;
    let lmtp = bind("smtp.listen_lmtp", &config.smtp.listen_lmtp)?;
    let http = bind("http.listen", &config.http.listen)?;
    let auth = config.http.decide_auth()?;
    let folder = config.store.data.clone().ok_or(Error::NoFolder)?;
    let tls = TlsServer::open(certificate(&config, &folder), clock.clone())?;
    let location = match &config.store.url {
        Some(url) => Location::Postgres(url.clone()),
        None => Location::Folder(folder.clone()),
    };
    let store = Store::open(&location, &config.store, clock).await?;
    let key = folder.join("secret.key");
    let seal = SealKey::load_or_make(&key).map_err(|cause| Error::Key { path: key, cause })?;

    let tasks = TaskTracker::new();
    let bus = Bus::new();
    let inboxes = Inboxes::new(
        store.clone(),
        bus.clone(),
        config.inboxes.clone(),
        config.smtp.max_message_bytes,
        WaitLimits { total: config.http.max_waits, per_key: config.http.max_waits_per_key },
        seal,
        &tasks,
    );
    tasks.spawn(Retention::new(store.clone(), bus.clone(), config.inboxes.tombstone_s).run(shutdown.clone()));
    let running = Running {
        smtp: addresses(&smtp),
        smtp_tls: addresses(&smtp_tls),
        lmtp: addresses(&lmtp),
        http: addresses(&http),
        tls_fingerprint: tls.fingerprint_sha256(),
        tls: tls.clone(),
        store: store.clone(),
        tasks: tasks.clone(),
        shutdown: shutdown.clone(),
    };
    serve_mail(&config.smtp, &inboxes, &tls, [smtp, smtp_tls, lmtp], &tasks, &shutdown)?;
    let root_key = config.http.root_key.clone().filter(|_| auth == AuthMode::Key);
    let state = http::State::new(http::Shared {
        inboxes,
        store,
        auth: Auth::new(running.store.clone(), root_key, &tasks),
        doors: doors(&config.http, &running),
        tls,
        tasks: tasks.clone(),
        metrics: counted(),
        section: config.http.clone(),
    });
    serve_http(&config.http, &state, http, &running.http, &tasks, &shutdown)?;
    tasks.spawn(listen(running.store.clone(), bus.clone(), shutdown.clone()));
    tasks.spawn(end_when_failed(running.store.clone(), shutdown.clone()));
    // Waits end with the shutdown, so that their callers can ask another node or come again.
    tasks.spawn(async move {
        shutdown.cancelled().await;
        bus.close();
    });
    tasks.close();
    Ok(running)
}

impl Running {
    /// Resolves when the shutdown has come and everything has stopped: connections ended, what was accepted written,
    /// the database closed.
    pub async fn stopped(self) {
        self.shutdown.cancelled().await;
        if tokio::time::timeout(LAST_CONNECTIONS, self.tasks.wait()).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
        self.store.close().await;
    }
}

/// A store that could not write is not to be trusted until it is opened anew: the process ends, so that whoever
/// watches over it can start another.
async fn end_when_failed(store: Store, shutdown: CancellationToken) {
    if shutdown.run_until_cancelled(store.health().failed()).await.is_some() {
        shutdown.cancel();
    }
}

fn bind(setting: &'static str, addresses: &[SocketAddr]) -> Result<Vec<Listener>, Error> {
    let bound =
        addresses.iter().map(|address| Listener::bind(*address).map_err(|cause| Error::Bind { setting, cause }));
    bound.collect()
}

fn addresses(listeners: &[Listener]) -> Vec<SocketAddr> {
    listeners.iter().map(Listener::local_addr).collect()
}

fn certificate(config: &Config, folder: &Path) -> Certificate {
    match (&config.tls.cert, &config.tls.key) {
        (Some(cert), Some(key)) => Certificate::Files { cert: cert.clone(), key: key.clone() },
        _ => Certificate::Made { folder: folder.join("tls"), names: vec![config.smtp.hostname.clone()] },
    }
}

/// Starts the doors for mail; they share one gate, because they share what a flood would exhaust.
fn serve_mail(
    section: &SmtpSection,
    inboxes: &Inboxes,
    tls: &TlsServer,
    [smtp, smtp_tls, lmtp]: [Vec<Listener>; 3],
    tasks: &TaskTracker,
    shutdown: &CancellationToken,
) -> Result<(), Error> {
    let gate = Gate::new(Limits {
        total: section.max_connections,
        per_ip: section.max_connections_per_ip,
        per_ip_per_minute: section.max_connections_per_ip_per_minute,
        limit_loopback: section.limit_loopback,
    });
    let starttls = if section.starttls { Some(tls.for_listener(&[])?) } else { None };
    let server = Arc::new(smtp::Server::new(section.clone(), inboxes.clone(), starttls));
    let plain = |name, protocol| move |listener| (name, protocol, None, listener);
    let doors =
        smtp.into_iter().map(plain("smtp", Protocol::Smtp)).chain(lmtp.into_iter().map(plain("lmtp", Protocol::Lmtp)));
    let mut doors: Vec<_> = doors.collect();
    for listener in smtp_tls {
        doors.push(("smtps", Protocol::Smtp, Some(tls.for_listener(&[])?), listener));
    }
    for (name, protocol, tls, listener) in doors {
        let door = Door { name, listener, gate: gate.clone(), tls, busy: SMTP_BUSY };
        let (server, token) = (server.clone(), shutdown.clone());
        let serve = move |connection| smtp::serve(connection, protocol, server.clone(), token.clone());
        tasks.spawn(net::accept(door, tasks.clone(), shutdown.clone(), serve));
    }
    Ok(())
}

fn serve_http(
    section: &HttpSection,
    state: &http::State,
    listeners: Vec<Listener>,
    bound: &[SocketAddr],
    tasks: &TaskTracker,
    shutdown: &CancellationToken,
) -> Result<(), Error> {
    let hosts = http::guard::Hosts::new(allowed_hosts(section), bound)?;
    let origins = http::guard::Origins::new(section.cors_origins.iter().map(String::as_str))?;
    let router = http::guard::protect(http::router(state)?, hosts, origins);
    let gate =
        Gate::new(Limits { total: section.max_connections, per_ip: 0, per_ip_per_minute: 0, limit_loopback: false });
    for listener in listeners {
        let (gate, router, section) = (gate.clone(), router.clone(), section.clone());
        let (tracker, token) = (tasks.clone(), shutdown.clone());
        tasks.spawn(async move { http::serve(listener, gate, router, &section, tracker, token).await });
    }
    Ok(())
}

/// The names of the setting, and the one that clients are told.
fn allowed_hosts(section: &HttpSection) -> impl Iterator<Item = &str> {
    section.allowed_hosts.iter().map(String::as_str).chain(public_host(section))
}

fn public_host(section: &HttpSection) -> Option<&str> {
    let rest = section.public_url.as_deref()?.split("://").nth(1)?;
    let authority = rest.split('/').next()?;
    let host = match authority.rfind(']') {
        Some(end) => authority.get(..=end),
        None => authority.split(':').next(),
    };
    host.filter(|host| !host.is_empty())
}

/// Where clients are told that mail is taken: the host of the public URL, or that of the first listener.
fn doors(section: &HttpSection, running: &Running) -> Doors {
    let first = running.smtp.first().or(running.smtp_tls.first()).map(|address| match address.ip() {
        ip if ip.is_unspecified() => "localhost".to_owned(),
        ip => ip.to_string(),
    });
    Doors {
        host: public_host(section).map(str::to_owned).or(first).unwrap_or_else(|| "localhost".to_owned()),
        smtp: running.smtp.clone(),
        smtp_tls: running.smtp_tls.clone(),
        lmtp: running.lmtp.clone(),
    }
}

/// The counters of this process: what the `metrics` crate has one of, however many applications run in it.
fn counted() -> Option<PrometheusHandle> {
    static COUNTED: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    COUNTED.get_or_init(|| PrometheusBuilder::new().install_recorder().ok()).clone()
}
