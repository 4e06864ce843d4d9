//! What the database looks for by itself and the rest in memory together give what memory alone would.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use restante::filter::{Facts, Filter, Op, Shorthands, Value, Written, WrittenCondition};
use restante::model::Flags;
use restante::store::{Listed, MessageChange, MessageQuery, NewInbox, Order, Scope, StoredMessage};

use crate::both_stores;

const SUBJECTS: [&str; 8] =
    ["Reset  your Password", "Größe 1", "", "50% off_now", "İstanbul", "reset*?", "e\u{301}t\u{e9}", "it's \\ \"q\""];
const ADDRESSES: [&str; 8] = [
    "The App <no-reply@app.test>",
    "ANNA@T.test",
    "anna+x@t.test",
    "\"a b\"@t.test",
    "Jörg <jörg@bücher.test>",
    "x_y@t.test",
    "undisclosed",
    "=?utf-8?q?Gr=C3=BC=C3=9Fe?= <g%h@t.test>",
];
const FIELDS: [&str; 18] = [
    "subject",
    "from",
    "to",
    "cc",
    "bcc",
    "recipient",
    "reply_to",
    "envelope_to",
    "message_id",
    "attachment.filename",
    "tag",
    "run_id",
    "folder",
    "size",
    "seen",
    "flagged",
    "received_at",
    "attachment.count",
];
const TEXTS: [&str; 24] = [
    "reset your password",
    "RESET",
    "e your p",
    "größe",
    "GRÖSSE",
    "%",
    "_",
    "i",
    "İ",
    "été",
    "*",
    "?*",
    "reset*?",
    "\\",
    "no-reply@app.test",
    "anna",
    "a b",
    "jörg",
    "@bücher.test",
    "xn--",
    "Anna@t.TEST",
    "app",
    "evidence",
    "run_1",
];

fn facts(stored: &StoredMessage) -> Facts<'_> {
    Facts {
        content: &stored.content,
        delivered_to: &stored.message.delivered_to,
        tags: &stored.message.tags,
        run: stored.run.as_deref(),
        folder: &stored.message.folder,
        flags: stored.message.flags,
        received_at: stored.message.received_at,
        size: stored.message.size,
        octets: None,
        envelope_from: None,
        found: None,
    }
}

/// A condition that makes sense, on a field that the row decides.
fn condition(random: &mut StdRng, times: &[String]) -> WrittenCondition {
    loop {
        let value = match random.random_range(0..6) {
            0 => Some(Value::Number(f64::from(random.random_range(0_u32..400)))),
            1 => Some(Value::Bool(random.random())),
            2 => times.choose(random).cloned().map(Value::Text),
            3 => None,
            _ => TEXTS.choose(random).map(|text| Value::Text((*text).to_owned())),
        };
        let op = *Op::ALL.choose(random).unwrap();
        let condition = WrittenCondition {
            value,
            case_sensitive: random.random_bool(0.2),
            ..WrittenCondition::bare(FIELDS.choose(random).unwrap(), op)
        };
        let written = Written { all: vec![condition.clone()], ..Written::default() };
        if Filter::compile(&written, &Shorthands::default()).is_ok() {
            return condition;
        }
    }
}

both_stores! {
    async fn with_the_database_or_without_it_the_same_messages_pass(bare) {
        let mut random = StdRng::seed_from_u64(4);
        let plain = bare.inbox("anna@t.test").await;
        let run = NewInbox { run: Some("run_1".into()), ..bare.new_inbox("jörg@bücher.test") };
        let of_run = bare.store.create_inbox(run).await.unwrap().id;
        for number in 0..60 {
            bare.pass_seconds(1);
            let mut pick = |list: &[&str]| (*list.choose(&mut random).unwrap()).to_owned();
            let mail = format!(
                "Subject: {}\r\nFrom: {}\r\nTo: {}, {}\r\nCc: {}\r\nReply-To: {}\r\nMessage-ID: <{number}@app.test>\r\n\r\n{}",
                pick(&SUBJECTS), pick(&ADDRESSES), pick(&ADDRESSES), pick(&ADDRESSES), pick(&ADDRESSES), pick(&ADDRESSES),
                "x".repeat(number),
            );
            let inbox = if random.random() { plain } else { of_run };
            let id = bare.deliver(mail.as_bytes(), inbox).await.unwrap().id;
            let mut add = Flags::NONE;
            for flag in [Flags::SEEN, Flags::FLAGGED] {
                add = if random.random() { add.with(flag) } else { add };
            }
            let tags = [&[][..], &["evidence"], &["Evidence", "run_1"]].choose(&mut random).unwrap().iter().map(|tag| (*tag).to_owned());
            let change = MessageChange { add, tags: Some(tags.collect()), ..MessageChange::default() };
            bare.store.update_message(id, change).await.unwrap();
        }
        let project = Scope::Project(bare.store.default_project());
        let everything = bare.store.messages(&MessageQuery::all(project, 1_000)).await.unwrap();
        let times: Vec<String> = everything.iter().map(|one| one.found.message.received_at.to_string()).collect();
        let mut found = 0;
        for _ in 0..300 {
            let mut list = |most| (0..random.random_range(0..=most)).map(|_| condition(&mut random, &times)).collect::<Vec<_>>();
            let written = Written { all: list(3), any: list(1), none: list(1) };
            let filter = Filter::compile(&written, &Shorthands::default()).unwrap();
            let passing = |rows: &[Listed]| -> Vec<i64> {
                rows.iter().filter(|row| filter.matches(&facts(&row.found))).map(|row| row.number).collect()
            };
            let (scope, mut expected) = match random.random_range(0..3) {
                0 => {
                    let inbox: Vec<Listed> = everything.iter().filter(|row| row.found.message.inbox == of_run).cloned()
                        .map(|row| Listed { number: row.found.message.seq.0, ..row }).collect();
                    (Scope::Inbox(of_run), passing(&inbox))
                }
                _ => (project, passing(&everything)),
            };
            let order = if random.random() { Order::Oldest } else { Order::Newest };
            if order == Order::Newest {
                expected.reverse();
            }
            let query = MessageQuery { needles: filter.needles(), order, ..MessageQuery::all(scope, 1_000) };
            let rows = bare.store.messages(&query).await.unwrap();
            assert_eq!(passing(&rows), expected, "{written:?} asks for {:?}", query.needles);
            found += expected.len();
        }
        assert!(found > 1_000, "the filters are too narrow to say anything: {found}");
    }
}
