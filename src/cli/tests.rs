//! What is understood on the command line, and what is said at start.

use std::net::SocketAddr;

use clap::{CommandFactory, Parser};

use super::args::{Arguments, Command};
use super::welcome;

#[test]
fn command_line_is_well_formed() {
    Arguments::command().debug_assert();
}

#[test]
fn serve_may_be_left_out() {
    let alone = Arguments::try_parse_from(["restante", "--data", "d", "--set", "a=1", "--set", "b=2"]).unwrap();
    assert!(alone.command.is_none());
    assert_eq!(alone.serve.place.set, ["a=1", "b=2"]);
    let named = Arguments::try_parse_from(["restante", "serve", "--ephemeral", "--ready-json"]).unwrap();
    assert!(matches!(named.command, Some(Command::Serve(serve)) if serve.ready_json && serve.place.ephemeral));
}

#[test]
fn one_data_folder_is_enough() {
    assert!(Arguments::try_parse_from(["restante", "--data", "d", "--ephemeral"]).is_err());
}

#[test]
fn all_addresses_is_told_as_one_that_can_be_reached() {
    for (bound, told) in [("0.0.0.0:1", "127.0.0.1:1"), ("[::]:1", "[::1]:1"), ("192.0.2.7:1", "192.0.2.7:1")] {
        assert_eq!(welcome::reachable(bound.parse().unwrap()), told.parse::<SocketAddr>().unwrap());
    }
}
