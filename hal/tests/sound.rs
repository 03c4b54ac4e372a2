//! Recorded and simulated sound.
#![allow(clippy::unwrap_used)]

mod material;

use material::{folder, wav};
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use triune_board::{AlsaMicrophone, RecordedSound, SimulatedSound};
use triune_hal::microphone::{AlsaDevice, RecordedMicrophone, SimulatedMicrophone};
use triune_hal::{Microphone, MicrophoneError, Recovery, SoundFormat};

fn recording(path: &Path, repeat: bool) -> Result<RecordedMicrophone, MicrophoneError> {
    RecordedMicrophone::open(&RecordedSound {
        path: path.to_owned(),
        paced: false,
        repeat,
    })
}

/// Reads `frames` frames in blocks of `block`.
fn read_all(microphone: &mut dyn Microphone, frames: usize, block: usize) -> Vec<f32> {
    let channels = usize::from(microphone.format().channels);
    let mut samples = Vec::new();
    let mut buffer = vec![0.0; block * channels];
    while samples.len() < frames * channels {
        let wanted = block.min(frames - samples.len() / channels) * channels;
        match microphone.read(&mut buffer[..wanted]) {
            Ok(captured) => samples.extend(&buffer[..captured.frames * channels]),
            Err(_) => break,
        }
    }
    samples
}

#[test]
fn a_recording_gives_its_samples_its_times_and_its_end() {
    let folder = folder();
    let path = wav(&folder, "count.wav", 8_000, 2, 500);
    let mut microphone = recording(&path, false).unwrap();
    assert_eq!(
        microphone.format(),
        SoundFormat {
            rate_hz: 8_000,
            channels: 2
        }
    );
    let mut block = [0.0; 400];
    let first = microphone.read(&mut block).unwrap();
    assert_eq!(first.frames, 200);
    assert_eq!(block[399], 399.0 / 32_768.0);
    let second = microphone.read(&mut block).unwrap();
    assert_eq!(second.time_ns - first.time_ns, 25_000_000);
    let last = microphone.read(&mut block).unwrap();
    assert_eq!(last.frames, 100);
    let error = microphone.read(&mut block).unwrap_err();
    assert!(matches!(error, MicrophoneError::EndOfRecording { .. }));
    assert_eq!(error.recovery(), Recovery::Finished);
}

#[test]
fn a_repeated_recording_joins_its_end_to_its_beginning() {
    let folder = folder();
    let path = wav(&folder, "count.wav", 8_000, 1, 300);
    let mut microphone = recording(&path, true).unwrap();
    let samples = read_all(&mut microphone, 1_000, 77);
    assert_eq!(samples.len(), 1_000);
    for (number, sample) in samples.iter().enumerate() {
        assert_eq!(*sample, (number % 300) as f32 / 32_768.0);
    }
}

#[test]
fn every_kind_of_sample_is_scaled_to_one() {
    let folder = folder();
    let path = folder.path().join("kind.wav");
    for (bits, kind) in [
        (8, hound::SampleFormat::Int),
        (16, hound::SampleFormat::Int),
        (24, hound::SampleFormat::Int),
        (32, hound::SampleFormat::Int),
        (32, hound::SampleFormat::Float),
    ] {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 16_000,
            bits_per_sample: bits,
            sample_format: kind,
        };
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        match kind {
            hound::SampleFormat::Float => {
                for sample in [-1.0f32, 0.5, 3.0] {
                    writer.write_sample(sample).unwrap();
                }
            }
            hound::SampleFormat::Int => {
                let full = 1i64 << (bits - 1);
                for sample in [-full, full / 2, full - 1] {
                    writer.write_sample(sample as i32).unwrap();
                }
            }
        }
        writer.finalize().unwrap();
        let samples = read_all(&mut recording(&path, false).unwrap(), 3, 3);
        assert_eq!(samples[..2], [-1.0, 0.5], "{bits} bits {kind:?}");
        assert!(
            samples[2] > 0.99 && samples[2] <= 1.0,
            "{bits} bits {kind:?}"
        );
    }
}

