//! Files that tests hear and see.
#![allow(clippy::unwrap_used, dead_code)]

use std::path::PathBuf;
use tempfile::TempDir;

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A 16-bit WAV file whose sample number n (over all channels) is n, wrapping.
pub(crate) fn wav(
    folder: &TempDir,
    name: &str,
    rate_hz: u32,
    channels: u16,
    frames: u32,
) -> PathBuf {
    let path = folder.path().join(name);
    let spec = hound::WavSpec {
        channels,
        sample_rate: rate_hz,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    for number in 0..frames * u32::from(channels) {
        writer.write_sample(number as i16).unwrap();
    }
    writer.finalize().unwrap();
    path
}

/// A picture of one colour.
pub(crate) fn picture(
    folder: &TempDir,
    name: &str,
    width: u32,
    height: u32,
    colour: [u8; 3],
) -> PathBuf {
    let path = folder.path().join(name);
    image::RgbImage::from_pixel(width, height, image::Rgb(colour))
        .save(&path)
        .unwrap();
    path
}
