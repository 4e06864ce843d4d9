//! Mails to send in tests.

/// A mail that is being written.
#[derive(Clone, Debug)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    subject: String,
    fields: String,
    body: String,
}

/// A plain mail from `sender@example.com` to nobody yet.
pub fn mail() -> Mail {
    Mail {
        from: "sender@example.com".to_owned(),
        to: Vec::new(),
        subject: "hello".to_owned(),
        fields: String::new(),
        body: "Hello.\r\n".to_owned(),
    }
}

impl Mail {
    pub fn from(mut self, address: &str) -> Self {
        self.from = address.to_owned();
        self
    }

    /// One more recipient.
    pub fn to(mut self, address: &str) -> Self {
        self.to.push(address.to_owned());
        self
    }

    pub fn subject(mut self, subject: &str) -> Self {
        self.subject = subject.to_owned();
        self
    }

    /// One more header field.
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// The text behind the header; lines end with CRLF.
    pub fn body(mut self, body: &str) -> Self {
        self.body = body.to_owned();
        self
    }

    /// The octets that a server should store.
    pub fn octets(&self) -> Vec<u8> {
        let Self { from, subject, fields, body, .. } = self;
        let to = self.to.join(", ");
        format!(
            "From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: Fri, 20 Nov 2026 09:00:00 +0000\r\n\
             Message-ID: <it@example.com>\r\n{fields}\r\n{body}"
        )
        .into_bytes()
    }
}