#[test]
fn damaged_files_are_refused_with_their_reason() {
    let folder = folder();
    let good = fs::read(wav(&folder, "good.wav", 16_000, 1, 100)).unwrap();
    let path = folder.path().join("bad.wav");
    let edited = |at: usize, bytes: &[u8]| {
        let mut edited = good.clone();
        edited[at..at + bytes.len()].copy_from_slice(bytes);
        edited
    };
    let mut rate = edited(24, &4_000_000_000u32.to_le_bytes());
    rate[28..32].copy_from_slice(&8_000_000_000u64.to_le_bytes()[..4]);
    let mut slow = edited(24, &1u32.to_le_bytes());
    slow[28..32].copy_from_slice(&2u32.to_le_bytes());
    for (what, bytes) in [
        ("nothing", vec![]),
        ("no sound", edited(40, &0u32.to_le_bytes())),
        ("half a header", good[..20].to_vec()),
        ("no channels", edited(22, &0u16.to_le_bytes())),
        ("an absurd rate", rate),
        ("one sample a second", slow),
        ("no bits", edited(34, &0u16.to_le_bytes())),
        ("an unknown code", edited(20, &77u16.to_le_bytes())),
        (
            "a text",
            b"once upon a time, and some more words to fill it".to_vec(),
        ),
    ] {
        fs::write(&path, bytes).unwrap();
        let error = recording(&path, false).unwrap_err();
        assert!(
            matches!(error, MicrophoneError::Corrupt { .. }),
            "{what}: {error}"
        );
        assert_eq!(error.recovery(), Recovery::Person);
    }
    assert!(matches!(
        recording(&folder.path().join("absent.wav"), false),
        Err(MicrophoneError::Unreadable { .. })
    ));
}

#[test]
fn a_file_that_ends_early_gives_what_it_has_and_then_says_so() {
    let folder = folder();
    let path = wav(&folder, "cut.wav", 16_000, 2, 100);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..44 + 41]).unwrap();
    let mut microphone = recording(&path, true).unwrap();
    let mut block = [0.0; 200];
    assert_eq!(microphone.read(&mut block).unwrap().frames, 10);
    for _ in 0..2 {
        let error = microphone.read(&mut block).unwrap_err();
        assert!(
            matches!(&error, MicrophoneError::Corrupt { reason, .. } if reason.contains("ends before")),
            "{error}"
        );
    }
}

#[test]
fn a_float_that_is_no_number_is_damage() {
    let folder = folder();
    let path = folder.path().join("nan.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    writer.write_sample(0.25f32).unwrap();
    writer.write_sample(f32::NAN).unwrap();
    writer.finalize().unwrap();
    let mut microphone = recording(&path, false).unwrap();
    let mut block = [0.0; 8];
    assert_eq!(microphone.read(&mut block).unwrap().frames, 1);
    assert!(matches!(
        microphone.read(&mut block),
        Err(MicrophoneError::Corrupt { .. })
    ));
}

fn simulated(seed: u64) -> SimulatedMicrophone {
    SimulatedMicrophone::open(&SimulatedSound {
        rate_hz: 8_000,
        channels: 1,
        seed,
        paced: false,
    })
}

#[test]
fn simulated_sound_has_silence_and_sound_and_follows_its_seed() {
    let ten_seconds = read_all(&mut simulated(1), 80_000, 800);
    let loud = ten_seconds
        .chunks(800)
        .filter(|block| block.iter().any(|sample| sample.abs() > 0.02))
        .count();
    assert!((10..90).contains(&loud), "{loud} of 100 blocks are loud");
    assert_ne!(ten_seconds, read_all(&mut simulated(2), 80_000, 800));
}

#[test]
fn a_sound_card_that_is_not_there_is_not_found() {
    for device in ["hw:NoSuchCard,0", "no_such_pcm", "nul\0in it"] {
        let error = AlsaDevice::open(&AlsaMicrophone {
            device: device.to_owned(),
            rate_hz: 48_000,
            channels: 1,
            period_frames: 96,
            periods: 4,
        })
        .unwrap_err();
        assert!(
            matches!(error, MicrophoneError::NotFound { .. }),
            "{device:?}: {error}"
        );
        assert_eq!(error.recovery(), Recovery::Reopen);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn damage_anywhere_in_a_recording_never_panics(
        channels in 1u16..4,
        frames in 1u32..40,
        damage in prop::collection::vec((0usize..64, any::<u8>()), 0..8),
        keep in 0usize..300,
        repeat: bool,
    ) {
        let folder = folder();
        let path = wav(&folder, "damaged.wav", 16_000, channels, frames);
        let mut bytes = fs::read(&path).unwrap();
        for (at, byte) in damage {
            let last = bytes.len() - 1;
            bytes[at.min(last)] = byte;
        }
        bytes.truncate(keep);
        fs::write(&path, bytes).unwrap();
        if let Ok(mut microphone) = recording(&path, repeat) {
            let mut block = vec![0.0; 64 * usize::from(microphone.format().channels)];
            for _ in 0..10 {
                match microphone.read(&mut block) {
                    Ok(captured) => {
                        prop_assert!(captured.frames > 0);
                        prop_assert!(block.iter().all(|sample| (-1.0..=1.0).contains(sample)));
                    }
                    Err(error) => {
                        prop_assert!(!error.to_string().is_empty());
                        break;
                    }
                }
            }
        }
    }

    #[test]
    fn simulated_sound_does_not_depend_on_how_it_is_read(seed: u64, block in 1usize..700) {
        let whole = read_all(&mut simulated(seed), 5_000, 5_000);
        let parts = read_all(&mut simulated(seed), 5_000, block);
        prop_assert_eq!(whole, parts);
    }
}
