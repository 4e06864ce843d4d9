//! `restante health`: one request to `/readyz`, so that a container needs no other program to be checked.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail, ensure};

use super::args::Health;
use super::exit::Exit;
use super::{settings, welcome};

/// Below the three seconds that the Dockerfile gives the whole check.
const DEADLINE: Duration = Duration::from_secs(2);
/// A status line is far shorter.
const ANSWER_MAX: usize = 256;

pub(super) fn run(health: &Health) -> anyhow::Result<Exit> {
    let authority = match &health.url {
        Some(url) => authority(url)?.to_owned(),
        None => first_listener(health)?,
    };
    check(&authority, DEADLINE).with_context(|| format!("http://{authority}/readyz"))?;
    Ok(Exit::Ok)
}

/// `host:port` of an `http://` address; the port is 80 where none stands.
fn authority(url: &str) -> anyhow::Result<&str> {
    let rest = url.strip_prefix("http://").context("--url: an address that begins with http://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    ensure!(!authority.is_empty() && !authority.contains(char::is_whitespace), "--url {url}: there is no host in it");
    Ok(authority)
}

fn first_listener(health: &Health) -> anyhow::Result<String> {
    let config = settings::load(&health.place)?.settings.config()?;
    match config.http.listen.first() {
        Some(address) if address.port() != 0 => Ok(welcome::reachable(*address).to_string()),
        Some(_) => bail!("http.listen takes a free port, which only the server knows: use --url"),
        None => bail!("http.listen is empty: there is nothing to ask"),
    }
}

/// Fails unless `GET /readyz` is answered with 200 before `deadline` has passed.
fn check(authority: &str, deadline: Duration) -> anyhow::Result<()> {
    let end = Instant::now() + deadline;
    let left =
        || end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()).context("no answer in time");
    let mut stream = connect(authority, left)?;
    stream.set_write_timeout(Some(left()?))?;
    // Spec: RFC 9112 §3.2: the Host field carries the authority.
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    let mut chunk = [0; ANSWER_MAX];
    while !answer.contains(&b'\n') && answer.len() < ANSWER_MAX {
        stream.set_read_timeout(Some(left()?))?;
        let count = stream.read(&mut chunk).context("no answer in time")?;
        ensure!(count > 0, "the connection was closed without an answer");
        answer.extend(chunk.iter().take(count));
    }
    let text = String::from_utf8_lossy(&answer);
    let line = text.lines().next().unwrap_or_default();
    ensure!(line.starts_with("HTTP/1.1 200"), "not ready: {line}");
    Ok(())
}

/// Tries each address of the host: `localhost` is two, and the server may listen on one of them only.
fn connect(authority: &str, left: impl Fn() -> anyhow::Result<Duration>) -> anyhow::Result<TcpStream> {
    let port_given = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let with_port = if port_given { authority.to_owned() } else { format!("{authority}:80") };
    let mut last = anyhow!("the host has no address");
    for address in with_port.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, left()?) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error.into(),
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::time::Duration;

    use super::{authority, check};

    /// A server that reads one request and answers with `answer`; gives its address and the request it saw.
    fn server(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap().to_string();
        let seen = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1000];
            let count = stream.read(&mut request).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8_lossy(&request[..count]).into_owned()
        });
        (at, seen)
    }

    #[test]
    fn ready_server_is_healthy() {
        let (at, seen) = server("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        check(&at, Duration::from_secs(5)).unwrap();
        assert!(seen.join().unwrap().starts_with("GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:"));
    }

    #[test]
    fn every_address_of_a_name_is_tried() {
        let (at, seen) = server("HTTP/1.1 200 OK\r\n\r\n");
        check(&at.replace("127.0.0.1", "localhost"), Duration::from_secs(5)).unwrap();
        seen.join().unwrap();
    }

    #[test]
    fn server_that_is_not_ready_is_not_healthy() {
        let (at, seen) = server("HTTP/1.1 503 Service Unavailable\r\n\r\n");
        let said = check(&at, Duration::from_secs(5)).unwrap_err().to_string();
        assert!(said.contains("503"), "{said}");
        seen.join().unwrap();
    }

    #[test]
    fn silent_server_is_given_up_at_the_deadline() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap().to_string();
        assert!(check(&at, Duration::from_millis(50)).is_err());
    }

    #[test]
    fn nobody_there_is_an_error() {
        let at = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        assert!(check(&at, Duration::from_secs(5)).is_err());
    }

    #[test]
    fn authority_is_taken_out_of_an_address() {
        assert_eq!(authority("http://a.test:8025/x").unwrap(), "a.test:8025");
        assert_eq!(authority("http://[::1]:8025").unwrap(), "[::1]:8025");
        assert!(authority("https://a.test").is_err());
        assert!(authority("http:///x").is_err());
    }
}
