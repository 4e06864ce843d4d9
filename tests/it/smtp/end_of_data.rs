//! False ends of data through the socket: one message, one reply, the same octets.

use crate::support::Server;
use crate::support::dialogue::Dialogue;

const FALSE_ENDS: [(&str, &str); 16] = [
    ("s1", "\n.\n"),
    ("s2", "\n.\r\n"),
    ("s3", "\r\n.\n"),
    ("s4", "\n.\r"),
    ("s5", "\r\n.\r"),
    ("s6", "\r.\r"),
    ("s7", "\r.\n"),
    ("s8", "\r.\r\n"),
    ("s9", "\r\n.\r\r\n"),
    ("s10", "\r\r\n.\r\r\n"),
    ("s11", "\r\n\0.\r\n"),
    ("s12", "\r\n.\0\r\n"),
    ("s13-space", "\r\n. \r\n"),
    ("s13-before", "\r\n .\r\n"),
    ("s13-tab", "\r\n.\t\r\n"),
    ("s14", "\r\n..\r\n"),
];

#[tokio::test]
async fn a_false_end_is_content_whole_and_octet_by_octet() {
    let server = Server::start().await;
    for (row, sequence) in FALSE_ENDS {
        for bytewise in [false, true] {
            let to = format!("{row}-{bytewise}@smuggle.test");
            let content = format!("Subject: {row}\r\n\r\nbefore{sequence}MAIL FROM:<evil@x.test>\r\nevil\r\n");
            let mut dialogue = Dialogue::connect(server.smtp_at()).await;
            dialogue
                .run(&format!(
                    "S: 220 …\nC: MAIL FROM:<a@b.test>\nS: 250 …\nC: RCPT TO:<{to}>\nS: 250 …\nC: DATA\nS: 354 …"
                ))
                .await;
            let wire = format!("{content}.\r\n");
            for piece in wire.as_bytes().chunks(if bytewise { 1 } else { wire.len() }) {
                dialogue.send(piece).await;
            }
            dialogue.run("S: 250 2.0.0 …\nC: NOOP\nS: 250 2.0.0 ok").await;
            let found = server.http().wait(&to.replace('@', "%40"), row).await;
            let raw = server.http().get(&format!("/v1/messages/{}/raw", found["id"].as_str().unwrap())).await;
            let unstuffed = |line: &str| line.strip_prefix('.').unwrap_or(line).to_owned();
            let stored = content.split("\r\n").map(unstuffed).collect::<Vec<_>>().join("\r\n");
            assert_eq!(raw.text(), stored, "{row}");
        }
    }
}
