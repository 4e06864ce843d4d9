//! The JSON of filters: what is looked for, and how it went.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use crate::filter::{
    Checked, Explanation, Field, Filter, FilterError, Op, Shorthands, Value, Written, WrittenCondition,
};
use crate::http::{Code, Problem};
use crate::inboxes::ConditionTold;

/// Three flat lists of conditions. A message passes when every one of `all` holds, one of `any` (unless it is empty),
/// and none of `none`; at most 50 together.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({
    "all": [
        {"field": "subject", "op": "contains", "value": "reset"},
        {"field": "header", "name": "X-Env", "op": "equals", "value": "ci"},
        {"field": "attachment.filename", "op": "regex", "value": "\\.pdf$"}
    ],
    "none": [{"field": "from", "op": "ends_with", "value": "@spam.test"}]
}))]
pub(in crate::http::v1) struct FilterBody {
    /// Each must hold.
    all: Vec<ConditionBody>,
    /// One must hold, unless there are none.
    any: Vec<ConditionBody>,
    /// None may hold.
    none: Vec<ConditionBody>,
}

/// One condition: it holds when one of the field's values does.
///
/// Text is compared without regard to case (unless `case_sensitive`), white space and invisible characters; addresses
/// without their names, but `contains` finds part of a name too; `tag`, `run_id` and `folder` letter by letter.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http::v1) struct ConditionBody {
    /// What it looks at. `header` needs a `name`; `recipient` is To, Cc, Bcc and the envelope together, `body` text and
    /// HTML, `anywhere` the subject, all names and addresses, the text and names of attachments.
    #[schema(schema_with = field_schema)]
    field: String,
    /// With `header`: the name of the header field.
    #[serde(default)]
    #[schema(nullable = false, example = "X-Env")]
    name: Option<String>,
    /// How it compares. Addresses, text and words know all but `gt` and `lt`; numbers `equals`, `gt`, `lt`; `received_at`
    /// `gt` and `lt`; `seen` and `flagged` `equals`; what not every message has `exists`. `regex` is without look-around,
    /// its `^` and `$` are the ends of the whole value.
    #[schema(schema_with = op_schema)]
    op: String,
    /// What it compares with: a text of at most 1,000 characters, a whole number, `true` or `false`; a time is a text in
    /// RFC 3339. It may be missing with `exists`; there `false` asks that there is none.
    #[serde(default)]
    #[schema(schema_with = value_schema)]
    value: Option<ValueBody>,
    /// Whether upper and lower case differ.
    #[serde(default)]
    case_sensitive: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum ValueBody {
    Bool(bool),
    Number(f64),
    Text(String),
}

fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build().into()
}

fn field_schema() -> RefOr<Schema> {
    words(Field::ALL.iter().map(Field::as_str))
}

fn op_schema() -> RefOr<Schema> {
    words(Op::ALL.map(Op::as_str))
}

/// Any value: a choice of three types is what generators get wrong.
fn value_schema() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(utoipa::openapi::schema::SchemaType::AnyValue).build().into()
}

impl FilterBody {
    /// What the caller wrote, nothing of it checked.
    pub(in crate::http::v1) fn written(&self) -> Written {
        let list = |list: &[ConditionBody]| list.iter().map(ConditionBody::written).collect();
        Written { all: list(&self.all), any: list(&self.any), none: list(&self.none) }
    }
}

impl ConditionBody {
    fn written(&self) -> WrittenCondition {
        WrittenCondition {
            field: self.field.clone(),
            name: self.name.clone(),
            op: self.op.clone(),
            value: self.value.as_ref().map(|value| match value {
                ValueBody::Bool(truth) => Value::Bool(*truth),
                ValueBody::Number(number) => Value::Number(*number),
                ValueBody::Text(text) => Value::Text(text.clone()),
            }),
            case_sensitive: self.case_sensitive,
        }
    }
}

/// The filter of a body that holds `filter` and the four shorthands.
pub(in crate::http::v1) fn compile(body: Option<&FilterBody>, short: &Shorthands) -> Result<Filter, Problem> {
    let written = body.map(FilterBody::written).unwrap_or_default();
    Filter::compile(&written, short).map_err(refused)
}

/// The answer to a filter that cannot be: 422 with every error at its place.
fn refused(errors: Vec<FilterError>) -> Problem {
    let detail = match errors.as_slice() {
        [error] => format!("{}: {}", error.pointer, error.reason),
        errors => format!("{} of the conditions cannot be so", errors.len()),
    };
    let problem = Problem::new(Code::ValidationFailed, detail);
    errors.into_iter().fold(problem, |problem, error| problem.error(error.pointer, "invalid", error.reason))
}

/// What a filter says of a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct ExplanationJson {
    /// Whether it passed.
    passed: bool,
    /// The share of conditions that held, 0 to 1.
    score: f64,
    /// Each condition.
    conditions: Vec<CheckedJson>,
}

/// One condition and how it went.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http::v1) struct CheckedJson {
    /// Where it stands in the filter: `all/0`, `any` (which counts as one), `none/1`, `q/0` for the search box, or the
    /// name of a shorthand.
    #[schema(example = "all/0")]
    path: String,
    /// Whether it went as wanted.
    passed: bool,
    /// What it looks at.
    #[schema(example = "subject")]
    field: String,
    /// The name of the header field, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    name: Option<String>,
    /// How it compares.
    #[schema(example = "contains")]
    op: String,
    /// What it compares with, at most 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "reset")]
    expected: Option<String>,
    /// What the message has there, at most 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Passwort ändern")]
    actual: Option<String>,
    /// Why it failed: `case_only`, `whitespace`, `encoded_header`, `html_entity`, `plus_tag`, `in_html_not_text`,
    /// `part_of_actual`, `in_other_field(reply_to)` with the field in brackets, `substring_of_expected`, `edit_distance`
    /// (at most two characters), `no_overlap`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "no_overlap")]
    hint: Option<String>,
}

impl From<Explanation> for ExplanationJson {
    fn from(told: Explanation) -> Self {
        let conditions = told.conditions.into_iter().map(CheckedJson::from).collect();
        Self { passed: told.passed, score: told.score, conditions }
    }
}

impl From<Checked> for CheckedJson {
    fn from(checked: Checked) -> Self {
        Self {
            path: checked.path,
            passed: checked.passed,
            field: checked.field.to_owned(),
            name: checked.name,
            op: checked.op.to_owned(),
            expected: checked.expected,
            actual: checked.actual,
            hint: checked.hint.map(|hint| hint.to_string()),
        }
    }
}

impl From<ConditionTold> for CheckedJson {
    fn from(told: ConditionTold) -> Self {
        let ConditionTold { path, passed, field, name, op, expected, actual, hint } = told;
        Self { path, passed, field, name, op, expected, actual, hint }
    }
}
