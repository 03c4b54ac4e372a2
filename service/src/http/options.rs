//! How the server is set.

use super::token::AccessToken;
use std::time::Duration;

/// Settings of the server. The defaults suit a board.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Tokens that open the interface over TCP; with none, only the control socket opens.
    pub tokens: Vec<AccessToken>,
    /// How a person gets a token; told to whoever comes without one.
    pub token_hint: String,
    /// Host names to answer to beside addresses and `localhost`, in lower case.
    pub host_names: Vec<String>,
    /// TCP connections served at a time; further ones are told to come back.
    pub connections: usize,
    /// Longest body taken, bytes.
    pub body_bytes: usize,
    /// Longest time for a whole request to be read and answered (a stream is answered once it begins).
    pub request_time: Duration,
    /// The same for a request that changes something or moves a whole memory: it waits for cycles
    /// and disks, and cannot always be sent a second time. Its body must come within `request_time`,
    /// or each piece of it where that is a whole being.
    pub transfer_time: Duration,
    /// Longest time a client may take nothing of what is written to it.
    pub stalled_write_time: Duration,
    /// Time that open connections get to end when the server stops.
    pub grace: Duration,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            tokens: Vec::new(),
            token_hint: "`triune pair` on the board's console prints a link with a token"
                .to_owned(),
            host_names: vec!["triune.local".to_owned()],
            connections: 2_048,
            body_bytes: 64 * 1024,
            request_time: Duration::from_secs(10),
            transfer_time: Duration::from_secs(30 * 60),
            stalled_write_time: Duration::from_secs(20),
            grace: Duration::from_secs(2),
        }
    }
}
