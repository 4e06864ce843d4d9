//! Reading request bodies: bounded, and with an answer that helps when they are not what was expected.

mod no_null;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use self::no_null::NoNull;
use super::Code;
use super::problem::Problem;
use super::state::State;

/// A JSON body of type `T`; none at all is the empty object.
pub(super) struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<State> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &State) -> Result<Self, Problem> {
        let kind = media_type(&request);
        let bytes = read(request.into_body(), state.section.max_body_bytes as u64).await?;
        if !bytes.is_empty() && kind != "application/json" && !kind.ends_with("+json") {
            return Err(Problem::new(
                Code::UnsupportedMediaType,
                format!("expected application/json, got {}", if kind.is_empty() { "no type" } else { &kind }),
            )
            .hint("send the header Content-Type: application/json"));
        }
        parse(&bytes).map(Self)
    }
}

/// The body's type without parameters, lower case; empty when it is not given.
pub(super) fn media_type(request: &Request) -> String {
    let value = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The whole body, unless it is longer than `limit` octets.
pub(super) async fn read(body: Body, limit: u64) -> Result<Bytes, Problem> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut body = Limited::new(body, limit);
    // Copied together as they come: chunks of a few octets, kept one by one, take many times what they hold.
    let mut octets = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            if error.is::<LengthLimitError>() {
                let detail = format!("the body has more than the {limit} octets that are taken here");
                Problem::new(Code::PayloadTooLarge, detail)
            } else if super::is_too_slow(&*error) {
                Problem::new(Code::RequestTimeout, "the body came too slowly")
            } else {
                Problem::new(Code::MalformedRequest, "the body ended before its end")
            }
        })?;
        // What is not data is a trailer, which says nothing here.
        if let Ok(data) = frame.into_data() {
            octets.extend_from_slice(&data);
        }
    }
    Ok(octets.into())
}

/// Reads JSON; what is wrong is told with a JSON pointer (RFC 6901) and, for a misspelt field, with the nearest name.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    let reader = &mut serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut *reader).map_err(|error| {
        let pointer = pointer(error.path());
        explain(&pointer, error.inner())
    })?;
    reader.end().map_err(|error| explain("", &error))?;
    refuse_null(bytes)?;
    // serde reads a list as the fields of a struct in their order, which nobody who calls an API means.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::invalid("", "invalid", "expected an object, not a list"));
    }
    Ok(value)
}

/// serde reads `null` as a field that is missing. Here it is refused: a condition whose value a caller has lost must not
/// become no condition at all.
fn refuse_null(bytes: &[u8]) -> Result<(), Problem> {
    if memchr::memmem::find(bytes, b"null").is_none() {
        return Ok(());
    }
    let reader = &mut serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize::<_, NoNull>(reader).map(drop).map_err(|error| {
        let pointer = pointer(error.path());
        explain(&pointer, error.inner())
    })
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        let text = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => escape(key),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&text);
    }
    pointer
}

/// A name as a segment of a JSON pointer (RFC 6901).
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn explain(pointer: &str, error: &serde_json::Error) -> Problem {
    use serde_json::error::Category;
    match error.classify() {
        Category::Data => {
            let text = error.to_string();
            let reason = text.split(" at line ").next().unwrap_or(&text).to_owned();
            match reason.strip_prefix("unknown field ") {
                Some(rest) => unknown_field(pointer, rest),
                None => Problem::new(
                    Code::ValidationFailed,
                    if pointer.is_empty() { reason.clone() } else { format!("{pointer}: {reason}") },
                )
                .error(pointer, "invalid", reason),
            }
        }
        Category::Io | Category::Syntax | Category::Eof => {
            Problem::new(Code::MalformedJson, format!("the body is not JSON: {error}"))
        }
    }
}

/// `rest` is what serde says: the field, then the names that it knows, each between backquotes.
fn unknown_field(pointer: &str, rest: &str) -> Problem {
    let mut names = rest.split('`').skip(1).step_by(2);
    let field = names.next().unwrap_or_default().to_owned();
    let known: Vec<&str> = names.collect();
    // The path ends at the field itself, or at the object that it stands in.
    let segment = format!("/{}", escape(&field));
    let pointer = if pointer.ends_with(&segment) { pointer.to_owned() } else { format!("{pointer}{segment}") };
    unknown(&pointer, "field", &field, &known)
}

/// The answer to a name that is not known; a misspelt condition must not become "everything".
pub(super) fn unknown(pointer: &str, what: &str, name: &str, known: &[&str]) -> Problem {
    let shown: String = name.chars().take(64).collect();
    let problem = Problem::new(Code::UnknownField, format!("there is no {what} {shown:?} here"));
    match nearest(name, known) {
        Some(near) => problem
            .error(pointer, "unknown_field", format!("did you mean {near:?}?"))
            .hint(format!("did you mean {near:?}?")),
        None => {
            let known = known.join(", ");
            problem.error(pointer, "unknown_field", format!("known are: {known}")).hint(format!("known are: {known}"))
        }
    }
}

/// The name that was probably meant.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name: String = name.chars().take(64).collect();
    let near = known.iter().map(|known| (strsim::damerau_levenshtein(&name, known), *known)).min()?;
    (near.0 <= 3 && near.0 < near.1.len()).then_some(near.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[serde(default)]
        #[expect(dead_code, reason = "only its name matters")]
        subject: Option<String>,
        #[serde(default)]
        #[expect(dead_code, reason = "only its name matters")]
        inner: Vec<Inner>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only its name matters")]
        limit: u32,
    }

    fn problem(body: &str) -> serde_json::Value {
        serde_json::to_value(parse::<Sample>(body.as_bytes()).unwrap_err()).unwrap()
    }

    #[test]
    fn a_misspelt_field_is_named_with_its_neighbour() {
        let told = problem(r#"{"subjct":"x"}"#);
        assert_eq!(told["code"], "unknown_field");
        assert_eq!(told["errors"][0]["pointer"], "/subjct");
        assert_eq!(told["hint"], "did you mean \"subject\"?");
        assert_eq!(problem(r#"{"inner":[{"limit":1},{"limt":1}]}"#)["errors"][0]["pointer"], "/inner/1/limt");
        assert_eq!(problem(r#"{"a/b~":1}"#)["errors"][0]["pointer"], "/a~1b~0");
    }

    #[test]
    fn a_wrong_type_is_named_by_its_place() {
        let told = problem(r#"{"inner":[{"limit":"x"}]}"#);
        assert_eq!(told["code"], "validation_failed");
        assert_eq!(told["errors"][0]["pointer"], "/inner/0/limit");
    }

    #[test]
    fn null_is_not_the_same_as_nothing() {
        let told = problem(r#"{"subject":null}"#);
        assert_eq!(told["code"], "validation_failed");
        assert_eq!(told["errors"][0]["pointer"], "/subject");
        assert_eq!(told["errors"][0]["message"], "null is no value: leave the field out");
        assert!(parse::<Sample>(br#"{"subject":"null"}"#).is_ok());
    }

    #[test]
    fn a_list_is_no_object() {
        for body in ["[]", " [\"x\"]"] {
            assert_eq!(problem(body)["code"], "validation_failed");
        }
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        for body in ["{", "nonsense", "{} {}"] {
            assert_eq!(problem(body)["code"], "malformed_json", "{body}");
        }
        // Depth is refused, not followed.
        assert!(parse::<serde_json::Value>("[".repeat(100_000).as_bytes()).is_err());
        assert!(parse::<Sample>(b"").is_ok());
    }
}
