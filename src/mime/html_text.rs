//! HTML as plain text, for previews and for messages that have nothing else. Nothing of it is safe to show as HTML.

use mail_parser::decoders::html::add_html_token;
use memchr::memmem;

use super::{bytes, limits};

/// Elements whose content is not text.
const HIDDEN: [&str; 5] = ["style", "script", "title", "template", "head"];
/// Elements that begin a new line.
const BLOCKS: [&str; 22] = [
    "br",
    "p",
    "div",
    "tr",
    "li",
    "ul",
    "ol",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "pre",
    "blockquote",
    "section",
    "article",
    "header",
    "footer",
    "body",
];
/// Octets of the longest entity that is looked at.
const MAX_ENTITY_BYTES: usize = 32;

/// The text of `html`, white space folded, a line break where a block begins or ends; ends once it has `max_bytes`.
///
/// Goes over the input once, and reads at most [`limits::MAX_HTML_BYTES`] of it.
pub(super) fn render(html: &str, max_bytes: usize) -> String {
    let mut rest = bytes::slice(html.as_bytes(), 0, html.floor_char_boundary(limits::MAX_HTML_BYTES));
    let mut out = Out::default();
    let mut ends = Ends::default();
    while out.text.len() < max_bytes
        && let Some(&byte) = rest.first()
    {
        rest = match byte {
            b'<' => tag(rest, &mut out, &mut ends),
            b'&' => entity(rest, &mut out),
            _ => {
                let end = memchr::memchr2(b'<', b'&', rest).unwrap_or(rest.len());
                out.words(bytes::slice(rest, 0, end));
                bytes::slice(rest, end, rest.len())
            }
        };
    }
    out.text.truncate(out.text.trim_end().len());
    out.text
}

/// Text so far, without white space at its end; what is owed is written before the next word.
#[derive(Default)]
struct Out {
    text: String,
    space: bool,
    line_breaks: u8,
}

impl Out {
    fn words(&mut self, run: &[u8]) {
        for word in String::from_utf8_lossy(run).split_inclusive(|c: char| c.is_ascii_whitespace()) {
            let bare = word.trim_end_matches(|c: char| c.is_ascii_whitespace());
            if !bare.is_empty() {
                self.pay();
                self.text.push_str(bare);
            }
            self.space |= bare.len() < word.len();
        }
    }

    fn pay(&mut self) {
        let owed = if self.line_breaks > 0 { "\n" } else { " " };
        if (self.space || self.line_breaks > 0) && !self.text.is_empty() {
            self.text.push_str(owed);
            if self.line_breaks > 2 {
                self.text.push('\n');
            }
        }
        (self.space, self.line_breaks) = (false, 0);
    }
}

/// Ends that are known not to come, so that each is looked for in vain only once.
#[derive(Default)]
struct Ends {
    no_comment_end: bool,
    no_head_end: bool,
}

/// Passes over the tag, comment or hidden element at the beginning of `rest`.
fn tag<'a>(rest: &'a [u8], out: &mut Out, ends: &mut Ends) -> &'a [u8] {
    let behind = |end: usize| bytes::slice(rest, end, rest.len());
    if rest.starts_with(b"<!--") && !ends.no_comment_end {
        if let Some(end) = memmem::find(behind(4), b"-->") {
            return behind(4 + end + 3);
        }
        ends.no_comment_end = true;
    }
    let name_at = if rest.get(1) == Some(&b'/') { 2 } else { 1 };
    if !rest.get(name_at).is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'!' | b'?')) {
        out.words(b"<");
        return behind(1);
    }
    // A tag that was cut off is no text.
    let Some(end) = memchr::memchr(b'>', rest) else { return &[] };
    let name = behind(name_at);
    let name = bytes::slice(name, 0, name.iter().take(12).take_while(|byte| byte.is_ascii_alphanumeric()).count());
    let is = |element: &&str| name.eq_ignore_ascii_case(element.as_bytes());
    if BLOCKS.iter().any(is) {
        out.line_breaks = out.line_breaks.saturating_add(1);
    } else if name.eq_ignore_ascii_case(b"td") || name.eq_ignore_ascii_case(b"th") {
        out.space = true;
    }
    let hidden = HIDDEN.iter().find(|element| name_at == 1 && is(element));
    if let Some(hidden) = hidden
        && !(ends.no_head_end && *hidden == "head")
    {
        match end_tag(behind(end + 1), hidden) {
            Some(after) => return after,
            // As in a browser: without its end a style sheet goes to the end of all, and a head to its first text.
            None if *hidden == "head" => ends.no_head_end = true,
            None => return &[],
        }
    }
    behind(end + 1)
}

/// What follows `</element`, tag end included in it.
fn end_tag<'a>(html: &'a [u8], element: &str) -> Option<&'a [u8]> {
    let is_end = |&at: &usize| {
        let name = bytes::slice(html, at + 2, at + 2 + element.len());
        name.eq_ignore_ascii_case(element.as_bytes())
    };
    let at = memmem::find_iter(html, b"</").find(is_end)?;
    Some(bytes::slice(html, at, html.len()))
}

/// Writes the character that the entity at the beginning of `rest` stands for.
fn entity<'a>(rest: &'a [u8], out: &mut Out) -> &'a [u8] {
    let end = memchr::memchr(b';', bytes::slice(rest, 0, MAX_ENTITY_BYTES)).map_or(1, |semicolon| semicolon + 1);
    let token = bytes::slice(rest, 0, end);
    let mut text = String::new();
    // The token is ASCII, as the function that is called needs it.
    if token.iter().all(|byte| byte.is_ascii_graphic()) && token.len() > 2 {
        add_html_token(&mut text, token, false);
    } else {
        text.push('&');
        out.words(text.as_bytes());
        return bytes::slice(rest, 1, rest.len());
    }
    if text == "\u{a0}" {
        out.space = true;
    } else {
        out.words(text.as_bytes());
    }
    bytes::slice(rest, end, rest.len())
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn text_is_what_a_reader_sees() {
        for (html, text) in [
            ("plain", "plain"),
            ("<p>Hello,</p><p>your code is <b>12</b>34</p>", "Hello,\nyour code is 1234"),
            ("a<br>b<br/>c", "a\nb\nc"),
            ("<html><head><title>T</title><style>p{}</style></head><body>b</body></html>", "b"),
            ("<style>a{}</style>x<STYLE>b</STYLE >y", "xy"),
            ("<script>if (a<b) x</script>ok", "ok"),
            ("<!-- <p>no</p> -->yes", "yes"),
            ("<td>a</td><td>b</td>", "a b"),
            ("1 &lt; 2 &amp;&nbsp;3 &#233; &#x41; &bogus; & x", "1 < 2 & 3 é A &bogus; & x"),
            ("1 < 2", "1 < 2"),
            ("<div><div>\n  a  \n b</div></div>", "a b"),
            ("<head>never closed <p>text", "never closed\ntext"),
            ("<!-- never closed <p>text", "text"),
            ("text <a href='", "text"),
            ("text <style>never closed <p>css", "text"),
            ("é <i>ü</i>", "é ü"),
            ("&#13;&#10;a&#0;", "a\u{0}"),
            ("", ""),
        ] {
            assert_eq!(render(html, 1_000), text, "{html}");
        }
    }

    #[test]
    fn it_ends_once_there_is_enough() {
        assert!(render(&"word ".repeat(1_000), 50).len() < 5_100);
        assert!(render(&"<p>word".repeat(1_000), 50).len() < 60);
    }
}
