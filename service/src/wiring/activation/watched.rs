//! One being, its window and its request.

use super::discovery::Discovery;
use super::pace::STALE;
use crate::wiring::household::ConsentCell;
use crate::wiring::latest::Giver;
use std::sync::Arc;
use std::time::Instant;
use triune_core::{ActivationAnswer, Sense, State, Timestamp};
use triune_engine::StatePage;
use triune_npu::scheduler::{Class, Done, ModelId, Scheduler, Slot, Ticket};
use triune_npu::{FEATURE_COUNT, StateWindow, TensorSliceMut};

/// One being's states, and where what is recognised in them goes.
pub(in crate::wiring) struct Watched {
    pub(in crate::wiring) page: Arc<StatePage>,
    pub(in crate::wiring) consent: ConsentCell,
    pub(in crate::wiring) answers: Giver<ActivationAnswer>,
    pub(in crate::wiring) discovery: Arc<Discovery>,
}

impl Watched {
    /// What is recognised rests on three senses together.
    pub(super) fn may_be_recognised(&self) -> bool {
        let consent = self.consent.get();
        [Sense::Hear, Sense::See, Sense::Feel]
            .into_iter()
            .all(|sense| consent.allows(sense))
    }
}

/// A request under way.
struct Asked {
    ticket: Ticket,
    /// The newest state that it rests on, and that state's cycle.
    newest: Timestamp,
    cycle: u64,
}

/// What is known of one being's states.
pub(super) struct Watcher {
    page: Arc<StatePage>,
    window: StateWindow,
    /// The newest state's cycle.
    pub(super) cycle: u64,
    slot: Option<Slot>,
    asked: Option<Asked>,
    /// The newest state that was asked about, and what it says.
    asked_at: Option<Timestamp>,
    asked_features: [f32; FEATURE_COUNT],
    /// The newest state that an answer rests on.
    answered: Option<Timestamp>,
}

impl Watcher {
    pub(super) fn new(page: &Arc<StatePage>) -> Self {
        Self {
            page: Arc::clone(page),
            window: StateWindow::new(),
            cycle: 0,
            slot: None,
            asked: None,
            asked_at: None,
            asked_features: [0.0; FEATURE_COUNT],
            answered: None,
        }
    }

    /// Whether this being still shows its states there: one that was erased and made anew does not.
    pub(super) fn is_of(&self, watched: &Watched) -> bool {
        Arc::ptr_eq(&self.page, &watched.page)
    }

    /// Takes in the newest state.
    pub(super) fn observe(&mut self, state: &State) {
        self.cycle = state.cycle;
        self.window.observe(state);
    }

    /// Time of the newest state.
    fn newest(&self) -> Option<Timestamp> {
        self.window.newest()
    }

    /// Gives up what was asked; a later answer to it reaches nobody.
    pub(super) fn withdraw(&mut self) {
        self.asked = None;
        self.answered = None;
    }

    /// Whether there is something to ask that was not asked before.
    pub(super) fn may_ask(&self) -> bool {
        self.asked.is_none() && self.window.is_full() && self.newest() != self.asked_at
    }

    /// Whether what was answered, if anything was, still says something of `now`.
    pub(super) fn has_fresh_answer(&self, now: Timestamp) -> bool {
        let is_fresh = |answered: Timestamp| now.since(answered) <= STALE;
        self.window.is_full() && self.answered.is_some_and(is_fresh)
    }

    pub(super) fn is_full(&self) -> bool {
        self.window.is_full()
    }

    /// Asks what the window shows. False if the model is not there.
    pub(super) fn ask(
        &mut self,
        scheduler: &Scheduler,
        model: ModelId,
        class: Class,
        deadline: Instant,
    ) -> bool {
        let Some(mut slot) = self.slot.take().or_else(|| scheduler.slot(model)) else {
            return false;
        };
        let TensorSliceMut::F32(elements) = slot.input(0).elements else {
            return false;
        };
        let Some(newest) = self.newest().filter(|_| self.window.write(elements)) else {
            self.slot = Some(slot);
            return false;
        };
        self.asked_at = Some(newest);
        if let Some(features) = self.window.newest_features() {
            self.asked_features = *features;
        }
        self.asked = Some(Asked {
            ticket: slot.submit(class, deadline),
            newest,
            cycle: self.cycle,
        });
        true
    }

    /// The end of what was asked, if it comes before `limit`.
    pub(super) fn wait(&mut self, limit: Instant) -> Option<(Done, Timestamp, u64)> {
        let Asked {
            ticket,
            newest,
            cycle,
        } = self.asked.take()?;
        match ticket.wait_until(limit) {
            Ok(done) => Some((done, newest, cycle)),
            Err(ticket) => {
                self.asked = Some(Asked {
                    ticket,
                    newest,
                    cycle,
                });
                None
            }
        }
    }

    /// What the state says that was asked about last.
    pub(super) const fn asked_features(&self) -> &[f32; FEATURE_COUNT] {
        &self.asked_features
    }

    /// Puts the place of an answered request back for the next one.
    pub(super) fn put_back(&mut self, slot: Slot) {
        self.slot = Some(slot);
    }

    /// An answer was given that rests on states up to `newest`.
    pub(super) fn answered(&mut self, newest: Timestamp) {
        self.answered = Some(newest);
    }
}
