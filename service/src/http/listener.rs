//! Where the server listens.

use super::control_listener::ControlListener;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;

/// Something that connections come from.
#[derive(Debug)]
pub enum Listener {
    /// The network: a token is needed.
    Tcp(TcpListener),
    /// The control socket: the service's own user or root.
    Control(ControlListener),
}

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address cannot be had.
    #[error("cannot listen on {address}: {cause}; choose another with --listen")]
    Address {
        /// Which one.
        address: SocketAddr,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A service runs already.
    #[error(
        "a service answers at {path} already: stop it first, or give this one another control socket"
    )]
    AlreadyServed {
        /// The control socket.
        path: PathBuf,
    },
    /// Another file is in the way.
    #[error("{path} is there and is not a socket: move it away")]
    NotASocket {
        /// The control socket.
        path: PathBuf,
    },
    /// The control socket cannot be made.
    #[error("cannot listen at {path}: {cause}; let the service's user own its folder")]
    Control {
        /// The control socket.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
}

impl Listener {
    /// Listens on a TCP address; port 0 takes any free one.
    ///
    /// # Errors
    /// [`ListenError::Address`] when the system refuses.
    pub async fn tcp(address: SocketAddr) -> Result<Self, ListenError> {
        let bound = TcpListener::bind(address).await;
        bound
            .map(Self::Tcp)
            .map_err(|cause| ListenError::Address { address, cause })
    }

    /// Listens on a control socket; see [`ControlListener::bind`].
    ///
    /// # Errors
    /// Those of [`ControlListener::bind`].
    pub fn control(path: &Path) -> Result<Self, ListenError> {
        ControlListener::bind(path).map(Self::Control)
    }

    /// The TCP address in use; `None` for a control socket.
    #[must_use]
    pub fn local_address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(listener) => listener.local_addr().ok(),
            Self::Control(_) => None,
        }
    }
}
