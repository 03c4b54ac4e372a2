//! The essence page, version 1, frozen: as it lay on disks before the loops' ages were part of a state.
//!
//! Every field has the place that it had then, whatever becomes of today's types.

use super::head::{CLEAN, MAGIC, PAGE, WholePage, checksum};
use super::page::{Essence, EssenceCounters};
use crate::clock::BootId;
use crate::wear::WearDay;
use triune_core::{
    AnalyticalState, Average, BeingId, Consent, Elp, EnergyCentres, EnvironmentalState,
    ExperientialState, Observation, Parameters, State, Timestamp,
};
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

pub(crate) const VERSION: u32 = 1;
const STATE_BYTES: usize = 368;
/// What version 1 called its state's layout.
const STATE_LAYOUT: u32 = 0x1545_6581;

/// The state of version 1.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(crate) struct StateV1 {
    being: u64,
    cycle: u64,
    time: u64,
    /// Now, short, long, confidence and evidence of each feature.
    scene: [[f32; 5]; 8],
    surprise: f32,
    scene_confidence: f32,
    flux: [f32; 9],
    boost: f32,
    elp: [f32; 3],
    meaning: f32,
    novelty: f32,
    analytical_confidence: f32,
    situation: u32,
    feeling: u32,
    last_flux: u32,
    cycles_to_question: u32,
    centres: [f32; 7],
    velocities: [f32; 7],
    arousal: f32,
    attention: u32,
    coherence: f32,
    salience: f32,
    usual_salience: f32,
    observation_confidence: f32,
    expression: f32,
    kept: u32,
    cycles_to_keep: u32,
    observed_consent: u32,
}

/// The page of version 1.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(crate) struct PageV1 {
    magic: [u8; 8],
    version: u32,
    state_bytes: u32,
    state_layout: u32,
    flags: u32,
    sequence: u64,
    written_unix: u64,
    written: u64,
    boot: [u8; 16],
    last_crystal: u64,
    dropped: u64,
    starts: u64,
    consent: Consent,
    reserved_head: [u8; 36],
    state: StateV1,
    reserved: [u8; PAGE - 128 - STATE_BYTES - 4],
    checksum: u32,
}

const _: () = assert!(size_of::<StateV1>() == STATE_BYTES);
const _: () = assert!(size_of::<PageV1>() == PAGE);

/// The page of version 1 that holds `essence`, but for what version 1 has no place for.
pub(crate) fn seal(essence: &Essence, sequence: u64) -> PageV1 {
    let mut page = PageV1::new_zeroed();
    page.magic = MAGIC;
    page.version = VERSION;
    page.state_bytes = STATE_BYTES as u32;
    page.state_layout = STATE_LAYOUT;
    page.flags = if essence.clean { CLEAN } else { 0 };
    page.sequence = sequence;
    page.written_unix = essence.written_unix;
    page.written = essence.written.0;
    page.boot = essence.boot.0;
    page.last_crystal = essence.counters.last_crystal;
    page.dropped = essence.counters.dropped;
    page.starts = essence.counters.starts;
    page.consent = essence.consent;
    page.state = StateV1::of(&essence.state);
    page.checksum = checksum(&page);
    page
}

/// Reads a page of version 1 whose checksum is right; nothing when its state is laid out otherwise.
pub(super) fn read(bytes: &[u8]) -> Option<WholePage> {
    let page = PageV1::read_from_bytes(bytes).ok()?;
    if page.state_bytes as usize != STATE_BYTES || page.state_layout != STATE_LAYOUT {
        return None;
    }
    Some(WholePage {
        version: VERSION,
        sequence: page.sequence,
        unrestored: 0,
        essence: Essence {
            state: page.state.today(),
            consent: page.consent,
            parameters: Parameters::default(),
            written_unix: page.written_unix,
            written: Timestamp(page.written),
            boot: BootId(page.boot),
            clean: page.flags & CLEAN != 0,
            counters: EssenceCounters {
                last_crystal: page.last_crystal,
                dropped: page.dropped,
                starts: page.starts,
                withheld: 0,
            },
            wear: WearDay::default(),
        },
    })
}

impl StateV1 {
    /// The state as it is laid out today; no loop's part is stale in it, since none could be.
    fn today(&self) -> State {
        State {
            being: BeingId(self.being),
            cycle: self.cycle,
            time: Timestamp(self.time),
            environmental: EnvironmentalState {
                scene: self
                    .scene
                    .map(|[now, short, long, confidence, evidence]| Average {
                        now,
                        short,
                        long,
                        confidence,
                        evidence,
                    }),
                surprise: self.surprise,
                confidence: self.scene_confidence,
            },
            analytical: AnalyticalState {
                flux: self.flux,
                boost: self.boost,
                elp: Elp {
                    ethos: self.elp[0],
                    logos: self.elp[1],
                    pathos: self.elp[2],
                },
                meaning: self.meaning,
                novelty: self.novelty,
                confidence: self.analytical_confidence,
                situation: self.situation,
                feeling: self.feeling,
                last_flux: self.last_flux,
                // Version 1 counted cycles down, a few hundred at most: taken as microseconds they
                // are over at the next cycle.
                microseconds_to_question: self.cycles_to_question,
            },
            experiential: ExperientialState {
                centres: EnergyCentres(self.centres),
                velocities: self.velocities,
                arousal: self.arousal,
            },
            observation: Observation {
                attention: self.attention,
                coherence: self.coherence,
                salience: self.salience,
                usual_salience: self.usual_salience,
                confidence: self.observation_confidence,
                expression: self.expression,
                kept: self.kept,
                microseconds_to_keep: self.cycles_to_keep,
                consent: self.observed_consent,
            },
            loop_ages: [0; 3],
        }
    }

    /// The state as version 1 laid it out, without its pauses.
    fn of(state: &State) -> Self {
        let State {
            environmental,
            analytical,
            experiential,
            observation,
            ..
        } = state;
        Self {
            being: state.being.0,
            cycle: state.cycle,
            time: state.time.0,
            scene: environmental
                .scene
                .map(|one| [one.now, one.short, one.long, one.confidence, one.evidence]),
            surprise: environmental.surprise,
            scene_confidence: environmental.confidence,
            flux: analytical.flux,
            boost: analytical.boost,
            elp: [
                analytical.elp.ethos,
                analytical.elp.logos,
                analytical.elp.pathos,
            ],
            meaning: analytical.meaning,
            novelty: analytical.novelty,
            analytical_confidence: analytical.confidence,
            situation: analytical.situation,
            feeling: analytical.feeling,
            last_flux: analytical.last_flux,
            // Microseconds are not cycles, and how long a cycle will be there is not known here.
            cycles_to_question: 0,
            centres: experiential.centres.0,
            velocities: experiential.velocities,
            arousal: experiential.arousal,
            attention: observation.attention,
            coherence: observation.coherence,
            salience: observation.salience,
            usual_salience: observation.usual_salience,
            observation_confidence: observation.confidence,
            expression: observation.expression,
            kept: observation.kept,
            cycles_to_keep: 0,
            observed_consent: observation.consent,
        }
    }
}
