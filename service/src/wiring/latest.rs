//! The newest percept of one sense, handed to the cycle without waiting on either side.

use triple_buffer::{Input, Output, triple_buffer};
use triune_core::{
    ActivationAnswer, BodyPercept, HearingPercept, Judgement, Nanoseconds, RecallAnswer,
    SightPercept, Timestamp,
};

/// Something that grows older.
pub(super) trait Ageing: Copy + Send + 'static {
    /// Nothing known.
    const ABSENT: Self;
    /// The same, `elapsed` nanoseconds later.
    fn older(self, elapsed: Nanoseconds) -> Self;
}

macro_rules! ageing {
    ($($percept:ty),+) => { $(
        impl Ageing for $percept {
            const ABSENT: Self = <$percept>::ABSENT;
            fn older(self, elapsed: Nanoseconds) -> Self {
                self.aged(elapsed)
            }
        }
    )+ };
}

ageing!(HearingPercept, SightPercept, BodyPercept, Judgement);

impl Ageing for RecallAnswer {
    const ABSENT: Self = Self::ABSENT;
    fn older(self, elapsed: Nanoseconds) -> Self {
        Self {
            similarity: self.similarity.aged(elapsed),
            ..self
        }
    }
}

impl Ageing for ActivationAnswer {
    const ABSENT: Self = Self::ABSENT;
    fn older(self, elapsed: Nanoseconds) -> Self {
        Self {
            age: self.age.saturating_add(elapsed),
            ..self
        }
    }
}

#[derive(Clone, Copy)]
struct Stamped<T> {
    value: T,
    time: Timestamp,
}

/// Where a sense puts its newest percept.
pub(super) struct Giver<T: Ageing>(Input<Stamped<T>>);

/// Where the cycle takes it from.
pub(super) struct Taker<T: Ageing>(Output<Stamped<T>>);

/// A pair of ends; until something is given, nothing is known.
pub(super) fn latest<T: Ageing>() -> (Giver<T>, Taker<T>) {
    let (give, take) = triple_buffer(&Stamped {
        value: T::ABSENT,
        time: Timestamp(0),
    });
    (Giver(give), Taker(take))
}

impl<T: Ageing> Giver<T> {
    /// Gives what was known at `time`.
    pub(super) fn give(&mut self, value: T, time: Timestamp) {
        self.0.write(Stamped { value, time });
    }

    /// Says that nothing is known any more.
    pub(super) fn give_absent(&mut self) {
        self.give(T::ABSENT, Timestamp(0));
    }
}

impl<T: Ageing> Taker<T> {
    /// What is known at `now`, as old as it is.
    pub(super) fn take(&mut self, now: Timestamp) -> T {
        let stamped = self.0.read();
        stamped.value.older(now.since(stamped.time))
    }
}
