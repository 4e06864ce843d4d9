//! `restante serve`: starts everything, says so, and stops in order when it is told to.

use std::future::pending;
use std::io::IsTerminal;
use std::time::Duration;

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::args::Serve;
use super::data::{self, DataFolder};
use super::exit::Exit;
use super::{logging, run, settings, welcome};
use crate::app;
use crate::config::Config;
use crate::model::Clock;
use crate::net::TlsServer;

/// Longest wait for what is under way after the first signal; with the rest of the exit it stays below ten seconds.
const DRAIN: Duration = Duration::from_secs(9);
/// Longest wait for threads that hold a file or a computation when all tasks have ended.
const LAST_THREADS: Duration = Duration::from_millis(500);
/// Tasks that a thread serves before it looks for those that other threads have woken. The writer is woken by its
/// database's thread at each step of a batch, and every mail of the batch waits for it.
const GLOBAL_QUEUE_INTERVAL: u32 = 4;
/// Bounds the threads that parse and compress large messages; more of them wait their turn.
const BLOCKING_THREADS: usize = 64;

pub(super) fn run(serve: &Serve) -> anyhow::Result<Exit> {
    let loaded = settings::load(&serve.place)?;
    let mut config = loaded.settings.config()?;
    logging::start(&config.log)?;
    let folder = match loaded.data {
        Some(path) => {
            data::make(&path)?;
            DataFolder::Kept(path)
        }
        None => DataFolder::ephemeral()?,
    };
    config.store.data = Some(folder.path().to_owned());
    let files = crate::net::raise_descriptor_limit();
    tracing::debug!(files, "open files that the system allows");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_name("restante")
        .global_queue_interval(GLOBAL_QUEUE_INTERVAL)
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()
        .context("cannot start the threads of the server")?;
    let done = runtime.block_on(until_stopped(config, &folder, serve.ready_json));
    runtime.shutdown_timeout(LAST_THREADS);
    done
}

async fn until_stopped(config: Config, folder: &DataFolder, ready_json: bool) -> anyhow::Result<Exit> {
    // Before anything starts, so that a signal that comes early is not lost.
    let mut stop = Stop::new()?;
    let mut hang_up = signal(SignalKind::hangup()).context("cannot listen for signals")?;
    let shutdown = CancellationToken::new();
    let public_url = config.http.public_url.clone();
    let running = app::start(config, Clock::system(), shutdown.clone()).await?;
    announce(&running, public_url.as_deref(), folder, ready_json)?;

    let tls = running.tls.clone();
    let mut stopped = std::pin::pin!(running.stopped());
    loop {
        tokio::select! {
            () = &mut stopped => {
                tracing::error!("the server has stopped by itself; the lines above say why");
                return Ok(Exit::Error);
            }
            name = stop.next() => {
                tracing::info!(signal = name, "stopping; a second signal stops at once");
                break;
            }
            Some(()) = hang_up.recv() => read_certificate_again(&tls).await,
        }
    }
    shutdown.cancel();
    tokio::select! {
        () = stopped => {
            tracing::info!("stopped");
            Ok(Exit::Ok)
        }
        name = stop.next() => {
            tracing::warn!(signal = name, "stopped at once; connections were cut");
            Ok(Exit::Error)
        }
        () = tokio::time::sleep(DRAIN) => {
            tracing::warn!(seconds = DRAIN.as_secs(), "still busy; the last connections were cut");
            Ok(Exit::Error)
        }
    }
}

/// Connections that are open keep the certificate that they began with.
async fn read_certificate_again(tls: &TlsServer) {
    let (tls, before) = (tls.clone(), tls.fingerprint_sha256());
    let read = tokio::task::spawn_blocking(move || tls.reload().map(|()| tls.fingerprint_sha256())).await;
    match read {
        Ok(Ok(now)) if now == before => tracing::info!("SIGHUP: the certificate is the same"),
        Ok(Ok(now)) => tracing::info!(fingerprint = now, "SIGHUP: a new certificate is served from now on"),
        Ok(Err(error)) => tracing::error!(%error, "SIGHUP: the certificate cannot be used; the old one stays"),
        Err(error) => tracing::error!(%error, "SIGHUP: the certificate could not be read; the old one stays"),
    }
}

fn announce(running: &app::Running, public_url: Option<&str>, folder: &DataFolder, json: bool) -> anyhow::Result<()> {
    if json {
        run::print(&welcome::for_programs(running, public_url, folder.path()))?;
    } else if std::io::stdout().is_terminal() {
        let kept = match folder {
            DataFolder::Kept(path) => path.display().to_string(),
            DataFolder::Ephemeral(path) => format!("{} (removed at exit)", path.path().display()),
        };
        run::print(&welcome::for_people(running, public_url, &kept))?;
        return Ok(());
    }
    welcome::for_log(running);
    Ok(())
}

/// The signals that ask the server to stop.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn new() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("cannot listen for signals");
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    /// The name of the next one.
    async fn next(&mut self) -> &'static str {
        tokio::select! {
            Some(()) = self.terminate.recv() => "SIGTERM",
            Some(()) = self.interrupt.recv() => "SIGINT",
            else => pending().await,
        }
    }
}
