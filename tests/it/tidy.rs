//! The rules of the house that a reader would otherwise have to remember. Each checker is shown a breach as well.

mod citations;
mod decisions;
mod dependencies;
mod documents;
mod files;
mod layers;
mod migrations;
mod settings;
mod source;
