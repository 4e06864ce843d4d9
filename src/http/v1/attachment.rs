//! Attachments.

use axum::Json as Answer;
use axum::extract::State as Given;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::Response;

use super::message_part::full;
use super::shape::{AttachmentJson, AttachmentList, attachment_id, hex};
use crate::http::Problem;
use crate::http::caller::Caller;
use crate::http::octets::Octets;
use crate::http::path::Path;
use crate::http::query::{Query, invalid};
use crate::http::state::State;
use crate::mime;

/// List the attachments
///
/// With names that are safe to write to a disk.
#[utoipa::path(
    get, path = "/v1/messages/{message}/attachments", tag = "messages", operation_id = "listAttachments",
    security(("key" = ["messages:r"])),
    params(("message" = String, Path, description = "Its id")),
    responses((status = 200, body = AttachmentList), (status = 404, body = Problem, description = "`not_found`"))
)]
pub(super) async fn list_attachments(
    Given(state): Given<State>,
    caller: Caller,
    Path(message): Path<String>,
) -> Result<Answer<AttachmentList>, Problem> {
    let full = full(&state, &caller, &message).await?;
    let items = full.stored.content.attachments().map(|part| AttachmentJson::new(part, &full.raw)).collect();
    Ok(Answer(AttachmentList { items }))
}

/// Get an attachment
///
/// Its decoded octets. Types that a browser would run are given as `application/octet-stream`.
#[utoipa::path(
    get, path = "/v1/messages/{message}/attachments/{attachment}", tag = "messages", operation_id = "getAttachment",
    security(("key" = ["messages:r"])),
    params(
        ("message" = String, Path, description = "The message's id"),
        ("attachment" = String, Path, description = "The attachment's id", example = "att_1-2"),
        ("disposition" = Option<String>, Query, description = "`inline` to be shown where that is safe; else `attachment`")
    ),
    responses(
        (status = 200, body = Vec<u8>, content_type = "*/*"),
        (status = 206, body = Vec<u8>, content_type = "*/*", description = "The range that was asked for"),
        (status = 304, description = "It is as `If-None-Match` has it"),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 412, body = Problem, description = "`precondition_failed`"),
        (status = 416, body = Problem, description = "`range_not_satisfiable`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`")
    )
)]
pub(super) async fn get_attachment(
    Given(state): Given<State>,
    caller: Caller,
    Path((message, attachment)): Path<(String, String)>,
    query: Query,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let is_inline = match query.allow(&["disposition"])?.text("disposition")?.as_deref() {
        None | Some("attachment") => false,
        Some("inline") => true,
        Some(_) => return Err(invalid("disposition", "inline or attachment")),
    };
    let full = full(&state, &caller, &message).await?;
    let part = full.stored.content.attachments().find(|part| attachment_id(part) == attachment);
    let part = part.ok_or_else(|| Problem::not_found("attachment"))?;
    let bytes = mime::part_bytes(part, &full.raw).into_owned();
    let disposition = disposition(is_inline, &mime::safe_filename(part));
    let mut more = vec![(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"))];
    more.extend(disposition.map(|value| (CONTENT_DISPOSITION, value)));
    let octets = Octets {
        etag: hex(ring::digest::digest(&ring::digest::SHA256, &bytes).as_ref()),
        bytes: bytes.into(),
        content_type: HeaderValue::from_static(mime::safe_content_type(part)),
        more,
    };
    Ok(octets.answer(&method, &headers))
}

/// RFC 6266 §4.3: an ASCII name for old clients, the real one percent-encoded beside it (RFC 8187 §3.2).
fn disposition(is_inline: bool, name: &str) -> Option<HeaderValue> {
    let kind = if is_inline { "inline" } else { "attachment" };
    let ascii: String =
        name.chars().map(|c| if c.is_ascii_graphic() && !"\"\\%;".contains(c) { c } else { '_' }).collect();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encoded: String = name
        .bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    HeaderValue::from_str(&format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")).ok()
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        let value = disposition(false, "a\"; x=\r\né.pdf").unwrap();
        assert_eq!(
            value.to_str().unwrap(),
            "attachment; filename=\"a___x=___.pdf\"; filename*=UTF-8''a%22%3B%20x%3D%0D%0A%C3%A9.pdf"
        );
    }
}
