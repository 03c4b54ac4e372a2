//! After construction neither hearing nor sight allocates.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use common::*;
use triune_senses::{
    Event, Hearing, HearingParameters, Picture, PictureFormat, Sight, SightParameters, SoundInput,
};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

#[test]
fn hearing_does_not_allocate() {
    for rate in [16_000, 44_100, 48_000] {
        let mut samples = vowels(rate, 2.0, -15.0);
        samples.resize(4 * rate as usize, 0.0);
        samples[7] = f32::NAN;
        let mut hearing = Hearing::new(
            SoundInput {
                rate_hz: rate,
                channels: 1,
            },
            HearingParameters::default(),
        )
        .unwrap();
        let mut events = 0;
        let mut count = |_: &Event| events += 1;
        assert_no_alloc(|| {
            for (index, block) in samples.chunks(96).enumerate() {
                hearing.process(block, instant(rate, index * 96), &mut count);
            }
            hearing.process(
                &samples[..96],
                instant(rate, 60 * rate as usize),
                &mut count,
            );
            hearing.finish(&mut count);
        });
        assert!(events >= 2, "{events} events at {rate} Hz");
    }
}

#[test]
fn sight_does_not_allocate() {
    let mut sight = Sight::new(SightParameters::default()).unwrap();
    let mut data = vec![100_u8; 640 * 480 * 3];
    let mut events = 0;
    for frame in 0..40_usize {
        data[frame * 4000..frame * 4000 + 40_000].fill(frame as u8 * 6);
        let (format, stride) =
            [(PictureFormat::Rgb24, 1920), (PictureFormat::Grey, 640)][frame / 20];
        assert_no_alloc(|| {
            let picture = Picture {
                format,
                width: 640,
                height: 480,
                stride,
                data: &data,
            };
            let seen = sight.process(&picture, instant(30, frame), |_| events += 1);
            assert!(seen.is_ok());
        });
    }
    assert!(events > 0);
}
