//! The open elements, and what text within them looks like.

use super::{Style, look::Look};
use crate::extract::limits;

/// Elements that begin and end a line.
const BLOCKS: [&str; 42] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "summary",
];
/// Elements without content.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
/// Elements whose content is not text.
const NO_TEXT: [&str; 10] =
    ["head", "style", "script", "title", "template", "object", "svg", "select", "textarea", "iframe"];

pub(super) fn is_block(name: &str) -> bool {
    BLOCKS.contains(&name)
}

pub(super) fn is_void(name: &str) -> bool {
    VOID.contains(&name)
}

/// The elements around what is read.
#[derive(Debug, Default)]
pub(super) struct Elements {
    open: Vec<Open>,
    /// How many more are open than are remembered.
    too_deep: usize,
}

#[derive(Debug)]
struct Open {
    name: Box<str>,
    state: State,
}

/// What holds within an element.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct State {
    pub(super) is_text: bool,
    pub(super) is_button: bool,
    is_hidden: bool,
    is_tiny: bool,
    is_large: bool,
    is_bold: bool,
    is_spaced: bool,
    is_fixed: bool,
    is_named: bool,
    is_footer: bool,
    is_quoted: bool,
    is_link: bool,
}

impl State {
    pub(super) fn style(self) -> Style {
        Style::default()
            .with_if(self.is_large || self.is_bold || self.is_spaced || self.is_fixed, Style::EMPHASISED)
            .with_if(self.is_named, Style::NAMED)
            .with_if(self.is_hidden || self.is_tiny, Style::HIDDEN)
            .with_if(self.is_footer, Style::FOOTER)
            .with_if(self.is_quoted, Style::QUOTED)
            .with_if(self.is_link, Style::LINKED)
    }

    fn within(self, name: &str, look: &Look) -> Self {
        Self {
            is_text: self.is_text && !NO_TEXT.contains(&name),
            is_button: look.is_button,
            is_hidden: self.is_hidden || look.is_hidden,
            is_tiny: look.is_tiny.unwrap_or(self.is_tiny),
            is_large: look.is_large.unwrap_or(self.is_large),
            is_bold: look.is_bold.unwrap_or(self.is_bold),
            is_spaced: look.is_spaced.unwrap_or(self.is_spaced),
            is_fixed: look.is_fixed.unwrap_or(self.is_fixed),
            // The name of a whole page or form says nothing of one number in it.
            is_named: look.is_named && name != "body" || self.is_named && name != "table",
            is_footer: self.is_footer || look.is_footer,
            is_quoted: self.is_quoted || look.is_quoted,
            is_link: self.is_link || name == "a",
        }
    }
}

impl Elements {
    /// What holds where the reader stands.
    pub(super) fn state(&self) -> State {
        self.open.last().map_or(State { is_text: true, ..State::default() }, |open| open.state)
    }

    /// Whether one of the two innermost elements looks like a button.
    pub(super) fn is_button(&self) -> bool {
        self.open.iter().rev().take(2).any(|open| open.state.is_button)
    }

    pub(super) fn start(&mut self, name: &str, look: &Look) {
        self.close_implied(name);
        if self.open.len() >= limits::MAX_DEPTH {
            self.too_deep += 1;
            return;
        }
        let state = self.state().within(name, look);
        self.open.push(Open { name: name.into(), state });
    }

    pub(super) fn end(&mut self, name: &str) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        // A cell ends what was left open in it; nothing within a cell ends the cell.
        let is_edge = |open: &Open| matches!(&*open.name, "td" | "th" | "table") && !is_table_part(name);
        let mut inner = self.open.iter().enumerate().rev().take_while(|(_, open)| !is_edge(open));
        if let Some((at, _)) = inner.find(|(_, open)| &*open.name == name) {
            self.open.truncate(at);
        }
    }

    /// Ends the elements that end where `name` begins, as in `<li>one<li>two`.
    fn close_implied(&mut self, name: &str) {
        let (ended, edge): (&[&str], &[&str]) = match name {
            "body" => (&["head", "title"], &[]),
            "li" => (&["li"], &["ul", "ol", "table"]),
            "td" | "th" => (&["td", "th"], &["table", "tr"]),
            "tr" => (&["tr"], &["table"]),
            "p" => (&["p"], &["td", "div", "table", "li"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl", "table"]),
            "option" => (&["option"], &["select"]),
            _ => return,
        };
        if self.too_deep > 0 {
            return;
        }
        let inner = self.open.iter().enumerate().rev().take_while(|(_, open)| !edge.contains(&&*open.name));
        let mut inner = inner.take(MAX_IMPLIED);
        if let Some((at, _)) = inner.find(|(_, open)| ended.contains(&&*open.name)) {
            self.open.truncate(at);
        }
    }
}

/// How far out an element is looked for that a new one ends.
const MAX_IMPLIED: usize = 16;

fn is_table_part(name: &str) -> bool {
    matches!(name, "td" | "th" | "tr" | "tbody" | "thead" | "tfoot" | "table" | "body" | "html")
}
