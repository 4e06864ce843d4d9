//! The API, through its socket: stories, and matrices over every route.

mod attachments;
mod bodies;
mod description;
mod hosts;
mod inbox_life;
mod inboxes;
mod inject;
mod keys;
mod lists;
mod message;
mod pages;
mod problems;
mod quotas;
mod search;
mod wait;
mod wait_conditions;
mod wait_count;
mod wait_explains;
mod wait_hints;
mod wait_limits;
mod wait_log;
mod wait_many;
mod wait_several;
