//! A filter in one line, as people type it into a search box: `from:a@b.test subject:"reset code" -tag:x is:unseen`.
//!
//! ```abnf
//! query  = *WSP [term *(1*WSP term)] *WSP
//! term   = ["-"] (word / key ":" value)     ; "-": it must not hold
//! word   = quoted / bare                    ; stands anywhere: subject, names, addresses, text, names of attachments
//! value  = ["="] (quoted / bare)            ; "=": all of it, not a part
//! quoted = DQUOTE *("\" char / qchar) DQUOTE
//! bare   = 1*VCHAR                          ; up to the next white space
//! key    = "from" / "to" / "cc" / "bcc" / "reply_to" / "envelope_from" / "envelope_to"
//!        / "subject" / "text" / "html" / "body" / "message_id" / "filename" / "type" / "code" / "link"
//!        / "tag" / "run" / "in"             ; a name, letter by letter
//!        / "header"                         ; name, name ":" value (a part), name "=" value (all of it)
//!        / "has"                            ; attachment, code, link, html
//!        / "is"                             ; seen, unseen, flagged, unflagged
//!        / "after" / "before"               ; a date (UTC) or an RFC 3339 time
//!        / "larger" / "smaller"             ; octets, or with k, m, g behind: KiB, MiB, GiB
//! ```
//! Addresses are understood as in the shorthands: a whole one, a part, or a pattern with `*` and `?`. In other texts an
//! unquoted `*` makes a pattern.

mod key;
mod print;
mod scan;
mod size;
mod term;

pub use print::print;
pub(super) use scan::terms;
pub use scan::{Misread, parse};

#[cfg(test)]
mod tests;
