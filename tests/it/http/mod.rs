//! The API, through its socket: stories, and matrices over every route.

mod attachments;
mod description;
mod hosts;
mod inbox_life;
mod inboxes;
mod inject;
mod keys;
mod lists;
mod matrix;
mod message;
mod pages;
mod problems;
mod quotas;
mod wait;
mod wait_conditions;
mod wait_many;
