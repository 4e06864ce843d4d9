//! BODY and BODYSTRUCTURE. Spec: RFC 9051 §7.5.2.

use std::slice::Iter;

use super::string::{write_nstring, write_number, write_string};
use crate::mime::param::Param;
use crate::mime::part::Mime;
use crate::mime::tree::Node;
use crate::model::content::{Part, PartKind};

/// Which of the two is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::mime) enum Form {
    /// BODY: without extension data.
    Basic,
    /// BODYSTRUCTURE: with it.
    Extended,
}

/// The value of BODY or BODYSTRUCTURE for nodes in order of section numbers.
pub(in crate::mime) fn structure(nodes: &[Node<'_>], form: Form) -> Vec<u8> {
    let mut out = Vec::with_capacity(128 * nodes.len());
    write_body(&mut out, &mut nodes.iter(), form);
    out
}

/// Writes the next node and those in it. As deep as the tree, which is at most `MAX_DEPTH`.
///
/// ```abnf
/// body            = "(" (body-type-1part / body-type-mpart) ")"
/// body-type-mpart = 1*body SP media-subtype [SP params SP disposition SP language SP location]
/// body-type-1part = type SP subtype SP fields [SP envelope SP body] [SP lines]
///                   [SP md5 SP disposition SP language SP location]
/// ```
fn write_body(out: &mut Vec<u8>, nodes: &mut Iter<'_, Node<'_>>, form: Form) {
    let Some(node) = nodes.next() else { return };
    let (part, mime) = (&node.part, &node.mime);
    out.push(b'(');
    if part.kind == PartKind::Multipart {
        for _ in 0..node.children {
            write_body(out, nodes, form);
        }
        out.push(b' ');
        write_string(out, mime.subtype.as_bytes());
        if form == Form::Extended {
            out.push(b' ');
            write_params(out, &mime.params);
        }
    } else {
        write_type(out, part, mime);
        write_fields(out, part, mime);
        if part.kind == PartKind::Message {
            out.push(b' ');
            out.extend_from_slice(nodes.as_slice().first().map_or(b"NIL".as_slice(), |root| &root.envelope));
            out.push(b' ');
            write_body(out, nodes, form);
        }
        if part.kind == PartKind::Message || mime.main_type == "text" {
            out.push(b' ');
            write_number(out, part.lines);
        }
        if form == Form::Extended {
            out.push(b' ');
            write_nstring(out, mime.header.md5);
        }
    }
    if form == Form::Extended {
        write_extension(out, mime);
    }
    out.push(b')');
}

/// A multipart or message that is not looked into is shown as plain octets: its own name would promise parts.
fn write_type(out: &mut Vec<u8>, part: &Part, mime: &Mime<'_>) {
    let is_opaque = part.kind == PartKind::Leaf
        && (mime.main_type == "multipart"
            || matches!((mime.main_type.as_str(), mime.subtype.as_str()), ("message", "rfc822" | "global")));
    if is_opaque {
        out.extend_from_slice(b"\"application\" \"octet-stream\"");
        return;
    }
    write_string(out, mime.main_type.as_bytes());
    out.push(b' ');
    write_string(out, mime.subtype.as_bytes());
}

/// ```abnf
/// fields = SP params SP id SP description SP encoding SP octets
/// ```
fn write_fields(out: &mut Vec<u8>, part: &Part, mime: &Mime<'_>) {
    out.push(b' ');
    write_params(out, &mime.params);
    out.push(b' ');
    write_nstring(out, mime.header.id);
    out.push(b' ');
    write_nstring(out, mime.header.description);
    out.push(b' ');
    write_string(out, mime.encoding_name.as_bytes());
    out.push(b' ');
    write_number(out, part.body_end - part.body_start);
}

/// Disposition, language and location, each after a space.
fn write_extension(out: &mut Vec<u8>, mime: &Mime<'_>) {
    out.push(b' ');
    match &mime.disposition {
        Some(disposition) => {
            out.push(b'(');
            write_string(out, disposition.head.as_bytes());
            out.push(b' ');
            write_params(out, &disposition.params);
            out.push(b')');
        }
        None => out.extend_from_slice(b"NIL"),
    }
    out.push(b' ');
    write_languages(out, mime.header.language);
    out.push(b' ');
    write_nstring(out, mime.header.location);
}

/// Pairs of names and values, never empty parentheses. Pieces have been joined, as RFC 2231 §6 asks; an extended value
/// keeps its `*` and its form, since nothing in the answer could tell its charset.
fn write_params(out: &mut Vec<u8>, params: &[Param]) {
    if params.is_empty() {
        out.extend_from_slice(b"NIL");
        return;
    }
    let mut before = b'(';
    for param in params {
        out.push(before);
        before = b' ';
        if param.extended {
            write_string(out, [param.name.as_bytes(), b"*"].concat().as_slice());
        } else {
            write_string(out, param.name.as_bytes());
        }
        out.push(b' ');
        write_string(out, &param.value);
    }
    out.push(b')');
}

/// Spec: RFC 3282 §2.
fn write_languages(out: &mut Vec<u8>, raw_value: Option<&[u8]>) {
    let tags = raw_value.unwrap_or_default().split(|&byte| byte == b',').map(crate::mime::bytes::trim);
    let mut before = b'(';
    for tag in tags.filter(|tag| !tag.is_empty()) {
        out.push(before);
        before = b' ';
        write_string(out, tag);
    }
    out.extend_from_slice(if before == b'(' { b"NIL" } else { b")" });
}
