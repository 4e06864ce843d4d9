//! Codes and links of a message.

use axum::Json as Answer;
use axum::extract::{Request, State as Given};

use super::inbox::message_id;
use super::shape::{ExtractBody, ExtractDraft, ExtractionJson};
use crate::extract::Options;
use crate::http::caller::Caller;
use crate::http::json::{Json, media_type, parse, read};
use crate::http::path::Path;
use crate::http::query::{Query, confidence, invalid};
use crate::http::state::State;
use crate::http::{Code, Problem};

/// Get the codes and links of a message
///
/// The likeliest first, each with how sure it is and why.
#[utoipa::path(
    get, path = "/v1/messages/{message}/extract", tag = "extract", operation_id = "getExtraction",
    security(("key" = ["messages:r"])),
    params(
        ("message" = String, Path, description = "Its id"),
        ("codes" = Option<bool>, Query, description = "`false` leaves the codes out"),
        ("links" = Option<bool>, Query, description = "`false` leaves the links out"),
        ("min_confidence" = Option<f64>, Query, description = "Only what is at least so sure, 0 to 1", example = 0.8)
    ),
    responses(
        (status = 200, body = ExtractionJson),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`")
    )
)]
pub(super) async fn get_extraction(
    Given(state): Given<State>,
    caller: Caller,
    Path(message): Path<String>,
    query: Query,
) -> Result<Answer<ExtractionJson>, Problem> {
    let query = query.allow(&["codes", "links", "min_confidence"])?;
    let flag = |name| {
        let wanted = match query.text(name)?.as_deref() {
            None | Some("true" | "1") => true,
            Some("false" | "0") => false,
            Some(_) => return Err(invalid(name, "true or false")),
        };
        Ok(wanted)
    };
    let (codes, links, least) = (flag("codes")?, flag("links")?, confidence(&query, 0.0)?);
    let stored = state.inboxes.message(&caller, message_id(&message)?).await?;
    let mut found = (*state.inboxes.extraction(&stored).await?).clone();
    found.codes.retain(|code| codes && code.confidence >= least);
    found.links.retain(|link| links && link.confidence >= least);
    Ok(Answer(ExtractionJson::from(&found)))
}

/// Look for a code or link of a certain kind
///
/// As you know what it looks like, say so: length, characters, a pattern; the host, path or purpose of a link.
#[utoipa::path(
    post, path = "/v1/messages/{message}/extract", tag = "extract", operation_id = "extractMessage",
    security(("key" = ["messages:r"])),
    params(("message" = String, Path, description = "Its id")),
    request_body = ExtractBody,
    responses(
        (status = 200, body = ExtractionJson),
        (status = 400, body = Problem, description = "`malformed_json`"),
        (status = 404, body = Problem, description = "`not_found`"),
        (status = 413, body = Problem, description = "`payload_too_large`"),
        (status = 415, body = Problem, description = "`unsupported_media_type`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`")
    )
)]
pub(super) async fn extract_message(
    Given(state): Given<State>,
    caller: Caller,
    Path(message): Path<String>,
    Json(body): Json<ExtractBody>,
) -> Result<Answer<ExtractionJson>, Problem> {
    let options = body.into_options()?;
    let stored = state.inboxes.message(&caller, message_id(&message)?).await?;
    Ok(Answer(ExtractionJson::from(&state.inboxes.extract(&stored, options).await?)))
}

/// Look for codes and links in a message that is not stored
///
/// As octets (`message/rfc822`), or in parts (`application/json`). Nothing is kept.
#[utoipa::path(
    post, path = "/v1/extract", tag = "extract", operation_id = "extract",
    security(("key" = ["messages:r"])),
    request_body(content((ExtractDraft = "application/json"), (Vec<u8> = "message/rfc822"))),
    responses(
        (status = 200, body = ExtractionJson),
        (status = 400, body = Problem, description = "`malformed_json`"),
        (status = 413, body = Problem, description = "`payload_too_large`"),
        (status = 415, body = Problem, description = "`unsupported_media_type`"),
        (status = 422, body = Problem, description = "`validation_failed`, `unknown_field`")
    )
)]
pub(super) async fn extract(
    Given(state): Given<State>,
    _caller: Caller,
    request: Request,
) -> Result<Answer<ExtractionJson>, Problem> {
    let limit = state.inboxes.max_message_bytes();
    // As where a message is put in: text in JSON takes more octets than it has.
    let longest = limit / 3 * 4 + state.section.max_body_bytes as u64;
    let found = match media_type(&request).as_str() {
        "message/rfc822" => {
            let raw = read(request.into_body(), limit).await?;
            if raw.is_empty() {
                return Err(Problem::invalid("", "required", "the body is empty: send the message's octets"));
            }
            state.inboxes.extract_from(raw, Options::default()).await?
        }
        "application/json" => {
            let draft = parse::<ExtractDraft>(&read(request.into_body(), longest).await?)?;
            let options = draft.options()?;
            let ExtractDraft { subject, text, html, from, .. } = draft;
            state.inboxes.extract_parts(subject, text, html, from, options).await?
        }
        other => {
            return Err(Problem::new(Code::UnsupportedMediaType, format!("{other:?} is not taken here"))
                .hint("send message/rfc822 or application/json"));
        }
    };
    Ok(Answer(ExtractionJson::from(&found)))
}
