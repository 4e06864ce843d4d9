//! The accept loop through sockets, the guards and the problems through the router.

mod guard;
mod problem;
mod serve;
