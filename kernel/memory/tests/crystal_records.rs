//! The crystal record: what goes in comes out, and no altered byte passes.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, crystal, draft, own, stamp};
use proptest::prelude::*;
use triune_core::{CrystalDraft, CrystalKind, Embedding, EnergyCentres, Timestamp};
use triune_memory::crystals::{Crystal, Provenance, RECORD_BYTES, SUMMARY_BYTES, summarise};

fn any_draft() -> impl Strategy<Value = CrystalDraft> {
    let floats = prop::num::f32::ANY;
    (
        (any::<u64>(), any::<u64>(), any::<u32>(), any::<u32>()),
        (floats, floats, floats),
        prop::array::uniform7(floats),
        prop::collection::vec(floats, 64),
    )
        .prop_map(
            |((cycle, time, kind, flux), (salience, confidence, coherence), centres, at)| {
                CrystalDraft {
                    told: cycle ^ time,
                    being: BEING,
                    cycle,
                    time: Timestamp(time),
                    kind,
                    salience,
                    confidence,
                    coherence,
                    centres: EnergyCentres(centres),
                    flux,
                    embedding: Embedding(std::array::from_fn(|index| at[index])),
                }
            },
        )
}

/// The interpreter is a thousand times slower.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: if cfg!(miri) { 3 } else { 256 },
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_field_comes_back(draft in any_draft(), sequence in 1_u64.., board: [u8; 16]) {
        let from = Provenance { being: BEING, board, sequence: 0 };
        let sealed = Crystal::seal(&draft, sequence, stamp(3), from);
        let read = Crystal::read(sealed.to_bytes()).unwrap();
        prop_assert_eq!(read, sealed);
        prop_assert_eq!(read.sequence(), sequence);
        prop_assert_eq!(read.being(), draft.being);
        prop_assert_eq!(read.cycle(), draft.cycle);
        prop_assert_eq!(read.time(), draft.time);
        prop_assert_eq!(read.unix(), stamp(3).unix);
        prop_assert_eq!(read.boot(), stamp(3).boot);
        prop_assert_eq!(read.kind(), CrystalKind::from_number(draft.kind));
        prop_assert_eq!(read.flux(), draft.flux);
        prop_assert_eq!(read.told(), draft.told);
        prop_assert_eq!(read.salience().to_bits(), draft.salience.to_bits());
        prop_assert_eq!(read.confidence().to_bits(), draft.confidence.to_bits());
        prop_assert_eq!(read.coherence().to_bits(), draft.coherence.to_bits());
        prop_assert_eq!(read.centres().0.map(f32::to_bits), draft.centres.0.map(f32::to_bits));
        prop_assert_eq!(read.embedding().0.map(f32::to_bits), draft.embedding.0.map(f32::to_bits));
        prop_assert_eq!(read.provenance(), Provenance { sequence, ..from });
        let summary = summarise(&draft);
        prop_assert_eq!(read.summary(), summary.as_str());
        prop_assert!(read.summary().len() <= SUMMARY_BYTES);
    }

    #[test]
    fn one_flipped_bit_is_noticed(number in 1_u64..1000, bit in 0..RECORD_BYTES * 8) {
        let mut bytes = crystal(number).to_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(Crystal::read(&bytes), None);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = Crystal::read(&bytes);
    }
}

#[test]
fn a_shared_crystal_keeps_where_it_comes_from() {
    let from = Provenance {
        being: triune_core::BeingId(5),
        board: [3; 16],
        sequence: 41,
    };
    let sealed = Crystal::seal(&draft(1), 7, stamp(1), from);
    assert_eq!(sealed.provenance(), from);
    assert_eq!(sealed.being(), BEING);
    assert_eq!(
        Crystal::seal(&draft(1), 7, stamp(1), own())
            .provenance()
            .sequence,
        7
    );
}

#[test]
fn a_summary_reads_as_a_line() {
    let mut moment = draft(1);
    moment.kind = CrystalKind::Voice as u32;
    moment.salience = 0.42;
    moment.coherence = 0.8;
    moment.confidence = 0.91;
    moment.centres = EnergyCentres([0.1, 0.0, 0.2, 0.3, 0.77, 0.0, 0.5]);
    moment.flux = 9;
    assert_eq!(
        summarise(&moment).as_str(),
        "voice, salience 0.42, coherence 0.80, confidence 0.91, voice 0.77, flux 9"
    );
    moment.kind = 77;
    moment.centres = EnergyCentres::default();
    moment.flux = 0;
    assert_eq!(
        summarise(&moment).as_str(),
        "kind 77, salience 0.42, coherence 0.80, confidence 0.91"
    );
}
