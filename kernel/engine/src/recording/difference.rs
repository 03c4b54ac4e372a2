//! Where a replay departs from its recording.

use super::entry::{BeingStart, RecordedStep};
use std::fmt;
use triune_core::{BeingId, FieldValue, STATE_FIELDS, State, StateHash};

/// The first number of a state that differs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldDifference {
    /// Its name, as in [`STATE_FIELDS`].
    pub name: &'static str,
    /// What came out now.
    pub replayed: FieldValue,
    /// What was recorded; known where a keyframe follows the cycle.
    pub recorded: Option<FieldValue>,
}

/// Where a replay departed from its recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Cycle of the recording, counted from 1.
    pub cycle: u64,
    /// Whose state.
    pub being: BeingId,
    /// Cycle of the being's life.
    pub life_cycle: u64,
    /// The first number that differs; `None` if no recorded check tells which.
    pub field: Option<FieldDifference>,
    /// Hash that was recorded.
    pub recorded: StateHash,
    /// Hash that came out now.
    pub replayed: StateHash,
}

impl Difference {
    /// How `state`, which came out now, differs from what was recorded of it.
    pub(super) fn of_step(cycle: u64, state: &State, recorded: &RecordedStep) -> Self {
        let checks = state.field_checks();
        let differing = checks
            .iter()
            .zip(&recorded.checks)
            .position(|(now, recorded)| now != recorded);
        Self {
            cycle,
            being: recorded.being,
            life_cycle: state.cycle,
            field: differing.and_then(|index| field(index, state, None)),
            recorded: recorded.hash,
            replayed: state.hash(),
        }
    }

    /// How `state`, which came out now, differs from the keyframe that follows it.
    pub(super) fn of_keyframe(cycle: u64, state: &State, recorded: &BeingStart) -> Self {
        let differing = (0..STATE_FIELDS.len()).find(|&index| {
            let bits = |state: &State| state.field(index).map(FieldValue::bits);
            bits(state) != bits(&recorded.state)
        });
        Self {
            cycle,
            being: state.being,
            life_cycle: state.cycle,
            field: differing.and_then(|index| field(index, state, Some(&recorded.state))),
            recorded: recorded.state.hash(),
            replayed: state.hash(),
        }
    }
}

fn field(index: usize, replayed: &State, recorded: Option<&State>) -> Option<FieldDifference> {
    Some(FieldDifference {
        name: STATE_FIELDS.get(index)?.name,
        replayed: replayed.field(index)?,
        recorded: recorded.and_then(|state| state.field(index)),
    })
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "cycle {} of the recording, being {} at cycle {} of its life: ",
            self.cycle, self.being, self.life_cycle
        )?;
        match &self.field {
            None => write!(
                formatter,
                "the state's hash is {:016x}, recorded {:016x}",
                self.replayed.0, self.recorded.0
            ),
            Some(field) => {
                write!(formatter, "{} is {}", field.name, field.replayed)?;
                match field.recorded {
                    Some(recorded) => write!(formatter, ", recorded {recorded}"),
                    None => formatter.write_str(", recorded check differs"),
                }
            }
        }
    }
}
