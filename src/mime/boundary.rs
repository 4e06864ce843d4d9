//! Boundary lines of the multiparts that are open. Spec: RFC 2046 §5.1.1.

use memchr::memmem;

use super::bytes;

/// A multipart that is open.
pub(super) struct Open {
    /// Its boundary, without the two hyphens.
    pub(super) boundary: Vec<u8>,
    /// How many nodes were open when it was opened, itself included.
    pub(super) depth: usize,
}

/// A boundary line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Delimiter {
    /// Where the line begins.
    pub(super) start: usize,
    /// Where the next line begins.
    pub(super) end: usize,
    /// Whose it is: an index of the open multiparts.
    pub(super) owner: usize,
    /// Whether it is the last one.
    pub(super) is_close: bool,
}

/// The open multiparts, outermost first.
pub(super) struct Boundaries {
    open: Vec<Open>,
    finder: memmem::Finder<'static>,
}

impl Boundaries {
    /// None are open.
    pub(super) fn new() -> Self {
        Self { open: Vec::new(), finder: memmem::Finder::new(b"\n--") }
    }

    /// Opens one more.
    pub(super) fn push(&mut self, open: Open) {
        self.open.push(open);
    }

    /// Leaves the first `keep` open.
    pub(super) fn truncate(&mut self, keep: usize) {
        self.open.truncate(keep);
    }

    /// How many are open.
    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// [`Open::depth`] of one of them.
    pub(super) fn depth(&self, owner: usize) -> usize {
        self.open.get(owner).map_or(0, |open| open.depth)
    }

    /// The first boundary line at or after `from`, which is the beginning of a line.
    pub(super) fn next(&self, raw: &[u8], from: usize) -> Option<Delimiter> {
        if self.open.is_empty() {
            return None;
        }
        let mut start = from;
        loop {
            let line = bytes::line_at(raw, start);
            if let Some((owner, is_close)) = self.owner(line) {
                return Some(Delimiter { start, end: start + line.len(), owner, is_close });
            }
            // The LF that ends this line may be the one before the next candidate.
            let search_from = (start + line.len()).saturating_sub(1).max(start);
            start = search_from + self.finder.find(bytes::slice(raw, search_from, raw.len()))? + 1;
        }
    }

    /// Whose boundary line this is, and whether it closes.
    ///
    /// ```abnf
    /// delimiter-line = "--" boundary ["--"] *WSP CRLF
    /// ```
    /// The line must hold nothing else: a boundary may be the beginning of another. The innermost wins. At most
    /// `MAX_DEPTH` are compared, so that the whole stays linear.
    pub(super) fn owner(&self, line: &[u8]) -> Option<(usize, bool)> {
        let text = bytes::trim_end_wsp(bytes::without_line_break(line)).strip_prefix(b"--")?;
        let closed = text.strip_suffix(b"--");
        self.open.iter().enumerate().rev().find_map(|(owner, open)| {
            if open.boundary == text {
                return Some((owner, false));
            }
            (closed == Some(open.boundary.as_slice())).then_some((owner, true))
        })
    }
}

/// Where the content before a boundary line ends: the line break belongs to the boundary.
pub(super) fn content_end(raw: &[u8], line_start: usize) -> usize {
    bytes::without_line_break(bytes::slice(raw, 0, line_start)).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(boundaries: &[&str], line: &str) -> Option<(usize, bool)> {
        let mut open = Boundaries::new();
        for (depth, boundary) in boundaries.iter().enumerate() {
            open.push(Open { boundary: boundary.as_bytes().to_vec(), depth });
        }
        open.owner(line.as_bytes())
    }

    #[test]
    fn only_a_whole_line_is_a_boundary() {
        assert_eq!(owner(&["b"], "--b\r\n"), Some((0, false)));
        assert_eq!(owner(&["b"], "--b \t\r\n"), Some((0, false)));
        assert_eq!(owner(&["b"], "--b--\n"), Some((0, true)));
        assert_eq!(owner(&["b"], "--b--"), Some((0, true)));
        for line in ["--b for details\r\n", "-b\r\n", "--\r\n", "--b-\r\n", "--b---\r\n", " --b\r\n", "--B\r\n", ""] {
            assert_eq!(owner(&["b"], line), None, "{line:?}");
        }
    }

    #[test]
    fn one_boundary_may_begin_another() {
        assert_eq!(owner(&["a", "ab"], "--a\r\n"), Some((0, false)));
        assert_eq!(owner(&["a", "ab"], "--ab\r\n"), Some((1, false)));
        assert_eq!(owner(&["a", "a--"], "--a--\r\n"), Some((1, false)));
        assert_eq!(owner(&["a", "a"], "--a\r\n"), Some((1, false)));
    }
}
