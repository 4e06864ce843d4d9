//! The session against dialogues, limits, and a model.

mod auth;
mod commands;
mod harness;
mod limits;
mod messages;
mod model;
