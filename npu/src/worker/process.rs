//! The child process: started, signalled and reaped by its pidfd, so that never another one is meant.

use super::channel::{Channel, Packet};
use super::error::WorkerError;
use super::options::WorkerProgram;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long a killed process may take to go: one that waits in a driver may take for ever.
const DYING: Duration = Duration::from_secs(5);

/// What happened while the watch waited.
#[derive(Debug)]
pub(super) enum Event {
    /// The child said something.
    Packet(Packet),
    /// The child ended, or its socket is closed.
    Ended,
    /// The parent has something for the watch.
    Called,
    /// Nothing in time.
    TimedOut,
}

/// A running child.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    pidfd: OwnedFd,
    channel: Channel,
}

impl Process {
    pub(super) fn spawn(program: &WorkerProgram) -> Result<Self, WorkerError> {
        let (channel, theirs) = Channel::pair().map_err(|reason| system("socket", reason))?;
        let mut child = Command::new(&program.path)
            .args(&program.arguments)
            .envs(
                program
                    .environment
                    .iter()
                    .map(|(name, value)| (name, value)),
            )
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            // Ctrl-C at a terminal is for the service: it ends its workers itself.
            .process_group(0)
            .spawn()
            .map_err(|reason| WorkerError::Program {
                program: program.path.clone(),
                reason,
            })?;
        match pidfd_open(Pid::from_child(&child), PidfdFlags::empty()) {
            Ok(pidfd) => Ok(Self {
                child,
                pidfd,
                channel,
            }),
            Err(reason) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(system("pidfd", reason))
            }
        }
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(super) const fn channel(&self) -> &Channel {
        &self.channel
    }

    /// By what the process can be signalled from elsewhere.
    pub(super) fn handle(&self) -> rustix::io::Result<OwnedFd> {
        rustix::io::fcntl_dupfd_cloexec(&self.pidfd, 0)
    }

    /// Waits for what comes first. Its end is told before what it said.
    pub(super) fn wait(&self, call: BorrowedFd<'_>, limit: Option<Duration>) -> Event {
        let until = limit.map(|limit| Instant::now() + limit);
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            let left = left.and_then(|left| Timespec::try_from(left).ok());
            let mut sources = [
                PollFd::new(&self.pidfd, PollFlags::IN),
                PollFd::from_borrowed_fd(self.channel.as_fd(), PollFlags::IN),
                PollFd::from_borrowed_fd(call, PollFlags::IN),
            ];
            match poll(&mut sources, left.as_ref()) {
                Ok(0) => return Event::TimedOut,
                Ok(_) => {}
                Err(_) => continue,
            }
            let [ended, spoke, called] = sources.map(|source| !source.revents().is_empty());
            if spoke && !ended {
                return match self.channel.receive() {
                    Ok(packet) if !packet.bytes.is_empty() => Event::Packet(packet),
                    _ => Event::Ended,
                };
            }
            if ended {
                return Event::Ended;
            }
            if called {
                // Taken, so that the next call is noticed; it may have been taken already.
                let _ = rustix::io::read(call, &mut [0; 8]);
                return Event::Called;
            }
        }
    }

    /// Kills the process unless it ends by itself within `grace`, and takes it from the system's list.
    /// How it ended by itself; or the process, if it does not go.
    pub(super) fn end(mut self, grace: Duration) -> Result<Option<ExitStatus>, Box<Self>> {
        self.wait_for_end(grace);
        if let Ok(Some(status)) = self.child.try_wait() {
            return Ok(Some(status));
        }
        kill(self.pidfd.as_fd());
        self.wait_for_end(DYING);
        match self.child.try_wait() {
            Ok(Some(_)) => Ok(None),
            _ => Err(Box::new(self)),
        }
    }

    fn wait_for_end(&self, limit: Duration) {
        let limit = Timespec::try_from(limit).ok();
        let mut sources = [PollFd::new(&self.pidfd, PollFlags::IN)];
        // An interruption only makes it look sooner.
        let _ = poll(&mut sources, limit.as_ref());
    }

    /// Whether a process that did not go has gone now.
    pub(super) fn has_gone(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }
}

/// Ends a process for good.
pub(super) fn kill(pidfd: BorrowedFd<'_>) {
    // It may have ended already.
    let _ = pidfd_send_signal(pidfd, Signal::KILL);
}

/// Whether this end came from outside: from a person, or from the system when memory ran out.
pub(super) fn was_killed_from_outside(status: ExitStatus) -> bool {
    let signals = [
        Signal::KILL,
        Signal::TERM,
        Signal::INT,
        Signal::HUP,
        Signal::QUIT,
    ];
    let signal = status.signal();
    signals
        .into_iter()
        .any(|outside| signal == Some(outside.as_raw()))
}

pub(super) fn system(what: &'static str, reason: rustix::io::Errno) -> WorkerError {
    WorkerError::System {
        what,
        reason: reason.into(),
    }
}
