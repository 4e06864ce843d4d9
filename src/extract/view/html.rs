//! HTML to a view, its links and its structured data, in one pass and without a tree.

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use super::canvas::Canvas;
use super::element::{Elements, is_block, is_void};
use super::look::{Attributes, Look};
use super::{Style, View};
use crate::extract::{found::PartName, limits};

/// Characters of a link's text that are kept.
const MAX_LABEL_CHARS: usize = 200;

/// What stands in an HTML part.
#[derive(Debug)]
pub(in crate::extract) struct Page {
    view: View,
    pub(in crate::extract) anchors: Vec<Anchor>,
    /// Texts of `application/ld+json`.
    pub(in crate::extract) json: Vec<String>,
    /// Names and values of microdata.
    pub(in crate::extract) properties: Vec<(String, String)>,
    /// Values of fields for a one-time code.
    pub(in crate::extract) one_time: Vec<String>,
}

impl Page {
    /// The view, once.
    pub(super) fn take_view(&mut self) -> View {
        std::mem::replace(&mut self.view, View::new(PartName::Html))
    }
}

/// A link, or a picture that is fetched.
#[derive(Clone, Debug, Default)]
pub(in crate::extract) struct Anchor {
    pub(in crate::extract) url: String,
    pub(in crate::extract) label: String,
    pub(in crate::extract) style: Style,
    /// The line that it begins in.
    pub(in crate::extract) line: usize,
    pub(in crate::extract) is_button: bool,
    /// A picture of one pixel.
    pub(in crate::extract) is_pixel: bool,
    /// Structured data offers it as an action.
    pub(in crate::extract) is_action: bool,
}

/// Reads at most [`limits::MAX_HTML_BYTES`] of `html`.
pub(in crate::extract) fn render(html: &str) -> Page {
    let html = html.get(..html.floor_char_boundary(limits::MAX_HTML_BYTES)).unwrap_or_default();
    let mut reader = Reader::default();
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
        reader.event(&event);
        None
    });
    emitter.naively_switch_states(true);
    // The callback takes every event; what is counted is nothing, and counting it reads to the end.
    _ = Tokenizer::new_with_emitter(html, emitter).count();
    reader.finish()
}

#[derive(Debug, Default)]
struct Reader {
    canvas: Canvas,
    elements: Elements,
    name: String,
    attribute: String,
    attributes: Attributes,
    anchors: Vec<Anchor>,
    /// Whether the last of `anchors` is open.
    in_anchor: bool,
    json: Vec<String>,
    in_json: bool,
    properties: Vec<(String, String)>,
    one_time: Vec<String>,
    in_action: bool,
    after_edge: bool,
}

