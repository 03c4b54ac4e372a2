//! One being gives chosen crystals to another, when both consent.
//!
//! A crystal keeps where it comes from (whose moment it was, on which board, under which number)
//! through any number of hops. It is known again by that, so that nothing is kept twice and a being's
//! own crystals that come home are told as such. Consent is looked at by the receiver's writer, before
//! every crystal that it appends, and once more before the words that were told then are copied: what
//! was revoked before is not given. What was given is the receiver's: it stays when the giver revokes,
//! or is erased.

mod error;
mod give;
mod known;

pub use error::{BridgeError, Side};
pub use give::{GIFT_CRYSTALS, Given, give};
