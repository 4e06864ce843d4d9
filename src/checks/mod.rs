//! Content findings: what another server or client may object to. Pure; what must be fetched is handed in.

pub mod octets;
