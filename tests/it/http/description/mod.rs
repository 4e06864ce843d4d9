//! The description of the API: pinned, complete, and such that generators of clients understand it.

mod operations;
mod others;
mod pinned;
mod reading;
mod schemas;
