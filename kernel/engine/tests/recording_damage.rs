//! Recordings that were cut, changed or invented.
#![allow(missing_docs)]
mod recorded;
mod synthetic;

use proptest::prelude::*;
use recorded::{bytes_of, drain, reader, replay_bytes};
use std::io::Cursor;
use std::sync::LazyLock;
use synthetic::SyntheticRun;
use triune_engine::*;

const HEADER: usize = 16 + 24 + 4;

/// 1,300 cycles of two beings in three blocks.
static GOOD: LazyLock<Vec<u8>> =
    LazyLock::new(|| bytes_of(&SyntheticRun::eventful(2, 1_300, 11).entries, true));

/// Where the blocks begin, then where the index does.
fn parts(bytes: &[u8]) -> Vec<usize> {
    let is_part =
        |at: &usize| [b"BLCK", b"INDX"].contains(&bytes[*at..].first_chunk().expect("room"));
    (HEADER..bytes.len() - 4).filter(is_part).collect()
}

#[test]
fn a_killed_recorder_leaves_what_it_wrote() {
    let run = SyntheticRun::eventful(2, 1_300, 11);
    let report = replay_bytes(&bytes_of(&run.entries, false)).expect("good");
    assert!((500..1_300).contains(&report.cycles), "{}", report.cycles);
    assert_eq!((report.cut_short, report.difference), (true, None));
}

#[test]
fn other_versions_are_refused_by_number() {
    for version in [1, 99] {
        let mut bytes = GOOD.clone();
        bytes[8] = version;
        let error = replay_bytes(&bytes).expect_err("refused");
        let RecordingError::Version { found, expected } = error else {
            panic!("{error}")
        };
        assert_eq!((found, expected), (version.into(), 2));
        assert!(error.to_string().contains(&format!("version {version}")));
    }
    assert!(matches!(
        replay_bytes(b"RIFF"),
        Err(RecordingError::NotARecording)
    ));
}

#[test]
fn a_recording_of_another_layout_is_refused() {
    let mut bytes = GOOD.clone();
    bytes[16 + 16] ^= 1;
    let checksum = crc32c::crc32c(&bytes[16..40]);
    bytes[40..44].copy_from_slice(&checksum.to_le_bytes());
    assert!(matches!(replay_bytes(&bytes), Err(RecordingError::Layout)));
}

#[test]
fn every_cut_at_an_edge_leaves_the_blocks_before_it() {
    let parts = parts(&GOOD);
    assert!(parts.len() >= 4, "{parts:?}");
    let whole = replay_bytes(&GOOD).expect("good");
    let mut cycles = Vec::new();
    for (blocks, &edge) in parts.iter().enumerate() {
        for cut in [edge, edge + 1, edge + 4, edge + 55, edge + 56, edge + 57] {
            let report = replay_bytes(&GOOD[..cut]).expect("good up to the cut");
            assert_eq!((report.cut_short, report.difference), (true, None));
            if cut == edge {
                cycles.push(report.cycles);
            }
            assert_eq!(report.cycles, cycles[blocks], "cut at {cut}");
        }
    }
    assert_eq!(cycles.first(), Some(&0));
    assert_eq!(
        cycles.last(),
        Some(&whole.cycles),
        "only the end is missing"
    );
    assert!(cycles.is_sorted_by(|before, after| before < after));
    for cut in [GOOD.len() - 1, GOOD.len() - 56, GOOD.len() - 57] {
        let report = replay_bytes(&GOOD[..cut]).expect("good");
        assert_eq!((report.cycles, report.cut_short), (whole.cycles, true));
    }
    for cut in [0, 7, 15] {
        let error = replay_bytes(&GOOD[..cut]).expect_err("no header");
        assert!(matches!(error, RecordingError::NotARecording));
    }
    for cut in [16, 30, HEADER - 1] {
        let error = replay_bytes(&GOOD[..cut]).expect_err("half a header");
        assert!(matches!(error, RecordingError::Damaged { .. }));
    }
}

