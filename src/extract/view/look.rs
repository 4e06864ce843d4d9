//! What the attributes of an element say of how it looks and what it is.

/// The attributes that are read.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    pub(super) style: String,
    pub(super) class: String,
    pub(super) id: String,
    pub(super) href: Option<String>,
    pub(super) alt: String,
    pub(super) title: String,
    pub(super) role: String,
    pub(super) kind: String,
    pub(super) value: String,
    pub(super) content: String,
    pub(super) itemprop: String,
    pub(super) itemtype: String,
    pub(super) autocomplete: String,
    pub(super) src: String,
    pub(super) width: String,
    pub(super) height: String,
    pub(super) is_hidden: bool,
}

/// How an element looks; what it does not say is `None` and comes from the element around it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    pub(super) is_hidden: bool,
    /// Whether its letters have no size; an element within may give them one.
    pub(super) is_tiny: Option<bool>,
    pub(super) is_large: Option<bool>,
    pub(super) is_bold: Option<bool>,
    pub(super) is_spaced: Option<bool>,
    pub(super) is_fixed: Option<bool>,
    pub(super) is_named: bool,
    pub(super) is_footer: bool,
    pub(super) is_quoted: bool,
    pub(super) is_button: bool,
}

const LARGE_PX: f32 = 20.0;
const TINY_PX: f32 = 2.0;

/// Parts of class names and ids.
const HIDDEN_NAMES: [&str; 4] = ["preheader", "preview", "hidden", "hide"];
const CODE_NAMES: [&str; 9] =
    ["code", "otp", "passcode", "pin", "onetimecode", "verificationcode", "token", "otc", "authcode"];
const OTHER_CODE_NAMES: [&str; 8] = ["promo", "discount", "coupon", "voucher", "qr", "bar", "zip", "country"];
const FOOTER_NAMES: [&str; 4] = ["footer", "legal", "disclaimer", "copyright"];
const QUOTED_NAMES: [&str; 3] = ["gmail_quote", "yahoo_quoted", "divrplyfwdmsg"];
const BUTTON_NAMES: [&str; 4] = ["btn", "button", "cta", "action"];

impl Look {
    pub(super) fn of(element: &str, attributes: &Attributes) -> Self {
        let mut look = Self::default();
        match element {
            "h1" | "h2" | "h3" => (look.is_large, look.is_bold) = (Some(true), Some(true)),
            "h4" | "b" | "strong" | "th" | "mark" => look.is_bold = Some(true),
            "pre" | "code" | "kbd" | "tt" | "samp" | "output" => look.is_fixed = Some(true),
            "big" => look.is_large = Some(true),
            "blockquote" => look.is_quoted = true,
            "footer" => look.is_footer = true,
            "button" => look.is_button = true,
            _ => {}
        }
        look.read_names(attributes);
        look.read_style(&attributes.style);
        look.is_hidden |= attributes.is_hidden;
        look.is_button |= attributes.role.eq_ignore_ascii_case("button");
        look
    }

    fn read_names(&mut self, attributes: &Attributes) {
        let whole = format!("{} {}", attributes.class, attributes.id).to_ascii_lowercase();
        if whole.len() < 2 {
            return;
        }
        self.is_quoted |= QUOTED_NAMES.iter().any(|name| whole.contains(name));
        let mut is_other = false;
        for part in whole.split(|c: char| !c.is_ascii_alphanumeric()) {
            self.is_hidden |= HIDDEN_NAMES.contains(&part);
            self.is_named |= CODE_NAMES.contains(&part);
            self.is_footer |= FOOTER_NAMES.contains(&part);
            self.is_button |= BUTTON_NAMES.contains(&part);
            is_other |= OTHER_CODE_NAMES.contains(&part);
        }
        self.is_named &= !is_other;
    }

    fn read_style(&mut self, style: &str) {
        let (mut has_ground, mut has_room) = (false, false);
        for declaration in style.split(';') {
            let Some((name, value)) = declaration.split_once(':') else { continue };
            let value = value.trim().to_ascii_lowercase();
            match name.trim().to_ascii_lowercase().as_str() {
                "display" => {
                    self.is_hidden |= value.starts_with("none");
                    has_room |= value.starts_with("inline-block");
                }
                "visibility" => self.is_hidden |= value.starts_with("hidden"),
                "mso-hide" => self.is_hidden |= value.starts_with("all"),
                "max-height" | "opacity" => self.is_hidden |= number(&value) == Some(0.0),
                "font-size" => {
                    if let Some(size) = pixels(&value) {
                        self.is_tiny = Some(size < TINY_PX);
                        self.is_large = Some(size >= LARGE_PX);
                    }
                }
                "font-weight" => self.is_bold = Some(value.starts_with("bold") || number(&value) >= Some(600.0)),
                "letter-spacing" => self.is_spaced = Some(number(&value).is_some_and(|space| space > 0.04)),
                "font-family" => self.is_fixed = Some(value.contains("mono") || value.contains("courier")),
                "font" => self.is_fixed = Some(value.contains("mono") || value.contains("courier")),
                "background" | "background-color" => {
                    has_ground |= !["transparent", "none", "#fff", "#ffffff", "white", "inherit"]
                        .iter()
                        .any(|plain| value.trim_end_matches("!important").trim() == *plain);
                }
                "border" | "border-radius" => has_ground |= !matches!(value.as_str(), "0" | "0px" | "none"),
                name => has_room |= name.starts_with("padding"),
            }
        }
        self.is_button |= has_ground && has_room;
    }
}

/// The number that `value` begins with.
fn number(value: &str) -> Option<f32> {
    let end = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    value.get(..end)?.parse().ok()
}

fn pixels(value: &str) -> Option<f32> {
    let number = number(value)?;
    let unit = value.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    Some(match unit.get(..2).unwrap_or(unit) {
        "pt" => number * 1.333,
        "em" | "re" => number * 16.0,
        unit if unit.starts_with('%') => number * 0.16,
        _ => number,
    })
}
