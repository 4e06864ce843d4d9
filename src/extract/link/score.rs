//! How likely a link is to be the one that the message is about.

use super::collect::Found;
use super::purpose::Evidence;
use super::target::Target;
use crate::extract::found::Purpose;
use crate::extract::view::Style;

/// Hosts of networks that every footer links to.
const SOCIAL: [&str; 18] = [
    "facebook.com",
    "twitter.com",
    "x.com",
    "instagram.com",
    "linkedin.com",
    "youtube.com",
    "tiktok.com",
    "pinterest.com",
    "t.me",
    "wa.me",
    "weibo.com",
    "vk.com",
    "ok.ru",
    "threads.net",
    "discord.gg",
    "discord.com",
    "apps.apple.com",
    "play.google.com",
];
/// Ends of paths that are no page.
const ASSETS: [&str; 12] =
    [".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".css", ".js", ".ico", ".pdf", ".woff2", ".ics"];
/// Parts of paths and hosts of pages that are in every message.
const CHROME: [&str; 26] = [
    "privacy",
    "terms",
    "legal",
    "help",
    "support",
    "faq",
    "contact",
    "about",
    "imprint",
    "impressum",
    "datenschutz",
    "agb",
    "blog",
    "status",
    "careers",
    "docs",
    "security",
    "policy",
    "policies",
    "abuse",
    "report",
    "logo",
    "browser",
    "webview",
    "web-version",
    "social",
];

/// Parts of paths by which what was asked for is taken back.
const BACK: [&str; 6] = ["revoke", "deny", "reject", "cancel", "decline", "notme"];

/// What is known of a link, as log-odds.
pub(super) fn score(found: &Found, target: &Target, evidence: &Evidence, matches_sender: bool) -> f64 {
    let (purpose, weight) = evidence.best();
    let has_token = target.has_token();
    let mut sum = -3.0 + weight.min(6.0) * 0.7;
    let mut add = |holds: bool, weight: f64| sum += if holds { weight } else { 0.0 };
    add(has_token, 2.0);
    add(!has_token && purpose == Purpose::MagicLogin, -2.0);
    add(!has_token && matches!(purpose, Purpose::Reset | Purpose::Verify | Purpose::Confirm), -0.7);
    add(found.is_button, 1.0);
    add(found.is_action, 1.5);
    add(found.is_shown, 0.4);
    add(matches_sender, 0.4);
    add(evidence.has_label, 0.5);
    add(found.style.has(Style::FOOTER), -2.0);
    add(found.style.has(Style::QUOTED), -2.0);
    add(found.style.has(Style::HIDDEN), -1.5);
    add(evidence.is_chrome, -3.5);
    add(is_social(&target.host), -5.0);
    add(is_asset(&target.path), -4.0);
    add(is_chrome_path(target) && !has_token, -2.5);
    add(is_way_back(target), -1.5);
    add(target.path.len() <= 1 && target.query.is_empty() && target.fragment.is_empty(), -2.5);
    sum
}

fn is_social(host: &str) -> bool {
    SOCIAL.iter().any(|social| host == *social || host.strip_suffix(social).is_some_and(|rest| rest.ends_with('.')))
}

fn is_asset(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    ASSETS.iter().any(|end| path.ends_with(end))
}

fn is_way_back(target: &Target) -> bool {
    let path = target.path.to_ascii_lowercase().replace(['-', '_'], "");
    path.split('/').any(|part| BACK.contains(&part))
}

fn is_chrome_path(target: &Target) -> bool {
    let path = target.path.to_ascii_lowercase();
    let mut parts = path.split('/').chain(target.host.split('.').take(1));
    parts.any(|part| CHROME.contains(&part))
}
