//! Runs a recording through the step again.

use super::difference::Difference;
use super::entry::{BeingStart, CycleRecord, Keyframe, Recorded, RecordedStep};
use super::error::RecordingError;
use super::last_states::LastStates;
use super::reader::Reader;
use std::collections::BTreeSet;
use std::io::{Read, Seek};
use triune_core::{BeingId, State, StateHash, step_joined};
use zerocopy::IntoBytes;

/// What a replay does when it departs from its recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AtDifference {
    /// Ends with that cycle.
    #[default]
    Stop,
    /// Goes on from the next keyframe.
    GoOn,
}

/// What a replay found.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplayReport {
    /// Cycles that were replayed.
    pub cycles: u64,
    /// Steps of beings in them.
    pub steps: u64,
    /// Deadlines that were lost when it was recorded.
    pub skipped: u64,
    /// Hash over the last states of all beings; of one being, its state's.
    pub hash: StateHash,
    /// The last states of the beings that take part at the end.
    pub states: Vec<State>,
    /// Where it first departed; `None` if every state was the same, bit for bit.
    pub difference: Option<Difference>,
    /// How often a being departed; after each time it goes on from the next keyframe.
    pub differences: u64,
    /// Whether the end of the file is missing or damaged.
    pub cut_short: bool,
    /// Whether the end mark, if there is one, states other figures than were found.
    pub end_disagrees: bool,
}

/// Replays from where the reader stands, which is the beginning or a place that was sought;
/// calls `progress` with the number of each cycle.
///
/// # Errors
/// [`RecordingError`] where the recording cannot be read. A difference is not an error.
pub fn replay<R: Read + Seek>(
    reader: &mut Reader<R>,
    at_difference: AtDifference,
    mut progress: impl FnMut(u64),
) -> Result<ReplayReport, RecordingError> {
    let mut run = Run::default();
    let mut came_to_end = true;
    loop {
        let stops = at_difference == AtDifference::Stop && run.difference.is_some();
        let entry = match reader.next_entry() {
            Ok(Some(entry)) => entry,
            Ok(None) => break,
            // What lies behind a difference is only looked at for what it says of it.
            Err(_) if stops => {
                came_to_end = false;
                break;
            }
            Err(error) => return Err(error),
        };
        if stops && !matches!(entry, Recorded::Step(_)) {
            if let Recorded::Keyframe(keyframe) = &entry {
                run.refine(keyframe);
            }
            came_to_end = false;
            break;
        }
        match entry {
            Recorded::Keyframe(keyframe) => run.keyframe(keyframe)?,
            Recorded::Joined(start) => run.joined(start)?,
            Recorded::Left(being) => {
                let place = run.find(being, "it left but was not there")?;
                run.beings.remove(place);
            }
            Recorded::Parameters(being, parameters) => {
                let place = run.find(being, "its parameters came but it was not there")?;
                run.beings[place].parameters = parameters;
            }
            Recorded::Cycle(record) => {
                run.cycle(&record);
                progress(run.cycles);
            }
            Recorded::Step(step) => run.step(&step)?,
        }
    }
    let end = reader.end().filter(|_| came_to_end);
    Ok(ReplayReport {
        end_disagrees: end.is_some_and(|end| {
            end.cycles != run.cycle_number
                || run.sought.is_none()
                    && (end.steps != run.steps
                        || run.difference.is_none() && end.hash != run.last.hash())
        }),
        cycles: run.cycles,
        steps: run.steps,
        skipped: run.skipped,
        hash: run.last.hash(),
        states: run.beings.iter().map(|being| being.state).collect(),
        difference: run.difference,
        differences: run.differences,
        cut_short: reader.was_cut_short(),
    })
}

/// A replay under way.
#[derive(Default)]
struct Run {
    beings: Vec<BeingStart>,
    /// Beings that departed and wait for the next keyframe.
    departed: BTreeSet<BeingId>,
    record: Option<CycleRecord>,
    steps_of_cycle: usize,
    begun: bool,
    /// Where the replay began, if not at the recording's beginning.
    sought: Option<u64>,
    /// Cycles of the recording up to here.
    cycle_number: u64,
    cycles: u64,
    steps: u64,
    skipped: u64,
    last: LastStates,
    difference: Option<Difference>,
    differences: u64,
}

impl Run {
    fn joined(&mut self, start: BeingStart) -> Result<(), RecordingError> {
        let being = start.state.being;
        if self.place(being).is_some() {
            return Err(self.inconsistent(being, "it joined but was already there"));
        }
        // It begins with what was recorded, wherever it departed before it left.
        self.departed.remove(&being);
        self.last.note(being, start.state.hash());
        self.beings.push(start);
        Ok(())
    }

