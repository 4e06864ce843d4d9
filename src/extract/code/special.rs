//! Codes that need no guessing: the domain-bound last line, structured data, fields for a one-time code.

use serde_json::Value;

use crate::extract::lexicon::{labels, words};
use crate::extract::view::{Anchor, Message, Page, fold};

/// Values of structured data that are looked at.
const MAX_VALUES: usize = 500;
/// Names of such values.
const CODE_KEYS: [&str; 10] = [
    "code",
    "otp",
    "onetimecode",
    "onetimepassword",
    "verificationcode",
    "confirmationcode",
    "securitycode",
    "passcode",
    "accesscode",
    "logincode",
];

/// `@example.test #482913`: what it is for, the code, and where the code stands in the plain text.
///
/// ```text
/// last-line = "@" host " " [ "@" host " " ] "#" code
/// ```
pub(super) struct DomainBound {
    pub(super) domain: String,
    pub(super) value: String,
    pub(super) view: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The domain-bound code in the last line of a view.
pub(super) fn domain_bound(message: &Message) -> Option<DomainBound> {
    message.reads.iter().enumerate().skip(1).find_map(|(place, read)| {
        // A mailing system may put its own small print below the last line.
        read.view.lines.iter().rev().take(4).find_map(|line| {
            let text: String = read.view.slice(line.start, line.end).iter().collect();
            let (domain, rest) = text.trim().strip_prefix('@')?.split_once(' ')?;
            let code = match rest.strip_prefix('@') {
                Some(embedded) => embedded.split_once(' ')?.1,
                None => rest,
            };
            let code = code.strip_prefix('#')?;
            let is_host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | ':');
            let is_code = (3..=32).contains(&code.len()) && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            let is_whole = is_code && domain.contains(['.', ':']) && domain.chars().all(is_host);
            let end = line.end;
            is_whole.then(|| DomainBound {
                domain: domain.to_ascii_lowercase(),
                value: code.to_owned(),
                view: place,
                start: end - code.chars().count(),
                end,
            })
        })
    })
}

/// Codes that structured data names so.
pub(super) fn structured(page: &Page) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = 0;
    for json in &page.json {
        if let Ok(value) = serde_json::from_str(json) {
            walk(&value, &mut found, &mut seen);
        }
    }
    for (name, value) in &page.properties {
        if is_code_key(name) && is_code(value) {
            found.push(value.clone());
        }
    }
    found
}

/// Codes in links that copy one or lead to where it is entered: "Copy code" to `…?code=482913`.
pub(super) fn in_links(anchors: &[Anchor]) -> Vec<String> {
    let mut found = Vec::new();
    for anchor in anchors.iter().filter(|anchor| anchor.url.contains('=')) {
        let label: Vec<char> = anchor.label.chars().collect();
        let folded: Vec<char> = label.iter().copied().map(fold).collect();
        if !labels(&words(&label, &folded)).iter().any(|word| word.class.names_code()) {
            continue;
        }
        let query = anchor.url.split_once('?').map_or("", |(_, query)| query.split('#').next().unwrap_or_default());
        for (name, value) in form_urlencoded::parse(query.as_bytes()).take(50) {
            // A token is no code that one types, though it may be called one.
            let is_short = (4..=10).contains(&value.len()) && !value.bytes().any(|b| b.is_ascii_lowercase());
            if is_short && is_code_key(&name) {
                found.push(value.into_owned());
            }
        }
    }
    found
}

fn walk(value: &Value, found: &mut Vec<String>, seen: &mut usize) {
    // serde_json refuses more than 128 levels, so this ends.
    *seen += 1;
    if *seen > MAX_VALUES {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, inside) in members {
                match inside {
                    Value::String(text) if is_code_key(name) && is_code(text) => found.push(text.clone()),
                    _ => walk(inside, found, seen),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, found, seen)),
        _ => {}
    }
}

fn is_code_key(name: &str) -> bool {
    let folded: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    CODE_KEYS.contains(&folded.as_str())
}

pub(super) fn is_code(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (4..=16).contains(&text.len())
        && digits > 0
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ' '))
}
