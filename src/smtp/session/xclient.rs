//! XCLIENT: a proxy says for whom it speaks. Spec: Postfix, XCLIENT_README.

use std::net::{IpAddr, SocketAddr};

use super::core::Session;
use super::next::Next;
use super::state::State;
use crate::inboxes::Login;
use crate::model::receipt::Stage;
use crate::smtp::command::{Greeting, XclientAttribute};
use crate::smtp::reply;

impl Session {
    pub(super) fn xclient(&mut self, attributes: Vec<XclientAttribute>) -> Next {
        if !self.is_proxy {
            return self.fail(&reply::NOT_IMPLEMENTED.saying("XCLIENT is only for the networks that are set"));
        }
        if self.state.in_transaction() {
            return self.fail(&reply::BAD_SEQUENCE.saying("XCLIENT comes before MAIL"));
        }
        let (mut peer, mut local) = (self.link.peer, self.link.local);
        let (mut hello, mut login) = (None, None);
        for XclientAttribute { name, value } in attributes {
            let known = match (name.as_str(), &value) {
                ("ADDR", Some(text)) => set_address(&mut peer, text),
                ("PORT", Some(text)) => set_port(&mut peer, text),
                ("DESTADDR", Some(text)) => set_address(&mut local, text),
                ("DESTPORT", Some(text)) => set_port(&mut local, text),
                ("HELO", Some(text)) => {
                    hello = Some((Greeting::Ehlo, text.clone()));
                    true
                }
                ("LOGIN", Some(text)) => {
                    login = Some(Login { identity: text.clone(), inbox: None, verified: false });
                    true
                }
                ("NAME" | "PROTO", _) => true,
                ("ADDR" | "PORT" | "DESTADDR" | "DESTPORT" | "HELO" | "LOGIN", None) => true,
                _ => false,
            };
            if !known {
                return self.fail(&reply::BAD_PARAMETER.saying(format!("the attribute {name} is wrong or unknown")));
            }
        }
        self.link.peer = peer;
        self.link.local = local;
        self.hello = hello;
        self.login = login.map(|login| ("XCLIENT", login));
        self.state = State::Ready;
        self.stages.retain(|(stage, _)| *stage == Stage::Connect);
        self.open();
        Next::Read
    }
}

/// An address, IPv6 ones with the prefix that RFC 5321 §4.1.3 gives them.
fn set_address(to: &mut SocketAddr, text: &str) -> bool {
    let bare = match text.get(..5) {
        Some(prefix) if prefix.eq_ignore_ascii_case("IPV6:") => text.get(5..).unwrap_or_default(),
        _ => text,
    };
    bare.parse::<IpAddr>().map(|address| to.set_ip(address)).is_ok()
}

fn set_port(to: &mut SocketAddr, text: &str) -> bool {
    text.parse().map(|port| to.set_port(port)).is_ok()
}
