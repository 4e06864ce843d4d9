//! JSON values as YAML, for tools that read a description in no other form.

use std::fmt::Write as _;

use serde_json::Value;

/// Block style, two blanks for each depth, text in double quotes: YAML 1.1 and 1.2 read it alike.
pub(in crate::http) fn text(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, 0);
    out.push('\n');
    out
}

/// What follows a key, a hyphen, or nothing at the top.
fn write(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (place, (name, inside)) in members.iter().enumerate() {
                line(out, depth, place);
                out.push_str(&key(name));
                out.push(':');
                nest(out, inside, depth);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (place, inside) in items.iter().enumerate() {
                line(out, depth, place);
                out.push('-');
                nest(out, inside, depth);
            }
        }
        // JSON's scalars, `{}` and `[]` are YAML's.
        scalar => drop(write!(out, "{scalar}")),
    }
}

fn nest(out: &mut String, inside: &Value, depth: usize) {
    let is_block = match inside {
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    if is_block {
        out.push('\n');
        out.push_str(&"  ".repeat(depth + 1));
    } else {
        out.push(' ');
    }
    write(out, inside, depth + 1);
}

fn line(out: &mut String, depth: usize, place: usize) {
    if place > 0 {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
}

/// Plain where no reader could take it for anything but text: `on`, `y` and `200` are quoted.
fn key(name: &str) -> String {
    let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '$')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_/-$".contains(&byte));
    let is_reserved =
        ["y", "n", "yes", "no", "on", "off", "true", "false", "null"].contains(&name.to_ascii_lowercase().as_str());
    if is_word && !is_reserved { name.to_owned() } else { Value::from(name).to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn blocks_are_indented_and_text_is_quoted() {
        let value = json!({
            "info": {"title": "R: \"x\"\n", "n": 1, "on": true, "200": null},
            "/v1/inboxes/{inbox}": [{"a": [], "b": {}}, [1, "no"]],
        });
        let expected = "info:\n  title: \"R: \\\"x\\\"\\n\"\n  \"n\": 1\n  \"on\": true\n  \"200\": null\n\
            \"/v1/inboxes/{inbox}\":\n  -\n    a: []\n    b: {}\n  -\n    - 1\n    - \"no\"\n";
        assert_eq!(super::text(&value), expected);
    }
}
