//! The ALSA backend over plugins of ALSA's own library that need no sound card: `file` plays
//! known samples in, `null` gives silence. The plugins do not pace; see the conformance suites
//! for real cards.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;
use triune_board::AlsaMicrophone;
use triune_hal::Microphone;
use triune_hal::microphone::AlsaDevice;

/// Where the second run of this program finds its name and folder; ALSA reads its configuration
/// from the environment once a process.
const FOLDER: &str = "TRIUNE_ALSA_PLUGINS_FOLDER";
const FRAMES: usize = 256;
const CHANNELS: usize = 2;

/// Samples whose value is exact in 16 bits: multiples of 2^-15.
fn sample(index: usize) -> f32 {
    ((index * 977) % 65_536) as f32 / 32_768.0 - 1.0
}

fn configuration(folder: &Path) -> String {
    format!(
        "pcm.silence {{ type null }}\n\
         pcm.known {{ type file slave.pcm silence file /dev/null infile \"{}\" format raw }}\n",
        folder.join("samples").display()
    )
}

#[test]
fn known_samples_come_through_alsa() {
    let folder = tempfile::tempdir().unwrap();
    let bytes: Vec<u8> = (0..FRAMES * CHANNELS * 64)
        .flat_map(|index| ((sample(index % (FRAMES * CHANNELS)) * 32_768.0) as i16).to_le_bytes())
        .collect();
    fs::write(folder.path().join("samples"), bytes).unwrap();
    fs::write(
        folder.path().join("asound.conf"),
        configuration(folder.path()),
    )
    .unwrap();
    let run = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "in_a_process_of_its_own",
            "--ignored",
            "--nocapture",
        ])
        .env(FOLDER, folder.path())
        .env("ALSA_CONFIG_PATH", folder.path().join("asound.conf"))
        .output()
        .unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    );
    assert!(run.status.success(), "{said}");
    println!("{said}");
}

fn open(device: &str) -> AlsaDevice {
    AlsaDevice::open(&AlsaMicrophone {
        device: device.to_owned(),
        rate_hz: 48_000,
        channels: CHANNELS as u16,
        period_frames: FRAMES as u32,
        periods: 4,
    })
    .unwrap()
}

#[test]
#[ignore = "run by known_samples_come_through_alsa, with ALSA's configuration set"]
fn in_a_process_of_its_own() {
    if std::env::var_os(FOLDER).is_none() {
        println!("skipped: it is not run by its parent");
        return;
    }
    let mut microphone = open("known");
    println!("{} {:?}", microphone.describe(), microphone.format());
    let mut samples = vec![0.0; FRAMES * CHANNELS];
    let captured = microphone.read(&mut samples).unwrap();
    assert_eq!(captured.frames, FRAMES);
    for (index, &heard) in samples.iter().enumerate() {
        assert_eq!(heard, sample(index), "sample {index}");
    }

    let mut microphone = open("silence");
    let captured = microphone.read(&mut samples).unwrap();
    assert_eq!(captured.frames, FRAMES);
    assert!(samples.iter().all(|&sample| sample == 0.0));
}
