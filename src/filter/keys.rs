//! The folded texts of a message that conditions are compared with, made once at delivery.

use super::fold;
use crate::model::content::MailboxName;
use crate::model::{Address, Content};

/// What a message is found by without reading its octets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// The subject.
    pub subject: String,
    /// The From field: each address between a line break and a tab, its name behind it.
    pub from: String,
    /// To, Cc, Bcc and the envelope's recipients, in the same form.
    pub to: String,
}

/// The keys of a message that was delivered to the forward-paths `delivered_to`.
#[must_use]
pub fn keys<'a>(content: &Content, delivered_to: impl IntoIterator<Item = &'a str>) -> Keys {
    let mut to = String::new();
    for mailbox in content.to.iter().chain(&content.cc).chain(&content.bcc) {
        push(&mut to, mailbox);
    }
    for path in delivered_to {
        let address = address_key(path);
        if !to.contains(&format!("\n{address}\t")) {
            push_text(&mut to, &address, "");
        }
    }
    let mut from = String::new();
    for mailbox in &content.from {
        push(&mut from, mailbox);
    }
    Keys { subject: fold(content.subject.as_deref().unwrap_or_default()), from, to }
}

/// An address as it stands in the keys.
pub(super) fn address_key(address: &str) -> String {
    Address::parse(address).map_or_else(|_| fold(address), |address| address.key())
}

fn push(keys: &mut String, mailbox: &MailboxName) {
    push_text(keys, &address_key(&mailbox.address), &fold(mailbox.name.as_deref().unwrap_or_default()));
}

fn push_text(keys: &mut String, address: &str, name: &str) {
    for text in ["\n", address, "\t", name, "\n"] {
        keys.push_str(text);
    }
}
