//! Scenes that tests, pictures and measurements share.

use triune_core::Attention;
use triune_gpu::{
    Body, Centre, Condition, FaceScene, Hearing, History, LightVehicle, Part, Rate, Recognised,
    Recognition, Sensed, Sight, Urgency,
};

/// Every scene by its name.
pub(crate) fn all() -> Vec<(&'static str, FaceScene)> {
    vec![
        ("asleep", asleep()),
        ("listening", listening()),
        ("speaking", speaking()),
        ("overheated", overheated()),
        ("senseless", senseless()),
        ("unknown", FaceScene::default()),
        ("long", long()),
    ]
}

/// Values and velocities from the root up.
fn centres(values: [f32; 7], velocities: [f32; 7]) -> [Option<Centre>; 7] {
    std::array::from_fn(|index| {
        Some(Centre {
            value: values[index],
            velocity: velocities[index],
        })
    })
}

/// A history that waves about `middle`, with bursts of speech where `bursts` says so.
fn history(middle: f32, ripple: f32, burst: f32, bursts: impl Fn(usize) -> bool) -> History {
    (0..256_usize)
        .map(|index| {
            let wave = (index as f32 * 0.37).sin() * 0.6 + (index as f32 * 1.13).sin() * 0.4;
            let syllable = (index as f32 * 0.81).sin().abs();
            Some(
                middle
                    + ripple * wave
                    + if bursts(index) {
                        burst * (0.5 + 0.5 * syllable)
                    } else {
                        0.0
                    },
            )
        })
        .collect()
}

fn recognised(name: &str, confidence: f32) -> Option<Recognised> {
    Some(Recognised {
        name: name.to_owned(),
        confidence,
    })
}

/// A quiet room at night; everything works.
pub(crate) fn asleep() -> FaceScene {
    FaceScene {
        vehicle: Some(LightVehicle {
            cycle: 2_601_900,
            centres: centres([0.82, 0.0, 0.22, 0.03, 0.01, 0.04, 0.97], [0.0; 7]),
            coherence: Some(0.97),
            salience: Some(0.04),
            usual_salience: Some(0.06),
            arousal: Some(0.06),
            attention: Some(Attention::Experiential),
        }),
        rate: Rate {
            wanted_hz: Some(250.0),
            measured_hz: Some(250.0),
            lateness_p99_us: Some(18.4),
            overruns: Some(0),
            skipped: Some(0),
        },
        hearing: Sensed::Present(Hearing {
            level_dbfs: Some(-68.2),
            speech: Some(0.02),
            speaking: Some(false),
        }),
        sight: Sensed::Present(Sight {
            brightness: Some(0.04),
            motion: Some(0.0),
        }),
        body: Sensed::Present(Body {
            temperature_c: Some(38.6),
            load: Some(0.06),
        }),
        recognition: Recognition {
            backend: Some("rknn".to_owned()),
            situation: recognised("quiet", 0.97),
            feeling: recognised("at rest", 0.88),
        },
        kept: Some(128),
        beings: Some(1),
        conditions: Some(Vec::new()),
        address: Some("https://triune.local".to_owned()),
        version: Some("0.1.0".to_owned()),
        uptime_s: Some(11_520.0),
        level_history: history(-68.0, 2.0, 0.0, |_| false),
        salience_history: history(0.05, 0.02, 0.0, |_| false),
    }
}

/// Music plays, nobody speaks.
pub(crate) fn listening() -> FaceScene {
    FaceScene {
        vehicle: Some(LightVehicle {
            cycle: 73_205,
            centres: centres(
                [0.74, 0.08, 0.63, 0.42, 0.17, 0.31, 0.84],
                [0.0, 0.03, 0.24, 0.1, -0.05, -0.12, 0.01],
            ),
            coherence: Some(0.84),
            salience: Some(0.34),
            usual_salience: Some(0.22),
            arousal: Some(0.36),
            attention: Some(Attention::Environmental),
        }),
        hearing: Sensed::Present(Hearing {
            level_dbfs: Some(-31.0),
            speech: Some(0.21),
            speaking: Some(false),
        }),
        sight: Sensed::Present(Sight {
            brightness: Some(0.46),
            motion: Some(0.02),
        }),
        body: Sensed::Present(Body {
            temperature_c: Some(47.1),
            load: Some(0.18),
        }),
        recognition: Recognition {
            backend: Some("rknn".to_owned()),
            situation: recognised("music", 0.81),
            feeling: recognised("curious", 0.64),
        },
        kept: Some(131),
        beings: Some(3),
        uptime_s: Some(292.8),
        level_history: history(-36.0, 6.0, 0.0, |_| false),
        salience_history: history(0.22, 0.08, 0.2, |index| index % 90 < 20),
        ..asleep()
    }
}

/// Somebody stands in front and speaks.
pub(crate) fn speaking() -> FaceScene {
    FaceScene {
        vehicle: Some(LightVehicle {
            cycle: 91_980,
            centres: centres(
                [0.70, 0.52, 0.78, 0.93, 0.96, 0.58, 0.71],
                [-0.03, 0.31, 0.15, 0.2, 0.7, 0.4, -0.22],
            ),
            coherence: Some(0.71),
            salience: Some(0.78),
            usual_salience: Some(0.24),
            arousal: Some(0.76),
            attention: Some(Attention::Environmental),
        }),
        hearing: Sensed::Present(Hearing {
            level_dbfs: Some(-19.4),
            speech: Some(0.96),
            speaking: Some(true),
        }),
        sight: Sensed::Present(Sight {
            brightness: Some(0.52),
            motion: Some(0.19),
        }),
        body: Sensed::Present(Body {
            temperature_c: Some(49.8),
            load: Some(0.27),
        }),
        recognition: Recognition {
            backend: Some("rknn".to_owned()),
            situation: recognised("someone speaks", 0.94),
            feeling: recognised("drawn to it", 0.82),
        },
        kept: Some(134),
        beings: Some(3),
        uptime_s: Some(367.5),
        level_history: history(-58.0, 3.0, 36.0, |index| {
            index > 150 || (40..80).contains(&index)
        }),
        salience_history: history(0.16, 0.05, 0.6, |index| {
            index > 150 || (40..80).contains(&index)
        }),
        ..asleep()
    }
}

