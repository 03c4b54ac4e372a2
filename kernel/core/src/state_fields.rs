//! Every number of a [`State`] by name: for those who must say which one differs.

use crate::being::BeingId;
use crate::consent::Consent;
use crate::elp::Elp;
use crate::state::{
    AnalyticalState, Attention, Average, EnvironmentalState, ExperientialState, Observation, State,
};
use std::fmt;
use std::mem::offset_of;
use zerocopy::IntoBytes;

/// What a number of the state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// IEEE 754 single precision.
    F32,
    /// Unsigned, 4 bytes.
    U32,
    /// Unsigned, 8 bytes.
    U64,
}

impl FieldKind {
    /// Bytes of the number.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::F32 | Self::U32 => 4,
            Self::U64 => 8,
        }
    }
}

/// One number of the state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StateField {
    /// The path to it as people read it: `environmental.scene.loudness.now`.
    pub name: &'static str,
    /// Where it stands in the state's bytes.
    pub offset: usize,
    /// What it is.
    pub kind: FieldKind,
    /// Lowest value of a state that a life can lead to.
    pub low: f64,
    /// Highest value of a state that a life can lead to.
    pub high: f64,
}

/// The value of one number of the state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldValue {
    /// Of a field of kind [`FieldKind::F32`].
    F32(f32),
    /// Of a field of kind [`FieldKind::U32`].
    U32(u32),
    /// Of a field of kind [`FieldKind::U64`].
    U64(u64),
}

impl FieldValue {
    /// The bits of the number: two values are the same if these are, NaN or not.
    #[must_use]
    pub fn bits(self) -> u64 {
        match self {
            Self::F32(value) => u64::from(value.to_bits()),
            Self::U32(value) => u64::from(value),
            Self::U64(value) => value,
        }
    }

    /// The number itself, as near as double precision holds it.
    fn number(self) -> f64 {
        match self {
            Self::F32(value) => f64::from(value),
            Self::U32(value) => f64::from(value),
            Self::U64(value) => value as f64,
        }
    }
}

/// A number of a state that no life leads to, or that is none.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error(
    "the state of being {being} is damaged: {name} = {value} is outside {low} to {high}; import it from an export, or erase it"
)]
pub struct StateOutOfRange {
    /// Whose state.
    pub being: BeingId,
    /// Name of the number, as in [`STATE_FIELDS`].
    pub name: &'static str,
    /// What it is.
    pub value: FieldValue,
    /// Lowest possible value.
    pub low: f64,
    /// Highest possible value.
    pub high: f64,
}

impl fmt::Display for FieldValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::F32(value) => write!(formatter, "{value:?} (bits {:08x})", value.to_bits()),
            Self::U32(value) => write!(formatter, "{value}"),
            Self::U64(value) => write!(formatter, "{value}"),
        }
    }
}

/// Numbers in a [`State`].
pub const STATE_FIELD_COUNT: usize = 92;

/// Every number of a [`State`], in the order of its bytes.
pub const STATE_FIELDS: [StateField; STATE_FIELD_COUNT] = table();

/// Fastest that an energy centre moves: 2 pi times the highest natural frequency that its parameter
/// allows.
const FASTEST: f64 = (2.0 * std::f32::consts::PI * 5.0) as f64;
/// Most evidence, in seconds: the longest time constant that the parameter of the long averages
/// allows.
const MOST_EVIDENCE: f64 = 3_600.0;

const fn field(name: &'static str, offset: usize, kind: FieldKind) -> StateField {
    let high = match kind {
        // Nearly all are shares.
        FieldKind::F32 => 1.0,
        FieldKind::U32 => u32::MAX as f64,
        FieldKind::U64 => u64::MAX as f64,
    };
    StateField {
        name,
        offset,
        kind,
        low: 0.0,
        high,
    }
}

const fn within(field: StateField, low: f64, high: f64) -> StateField {
    StateField { low, high, ..field }
}

macro_rules! put {
    (
        $table:ident, $count:ident,
        $($name:expr, $offset:expr, $kind:ident $([$low:expr, $high:expr])?;)+
    ) => {
        $(
            $table[$count] = field($name, $offset, FieldKind::$kind);
            $($table[$count] = within($table[$count], $low, $high);)?
            $count += 1;
        )+
    };
}

/// Numbers of one kind that follow each other under one prefix.
macro_rules! put_row {
    (
        $table:ident, $count:ident, $prefix:literal, $base:expr,
        $kind:ident, $($name:literal)+
    ) => {
        let base = $base;
        let first = $count;
        $(
            let offset = base + ($count - first) * FieldKind::$kind.size();
            $table[$count] = field(concat!($prefix, $name), offset, FieldKind::$kind);
            $count += 1;
        )+
    };
}

macro_rules! put_scene {
    ($table:ident, $count:ident, $($feature:literal)+) => {
        let mut base = offset_of!(State, environmental) + offset_of!(EnvironmentalState, scene);
        $(
            put! { $table, $count,
                concat!("environmental.scene.", $feature, ".now"), base + offset_of!(Average, now), F32;
                concat!("environmental.scene.", $feature, ".short"), base + offset_of!(Average, short), F32;
                concat!("environmental.scene.", $feature, ".long"), base + offset_of!(Average, long), F32;
                concat!("environmental.scene.", $feature, ".confidence"), base + offset_of!(Average, confidence), F32;
                concat!("environmental.scene.", $feature, ".evidence"), base + offset_of!(Average, evidence), F32 [0.0, MOST_EVIDENCE];
            }
            base += size_of::<Average>();
        )+
    };
}

