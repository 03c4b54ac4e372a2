//! The beings of a kernel, side by side, in the order in which they came.

use super::command::Resident;
use super::error::CommandError;
use super::words::Words;
use crate::executor::BeingWork;
use crate::state_page::StatePage;
use crate::touched::touched_vec;
use std::sync::Arc;
use triune_core::{Being, BeingId, Timestamp};

/// The box in which a being travels between threads. The kernel keeps it while the being is
/// there and sends it back in it, so that the cycle thread neither allocates nor frees.
#[derive(Debug)]
pub(super) struct Passage<O> {
    pub(super) aboard: Option<(Resident<O>, Arc<StatePage>)>,
}

impl<O> Passage<O> {
    /// Makes the box and the being's page.
    pub(super) fn of(resident: Resident<O>) -> Box<Self> {
        let page = Arc::new(StatePage::new(resident.being.state.being));
        page.publish(&resident.being.state);
        Box::new(Self {
            aboard: Some((resident, page)),
        })
    }
}

/// One column for each part of a being; all have the same length, never beyond the capacity.
#[derive(Debug)]
pub(super) struct Seats<O> {
    pub(super) works: Vec<BeingWork>,
    pub(super) ports: Vec<O>,
    pub(super) pages: Vec<Arc<StatePage>>,
    pub(super) words: Vec<Words>,
    /// When each being last refused what it had allowed; answers that rest on what was before do
    /// not reach it.
    pub(super) refused: Vec<Option<Timestamp>>,
    /// Empty, so that it does not matter whose is whose.
    passages: Vec<Box<Passage<O>>>,
    capacity: usize,
}

impl<O> Seats<O> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            works: touched_vec(capacity),
            ports: touched_vec(capacity),
            pages: touched_vec(capacity),
            words: touched_vec(capacity),
            refused: touched_vec(capacity),
            passages: touched_vec(capacity),
            capacity,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.works.len()
    }

    pub(super) fn find(&self, being: BeingId) -> Option<usize> {
        self.works
            .iter()
            .position(|work| work.being.state.being == being)
    }

    /// Seats who is aboard behind all others, as of `now`; gives the box back if that cannot be.
    pub(super) fn seat(
        &mut self,
        mut passage: Box<Passage<O>>,
        now: Timestamp,
    ) -> Result<BeingId, (CommandError, Box<Passage<O>>)> {
        let (resident, page) = passage.aboard.take().expect("a box travels in full");
        let being = resident.being.state.being;
        let refusal = if self.find(being).is_some() {
            Some(CommandError::AlreadyThere(being))
        } else if self.len() >= self.capacity {
            Some(CommandError::NoRoom {
                capacity: self.capacity,
            })
        } else {
            None
        };
        if let Some(why) = refusal {
            passage.aboard = Some((resident, page));
            return Err((why, passage));
        }
        let Being { state, consent, .. } = &resident.being;
        let refuses = consent.forgets(state.observation.consent);
        self.refused.push(refuses.then_some(now));
        self.works.push(BeingWork::new(resident.being));
        self.ports.push(resident.port);
        self.pages.push(page);
        self.words.push(Words::NONE);
        self.passages.push(passage);
        Ok(being)
    }

    /// Takes a being out; those behind it move up.
    pub(super) fn unseat(&mut self, seat: usize) -> Box<Passage<O>> {
        let mut passage = self.passages.remove(seat);
        let resident = Resident {
            being: self.works.remove(seat).being,
            port: self.ports.remove(seat),
        };
        self.words.remove(seat);
        self.refused.remove(seat);
        passage.aboard = Some((resident, self.pages.remove(seat)));
        passage
    }

    /// Puts the `first` of those behind `steady` at the end, so that others have their turn.
    pub(super) fn take_turns(&mut self, steady: usize, first: usize) {
        if steady < self.len() {
            let by = first.min(self.len() - steady);
            self.works[steady..].rotate_left(by);
            self.ports[steady..].rotate_left(by);
            self.pages[steady..].rotate_left(by);
            self.words[steady..].rotate_left(by);
            self.refused[steady..].rotate_left(by);
        }
    }

    /// Everyone, for the end.
    pub(super) fn into_residents(self) -> Vec<Resident<O>> {
        let beings = self.works.into_iter().map(|work| work.being);
        beings
            .zip(self.ports)
            .map(|(being, port)| Resident { being, port })
            .collect()
    }
}
