//! The beings of this board: who is awake, who sleeps, and everything that people may do with them.

mod arrival;
mod asleep;
mod changes;
mod comeback;
mod consent;
mod departure;
mod faults;
mod kernel_source;
mod members;
mod patterns;
mod reach;
mod recall;
mod resident;
#[cfg(test)]
mod tests;
mod transfer;
mod troubles;
mod views;

pub(super) use arrival::Awakened;
pub(super) use faults::FaultDesk;
pub(super) use members::{Household, HouseholdSetup};
pub(super) use resident::ConsentCell;
pub(super) use troubles::{EndedBy, Trouble};
pub(super) use views::{degraded, index_view};
