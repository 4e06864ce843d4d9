//! What of a message a condition looks at.

use std::fmt;

/// A field of a message. Several values are possible where a message can have several.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The From field's addresses.
    From,
    /// The To field's.
    To,
    /// The Cc field's.
    Cc,
    /// The Bcc field's.
    Bcc,
    /// The Reply-To field's.
    ReplyTo,
    /// To, Cc, Bcc and the envelope's recipients together: what the shorthand `to` means.
    Recipient,
    /// The envelope's reverse-path.
    EnvelopeFrom,
    /// The envelope's forward-paths that led to the inbox.
    EnvelopeTo,
    /// The Subject field.
    Subject,
    /// The text that a person reads: the plain text part, or else the HTML without markup.
    Text,
    /// The HTML part as sent, markup included.
    Html,
    /// Text, HTML without markup, and HTML: what the shorthand `body` means.
    Body,
    /// Subject, names and addresses, text, HTML without markup, names of attachments: a bare word of the search box.
    Anywhere,
    /// A header field of this name, decoded.
    Header(String),
    /// The Message-ID, with or without its angle brackets.
    MessageId,
    /// The name of an attachment.
    AttachmentFilename,
    /// The type of an attachment, `application/pdf`.
    AttachmentContentType,
    /// The size of an attachment in octets, decoded.
    AttachmentSize,
    /// The SHA-256 of an attachment's decoded octets, in hex.
    AttachmentSha256,
    /// How many attachments there are.
    AttachmentCount,
    /// The size of the message in octets, as received.
    Size,
    /// A user's word on it.
    Tag,
    /// The run that the inbox belongs to.
    Run,
    /// A code found in it.
    Code,
    /// The target of a link found in it.
    Link,
    /// Whether it is read.
    Seen,
    /// Whether it is marked as important.
    Flagged,
    /// The folder that it lies in.
    Folder,
    /// When it was taken.
    ReceivedAt,
}

/// Of what kind a field's values are: it decides which ops there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Addresses, compared without their names.
    Address,
    /// Text, compared as people read it.
    Text,
    /// A word that someone chose, compared letter by letter.
    Word,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// A point in time.
    Time,
}

impl Field {
    /// All of them; the name of a header field is left empty.
    pub const ALL: [Self; 29] = [
        Self::From,
        Self::To,
        Self::Cc,
        Self::Bcc,
        Self::ReplyTo,
        Self::Recipient,
        Self::EnvelopeFrom,
        Self::EnvelopeTo,
        Self::Subject,
        Self::Text,
        Self::Html,
        Self::Body,
        Self::Anywhere,
        Self::Header(String::new()),
        Self::MessageId,
        Self::AttachmentFilename,
        Self::AttachmentContentType,
        Self::AttachmentSize,
        Self::AttachmentSha256,
        Self::AttachmentCount,
        Self::Size,
        Self::Tag,
        Self::Run,
        Self::Code,
        Self::Link,
        Self::Seen,
        Self::Flagged,
        Self::Folder,
        Self::ReceivedAt,
    ];

    /// The field's name, `attachment.filename`; `header` for every header field.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::From => "from",
            Self::To => "to",
            Self::Cc => "cc",
            Self::Bcc => "bcc",
            Self::ReplyTo => "reply_to",
            Self::Recipient => "recipient",
            Self::EnvelopeFrom => "envelope_from",
            Self::EnvelopeTo => "envelope_to",
            Self::Subject => "subject",
            Self::Text => "text",
            Self::Html => "html",
            Self::Body => "body",
            Self::Anywhere => "anywhere",
            Self::Header(_) => "header",
            Self::MessageId => "message_id",
            Self::AttachmentFilename => "attachment.filename",
            Self::AttachmentContentType => "attachment.content_type",
            Self::AttachmentSize => "attachment.size",
            Self::AttachmentSha256 => "attachment.sha256",
            Self::AttachmentCount => "attachment.count",
            Self::Size => "size",
            Self::Tag => "tag",
            Self::Run => "run_id",
            Self::Code => "code",
            Self::Link => "link",
            Self::Seen => "seen",
            Self::Flagged => "flagged",
            Self::Folder => "folder",
            Self::ReceivedAt => "received_at",
        }
    }

    /// The field of this name; a header field is given its own name later.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }

    pub(super) const fn kind(&self) -> Kind {
        match self {
            Self::From
            | Self::To
            | Self::Cc
            | Self::Bcc
            | Self::ReplyTo
            | Self::Recipient
            | Self::EnvelopeFrom
            | Self::EnvelopeTo => Kind::Address,
            Self::Subject
            | Self::Text
            | Self::Html
            | Self::Body
            | Self::Anywhere
            | Self::Header(_)
            | Self::MessageId
            | Self::AttachmentFilename
            | Self::AttachmentContentType
            | Self::AttachmentSha256
            | Self::Code
            | Self::Link => Kind::Text,
            Self::Tag | Self::Run | Self::Folder => Kind::Word,
            Self::AttachmentSize | Self::AttachmentCount | Self::Size => Kind::Number,
            Self::Seen | Self::Flagged => Kind::Flag,
            Self::ReceivedAt => Kind::Time,
        }
    }

    /// Whether every message has a value, so that asking for one makes no sense.
    pub(super) const fn is_always_there(&self) -> bool {
        matches!(
            self,
            Self::AttachmentCount | Self::Size | Self::Seen | Self::Flagged | Self::Folder | Self::ReceivedAt
        )
    }
}

/// As people are told of it: a header field with its own name, `header X-Env`.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        match self {
            Self::Header(name) if !name.is_empty() => write!(f, " {name}"),
            _ => Ok(()),
        }
    }
}
