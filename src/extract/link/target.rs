//! The parts of a link's URL, as far as they are needed; nothing is refused that a person could follow.

/// A URL's parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) scheme: String,
    /// Lower case, without user and port.
    pub(super) host: String,
    /// Up to the query.
    pub(super) path: String,
    pub(super) query: String,
    pub(super) fragment: String,
}

/// Schemes that are no link to follow.
const NOT_FOLLOWED: [&str; 10] = ["mailto", "tel", "sms", "javascript", "data", "cid", "file", "about", "mid", "xmpp"];

impl Target {
    /// The parts of `url`; `None` if it is relative or nothing to follow.
    pub(super) fn of(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once(':')?;
        let scheme = scheme.trim().to_ascii_lowercase();
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        if !is_scheme || NOT_FOLLOWED.contains(&scheme.as_str()) {
            return None;
        }
        let rest = rest.trim_start_matches('/');
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at_checked(end)?;
        let host = authority.rsplit('@').next()?;
        let port = host
            .rfind(':')
            .filter(|colon| host.get(colon + 1..).is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit())));
        let host = host.get(..port.unwrap_or(host.len()))?.trim_end_matches('.').to_ascii_lowercase();
        if host.is_empty() {
            return None;
        }
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        Some(Self { scheme, host, path: path.to_owned(), query: query.to_owned(), fragment: fragment.to_owned() })
    }

    /// Names and values of the query, and of a fragment that has the same form.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (String, String)> {
        let inside = self.fragment.split_once('?').map_or(self.fragment.as_str(), |(_, query)| query);
        let fragment = Some(inside).filter(|fragment| fragment.contains('=')).unwrap_or_default();
        let pairs = |text: &str| form_urlencoded::parse(text.as_bytes()).into_owned().take(50).collect::<Vec<_>>();
        pairs(&self.query).into_iter().chain(pairs(fragment))
    }

    /// Whether some part of it was drawn by lot: a token.
    pub(super) fn has_token(&self) -> bool {
        let in_path = self.path.split('/').chain(self.fragment.split('/')).any(is_token);
        in_path || self.parameters().any(|(name, value)| is_token(&value) || (is_token_name(&name) && value.len() >= 4))
    }
}

fn is_token_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["token", "code", "otp", "key", "sig", "hash", "nonce", "ticket", "secret", "confirmation"]
        .iter()
        .any(|part| name.contains(part))
        && !name.contains("utm")
}

/// Long, and with no shape of words: `3f9a…`, `eyJhb…`, `V1StGXR8_Z5jdHi6B`.
fn is_token(text: &str) -> bool {
    let len = text.len();
    if len < 12 || text.contains(' ') {
        return false;
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let uppers = text.bytes().filter(u8::is_ascii_uppercase).count();
    let lowers = text.bytes().filter(u8::is_ascii_lowercase).count();
    let words = text
        .split(['-', '_', '.'])
        .filter(|word| word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase()))
        .count();
    let mixed = digits >= 2 && (uppers + lowers >= 2 || digits >= 12) || (uppers >= 3 && lowers >= 3);
    mixed && words * 6 < len
}

/// The domain that someone registered, of which `host` is part.
pub(super) fn registrable(host: &str) -> String {
    let host = idna::domain_to_ascii(host).unwrap_or_else(|_| host.to_owned());
    psl::domain_str(&host).unwrap_or(&host).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Target, registrable};

    #[test]
    fn parts_are_found() {
        let target = Target::of("HTTPS://user:pw@App.Example.test:8443/reset/confirm?token=ab12cd#top").unwrap();
        assert_eq!((target.scheme.as_str(), target.host.as_str()), ("https", "app.example.test"));
        assert_eq!(
            (target.path.as_str(), target.query.as_str(), target.fragment.as_str()),
            ("/reset/confirm", "token=ab12cd", "top")
        );
        for none in ["mailto:a@example.test", "#top", "/relative", "", "javascript:alert(1)", "https://", "tel:+123"] {
            assert_eq!(Target::of(none), None, "{none}");
        }
        assert_eq!(Target::of("myapp://verify?token=1").unwrap().host, "verify");
    }

    #[test]
    fn tokens_are_told_from_words() {
        let has_token = |url: &str| Target::of(url).unwrap().has_token();
        for url in [
            "https://a.test/r/3f9a1b77c2d04e5f8a9b",
            "https://a.test/verify?t=eyJhbGciOiJIUzI1NiJ9.eyJzdWIi",
            "https://a.test/#/reset?token=V1StGXR8Z5jdHi6B",
            "https://a.test/login?code=482913",
            "https://a.test/v/018f3c2e-7b1a-7c3d-9e4f-1a2b3c4d5e6f",
        ] {
            assert!(has_token(url), "{url}");
        }
        for url in [
            "https://a.test/help/how-to-reset-your-password",
            "https://a.test/",
            "https://a.test/a?utm_source=mail&lang=de",
        ] {
            assert!(!has_token(url), "{url}");
        }
    }

    #[test]
    fn registrable_domain_is_one_below_the_suffix() {
        assert_eq!(registrable("mail.app.example.co.uk"), "example.co.uk");
        assert_eq!(registrable("app.acme.test"), "acme.test");
        assert_eq!(registrable("localhost"), "localhost");
    }
}
