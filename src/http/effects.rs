//! Calls that change something: what was begun is finished, also when the client goes away in the middle.

use axum::extract::{MatchedPath, Request, State as Given};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use super::problem::Problem;
use super::state::State;

/// What a POST that only reads ends with: its body is a question that is too long for a query string.
const QUESTIONS: [&str; 3] = ["wait", "search", "extract"];

/// Whether a call of `method` on a route of the API may change something; `path` has its placeholders, or what stands
/// there.
pub(super) fn has_effects(method: &Method, path: &str) -> bool {
    let is_question = || path.rsplit('/').next().is_some_and(|last| QUESTIONS.contains(&last));
    !method.is_safe() && (method != Method::POST || !is_question())
}

/// The route that the request was matched to, `/v1/inboxes/{inbox}`.
pub(super) fn route(request: &Request) -> &str {
    request.extensions().get::<MatchedPath>().map_or_else(|| request.uri().path(), MatchedPath::as_str)
}

/// Runs a call with effects in a task of its own. A connection that breaks ends the answer, not the work: no inbox is
/// left half removed, and no commit without its hint.
pub(super) async fn finish(Given(state): Given<State>, request: Request, next: Next) -> Response {
    if !has_effects(request.method(), route(&request)) {
        return next.run(request).await;
    }
    match state.tasks.spawn(next.run(request)).await {
        Ok(response) => response,
        Err(error) => match error.try_into_panic() {
            // The guard around the router answers it, as if it had happened there.
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => axum::response::IntoResponse::into_response(Problem::internal()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_have_no_effects() {
        for (method, path, expected) in [
            (Method::GET, "/v1/inboxes", false),
            (Method::HEAD, "/v1/inboxes", false),
            (Method::POST, "/v1/inboxes", true),
            (Method::POST, "/v1/inboxes/{inbox}/wait", false),
            (Method::POST, "/v1/wait", false),
            (Method::POST, "/v1/messages/search", false),
            (Method::POST, "/v1/messages/{message}/extract", false),
            (Method::POST, "/v1/messages/batch", true),
            (Method::DELETE, "/v1/inboxes/wait", true),
        ] {
            assert_eq!(has_effects(&method, path), expected, "{method} {path}");
        }
    }
}
