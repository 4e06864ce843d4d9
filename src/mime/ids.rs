//! Message ids in Message-ID, In-Reply-To, References and Content-ID. Spec: RFC 5322 §3.6.4.

use std::collections::VecDeque;

use super::{charset, limits, text};

/// The ids of a field without their angle brackets; the first, and the last of many.
pub(super) fn list(raw_value: &[u8]) -> Vec<String> {
    let mut ids = Found(raw_value);
    let mut kept: Vec<String> = ids.next().into_iter().map(id_text).collect();
    // The first is the root of the thread and the last ones are the nearest ancestors.
    let mut last = VecDeque::new();
    for id in ids {
        if last.len() == limits::MAX_IDS - 1 {
            last.pop_front();
        }
        last.push_back(id);
    }
    kept.extend(last.into_iter().map(id_text));
    kept
}

/// The one id of a field; its whole value when there are no brackets, `None` when it is empty.
pub(super) fn single(raw_value: &[u8]) -> Option<String> {
    let id = Found(raw_value).next().unwrap_or(raw_value);
    Some(id_text(id)).filter(|id| !id.is_empty())
}

/// The texts between `<` and `>`.
struct Found<'a>(&'a [u8]);

impl<'a> Iterator for Found<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let open = memchr::memchr(b'<', self.0)?;
            let inner = self.0.get(open + 1..)?;
            // An id that is not closed is passed over at the next one; so no octet is looked at twice.
            let end = memchr::memchr2(b'<', b'>', inner)?;
            let (id, rest) = inner.split_at_checked(end)?;
            self.0 = rest;
            if rest.first() == Some(&b'>') && !id.is_empty() {
                return Some(id);
            }
        }
    }
}

/// Folding inside an id is no part of it.
fn id_text(id: &[u8]) -> String {
    let mut id = text::single_line(charset::guess(id));
    id.retain(|c| c != ' ');
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found() {
        for (value, ids) in [
            ("<a@b>", vec!["a@b"]),
            (" <a@b>\r\n\t<c@d> text <e@\r\n f>", vec!["a@b", "c@d", "e@f"]),
            ("<open <a@b> <>", vec!["a@b"]),
            ("none", vec![]),
        ] {
            assert_eq!(list(value.as_bytes()), ids, "{value}");
        }
        assert_eq!(single(b" <a@b> "), Some("a@b".to_owned()));
        assert_eq!(single(b" a@b "), Some("a@b".to_owned()));
        assert_eq!(single(b"  "), None);
    }

    #[test]
    fn of_many_the_first_and_the_last_stay() {
        let many: String = (0..100_000).map(|n| format!("<{n}> ")).collect();
        let kept = list(many.as_bytes());
        assert_eq!(kept.len(), limits::MAX_IDS);
        assert_eq!((kept[0].as_str(), kept[1].as_str(), kept[999].as_str()), ("0", "99001", "99999"));
    }
}