/// Too hot, the cycle throttled, the camera unplugged.
pub(crate) fn overheated() -> FaceScene {
    let mut vehicle = LightVehicle {
        cycle: 8_113_950,
        centres: centres(
            [0.09, 0.0, 0.41, 0.22, 0.05, 0.66, 0.33],
            [-0.28, 0.0, 0.02, -0.06, 0.0, 0.21, -0.31],
        ),
        coherence: Some(0.33),
        salience: Some(0.52),
        usual_salience: Some(0.31),
        arousal: Some(0.41),
        attention: Some(Attention::Experiential),
    };
    vehicle.centres[1] = None;
    FaceScene {
        vehicle: Some(vehicle),
        rate: Rate {
            wanted_hz: Some(250.0),
            measured_hz: Some(166.4),
            lateness_p99_us: Some(2_140.0),
            overruns: Some(18_244),
            skipped: Some(2_101),
        },
        hearing: Sensed::Present(Hearing {
            level_dbfs: Some(-48.0),
            speech: Some(0.07),
            speaking: Some(false),
        }),
        sight: Sensed::Absent {
            why: "no camera is connected".to_owned(),
        },
        body: Sensed::Present(Body {
            temperature_c: Some(93.2),
            load: Some(0.91),
        }),
        recognition: Recognition {
            backend: Some("cpu".to_owned()),
            situation: recognised("quiet", 0.55),
            feeling: recognised("strained", 0.91),
        },
        kept: Some(2_318),
        beings: Some(4),
        conditions: Some(vec![
            Condition {
                part: Part::Cycle,
                urgency: Urgency::Notice,
                what: "real time".to_owned(),
                why: "SCHED_FIFO was refused; grant CAP_SYS_NICE".to_owned(),
            },
            Condition {
                part: Part::Body,
                urgency: Urgency::Act,
                what: "too hot".to_owned(),
                why: "free the air vents, check the fan".to_owned(),
            },
            Condition {
                part: Part::Sight,
                urgency: Urgency::Notice,
                what: "camera".to_owned(),
                why: "absent for 4 min; connect it again".to_owned(),
            },
        ]),
        uptime_s: Some(32_500.0),
        level_history: history(-48.0, 4.0, 0.0, |_| false),
        salience_history: history(0.35, 0.12, 0.1, |index| index > 200),
        ..asleep()
    }
}

/// The kernel runs, but nothing is sensed.
pub(crate) fn senseless() -> FaceScene {
    let mut vehicle = LightVehicle {
        cycle: 5_010,
        centres: [None; 7],
        coherence: Some(1.0),
        salience: Some(0.0),
        usual_salience: Some(0.0),
        arousal: Some(0.0),
        attention: Some(Attention::Environmental),
    };
    vehicle.centres[6] = Some(Centre {
        value: 1.0,
        velocity: 0.0,
    });
    FaceScene {
        vehicle: Some(vehicle),
        hearing: Sensed::Absent {
            why: "no microphone is connected".to_owned(),
        },
        sight: Sensed::Refused,
        body: Sensed::default(),
        recognition: Recognition::default(),
        kept: Some(0),
        beings: Some(1),
        conditions: Some(vec![Condition {
            part: Part::Hearing,
            urgency: Urgency::Notice,
            what: "microphone".to_owned(),
            why:
                "no capture device was found; connect one, or name it in triune.toml under hearing"
                    .to_owned(),
        }]),
        address: Some("http://192.168.178.141:8088".to_owned()),
        uptime_s: Some(20.0),
        level_history: History::new(),
        salience_history: std::iter::repeat_n(Some(0.0), 60).collect(),
        ..asleep()
    }
}

/// Everything is as long as it gets.
pub(crate) fn long() -> FaceScene {
    let words =
        "an uncommonly long explanation that will not fit into any panel however it is broken";
    FaceScene {
        rate: Rate {
            wanted_hz: Some(1000.0),
            measured_hz: Some(123_456.7),
            lateness_p99_us: Some(7.6e9),
            overruns: Some(u64::MAX),
            skipped: Some(999_999),
        },
        hearing: Sensed::Absent {
            why: words.to_owned(),
        },
        body: Sensed::Present(Body {
            temperature_c: Some(-273.0),
            load: Some(7.0),
        }),
        recognition: Recognition {
            backend: Some("a backend with an uncommonly long name".to_owned()),
            situation: recognised(words, 0.5),
            feeling: recognised(
                "Donaudampfschifffahrtsgesellschaftskapitänsmützenträger",
                1.0,
            ),
        },
        kept: Some(18_446_744_073_709),
        beings: Some(4_000_000),
        conditions: Some(vec![
            Condition {
                part: Part::Memory,
                urgency: Urgency::Act,
                what: words.to_owned(),
                why: words.to_owned(),
            };
            9
        ]),
        address: Some(
            "https://triune-living-room-behind-the-bookshelf.fritz.box:8088/?token=\
             0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef#beings"
                .to_owned(),
        ),
        version: Some("12.34.56-rc.7+build.20260131.0123456789abcdef".to_owned()),
        uptime_s: Some(1e18),
        ..speaking()
    }
}
