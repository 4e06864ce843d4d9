//! The contract of the store: each test runs on SQLite and on PostgreSQL, and asks the same of both.

mod batches;
mod changes;
mod expiry;
mod inboxes;
mod needles;
mod numbers;
mod octets;
mod opening;
mod pruning;
mod quotas;
mod races;
mod removal;
mod vanished;
