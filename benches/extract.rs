//! How long it takes to find the codes and links of a message: `cargo bench --bench extract` prints times for several
//! sizes.

use std::hint::black_box;
use std::time::{Duration, Instant};

use restante::extract::{Mail, Options, extract};

/// How long each shape is measured.
const FOR: Duration = Duration::from_millis(500);
/// What a template puts around one paragraph.
const ROW: &str = "<table role='presentation' width='600' style='margin:0 auto;background:#ffffff'><tr><td \
                   style='padding:16px 24px;font-family:Helvetica,Arial,sans-serif;font-size:16px;color:#333'>";

fn main() {
    // The lexicons are compiled once, at the first message of a process.
    let began = Instant::now();
    _ = black_box(extract(&Mail { subject: "Sign in", ..Mail::default() }, &Options::default()));
    println!("{:<24} {:>10.1} µs", "lexicons, once", began.elapsed().as_secs_f64() * 1e6);
    let text = "Hello,\n\nyour verification code is 482913. It expires in 10 minutes.\nIf you did not ask for it, ignore \
                this message.\n\nhttps://acme.test/help\n";
    measure("text of 0.2 kB", text, None);
    for (name, bytes) in [("html of 5 kB", 5_000), ("html of 20 kB", 20_000), ("html of 100 kB", 100_000)] {
        measure(name, text, Some(&html(bytes)));
    }
    measure("html of 1 MB", text, Some(&html(1_000_000)));
    measure("1 MB of codes", text, Some(&"<p>Your code: 482913</p>".repeat(42_000)));
    measure("1 MB of links", text, Some(&"<a href='https://acme.test/?token=8f3b1c7e9a2d'>Sign in</a>".repeat(17_000)));
}

/// A message of a code and a button among rows of a template, of about so many octets.
fn html(bytes: usize) -> String {
    let mut html =
        format!("<html><body>{ROW}Your verification code:</td></tr></table>{ROW}<b>482913</b></td></tr></table>");
    let mut row = 0;
    while html.len() < bytes {
        row += 1;
        html += &format!(
            "{ROW}You asked to sign in to your account on 20 November, order {row}. <a \
             href='https://acme.test/orders/{row}?utm_source=mail'>See order {row}</a></td></tr></table>"
        );
    }
    html + "</body></html>"
}

fn measure(name: &str, text: &str, html: Option<&str>) {
    let mail =
        Mail { subject: "Sign in to Acme", text: Some(text), html, from_domain: Some("acme.test"), language: None };
    let began = Instant::now();
    let mut times = Vec::new();
    while began.elapsed() < FOR || times.len() < 3 {
        let one = Instant::now();
        _ = black_box(extract(black_box(&mail), &Options::default()));
        times.push(one.elapsed());
    }
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    println!("{name:<24} {:>10.1} µs", median.as_secs_f64() * 1e6);
}