impl Reader {
    fn event(&mut self, event: &CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.name = String::from_utf8_lossy(name).into_owned();
                self.attributes = Attributes::default();
            }
            CallbackEvent::AttributeName { name } => {
                self.attribute = String::from_utf8_lossy(name).to_ascii_lowercase();
                self.attributes.is_hidden |= self.attribute == "hidden";
            }
            CallbackEvent::AttributeValue { value } => {
                let value = value.get(..value.len().min(limits::MAX_ATTRIBUTE_BYTES)).unwrap_or_default();
                self.attributes.set(&self.attribute, &String::from_utf8_lossy(value));
            }
            CallbackEvent::CloseStartTag { .. } => self.start(),
            CallbackEvent::EndTag { name } => {
                let name = String::from_utf8_lossy(name).into_owned();
                self.end(&name);
            }
            CallbackEvent::String { value } => self.text(&String::from_utf8_lossy(value)),
            CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
    }

    fn start(&mut self) {
        let name = std::mem::take(&mut self.name);
        let attributes = std::mem::take(&mut self.attributes);
        let look = Look::of(&name, &attributes);
        if is_block(&name) {
            self.canvas.break_line();
        } else {
            self.after_edge = true;
        }
        self.in_action |= attributes.itemtype.ends_with("Action");
        if !attributes.itemprop.is_empty() {
            self.property(&attributes);
        }
        match name.as_str() {
            "img" => self.picture(&attributes),
            "input" => self.field(&attributes),
            "script" => self.in_json = attributes.kind.eq_ignore_ascii_case("application/ld+json"),
            "area" => self.anchor(&name, &attributes, look),
            _ => {}
        }
        if is_void(&name) {
            return;
        }
        self.elements.start(&name, &look);
        if name == "a" {
            self.anchor(&name, &attributes, look);
        }
    }

    fn end(&mut self, name: &str) {
        if name == "a" {
            self.in_anchor = false;
        }
        if name == "script" {
            self.in_json = false;
        }
        self.elements.end(name);
        if is_block(name) {
            self.canvas.break_line();
        } else {
            self.after_edge = true;
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_json {
            let taken: usize = self.json.iter().map(String::len).sum();
            let end = text.floor_char_boundary(limits::MAX_JSON_BYTES.saturating_sub(taken));
            self.json.extend(text.get(..end).filter(|json| !json.is_empty()).map(str::to_owned));
            return;
        }
        let state = self.elements.state();
        if !state.is_text {
            return;
        }
        if std::mem::take(&mut self.after_edge)
            && let Some(next) = text.chars().next()
        {
            self.canvas.edge(next);
        }
        self.canvas.text(text, state.style());
        self.label(text);
    }

    /// Adds to the text of the link that is open.
    fn label(&mut self, text: &str) {
        if !self.in_anchor {
            return;
        }
        let Some(anchor) = self.anchors.last_mut() else { return };
        let room = MAX_LABEL_CHARS.saturating_sub(anchor.label.chars().count());
        for word in text.split_whitespace().take(room) {
            if !anchor.label.is_empty() && !anchor.label.ends_with(' ') {
                anchor.label.push(' ');
            }
            anchor.label.extend(word.chars().take(room));
        }
    }

    fn anchor(&mut self, name: &str, attributes: &Attributes, look: Look) {
        let Some(url) = attributes.href.as_deref() else { return };
        if self.anchors.len() >= limits::MAX_LINKS {
            return;
        }
        self.in_anchor = name == "a";
        self.anchors.push(Anchor {
            url: url.trim().to_owned(),
            label: if name == "a" { String::new() } else { attributes.alt.clone() },
            style: self.elements.state().style(),
            line: self.canvas.line(),
            is_button: look.is_button || self.elements.is_button(),
            is_pixel: false,
            is_action: false,
        });
        if name == "a" && !attributes.title.is_empty() {
            // Spoken, not shown: it names the link where a picture has no text.
            self.title_of_last(&attributes.title);
        }
    }

    fn title_of_last(&mut self, title: &str) {
        if let Some(anchor) = self.anchors.last_mut() {
            anchor.label = title.chars().take(MAX_LABEL_CHARS / 2).collect();
        }
    }

    fn picture(&mut self, attributes: &Attributes) {
        let is_pixel = |side: &str| matches!(side.trim_end_matches("px"), "0" | "1");
        if is_pixel(&attributes.width) && is_pixel(&attributes.height) && self.anchors.len() < limits::MAX_LINKS {
            let line = self.canvas.line();
            self.in_anchor = false;
            self.anchors.push(Anchor { url: attributes.src.clone(), line, is_pixel: true, ..Anchor::default() });
        }
        if !attributes.alt.is_empty() {
            let state = self.elements.state();
            self.canvas.space();
            if state.is_text {
                self.canvas.text(&attributes.alt, state.style());
            }
            self.canvas.space();
            self.label(&attributes.alt);
        }
    }

    fn field(&mut self, attributes: &Attributes) {
        if attributes.autocomplete.contains("one-time-code") && !attributes.value.is_empty() {
            self.one_time.push(attributes.value.clone());
        }
        if matches!(attributes.kind.as_str(), "" | "text" | "tel" | "number") && !attributes.value.is_empty() {
            // A box with its value in it is how some mails show one digit.
            let style = self.elements.state().style();
            self.canvas.break_line();
            self.canvas.text(&attributes.value, style);
            self.canvas.break_line();
        }
    }

    fn property(&mut self, attributes: &Attributes) {
        if self.properties.len() >= limits::MAX_CANDIDATES {
            return;
        }
        if let Some(url) = attributes.href.as_deref()
            && self.in_action
            && matches!(attributes.itemprop.as_str(), "url" | "target" | "handler")
            && self.anchors.len() < limits::MAX_LINKS
        {
            let line = self.canvas.line();
            self.in_anchor = false;
            self.anchors.push(Anchor { url: url.to_owned(), line, is_action: true, ..Anchor::default() });
        }
        self.properties.push((attributes.itemprop.clone(), attributes.content.clone()));
    }

    fn finish(self) -> Page {
        let (view, numbers) = self.canvas.finish();
        let mut anchors = self.anchors;
        for anchor in &mut anchors {
            anchor.line = numbers.get(anchor.line).copied().unwrap_or(view.lines.len());
        }
        Page { view, anchors, json: self.json, properties: self.properties, one_time: self.one_time }
    }
}

impl Attributes {
    fn set(&mut self, name: &str, value: &str) {
        let place = match name {
            "style" => &mut self.style,
            "class" => &mut self.class,
            "id" => &mut self.id,
            "href" => self.href.get_or_insert_default(),
            "alt" => &mut self.alt,
            "title" | "aria-label" => &mut self.title,
            "role" => &mut self.role,
            "type" => &mut self.kind,
            "value" => &mut self.value,
            "content" => &mut self.content,
            "itemprop" => &mut self.itemprop,
            "itemtype" => &mut self.itemtype,
            "autocomplete" => &mut self.autocomplete,
            "src" => &mut self.src,
            "width" => &mut self.width,
            "height" => &mut self.height,
            _ => return,
        };
        if place.is_empty() {
            place.push_str(value);
        }
    }
}
