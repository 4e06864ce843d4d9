//! What MAIL and RCPT said, kept apart from what the message's header claims.

use super::address::{ForwardPath, ReversePath};

/// The envelope of one transaction. Spec: RFC 5321 §2.3.1.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Envelope {
    /// Whom failures go to.
    pub reverse_path: ReversePath,
    /// The accepted recipients, in the order of their RCPT commands.
    pub recipients: Vec<Recipient>,
    /// What MAIL carried besides the path.
    pub mail: MailParameters,
}

impl Envelope {
    /// An envelope without parameters.
    #[must_use]
    pub fn new(reverse_path: ReversePath, recipients: impl IntoIterator<Item = ForwardPath>) -> Self {
        let recipients = recipients.into_iter().map(Recipient::new).collect();
        Self { reverse_path, recipients, mail: MailParameters::default() }
    }
}

/// One accepted RCPT.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Recipient {
    /// The forward-path.
    pub path: ForwardPath,
    /// `NOTIFY=`, as sent, upper case: `NEVER`, or a list of `SUCCESS,FAILURE,DELAY`. Spec: RFC 3461 §4.1.
    pub notify: Option<String>,
    /// `ORCPT=`, as sent, xtext decoded: `rfc822;someone@example.com`. Spec: RFC 3461 §4.2.
    pub original: Option<String>,
}

impl Recipient {
    /// A recipient without parameters.
    #[must_use]
    pub const fn new(path: ForwardPath) -> Self {
        Self { path, notify: None, original: None }
    }
}

/// The parameters of MAIL.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MailParameters {
    /// `BODY=`. Spec: RFC 6152 §2, RFC 3030 §3.
    pub body: BodyKind,
    /// `SMTPUTF8`: addresses and header may be UTF-8. Spec: RFC 6531 §3.4.
    pub smtputf8: bool,
    /// `SIZE=`, in octets. Spec: RFC 1870 §6.
    pub declared_size: Option<u64>,
    /// `RET=`, upper case: `FULL` or `HDRS`. Spec: RFC 3461 §4.3.
    pub ret: Option<String>,
    /// `ENVID=`, xtext decoded. Spec: RFC 3461 §4.4.
    pub envid: Option<String>,
    /// `AUTH=`, xtext decoded. Spec: RFC 4954 §5.
    pub auth: Option<String>,
    /// `REQUIRETLS`: recorded, not enforced. Spec: RFC 8689 §2.
    pub requiretls: bool,
}

/// What the sender promised about the octets of the body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum BodyKind {
    /// No parameter, or `7BIT`.
    #[default]
    SevenBit,
    /// `8BITMIME`.
    EightBitMime,
    /// `BINARYMIME`.
    BinaryMime,
}
