//! The ledger: every mail that was acknowledged, to be compared with what the API shows.

use std::collections::HashMap;
use std::net::SocketAddr;

use reqwest::StatusCode;
use sha2::{Digest, Sha256};

use crate::support::Http;

/// The inbox that all mail of a load goes to.
pub(super) const INBOX: &str = "ledger@example.test";
/// How many mails are read back and compared octet for octet; reading all of them would be most of the test's time.
const SAMPLE: usize = 150;

/// What was sent, by subject: the SHA-256 of the octets that must be there.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    acknowledged: HashMap<String, [u8; 32]>,
    /// How many mails ended with another reply than 250, by the reply's first line.
    pub(super) refused: HashMap<String, u32>,
    /// Whether a 250 counts for nothing just now; see `Load::power_goes`.
    pub(super) is_void: bool,
}

/// What a comparison found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Compared {
    pub(super) acknowledged: usize,
    /// Acknowledged and not there.
    pub(super) lost: usize,
    /// There with other octets, among those that were read back.
    pub(super) altered: usize,
    /// There more than once, although each was sent once.
    pub(super) doubled: usize,
}

impl Ledger {
    /// Notes a mail that got its 250.
    pub(super) fn acknowledge(&mut self, subject: &str, octets: &[u8]) {
        if self.is_void {
            return;
        }
        self.acknowledged.insert(subject.to_owned(), Sha256::digest(octets).into());
    }

    /// How many mails got their 250.
    pub(super) fn len(&self) -> usize {
        self.acknowledged.len()
    }

    /// Reads the inbox page by page, and every so many-th mail whole.
    pub(super) async fn compare(&self, at: SocketAddr) -> Compared {
        let http = Http::new(at);
        let held = held(&http).await;
        let is_held = |subject: &&String| held.contains_key(*subject);
        let mut compared = Compared {
            acknowledged: self.len(),
            lost: self.acknowledged.keys().filter(|subject| !is_held(subject)).count(),
            altered: 0,
            doubled: held.values().filter(|ids| ids.len() > 1).count(),
        };
        let step = (self.len() / SAMPLE).max(1);
        for subject in self.acknowledged.keys().filter(is_held).step_by(step) {
            let raw = http.get(&format!("/v1/messages/{}/raw", held[subject][0])).await.expect(StatusCode::OK).body;
            compared.altered += usize::from(self.acknowledged[subject] != *Sha256::digest(&raw));
        }
        compared
    }

    /// Compares, and fails unless everything acknowledged is there, once and unaltered.
    #[track_caller]
    pub(super) fn assert_kept(&self, at: SocketAddr) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let compared = self.compare(at).await;
            let kept = Compared { acknowledged: self.len(), lost: 0, altered: 0, doubled: 0 };
            assert_eq!(compared, kept, "{caller}");
            eprintln!("{} acknowledged, all kept; refused: {:?}", self.len(), self.refused);
        }
    }
}

/// The ids of the messages in the inbox, by subject.
async fn held(http: &Http) -> HashMap<String, Vec<String>> {
    let mut held: HashMap<String, Vec<String>> = HashMap::new();
    let mut path = format!("/v1/inboxes/{INBOX}/messages?limit=200");
    loop {
        let answer = http.get(&path).await;
        if answer.status == StatusCode::NOT_FOUND {
            return held;
        }
        let page = answer.expect(StatusCode::OK).json();
        for message in page["items"].as_array().expect("a list") {
            let text = |member: &str| message[member].as_str().expect("text").to_owned();
            held.entry(text("subject")).or_default().push(text("id"));
        }
        if page["has_more"] != true {
            return held;
        }
        let after = page["next_after"].as_str().expect("text");
        path = format!("/v1/inboxes/{INBOX}/messages?limit=200&after={after}");
    }
}
