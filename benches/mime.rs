//! How long it takes to read a message: `cargo bench --bench mime` prints microseconds for several shapes.

use std::hint::black_box;
use std::time::{Duration, Instant};

use restante::mime;

/// How long each shape is measured.
const FOR: Duration = Duration::from_millis(500);

fn main() {
    let header = "Received: from client.example.test (client.example.test [192.0.2.1])\r\n\tby mx.example.test with ESMTP;\
                  \r\n\tFri, 20 Nov 2026 10:00:00 +0100\r\nDate: Fri, 20 Nov 2026 10:00:00 +0100\r\n\
                  From: Anna Example <anna@example.test>\r\nTo: \"Bert, the second\" <bert@example.test>, c@example.test\r\n\
                  Subject: Your code is 123456\r\nMessage-ID: <20261120.1@example.test>\r\nMIME-Version: 1.0\r\n";
    let plain = format!("{header}Content-Type: text/plain; charset=utf-8\r\n\r\n{}", lines(4_500));
    let encoded = plain.replace("Subject: Your", "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe=3A?= Your");
    let quoted = "<p class=3D\"x\">Caf=C3=A9 au lait, a line of some length with markup =\r\n</p>\r\n".repeat(260);
    let alternative = format!(
        "{header}Content-Type: multipart/alternative; boundary=\"=_part_1\"\r\n\r\n--=_part_1\r\nContent-Type: text/plain; \
         charset=utf-8\r\n\r\n{}\r\n--=_part_1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: \
         quoted-printable\r\n\r\n<html><body>{quoted}</body></html>\r\n--=_part_1--\r\n",
        lines(4_500)
    );
    let html = alternative.replace("Content-Type: text/plain", "Content-Type: text/x-other");
    let base64 = concat!("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0", "\r\n");
    let attachment = format!(
        "{header}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: \
         application/pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; \
         filename=a.pdf\r\n\r\n{}--b--\r\n",
        base64.repeat(13_000)
    );
    for (name, raw) in [
        ("plain text", &plain),
        ("encoded subject", &encoded),
        ("alternative", &alternative),
        ("html only", &html),
        ("1 MB attachment", &attachment),
    ] {
        measure(name, raw.as_bytes());
    }
}

fn lines(octets: usize) -> String {
    "The quick brown fox jumps over the lazy dog; it does so every day at noon.\r\n".repeat(octets / 76)
}

fn measure(name: &str, raw: &[u8]) {
    let start = Instant::now();
    let mut rounds = 0_u32;
    while start.elapsed() < FOR {
        for _ in 0..16 {
            black_box(mime::parse(black_box(raw)));
        }
        rounds += 16;
    }
    let micros = start.elapsed().as_secs_f64() * 1e6 / f64::from(rounds);
    let rate = raw.len() as f64 / micros;
    println!("{name:<16} {:>9} octets {micros:>10.2} µs {rate:>8.0} MB/s", raw.len());
}
