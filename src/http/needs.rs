//! What each operation wants of a key, read from its own description: what is told and what is enforced are one.

use std::collections::HashMap;

use axum::http::Method;
use serde_json::Value;
use utoipa::openapi::OpenApi;

use crate::model::Scope;

/// An operation that does not say what it wants of a key, or says it wrongly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{operation} declares {declared}: it must be security((\"key\" = [])), with at most one known scope, or security(())"
)]
pub struct BadSecurity {
    /// `GET /v1/inboxes`.
    operation: String,
    /// What stands there.
    declared: String,
}

/// The scope of every operation that wants a key, by its path with placeholders.
#[derive(Clone, Debug, Default)]
pub(super) struct Needs(HashMap<String, Vec<Operation>>);

/// What is known of one operation.
#[derive(Clone, Debug)]
struct Operation {
    method: Method,
    scope: Option<Scope>,
    /// The names of its query; one that ends in `.` stands for all that begin with it.
    query: Vec<String>,
}

impl Needs {
    /// Reads what the operations of `description` declare.
    ///
    /// # Errors
    /// [`BadSecurity`] for the first one that does not.
    pub(super) fn of(description: &OpenApi) -> Result<Self, BadSecurity> {
        let mut needs = Self::default();
        for (path, item) in &description.paths.paths {
            // One at a time: all of them at once would be the most that a start takes.
            let item = serde_json::to_value(item).unwrap_or_default();
            for (name, operation) in item.as_object().into_iter().flatten() {
                let Ok(method) = name.to_uppercase().parse::<Method>() else { continue };
                let declared = operation.get("security").unwrap_or(&Value::Null);
                if is_open(declared) {
                    continue;
                }
                let scope = scope(declared).ok_or_else(|| BadSecurity {
                    operation: format!("{method} {path}"),
                    declared: declared.to_string(),
                })?;
                let query = query(operation);
                needs.0.entry(path.clone()).or_default().push(Operation { method, scope, query });
            }
        }
        Ok(needs)
    }

    /// The scope that a call of `method` on the route of `path` wants; `None` when any key will do.
    ///
    /// What is not described wants the most, so that nothing slips through that the description forgot.
    pub(super) fn scope(&self, method: &Method, path: &str) -> Option<Scope> {
        self.operation(method, path).map_or(Some(Scope::Admin), |known| known.scope)
    }

    /// The names that the query of such a call may have: one that no handler reads would be taken for a wish that was
    /// heard. `None` for what is not described.
    pub(super) fn query(&self, method: &Method, path: &str) -> Option<Vec<&str>> {
        Some(self.operation(method, path)?.query.iter().map(String::as_str).collect())
    }

    fn operation(&self, method: &Method, path: &str) -> Option<&Operation> {
        // HEAD is answered by GET's handler.
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.0.get(path).into_iter().flatten().find(|known| known.method == method)
    }
}

/// The names of an operation's query parameters; of `meta.{key}` what stands before the brace.
fn query(operation: &Value) -> Vec<String> {
    let parameters = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let of_query = parameters.filter(|parameter| parameter.get("in").and_then(Value::as_str) == Some("query"));
    let names = of_query.filter_map(|parameter| parameter.get("name").and_then(Value::as_str));
    names.map(|name| name.split('{').next().unwrap_or_default().to_owned()).collect()
}

/// Whether it is `security(())`: everyone may call.
fn is_open(declared: &Value) -> bool {
    declared.as_array().is_some_and(|ways| !ways.is_empty() && ways.iter().all(|way| *way == serde_json::json!({})))
}

/// The one scope of `security(("key" = […]))`; the outer `None` is anything else.
fn scope(declared: &Value) -> Option<Option<Scope>> {
    let [way] = declared.as_array()?.as_slice() else { return None };
    let wanted = way.as_object().filter(|way| way.len() == 1)?.get("key")?.as_array()?;
    match wanted.as_slice() {
        [] => Some(None),
        [one] => one.as_str()?.parse().ok().map(Some),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn described(security: &Value) -> Result<Needs, BadSecurity> {
        let mut operation = json!({"responses": {}});
        if !security.is_null() {
            operation["security"] = security.clone();
        }
        let text = json!({
            "openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/v1/things/{thing}": {"get": operation}}
        });
        Needs::of(&serde_json::from_value(text).unwrap())
    }

    #[test]
    fn what_is_declared_is_what_is_wanted() {
        let path = "/v1/things/{thing}";
        let wanted = |security, method| described(&security).unwrap().scope(&method, path);
        assert_eq!(wanted(json!([{"key": ["messages:r"]}]), Method::GET), Some(Scope::MessagesRead));
        assert_eq!(wanted(json!([{"key": ["messages:r"]}]), Method::HEAD), Some(Scope::MessagesRead));
        assert_eq!(wanted(json!([{"key": []}]), Method::GET), None);
        assert_eq!(wanted(json!([{"key": []}]), Method::DELETE), Some(Scope::Admin));
        assert_eq!(described(&json!([{}])).unwrap().scope(&Method::GET, "/elsewhere"), Some(Scope::Admin));
    }

    #[test]
    fn an_operation_that_declares_nothing_or_nonsense_is_refused() {
        for security in [
            json!(null),
            json!([]),
            json!([{}, {"key": []}]),
            json!([{"key": ["messages:x"]}]),
            json!([{"key": ["messages:r", "inboxes:r"]}]),
            json!([{"other": []}]),
        ] {
            assert!(described(&security).is_err(), "{security}");
        }
    }

    #[test]
    fn every_operation_of_the_api_declares_it() {
        assert!(crate::http::router::needs().is_ok());
    }
}
