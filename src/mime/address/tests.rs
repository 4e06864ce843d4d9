//! Address lists as senders write them.

use super::*;

fn read(value: &str) -> String {
    let mut limit = 100;
    let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
    let show = |entry: &Entry| match entry {
        Entry::Group(name) => format!("{}:", text(name)),
        Entry::GroupEnd => ";".to_owned(),
        Entry::Mailbox(m) => format!(
            "{}{}<{}|{}>",
            m.name.as_ref().map_or(String::new(), text),
            m.route.as_ref().map_or(String::new(), |route| format!("[{}]", text(route))),
            text(&m.local),
            m.domain.as_ref().map_or("-".to_owned(), text),
        ),
    };
    parse(value.as_bytes(), &mut limit).iter().map(show).collect::<Vec<_>>().join(" ")
}

#[test]
fn lists_are_read() {
    for (value, entries) in [
        ("a@b.test", "<a|b.test>"),
        ("Anna <a@b>", "Anna<a|b>"),
        ("\"Smith, J. \\\"Jo\\\"\" <j@s>, b@c", "Smith, J. \"Jo\"<j|s> <b|c>"),
        ("John Q. Public <j@p>", "John Q. Public<j|p>"),
        ("=?utf-8?q?J=C3=B6rg?= <j@g>", "=?utf-8?q?J=C3=B6rg?=<j|g>"),
        ("=?utf-8?q?Smith,_J:?= <j@g>, a=?b@c", "=?utf-8?q?Smith,_J:?=<j|g> <a=?b|c>"),
        ("a@b (Anna (B.))", "Anna (B.)<a|b>"),
        ("<@r1,@r2:a@b>", "[@r1,@r2]<a|b>"),
        ("\"a b\"@c", "<a b|c>"),
        ("<\"a>b\"@c>", "<a>b|c>"),
        ("a@[IPv6:::1], b@c", "<a|[IPv6:::1]> <b|c>"),
        ("friends: a@b, C <c@d>;, e@f", "friends: <a|b> C<c|d> ; <e|f>"),
        ("undisclosed-recipients:;", "undisclosed-recipients: ;"),
        ("g: a@b", "g: <a|b> ;"),
        ("root", "<root|->"),
        ("two words", "two words<|->"),
        ("Anna a@b", "Anna<a|b>"),
        ("a @ b", "<a|b>"),
        ("Anna <a@b, c@d", "Anna<a|b> <c|d>"),
        ("<a@b@c>", "<a@b|c>"),
        ("\"\"@b", "<|b>"),
        ("<>", ""),
        ("Mailer <>", "Mailer<|->"),
        (",, ;", ""),
        ("", ""),
        ("a@b;c@d", "<a|b> <c|d>"),
        ("A\r\n B\t<a@\r\n b>", "A B<a|b>"),
        ("a@", "<a|->"),
        ("(only a comment)", ""),
    ] {
        assert_eq!(read(value), entries, "{value}");
    }
}

#[test]
fn names_are_decoded_and_local_parts_quoted_again() {
    let model = |value: &str| flatten(&parse(value.as_bytes(), &mut 10));
    let one = |name: Option<&str>, address: &str| {
        vec![MailboxName { name: name.map(str::to_owned), address: address.to_owned() }]
    };
    assert_eq!(model("=?utf-8?q?J=C3=B6rg?= <j@g>"), one(Some("Jörg"), "j@g"));
    assert_eq!(model("\"=?utf-8?b?w6k=?=\" <j@g>"), one(Some("é"), "j@g"));
    assert_eq!(model("\"a b\"@c"), one(None, "\"a b\"@c"));
    assert_eq!(model("srs0=x/y=z@c"), one(None, "srs0=x/y=z@c"));
    assert_eq!(model("\"\"@c"), one(None, "\"\"@c"));
    assert_eq!(model("=?utf-8?q?x=0D=0ABcc:_e@f?= <j@g>"), one(Some("x Bcc: e@f"), "j@g"));
    assert_eq!(model("g: ;"), vec![]);
}

#[test]
fn no_more_than_the_limit_is_read() {
    let mut limit = 3;
    assert_eq!(parse(b"a@b,c@d,e@f,g@h", &mut limit).len(), 3);
    assert_eq!(limit, 0);
    assert_eq!(parse(b"a@b", &mut limit).len(), 0);
}