/// A power cut may leave the length of the last write without its bytes, or some of them: what a file
/// system shows there is zeros or what the disk held before.
#[test]
fn a_torn_tail_leaves_the_blocks_before_it() {
    let parts = parts(&GOOD);
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut garbage = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as u8
    };
    for (block, &edge) in parts.iter().enumerate() {
        let end = parts.get(block + 1).copied().unwrap_or(GOOD.len());
        let before = replay_bytes(&GOOD[..edge]).expect("good").cycles;
        let middle = edge + (end - edge) / 2;
        let cuts = [
            edge,
            edge + 1,
            edge + 4,
            edge + 55,
            edge + 56,
            edge + 57,
            middle,
            end - 8,
        ];
        for cut in cuts {
            for length in [cut + 1, end, end + 4_096] {
                for zeros in [true, false] {
                    let mut bytes = GOOD[..cut].to_vec();
                    bytes.resize_with(length.max(cut), || if zeros { 0 } else { garbage() });
                    let report = replay_bytes(&bytes)
                        .unwrap_or_else(|error| panic!("cut at {cut}, to {length}: {error}"));
                    assert_eq!(
                        (report.cycles, report.cut_short, report.difference),
                        (before, true, None),
                        "cut at {cut}, to {length}"
                    );
                }
            }
        }
    }
}

/// Whoever seeks the end of a torn recording comes to the last block that is whole.
#[test]
fn the_end_of_a_torn_recording_can_be_sought() {
    let parts = parts(&GOOD);
    let [.., last, index] = parts[..] else {
        panic!("{parts:?}")
    };
    let mut bytes = GOOD[..index].to_vec();
    bytes[index - 8..].fill(0);
    let mut reader = reader(&bytes);
    let first = reader.seek_to_cycle(1_300);
    let report = replay(&mut reader, AtDifference::Stop, |_| {}).expect("good up to the end");
    assert!(report.cycles > 0, "nothing was replayed");
    assert_eq!((report.cut_short, report.difference), (true, None));
    let before = replay_bytes(&GOOD[..last]).expect("good").cycles;
    assert_eq!(first - 1 + report.cycles, before);
}

/// Damage that is followed by another block is no torn tail: blocks are durable before the next
/// begins.
#[test]
fn without_an_end_damage_before_the_last_block_is_told() {
    let parts = parts(&GOOD);
    let cut = parts[parts.len() - 1];
    for damage in [parts[1], parts[1] + 20, parts[1] + 100] {
        let mut bytes = GOOD[..cut].to_vec();
        bytes[damage] ^= 4;
        let mut reader = reader(&bytes);
        let error = drain(&mut reader).expect_err("damaged");
        let RecordingError::Damaged { offset, .. } = error else {
            panic!("{error}")
        };
        assert_eq!(offset, parts[1] as u64);
        let rest = drain(&mut reader).expect("the block behind it is good");
        assert!(matches!(rest[0], Recorded::Keyframe(_)) && rest.len() > 300);
        assert!(replay_bytes(&bytes).is_err());
    }
}

