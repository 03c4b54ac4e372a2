//! What a supervisor does after an error.

/// What to do with a device after one of its errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// The device goes on by itself: read again.
    Again,
    /// Drop the device and open it again, with back-off; it may come back.
    Reopen,
    /// There is nothing more to come: the recording is over.
    Finished,
    /// Opening it again would fail the same way until a person changes something.
    Person,
}
