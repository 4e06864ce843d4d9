//! The base subject, by which threads are found. Spec: RFC 5256 §2.1.

/// The base subject, folded for comparison, and whether a mark of a reply or forward was removed.
///
/// `subject` is decoded and one line. Each step below passes over an octet at most once, whatever stands there.
pub(super) fn base(subject: &str) -> (String, bool) {
    let collapsed = collapse(subject);
    let mut text = collapsed.as_str();
    let mut is_reply = false;
    loop {
        text = without_trailers(text, &mut is_reply);
        text = without_leaders(text, &mut is_reply);
        match strip_prefix(text, "[fwd:").and_then(|inner| inner.strip_suffix(']')) {
            Some(inner) => text = inner,
            None => return (text.to_lowercase(), is_reply),
        }
        is_reply = true;
    }
}

/// Step 1: one space where there are several.
fn collapse(subject: &str) -> String {
    let mut text = String::with_capacity(subject.len());
    for c in subject.chars() {
        let c = if c.is_ascii_whitespace() { ' ' } else { c };
        if c != ' ' || !text.ends_with(' ') {
            text.push(c);
        }
    }
    text
}

/// Step 2: `subj-trailer = "(fwd)" / WSP`.
fn without_trailers<'a>(mut text: &'a str, is_reply: &mut bool) -> &'a str {
    loop {
        text = text.trim_end_matches(' ');
        let Some(at) = text.len().checked_sub(5) else { return text };
        match (text.get(..at), text.get(at..)) {
            (Some(before), Some(end)) if end.eq_ignore_ascii_case("(fwd)") => text = before,
            _ => return text,
        }
        *is_reply = true;
    }
}

/// Steps 3 to 5. A run of blobs is passed over once: either a mark follows it, or it goes as far as something stays.
///
/// ```abnf
/// subj-leader = (*subj-blob subj-refwd) / WSP
/// subj-refwd  = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"
/// subj-blob   = "[" *BLOBCHAR "]" *WSP
/// ```
fn without_leaders<'a>(mut text: &'a str, is_reply: &mut bool) -> &'a str {
    loop {
        text = text.trim_start_matches(' ');
        let mut last_blob = text;
        let mut behind_blobs = text;
        while let Some(after) = strip_blob(behind_blobs) {
            last_blob = behind_blobs;
            behind_blobs = after;
        }
        match strip_mark(behind_blobs) {
            Some(after) => text = after,
            None if behind_blobs.is_empty() => return last_blob,
            None => return behind_blobs,
        }
        *is_reply = true;
    }
}

fn strip_mark(text: &str) -> Option<&str> {
    let rest = ["re", "fwd", "fw"].iter().find_map(|mark| strip_prefix(text, mark))?.trim_start_matches(' ');
    strip_blob(rest).unwrap_or(rest).strip_prefix(':')
}

fn strip_blob(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find(['[', ']']).filter(|&end| inner.get(end..).is_some_and(|rest| rest.starts_with(']')))?;
    inner.get(end + 1..).map(|rest| rest.trim_start_matches(' '))
}

fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::base;

    #[test]
    fn marks_and_blobs_are_removed() {
        for (subject, text, is_reply) in [
            ("Hello", "hello", false),
            ("Re: Hello", "hello", true),
            ("RE : re:FW: Fwd: Hello", "hello", true),
            ("Re [x]: Hello", "hello", true),
            ("[list] Re: [list] Hello", "hello", true),
            ("[a] [b] Hello", "hello", false),
            ("[a] [b]", "[b]", false),
            ("[a]", "[a]", false),
            ("Re: [a]", "[a]", true),
            ("Hello (fwd) (FWD) ", "hello", true),
            ("[fwd: [fwd: Hello]]", "hello", true),
            ("[Fwd: Re: Hello (fwd)]", "hello", true),
            ("[fwd: Hello", "[fwd: hello", false),
            ("Re: ", "", true),
            ("", "", false),
            ("Rest of it", "rest of it", false),
            ("re", "re", false),
            ("Re: a   b\tc", "a b c", true),
            ("Re: ÄÖ", "äö", true),
            ("ü: x", "ü: x", false),
        ] {
            assert_eq!(base(subject), (text.to_owned(), is_reply), "{subject:?}");
        }
    }
}
