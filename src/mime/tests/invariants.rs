//! What holds for every content, whatever the octets were. The fuzz targets include this file too.

use super::{Content, Part, PartKind, mime};

/// Panics when something does not hold for `raw`.
pub(crate) fn check(raw: &[u8]) {
    let content = mime::parse(raw);
    offsets(&content, raw);
    let mut parts = content.parts.iter();
    tree(parts.next().expect("the whole message"), &mut parts);
    assert!(parts.next().is_none(), "every part belongs to the tree");
    texts(&content, raw);
    for value in [&content.imap.envelope, &content.imap.body, &content.imap.bodystructure] {
        balanced(value);
    }
    _ = mime::lints(&content);
}

fn offsets(content: &Content, raw: &[u8]) {
    let root = &content.parts[0];
    assert_eq!((root.section.as_str(), root.header_start, root.body_end), ("", 0, raw.len() as u64));
    for part in &content.parts {
        assert!(part.header_start <= part.body_start && part.body_start <= part.body_end, "{part:?}");
        assert!(part.body_end <= raw.len() as u64, "{part:?}");
        let octets = mime::part_bytes(part, raw);
        if part.kind == PartKind::Leaf {
            assert_eq!(part.decoded_bytes, octets.len() as u64, "{part:?}");
        }
        let body = &raw[usize::try_from(part.body_start).unwrap()..usize::try_from(part.body_end).unwrap()];
        assert_eq!(part.lines, body.iter().filter(|&&byte| byte == b'\n').count() as u64, "{part:?}");
    }
    let mut at = 0;
    for field in &content.headers {
        assert!(at <= field.start && field.start + u64::from(field.name_len) < field.value, "{field:?}");
        assert!(field.value <= field.end && field.end <= root.body_start, "{field:?}");
        at = field.end;
        let (name, value) = mime::header_value(raw, field);
        assert!(!name.is_empty());
        one_line(&value);
    }
}

/// The parts below `parent`, which lie within it, one behind the other.
fn tree<'a>(parent: &Part, parts: &mut (impl Iterator<Item = &'a Part> + Clone)) {
    let base = match parent.section.strip_suffix("TEXT") {
        Some(message) => message.trim_end_matches('.'),
        None if parent.section.is_empty() && parent.kind == PartKind::Message => "1",
        None => &parent.section,
    };
    let most = match parent.kind {
        PartKind::Leaf => 0,
        PartKind::Message => 1,
        PartKind::Multipart => usize::MAX,
    };
    let mut at = parent.body_start;
    let mut count = 0;
    while count < most
        && let Some(child) = parts.clone().next()
        && is_section(&child.section, base, count + 1, parent.kind)
    {
        assert!(at <= child.header_start && child.body_end <= parent.body_end, "{child:?} in {parent:?}");
        at = child.body_end;
        count += 1;
        parts.next();
        tree(child, parts);
    }
    assert_eq!(count > 0, parent.kind != PartKind::Leaf, "{parent:?}");
}

fn is_section(section: &str, base: &str, number: usize, parent: PartKind) -> bool {
    let numbered = if base.is_empty() { number.to_string() } else { format!("{base}.{number}") };
    section == numbered || (parent == PartKind::Message && section == format!("{base}.TEXT"))
}

fn texts(content: &Content, raw: &[u8]) {
    let lists = [&content.from, &content.sender, &content.reply_to, &content.to, &content.cc, &content.bcc];
    for mailbox in lists.into_iter().flatten() {
        one_line(&mailbox.address);
        mailbox.name.iter().for_each(|name| one_line(name));
    }
    for id in content.references.iter().chain(&content.in_reply_to).chain(&content.message_id) {
        one_line(id);
    }
    content.subject.iter().for_each(|subject| one_line(subject));
    one_line(&content.imap.base_subject);
    one_line(&content.preview);
    assert!(content.preview.chars().count() <= 200);
    for part in &content.parts {
        for text in [&part.charset, &part.filename, &part.content_id, &part.disposition].into_iter().flatten() {
            one_line(text);
        }
        one_line(&part.content_type);
        let name = mime::safe_filename(part);
        one_line(&name);
        assert!(!name.is_empty() && name.len() <= 200 && !name.contains(['/', '\\']), "{name:?}");
        assert!(name != "." && name != "..");
        _ = mime::safe_content_type(part);
    }
    for max_bytes in [0, 1, 100, 100_000] {
        for text in [mime::text(content, raw, max_bytes), mime::html(content, raw, max_bytes)].into_iter().flatten() {
            assert!(text.len() <= max_bytes);
            assert!(!text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'), "{text:?}");
        }
    }
}

fn one_line(text: &str) {
    assert!(!text.contains(|c: char| c.is_control() || c == '\u{2028}' || c == '\u{2029}'), "{text:?}");
}

/// Reads a value as an IMAP client would: parentheses, quoted strings, literals, atoms, single spaces.
fn balanced(value: &[u8]) {
    let mut depth = 0_i32;
    let mut at = 0;
    while at < value.len() {
        match value[at] {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b'"' => {
                at += 1;
                while value[at] != b'"' {
                    at += if value[at] == b'\\' { 2 } else { 1 };
                    assert!((b' '..0x7f).contains(&value[at]), "in {:?}", String::from_utf8_lossy(value));
                }
            }
            b'{' => {
                let digits = value[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                let len: usize = std::str::from_utf8(&value[at + 1..=at + digits]).unwrap().parse().unwrap();
                assert_eq!(&value[at + 1 + digits..at + 4 + digits], b"}\r\n");
                let literal = &value[at + 4 + digits..at + 4 + digits + len];
                assert!(!literal.iter().any(|&byte| matches!(byte, b'\0' | b'\r' | b'\n')));
                at += 3 + digits + len;
            }
            b' ' => assert!(!matches!(value[at + 1], b' ' | b')')),
            byte => assert!(byte.is_ascii_alphanumeric(), "{byte}"),
        }
        assert!(depth > 0 || at + 1 == value.len());
        at += 1;
    }
    assert_eq!(depth, 0);
}
