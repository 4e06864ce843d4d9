//! The one form of every error that the API answers: `application/problem+json`, RFC 9457.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::code::Code;

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

/// An error as the API answers it. Handlers return it; the request's id is filled in on the way out.
///
/// Spec: RFC 9457 §3.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Problem(Box<Document>);

/// One value of the request that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where it stands in the request's body: a JSON pointer (RFC 6901), `/filter/all/0/op`; a parameter's name for
    /// one of the query.
    pub pointer: String,
    /// A stable word: `required`, `unknown`, `type`, `format`, `range`, …
    #[schema(value_type = String)]
    pub code: &'static str,
    /// What is wrong with it, for people.
    pub message: String,
}

impl Problem {
    /// A problem of this kind; `detail` says what happened this time, for people.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(Document {
            kind: code.urn(),
            title: code.title(),
            status: code.status().as_u16(),
            detail: detail.into(),
            instance: None,
            code,
            request_id: None,
            errors: Vec::new(),
            hint: None,
            members: Map::new(),
            retry_after_s: None,
            is_undone: false,
        }))
    }

    /// `not_found`; `what` is "inbox", "message" and the like.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("There is no such {what}."))
    }

    /// `validation_failed` or another code of a 422, for one value.
    #[must_use]
    pub fn invalid(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::new(Code::ValidationFailed, message.clone()).error(pointer, code, message)
    }

    /// `internal`. The cause is for the log; the client learns the request's id, by which it is found there.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(Code::Internal, "Something failed here. The server's log has more, under the request_id.")
    }

    /// Adds a value that cannot be taken.
    #[must_use]
    pub fn error(mut self, pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        self.0.errors.push(FieldError { pointer: pointer.into(), code, message: message.into() });
        self
    }

    /// The same, told of another place: the caller knows better than the service which field it was.
    #[must_use]
    pub(super) fn at(mut self, pointer: &str) -> Self {
        for error in &mut self.0.errors {
            pointer.clone_into(&mut error.pointer);
        }
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Names the thing that it happened to, by its path.
    #[must_use]
    pub fn instance(mut self, instance: impl Into<String>) -> Self {
        self.0.instance = Some(instance.into());
        self
    }

    /// Adds a member that only this code has, such as the `diagnostics` of `wait_timeout`.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.0.members.insert(name.to_owned(), value);
        self
    }

    /// Says after how many seconds another try makes sense, as `Retry-After`.
    #[must_use]
    pub fn retry_after_s(mut self, seconds: u32) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    /// Says that the call is known to have changed nothing, where the code alone leaves that open.
    #[must_use]
    pub(super) fn undone(mut self) -> Self {
        self.0.is_undone = true;
        self
    }

    /// Whether the call changed nothing because there was no room or no time for it, so that the same call may be made
    /// later. Of another failure nobody knows how far the call had come.
    pub(super) fn is_undone(&self) -> bool {
        let by_code = matches!(
            self.code(),
            Code::RateLimited
                | Code::TooManyWaits
                | Code::ShuttingDown
                | Code::TooManyConnections
                | Code::OverQuota
                | Code::StorageFull
        );
        by_code || self.0.is_undone
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The same with the request's id, as the outermost guard knows it.
    #[must_use]
    pub(super) fn of_request(mut self, request_id: &str) -> Self {
        self.0.request_id = Some(request_id.to_owned());
        self
    }

    /// The JSON text.
    pub(super) fn to_json(&self) -> Vec<u8> {
        // Strings, numbers and JSON values: there is nothing in it that serde_json refuses.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.to_json()));
        *response.status_mut() = self.code().status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, MEDIA_TYPE);
        if self.code() == Code::Unauthenticated {
            // RFC 9110 §11.6.1
            for scheme in ["Bearer realm=\"restante\"", "Basic realm=\"restante\", charset=\"UTF-8\""] {
                headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
            }
        }
        if let Some(seconds) = self.0.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // For the guard that knows the request's id and writes the body again.
        response.extensions_mut().insert(self);
        response
    }
}

impl PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        Document::schema()
    }
}

impl ToSchema for Problem {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Problem")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Document::schemas(schemas);
    }
}

/// What went wrong, as RFC 9457 has it, with a stable `code` for programs. Some codes have members of their own.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Document {
    /// The kind of problem, as a name that never changes.
    #[serde(rename = "type")]
    #[schema(example = "urn:restante:problem:not_found")]
    kind: String,
    /// The kind of problem, for people.
    #[schema(value_type = String)]
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened this time, for people.
    detail: String,
    /// The path of the thing that it happened to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    instance: Option<String>,
    /// The kind of problem, for programs. More may be added.
    #[schema(value_type = String, example = "not_found")]
    code: Code,
    /// Names the request in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    request_id: Option<String>,
    /// The values that cannot be taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldError>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    hint: Option<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    members: Map<String, Value>,
    #[serde(skip)]
    #[schema(ignore)]
    retry_after_s: Option<u32>,
    #[serde(skip)]
    #[schema(ignore)]
    is_undone: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inboxes::Error;
    use crate::store;

    #[test]
    fn only_what_is_known_not_to_have_been_made_is_undone() {
        let of_store = |error: store::Error| Problem::from(Error::from(error)).is_undone();
        assert!(of_store(store::Error::Unavailable) && of_store(store::Error::DiskFull));
        assert!(of_store(store::Error::TooManyInboxes { limit: 1 }));
        for error in [store::Error::Unsure, store::Error::Closed, store::Error::Damaged("uid"), store::Error::NoMailbox]
        {
            assert!(!of_store(error));
        }
        assert!(!Problem::internal().is_undone());
    }
}
