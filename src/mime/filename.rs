//! Names and types for downloads that do no harm where they are saved or shown.

use crate::model::content::Part;

/// Longest name, in octets: file systems allow 255, and a prefix should fit.
const MAX_BYTES: usize = 200;
/// Longest ending that survives a cut, in octets.
const MAX_ENDING_BYTES: usize = 20;
/// Names that Windows gives to devices, whatever their ending.
const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
/// Types that a browser may show without running anything, and the ending of each.
const INLINE: [(&str, &str); 6] = [
    ("image/png", "png"),
    ("image/jpeg", "jpg"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("text/plain", "txt"),
    ("application/pdf", "pdf"),
];
/// Endings of other types that are common in mail.
const ENDINGS: [(&str, &str); 8] = [
    ("text/html", "html"),
    ("text/csv", "csv"),
    ("text/calendar", "ics"),
    ("text/vcard", "vcf"),
    ("message/rfc822", "eml"),
    ("application/zip", "zip"),
    ("application/json", "json"),
    ("application/xml", "xml"),
];

/// A name to save the part under: no path, no control or direction mark, no device name, 1 to 200 octets.
///
/// `part-1.2.bin` when the part has none.
#[must_use]
pub fn safe_filename(part: &Part) -> String {
    let name = part.filename.as_deref().unwrap_or_default();
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible = name.chars().filter(|&c| !is_hidden(c));
    let safe: String = visible.map(|c| if "<>:\"|?*".contains(c) { '_' } else { c }).collect();
    let safe = safe.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if safe.is_empty() {
        return fallback(part);
    }
    let is_device = is_device_name(safe.split('.').next().unwrap_or_default().trim_end());
    let safe = if is_device { format!("_{safe}") } else { safe.to_owned() };
    shorten(&safe)
}

/// The type to serve the part with when it is shown: its own if that is harmless, else `application/octet-stream`.
#[must_use]
pub fn safe_content_type(part: &Part) -> &'static str {
    let inline = INLINE.iter().find(|(content_type, _)| *content_type == part.content_type);
    inline.map_or("application/octet-stream", |(content_type, _)| content_type)
}

fn fallback(part: &Part) -> String {
    let known = INLINE.iter().chain(&ENDINGS).find(|(content_type, _)| *content_type == part.content_type);
    let section = if part.section.is_empty() { "1" } else { &part.section };
    // A deep section number is longer than a name may be; its end tells more than its beginning.
    let section = section.get(section.len().saturating_sub(100)..).unwrap_or_default().trim_start_matches('.');
    format!("part-{section}.{}", known.map_or("bin", |(_, ending)| ending))
}

/// Controls, and marks that turn the reading direction or take no room: they make one name look like another.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn is_device_name(stem: &str) -> bool {
    let stem = stem.to_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let is_port = port.is_some_and(|number| {
        let mut digits = number.chars();
        matches!((digits.next(), digits.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    });
    is_port || RESERVED.contains(&stem.as_str())
}

/// Cuts the middle, so that the ending stays.
fn shorten(name: &str) -> String {
    if name.len() <= MAX_BYTES {
        return name.to_owned();
    }
    let ending = name.rfind('.').and_then(|dot| name.get(dot..)).filter(|ending| ending.len() <= MAX_ENDING_BYTES);
    let ending = ending.unwrap_or_default();
    let stem = name.get(..name.floor_char_boundary(MAX_BYTES - ending.len())).unwrap_or_default();
    format!("{}{ending}", stem.trim_end_matches(['.', ' ']))
}

#[cfg(test)]
mod tests;
