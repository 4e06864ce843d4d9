//! Putting a message into an inbox without SMTP: as octets, or written here from its parts.

use bytes::Bytes;
use mail_builder::MessageBuilder;
use mail_builder::headers::HeaderType;
use mail_builder::headers::raw::Raw;

use super::Error;
use super::deliver::Delivery;
use super::route::Route;
use super::service::Inboxes;
use crate::checks::octets::Octets;
use crate::mime;
use crate::model::envelope::BodyKind;
use crate::model::inbox::Inbox;
use crate::model::receipt::{Lint, Receipt, Via};
use crate::model::{Address, Envelope, MessageId, ReversePath};

/// A message in parts.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// `a@b.test` or `Name <a@b.test>`.
    pub from: String,
    /// The To field; the inbox's address when it is empty.
    pub to: Vec<String>,
    /// The Cc field.
    pub cc: Vec<String>,
    /// The Subject field.
    pub subject: String,
    /// The text part.
    pub text: Option<String>,
    /// The HTML part.
    pub html: Option<String>,
    /// More fields, in order.
    pub headers: Vec<(String, String)>,
    /// Files.
    pub attachments: Vec<Attachment>,
}

/// A file of a [`Draft`].
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Its name.
    pub filename: String,
    /// Its type, `application/pdf`.
    pub content_type: String,
    /// Its octets.
    pub bytes: Vec<u8>,
}

/// Fields that a draft has of its own, or that would change what its body means.
const OWN_FIELDS: [&str; 9] = [
    "from",
    "to",
    "cc",
    "subject",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "content-id",
];

impl Inboxes {
    /// Puts the octets into the inbox as they are.
    ///
    /// # Errors
    /// As [`Inboxes::deliver`].
    pub async fn inject(&self, inbox: &Inbox, raw: Bytes) -> Result<MessageId, Error> {
        let limit = self.max_message_bytes();
        if raw.len() as u64 > limit {
            return Err(Error::TooLarge { size: raw.len() as u64, limit });
        }
        let reverse_path = sender(&raw);
        let receipt = Receipt {
            via: Via::Api,
            envelope: Envelope::new(reverse_path, [inbox.address.clone()]),
            session: None,
            stages: Vec::new(),
            lints: octets(&raw),
            transcript: Vec::new(),
        };
        let routes = vec![Route::to(inbox.address.clone(), inbox.id)];
        let ids = self.deliver(Delivery { raw, receipt, routes }).await?;
        ids.first().copied().ok_or(Error::NotFound { what: "inbox" })
    }

    /// Writes a message from its parts and puts it into the inbox.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a part that cannot be written; else as [`Inboxes::deliver`].
    pub async fn compose(&self, inbox: &Inbox, draft: &Draft) -> Result<MessageId, Error> {
        let raw = self.write(inbox, draft)?;
        self.inject(inbox, raw.into()).await
    }

    fn write(&self, inbox: &Inbox, draft: &Draft) -> Result<Vec<u8>, Error> {
        let to = if draft.to.is_empty() { vec![inbox.address.to_string()] } else { draft.to.clone() };
        let now = self.clock().now();
        let id = MessageId::new(now);
        let mut message = MessageBuilder::new()
            .message_id(format!("{id}@{}", inbox.address.domain()))
            .date(now.micros() / 1_000_000)
            .from(mailbox("/from", &draft.from)?)
            .to(mailboxes("/to", &to)?)
            .subject(one_line("/subject", &draft.subject)?);
        if !draft.cc.is_empty() {
            message = message.cc(mailboxes("/cc", &draft.cc)?);
        }
        for (place, (name, value)) in draft.headers.iter().enumerate() {
            let pointer = format!("/headers/{place}");
            check_field(&pointer, name)?;
            message = message.header(name.clone(), HeaderType::from(Raw::new(one_line(&pointer, value)?)));
        }
        if let Some(html) = &draft.html {
            message = message.html_body(html.as_str());
        }
        if let Some(text) = draft.text.as_deref().or(draft.html.is_none().then_some("")) {
            message = message.text_body(text);
        }
        for (place, file) in draft.attachments.iter().enumerate() {
            let content_type = one_line(&format!("/attachments/{place}/content_type"), &file.content_type)?;
            let filename = one_line(&format!("/attachments/{place}/filename"), &file.filename)?;
            message = message.attachment(content_type, filename, file.bytes.as_slice());
        }
        message.write_to_vec().map_err(|_| Error::invalid("", "the message cannot be written"))
    }
}

/// What is odd about the octets; 8-bit ones need no announcement here.
fn octets(raw: &[u8]) -> Vec<Lint> {
    let mut octets = Octets::default();
    octets.push(raw);
    octets.finish(BodyKind::EightBitMime)
}

/// The first address of From; nobody when there is none.
fn sender(raw: &[u8]) -> ReversePath {
    let content = mime::parse(raw.get(..raw.len().min(64 * 1024)).unwrap_or(raw));
    let address = content.from.first().and_then(|from| Address::parse(&from.address).ok());
    address.map_or(ReversePath::Null, ReversePath::Address)
}

fn mailboxes<'a>(pointer: &str, texts: &'a [String]) -> Result<Vec<(String, String)>, Error> {
    let each =
        texts.iter().enumerate().map(|(place, text): (usize, &'a String)| mailbox(&format!("{pointer}/{place}"), text));
    each.collect()
}

/// Name and address of `a@b.test` or `Name <a@b.test>`.
fn mailbox(pointer: &str, text: &str) -> Result<(String, String), Error> {
    let text = one_line(pointer, text)?.trim().to_owned();
    let (name, address) = match text.rsplit_once('<') {
        Some((name, rest)) => (name.trim().trim_matches('"').to_owned(), rest.trim_end_matches('>').to_owned()),
        None => (String::new(), text),
    };
    let address = Address::parse(&address).map_err(|error| Error::invalid(pointer, error.to_string()))?;
    Ok((name, address.to_string()))
}

fn one_line(pointer: &str, text: &str) -> Result<String, Error> {
    if text.chars().any(|c| c.is_control() && c != '\t') {
        return Err(Error::invalid(pointer, "no line breaks and no other control characters"));
    }
    Ok(text.to_owned())
}

/// RFC 5322 §2.2: a field's name is printable ASCII without a colon.
fn check_field(pointer: &str, name: &str) -> Result<(), Error> {
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
    if !is_name {
        return Err(Error::invalid(format!("{pointer}/name"), "printable ASCII without spaces and colons"));
    }
    if OWN_FIELDS.iter().any(|own| own.eq_ignore_ascii_case(name)) {
        return Err(Error::invalid(
            format!("{pointer}/name"),
            format!("{name} is written from the draft's own fields; to set everything, send message/rfc822"),
        ));
    }
    Ok(())
}
