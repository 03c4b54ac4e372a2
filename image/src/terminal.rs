//! Lends the terminal to the guest's console: what is typed goes to the guest as it is typed,
//! and Ctrl-C still ends us.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use rustix::process::getpgrp;
use rustix::termios::{
    LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcgetpgrp, tcsetattr,
};

/// The terminal while it is lent; given back as it was when dropped.
pub(crate) struct Lent {
    before: Option<Termios>,
}

impl Lent {
    /// Connects standard input to the guest. Without a terminal in the foreground nothing is
    /// changed, and nothing is read from it.
    pub(crate) fn to(guest: UnixStream) -> io::Result<Self> {
        let input = io::stdin();
        // In the background, touching the terminal would stop us.
        if !isatty(&input) || tcgetpgrp(&input).ok() != Some(getpgrp()) {
            return Ok(Self { before: None });
        }
        let before = tcgetattr(&input)?;
        let mut lent = before.clone();
        // The guest echoes and edits its own lines.
        lent.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
        tcsetattr(&input, OptionalActions::Now, &lent)?;
        forward(guest);
        Ok(Self {
            before: Some(before),
        })
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            // There is nobody left to tell.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
        }
    }
}

fn forward(mut guest: UnixStream) {
    std::thread::spawn(move || {
        let mut byte = [0_u8; 64];
        while let Ok(count @ 1..) = io::stdin().read(&mut byte) {
            if guest.write_all(&byte[..count]).is_err() {
                return;
            }
        }
    });
}
