//! The SMTP server through its sockets, and the other SMTP server that our tests send to.

mod dialogues;
mod end_of_data;
mod mailin;
mod tls;
