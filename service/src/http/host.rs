//! Which host names the server answers to.
//!
//! A page from elsewhere can make its own name point at this machine (DNS rebinding) and would
//! then be let in by the browser's own rules. It cannot make an address of itself, so addresses
//! are always fine and names have to be known.

use axum::http::uri::Authority;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Whether a request to this `Host` is meant for us. `names` are lower-case.
pub(super) fn is_ours(host: &str, names: &[String]) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    if host.contains('@') {
        return false;
    }
    let name = authority.host().trim_end_matches('.').to_ascii_lowercase();
    let bare = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    name == "localhost"
        || name.parse::<Ipv4Addr>().is_ok()
        || bare.is_some_and(|bare| bare.parse::<Ipv6Addr>().is_ok())
        || names.contains(&name)
}

/// The name of the cookie for this `Host`: browsers give cookies to all ports of a host alike,
/// so that two services on one machine would take each other's.
pub(super) fn cookie_name(host: &str) -> String {
    let port = host
        .parse::<Authority>()
        .ok()
        .and_then(|authority| authority.port_u16());
    format!("triune-{}", port.unwrap_or(80))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_known_names_are_ours() {
        let names = ["triune.local".to_owned()];
        for host in [
            "127.0.0.1:8088",
            "localhost",
            "LocalHost:80",
            "[::1]:8088",
            "192.168.1.7",
            "Triune.local:8088",
        ] {
            assert!(is_ours(host, &names), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example:8088",
            "127.0.0.1.evil.example",
            "",
            "a b",
            "x@127.0.0.1",
            "::1",
        ] {
            assert!(!is_ours(host, &names), "{host}");
        }
        assert_eq!(cookie_name("127.0.0.1:8088"), "triune-8088");
        assert_eq!(cookie_name("triune.local"), "triune-80");
    }
}
