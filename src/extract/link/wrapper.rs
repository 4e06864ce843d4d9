//! Tracking links that carry their target in themselves.

use super::target::Target;

/// Parameters that hold a target.
const NAMES: [&str; 14] = [
    "url",
    "u",
    "target",
    "to",
    "q",
    "dest",
    "destination",
    "redirect",
    "redirect_url",
    "link",
    "r",
    "l",
    "goto",
    "href",
];
/// Parts of hosts and paths that say that clicks are counted there.
const MARKS: [&str; 16] = [
    "click",
    "track",
    "trk",
    "redirect",
    "redir",
    "safelinks",
    "urldefense",
    "lnk",
    "links",
    "link",
    "clk",
    "/r",
    "/c",
    "/l",
    "/ls",
    "/url",
];

/// The target that stands in a tracking link.
///
/// A page to sign in at that leads on afterwards is no such link: it is for its own sake.
pub(super) fn resolve(target: &Target) -> Option<String> {
    let host_parts = target.host.split(['.', '-']);
    let path = target.path.to_ascii_lowercase();
    let is_mark = |part: &str| MARKS.iter().any(|mark| mark.trim_start_matches('/') == part);
    let mut parts = host_parts.chain(path.split(['/', '-', '.']));
    if !parts.any(|part| is_mark(part.trim_end_matches(|c: char| c.is_ascii_digit()))) {
        return None;
    }
    let (_, inner) = target.parameters().find(|(name, value)| {
        NAMES.contains(&name.to_ascii_lowercase().as_str())
            && (value.starts_with("https://") || value.starts_with("http://"))
    })?;
    Target::of(&inner).is_some_and(|inner| inner.host != target.host).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::{Target, resolve};

    #[test]
    fn target_is_read_and_nothing_else_is_taken_for_one() {
        let resolved = |url: &str| resolve(&Target::of(url).unwrap());
        assert_eq!(
            resolved("https://click.mailer.test/ls?u=https%3A%2F%2Fapp.test%2Freset%3Ft%3D1").as_deref(),
            Some("https://app.test/reset?t=1")
        );
        assert_eq!(resolved("https://app.test/login?redirect=https%3A%2F%2Fother.test%2F"), None);
        assert_eq!(resolved("https://click.mailer.test/ls/opaque"), None);
    }
}
