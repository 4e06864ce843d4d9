//! Names that senders give to attachments, and what becomes of them.

use super::*;

fn part(filename: &str, content_type: &str) -> Part {
    let filename = Some(filename.to_owned());
    Part { filename, content_type: content_type.to_owned(), section: "1.2".to_owned(), ..Part::default() }
}

#[test]
fn names_do_no_harm() {
    for (name, safe) in [
        ("report.pdf", "report.pdf"),
        ("Übersicht 2026.pdf", "Übersicht 2026.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("/", "part-1.2.bin"),
        ("..", "part-1.2.bin"),
        ("", "part-1.2.bin"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie_ x"),
        ("a\0b.txt", "ab.txt"),
        ("evil\u{202e}fdp.exe", "evilfdp.exe"),
        ("\u{200b}\u{feff}", "part-1.2.bin"),
        ("a:b|c?.txt", "a_b_c_.txt"),
        ("nul", "_nul"),
        ("CON.txt", "_CON.txt"),
        ("com1 .tar.gz", "_com1 .tar.gz"),
        ("LPT².x", "_LPT².x"),
        ("com10", "com10"),
        (".bashrc", "bashrc"),
        ("trailing. . ", "trailing"),
        ("quote\".txt", "quote_.txt"),
    ] {
        assert_eq!(safe_filename(&part(name, "x/y")), safe, "{name:?}");
    }
    assert_eq!(safe_filename(&Part { content_type: "image/png".to_owned(), ..Part::default() }), "part-1.png");
}

#[test]
fn long_names_keep_their_ending() {
    let long = safe_filename(&part(&format!("{}.pdf", "ü".repeat(500)), "x/y"));
    assert!(long.len() <= MAX_BYTES && long.ends_with("ü.pdf"), "{long}");
    let no_ending = safe_filename(&part(&format!("a.{}", "x".repeat(500)), "x/y"));
    assert_eq!(no_ending.len(), MAX_BYTES);
    let deep = Part { section: ["1"; 100].join("."), ..Part::default() };
    assert!(safe_filename(&deep).len() <= MAX_BYTES);
}

#[test]
fn only_harmless_types_are_shown() {
    for (content_type, safe) in [
        ("image/png", "image/png"),
        ("text/plain", "text/plain"),
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("application/xhtml+xml", "application/octet-stream"),
        ("", "application/octet-stream"),
    ] {
        assert_eq!(safe_content_type(&part("a", content_type)), safe);
    }
}
