//! The API, through its socket: stories, and matrices over every route.

mod attachments;
mod batch;
mod bodies;
mod bulk;
mod cancelled;
mod description;
mod folders;
mod hosts;
mod idempotency;
mod inbox_life;
mod inboxes;
mod inject;
mod keys;
mod lists;
mod message;
mod pages;
mod preconditions;
mod prefer;
mod problems;
mod quotas;
mod search;
mod stats;
mod wait;
mod wait_conditions;
mod wait_many;