    fn cycle(&mut self, record: &CycleRecord) {
        self.cycles += 1;
        self.cycle_number += 1;
        self.skipped = self.skipped.saturating_add(record.skipped);
        self.steps_of_cycle = 0;
        self.record = Some(*record);
    }

    fn step(&mut self, step: &RecordedStep) -> Result<(), RecordingError> {
        let place = self
            .place_near(step.being, self.steps_of_cycle)
            .ok_or_else(|| self.inconsistent(step.being, "it took a step but was not there"))?;
        let Some(record) = self.record else {
            return Err(self.inconsistent(step.being, "it took a step outside a cycle"));
        };
        self.steps += 1;
        self.steps_of_cycle += 1;
        let being = &mut self.beings[place];
        let (state, _) = step_joined(
            &being.state,
            &step.percept,
            record.joined,
            step.consent,
            &being.parameters,
            record.tick,
        );
        being.state = state;
        being.consent = step.consent;
        let hash = state.hash();
        self.last.note(step.being, hash);
        if hash != step.hash && self.departed.insert(step.being) {
            self.note(Difference::of_step(self.cycle_number, &state, step));
        }
        Ok(())
    }

    /// Compares what came out with what was recorded, and goes on from the recorded.
    fn keyframe(&mut self, keyframe: Keyframe) -> Result<(), RecordingError> {
        if self.begun {
            self.compare(&keyframe)?;
        } else {
            self.begun = true;
            self.cycle_number = keyframe.cycles;
            self.sought = (keyframe.cycles > 0).then_some(keyframe.cycles);
        }
        for being in &keyframe.beings {
            self.last.note(being.state.being, being.state.hash());
        }
        self.beings = keyframe.beings;
        self.departed.clear();
        Ok(())
    }

    fn compare(&mut self, keyframe: &Keyframe) -> Result<(), RecordingError> {
        if keyframe.cycles != self.cycle_number || keyframe.beings.len() != self.beings.len() {
            let being = keyframe.beings.first().map(|start| start.state.being);
            return Err(self.inconsistent(
                being.unwrap_or_default(),
                "a keyframe has other cycles or beings before it",
            ));
        }
        self.refine(keyframe);
        for (number, recorded) in keyframe.beings.iter().enumerate() {
            let being = recorded.state.being;
            let place = self
                .place_near(being, number)
                .ok_or_else(|| self.inconsistent(being, "it is in a keyframe but was not there"))?;
            let replayed = self.beings[place];
            if replayed.parameters.as_bytes() != recorded.parameters.as_bytes() {
                return Err(self.inconsistent(being, "a keyframe has other parameters of it"));
            }
            if !self.departed.contains(&being) && replayed.state.hash() != recorded.state.hash() {
                let cycle = self.cycle_number;
                self.note(Difference::of_keyframe(cycle, &replayed.state, recorded));
            }
        }
        Ok(())
    }

    /// Puts the recorded value beside the replayed one, if the difference is of the cycle that
    /// this keyframe follows.
    fn refine(&mut self, keyframe: &Keyframe) {
        let Some(difference) = self.difference else {
            return;
        };
        let recorded = keyframe
            .beings
            .iter()
            .find(|start| start.state.being == difference.being);
        let place = self.place(difference.being);
        if let (Some(recorded), Some(place)) = (recorded, place)
            && difference.cycle == keyframe.cycles
            && recorded.state.hash() == difference.recorded
        {
            let replayed = &self.beings[place].state;
            self.difference = Some(Difference::of_keyframe(
                difference.cycle,
                replayed,
                recorded,
            ));
        }
    }

    fn note(&mut self, difference: Difference) {
        self.differences += 1;
        self.difference.get_or_insert(difference);
    }

    fn place(&self, being: BeingId) -> Option<usize> {
        self.beings
            .iter()
            .position(|start| start.state.being == being)
    }

    /// As [`Self::place`]. Beings nearly always keep the order in which they joined: then this need
    /// not search.
    fn place_near(&self, being: BeingId, place: usize) -> Option<usize> {
        match self.beings.get(place) {
            Some(start) if start.state.being == being => Some(place),
            _ => self.place(being),
        }
    }

    fn find(&self, being: BeingId, what: &'static str) -> Result<usize, RecordingError> {
        self.place(being)
            .ok_or_else(|| self.inconsistent(being, what))
    }

    fn inconsistent(&self, being: BeingId, what: &'static str) -> RecordingError {
        RecordingError::Inconsistent {
            cycle: self.cycle_number,
            being,
            what,
        }
    }
}
