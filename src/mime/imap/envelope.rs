//! ENVELOPE. Spec: RFC 9051 §7.5.2.

use super::string::{write_nstring, write_string};
use crate::mime::address::{self, Entry, Mailbox};
use crate::mime::header::Header;

/// Stands where a mailbox has no local part. NIL there would end a group.
const MISSING_LOCAL: &[u8] = b"MISSING_MAILBOX";
/// Stands where a mailbox has no domain. NIL there would begin a group.
const MISSING_DOMAIN: &[u8] = b"MISSING_DOMAIN";

/// The value of ENVELOPE for a message with this header; at most `addresses` addresses, which shrink by what it holds.
///
/// ```abnf
/// envelope = "(" date SP subject SP from SP sender SP reply-to SP to SP cc SP bcc SP in-reply-to SP message-id ")"
/// ```
pub(in crate::mime) fn envelope(header: &Header<'_>, addresses: &mut usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    out.push(b'(');
    write_nstring(&mut out, header.date);
    out.push(b' ');
    write_nstring(&mut out, header.subject);
    out.push(b' ');
    let from = from(header, addresses);
    out.extend_from_slice(&from);
    for fields in [&header.sender, &header.reply_to] {
        out.push(b' ');
        // RFC 9051 §7.5.2: Sender and Reply-To are that of From when they are missing or empty.
        if !write_addresses(&mut out, fields, addresses) {
            out.extend_from_slice(&from);
        }
    }
    for fields in [&header.to, &header.cc, &header.bcc] {
        out.push(b' ');
        if !write_addresses(&mut out, fields, addresses) {
            out.extend_from_slice(b"NIL");
        }
    }
    out.push(b' ');
    write_nstring(&mut out, header.in_reply_to);
    out.push(b' ');
    write_nstring(&mut out, header.message_id);
    out.push(b')');
    out
}

/// Clients rely on From never being NIL (RFC 9051 §7.5.2), so a message without it gets an address that says so.
fn from(header: &Header<'_>, addresses: &mut usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    if !write_addresses(&mut out, &header.from, addresses) {
        out.push(b'(');
        write_mailbox(&mut out, &Mailbox::default());
        out.push(b')');
    }
    out
}

/// Writes the addresses of all fields as one list; nothing and `false` when there are none.
fn write_addresses(out: &mut Vec<u8>, fields: &[&[u8]], addresses: &mut usize) -> bool {
    let start = out.len();
    for field in fields {
        for entry in address::parse(field, addresses) {
            // RFC 9051 §9: addresses of one list stand side by side without a space.
            if out.len() == start {
                out.push(b'(');
            }
            match entry {
                Entry::Group(name) => {
                    out.extend_from_slice(b"(NIL NIL ");
                    write_string(out, &name);
                    out.extend_from_slice(b" NIL)");
                }
                Entry::GroupEnd => out.extend_from_slice(b"(NIL NIL NIL NIL)"),
                Entry::Mailbox(mailbox) => write_mailbox(out, &mailbox),
            }
        }
    }
    let is_any = out.len() > start;
    if is_any {
        out.push(b')');
    }
    is_any
}

/// ```abnf
/// address = "(" name SP adl SP mailbox SP host ")"
/// ```
fn write_mailbox(out: &mut Vec<u8>, mailbox: &Mailbox) {
    out.push(b'(');
    write_nstring(out, mailbox.name.as_deref());
    out.push(b' ');
    write_nstring(out, mailbox.route.as_deref());
    out.push(b' ');
    // An empty quoted local part is one; only where there is no address at all the mark stands.
    let is_missing = mailbox.local.is_empty() && mailbox.domain.is_none();
    write_string(out, if is_missing { MISSING_LOCAL } else { &mailbox.local });
    out.push(b' ');
    write_string(out, mailbox.domain.as_deref().unwrap_or(MISSING_DOMAIN));
    out.push(b')');
}