#[test]
fn behind_a_damaged_block_the_next_can_be_read() {
    let parts = parts(&GOOD);
    let mut bytes = GOOD.clone();
    bytes[parts[1] + 100] ^= 4;
    let mut reader = reader(&bytes);
    let error = drain(&mut reader).expect_err("damaged");
    let RecordingError::Damaged { offset, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(offset, parts[1] as u64);
    let rest = drain(&mut reader).expect("the block behind it is good");
    assert!(matches!(rest[0], Recorded::Keyframe(_)) && rest.len() > 300);
}

#[test]
fn a_stated_length_takes_no_more_than_is_there() {
    // Even a head with a right checksum may lie: it is bounded before room is made for it.
    let parts = parts(&GOOD);
    for (place, value) in [
        (4, u32::MAX),
        (8, u32::MAX),
        (8, 11 << 20),
        (12, 4_096),
        (24, 9_999),
    ] {
        let mut bytes = GOOD[..parts[1]].to_vec();
        let head = &mut bytes[parts[0]..parts[0] + 56];
        head[place..place + 4].copy_from_slice(&value.to_le_bytes());
        let checksum = crc32c::crc32c(&head[..52]);
        head[52..].copy_from_slice(&checksum.to_le_bytes());
        match replay_bytes(&bytes) {
            Ok(report) => assert_eq!((report.cycles, report.cut_short), (0, true)),
            Err(error) => assert!(matches!(error, RecordingError::Damaged { .. }), "{error}"),
        }
    }
}

/// Opens, seeks and drains; what a fuzzer calls, too.
fn read_all(bytes: &[u8]) -> Option<u64> {
    let mut reader = Reader::new(Cursor::new(bytes)).ok()?;
    reader.seek_to_cycle(u64::from(bytes.last().copied().unwrap_or(0)));
    reader.seek_to_cycle(0);
    let mut entries = 0;
    // Damage may be met once for each block and once behind the last.
    let mut errors = 0;
    loop {
        match reader.next_entry() {
            Ok(None) => return Some(entries),
            Ok(Some(_)) => entries += 1,
            Err(_) => errors += 1,
        }
        assert!(errors <= bytes.len() / 56 + 1, "reading comes to an end");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_flipped_bit_is_never_taken_for_truth(place in any::<prop::sample::Index>(), bit in 0_u32..8) {
        let mut bytes = GOOD.clone();
        let at = place.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        let _ = read_all(&bytes);
        // Either it is refused, or it is told apart from a whole, agreeing recording.
        if let Ok(report) = replay_bytes(&bytes) {
            prop_assert!(report.cut_short || report.end_disagrees, "byte {at}");
        }
    }

    #[test]
    fn a_flipped_bit_in_a_head_or_the_end_is_found(part in any::<prop::sample::Index>(), at in 0_usize..60, bit in 0_u32..8) {
        let mut bytes = GOOD.clone();
        let mut starts = parts(&GOOD);
        starts.extend([0, bytes.len() - 60]);
        let at = starts[part.index(starts.len())] + at;
        bytes[at] ^= 1_u8 << bit;
        if let Ok(report) = replay_bytes(&bytes) {
            prop_assert!(report.cut_short || report.end_disagrees, "byte {at}");
        }
    }

    #[test]
    fn a_truncated_recording_never_panics(place in any::<prop::sample::Index>()) {
        let short = &GOOD[..place.index(GOOD.len())];
        let _ = read_all(short);
        if let Ok(report) = replay_bytes(short) {
            prop_assert!(report.cut_short);
            prop_assert_eq!(report.difference, None);
        }
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        prop_assert!(replay_bytes(&bytes).is_err());
        prop_assert_eq!(read_all(&bytes), None);
        let mut framed = GOOD[..HEADER].to_vec();
        framed.extend_from_slice(&bytes);
        // A recording of which nothing but its beginning reached the disk.
        let report = replay_bytes(&framed);
        prop_assert!(report.is_ok_and(|report| report.cycles == 0 && report.cut_short));
        let _ = read_all(&framed);
    }

    /// Bytes behind every checksum: only the decoder itself stands between them and a panic.
    #[test]
    fn any_packed_bytes_never_panic(
        plain in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..3_000),
            prop::collection::vec(0_u8..5, 0..3_000),
        ],
        counts in any::<[u8; 4]>(),
    ) {
        let packed = lz4_flex::block::compress(&plain);
        let mut head = b"BLCK".to_vec();
        for number in [packed.len() as u32, plain.len() as u32]
            .into_iter()
            .chain(counts.map(|count| u32::from(count % 6)))
            .chain([crc32c::crc32c(&packed)])
        {
            head.extend_from_slice(&number.to_le_bytes());
        }
        head.extend_from_slice(&[0; 20]);
        let checksum = crc32c::crc32c(&head);
        head.extend_from_slice(&checksum.to_le_bytes());
        let bytes = [&GOOD[..HEADER], &head, &packed].concat();
        prop_assert!(read_all(&bytes).is_some());
        let _ = replay_bytes(&bytes);
    }
}

#[test]
fn a_block_after_more_cycles_than_can_be_counted_is_refused() {
    let mut bytes = GOOD.clone();
    // Behind its lengths, counts and the body's checksum the head states the cycles before it.
    bytes[HEADER + 32..HEADER + 40].fill(0xff);
    let sealed = crc32c::crc32c(&bytes[HEADER..HEADER + 52]);
    bytes[HEADER + 52..HEADER + 56].copy_from_slice(&sealed.to_le_bytes());
    // Without the end, blocks are found by their heads.
    bytes.truncate(bytes.len() - 1);
    assert!(replay_bytes(&bytes).is_err());
}
