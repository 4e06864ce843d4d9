//! The API, through its socket: stories, and matrices over every route.

mod attachments;
mod audit;
mod cors;
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
mod projects;
mod quotas;
mod rate_limits;
mod scopes;
mod wait;
mod wait_conditions;
mod wait_many;
