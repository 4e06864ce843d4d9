//! A TCP proxy that cuts a connection at an answer of the server, once for each time it is told to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use memchr::memmem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Stands between a client and a server until it is dropped.
pub struct CuttingProxy {
    pub at: SocketAddr,
    /// What the next cut waits for.
    wanted: Arc<Mutex<Option<&'static [u8]>>>,
    stop: CancellationToken,
}

impl CuttingProxy {
    /// A proxy before `server`.
    pub async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let at = listener.local_addr().expect("a port");
        let (wanted, stop, tasks) = (Arc::default(), CancellationToken::new(), TaskTracker::new());
        let proxy = Self { at, wanted: Arc::clone(&wanted), stop: stop.clone() };
        tasks.clone().spawn(async move {
            while let Some(Ok((client, _))) = stop.run_until_cancelled(listener.accept()).await {
                let (wanted, stop) = (Arc::clone(&wanted), stop.clone());
                tasks.spawn(async move {
                    let server = TcpStream::connect(server).await.expect("the server listens");
                    stop.run_until_cancelled(carry(client, server, &wanted)).await
                });
            }
        });
        proxy
    }

    /// Cuts the next connection whose server answers with `octets`; the client sees nothing of that answer.
    pub fn cut_at(&self, octets: &'static [u8]) {
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner) = Some(octets);
    }

    /// Whether the cut that was asked for has been made.
    pub fn has_cut(&self) -> bool {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }
}

impl Drop for CuttingProxy {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Carries octets both ways until one side closes or the cut comes; then both sides are closed.
async fn carry(mut client: TcpStream, mut server: TcpStream, wanted: &Mutex<Option<&'static [u8]>>) {
    let (mut asked, mut answered) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        let passed = tokio::select! {
            read = client.read(&mut asked) => match read {
                Ok(read) if read > 0 => server.write_all(&asked[..read]).await,
                _ => return,
            },
            read = server.read(&mut answered) => match read {
                Ok(read) if read > 0 && is_wanted(wanted, &answered[..read]) => return,
                Ok(read) if read > 0 => client.write_all(&answered[..read]).await,
                _ => return,
            },
        };
        if passed.is_err() {
            return;
        }
    }
}

/// Whether this is the answer to cut at; it is taken off the list then.
fn is_wanted(wanted: &Mutex<Option<&'static [u8]>>, answered: &[u8]) -> bool {
    let mut wanted = wanted.lock().unwrap_or_else(PoisonError::into_inner);
    let is_here = wanted.is_some_and(|octets| memmem::find(answered, octets).is_some());
    if is_here {
        *wanted = None;
    }
    is_here
}