macro_rules! put_part {
    (
        $table:ident, $count:ident, $part:ident: $type:ty,
        $($field:ident $kind:ident $([$low:expr, $high:expr])?,)+
    ) => {
        put! { $table, $count, $(
            concat!(stringify!($part), ".", stringify!($field)),
            offset_of!(State, $part) + offset_of!($type, $field),
            $kind $([$low, $high])?;
        )+ }
    };
}

const fn table() -> [StateField; STATE_FIELD_COUNT] {
    let mut table = [field("", 0, FieldKind::U64); STATE_FIELD_COUNT];
    let mut count = 0;
    put! { table, count,
        "being", offset_of!(State, being), U64;
        "cycle", offset_of!(State, cycle), U64;
        "time", offset_of!(State, time), U64;
    }
    put_scene! { table, count,
        "loudness" "speech" "onset" "brightness" "motion" "presence" "heat" "strain"
    }
    put_part! { table, count, environmental: EnvironmentalState, surprise F32, confidence F32, }
    let analytical = offset_of!(State, analytical);
    put_row! { table, count, "analytical.flux.", analytical + offset_of!(AnalyticalState, flux), F32,
        "1" "2" "3" "4" "5" "6" "7" "8" "9"
    }
    put_part! { table, count, analytical: AnalyticalState, boost F32, }
    let elp = analytical + offset_of!(AnalyticalState, elp);
    put! { table, count,
        "analytical.elp.ethos", elp + offset_of!(Elp, ethos), F32;
        "analytical.elp.logos", elp + offset_of!(Elp, logos), F32;
        "analytical.elp.pathos", elp + offset_of!(Elp, pathos), F32;
    }
    put_part! { table, count, analytical: AnalyticalState,
        meaning F32, novelty F32, confidence F32,
        situation U32, feeling U32, last_flux U32 [0.0, 9.0], microseconds_to_question U32,
    }
    let experiential = offset_of!(State, experiential);
    put_row! { table, count, "experiential.centres.",
        experiential + offset_of!(ExperientialState, centres), F32,
        "vitality" "motion" "sound" "presence" "voice" "novelty" "coherence"
    }
    let first = count;
    put_row! { table, count, "experiential.velocities.",
        experiential + offset_of!(ExperientialState, velocities), F32,
        "vitality" "motion" "sound" "presence" "voice" "novelty" "coherence"
    }
    let mut velocity = first;
    while velocity < count {
        table[velocity] = within(table[velocity], -FASTEST, FASTEST);
        velocity += 1;
    }
    put_part! { table, count, experiential: ExperientialState, arousal F32, }
    put_part! { table, count, observation: Observation,
        attention U32 [0.0, Attention::Experiential as u32 as f64],
        coherence F32, salience F32, usual_salience F32, confidence F32, expression F32,
        kept U32, microseconds_to_keep U32,
        consent U32 [0.0, Consent::ALL.bits() as f64],
    }
    put_row! { table, count, "loop_ages.", offset_of!(State, loop_ages), U64,
        "environmental" "analytical" "experiential"
    }
    assert!(count == STATE_FIELD_COUNT);
    table
}

// Every byte of the state belongs to exactly one field.
const _: () = {
    let mut end = 0;
    let mut index = 0;
    while index < STATE_FIELD_COUNT {
        assert!(
            STATE_FIELDS[index].offset == end,
            "a gap or an overlap between the fields of a state"
        );
        end += STATE_FIELDS[index].kind.size();
        index += 1;
    }
    assert!(end == size_of::<State>(), "fields that no name stands for");
};

/// 2^64 divided by the golden ratio (Knuth, The Art of Computer Programming 3, 6.4): the highest
/// byte of a product with it depends on every bit of the other factor.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl State {
    /// The number at `index` of [`STATE_FIELDS`]; `None` past its end.
    #[must_use]
    pub fn field(&self, index: usize) -> Option<FieldValue> {
        let field = STATE_FIELDS.get(index)?;
        let bytes = &self.as_bytes()[field.offset..];
        let short = || bytes.first_chunk().map(|bytes| u32::from_ne_bytes(*bytes));
        Some(match field.kind {
            FieldKind::F32 => FieldValue::F32(f32::from_bits(short()?)),
            FieldKind::U32 => FieldValue::U32(short()?),
            FieldKind::U64 => FieldValue::U64(u64::from_ne_bytes(*bytes.first_chunk()?)),
        })
    }

    /// Whether every number lies within its range: a state that comes from outside may hold
    /// anything behind a right checksum.
    ///
    /// # Errors
    /// [`StateOutOfRange`] for the first that does not.
    pub fn check(&self) -> Result<(), StateOutOfRange> {
        for (index, field) in STATE_FIELDS.iter().enumerate() {
            let Some(value) = self.field(index) else {
                continue;
            };
            if !(field.low..=field.high).contains(&value.number()) {
                return Err(StateOutOfRange {
                    being: self.being,
                    name: field.name,
                    value,
                    low: field.low,
                    high: field.high,
                });
            }
        }
        Ok(())
    }

    /// One byte for each of [`STATE_FIELDS`]: differs for every flipped bit, and otherwise for
    /// 255 of 256 differing values.
    #[must_use]
    pub fn field_checks(&self) -> [u8; STATE_FIELD_COUNT] {
        let bytes = self.as_bytes();
        std::array::from_fn(|index| {
            let StateField { offset, kind, .. } = STATE_FIELDS[index];
            let mut number = [0; 8];
            number[..kind.size()].copy_from_slice(&bytes[offset..offset + kind.size()]);
            (u64::from_le_bytes(number).wrapping_mul(GOLDEN) >> 56) as u8
        })
    }
}
