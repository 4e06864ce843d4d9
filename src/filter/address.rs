//! How a text given for addresses in short, `from: no-reply@app.test`, is understood.

use super::Op;

/// The op and the value that `text` stands for.
///
/// With `*` or `?` it is a pattern that a whole address must fit; a whole address, alone or as `Name <address>`, must be
/// that one; anything else is part of an address or a name.
pub(super) fn understand(text: &str) -> (Op, &str) {
    let address = unbracketed(text);
    if address.contains(['*', '?']) {
        return (Op::Glob, address);
    }
    match address.split_once('@') {
        Some((local, domain)) if !local.is_empty() && !domain.is_empty() => (Op::Equals, address),
        _ => (Op::Contains, address),
    }
}

/// The address of `Name <address>`; anything else as it is, trimmed.
pub(super) fn unbracketed(text: &str) -> &str {
    let text = text.trim();
    text.rsplit_once('<').and_then(|(_, rest)| rest.strip_suffix('>')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_means_itself_a_pattern_its_kind_and_a_word_a_part() {
        for (text, understood) in [
            ("no-reply@app.test", (Op::Equals, "no-reply@app.test")),
            ("The App <a@app.test>", (Op::Equals, "a@app.test")),
            ("*@t.test", (Op::Glob, "*@t.test")),
            (" the app ", (Op::Contains, "the app")),
            ("@app.test", (Op::Contains, "@app.test")),
        ] {
            assert_eq!(understand(text), understood);
        }
    }
}
