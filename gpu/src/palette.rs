//! The colours of the face, and the ramp that values are read from.

use std::sync::OnceLock;

/// A colour in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgb {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

impl Rgb {
    /// The colour with these components.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }
}

/// The ground. It is even: light on it always means something.
pub(crate) const GROUND: Rgb = Rgb::new(8, 11, 18);
/// Figures and names.
pub(crate) const BRIGHT: Rgb = Rgb::new(234, 240, 249);
/// Running text.
pub(crate) const PLAIN: Rgb = Rgb::new(178, 190, 209);
/// Captions and units.
pub(crate) const QUIET: Rgb = Rgb::new(129, 143, 166);
/// Hairlines and empty meters.
pub(crate) const LINE: Rgb = Rgb::new(38, 48, 66);
/// Wide outlines of what is absent.
pub(crate) const FAINT: Rgb = Rgb::new(52, 61, 80);
/// Outlines of what is absent.
pub(crate) const ABSENT: Rgb = Rgb::new(92, 105, 130);
/// Someone should know.
pub(crate) const NOTICE: Rgb = Rgb::new(240, 190, 92);
/// Someone must act.
pub(crate) const ACT: Rgb = Rgb::new(255, 92, 80);

/// Steps that the ramp is computed in.
const STEPS: usize = 256;

/// Corners of the ramp in OKLab (lightness, green-red, blue-yellow): night blue, blue, ice, pale gold.
/// Lightness rises all the way, so that values stay in order for every kind of colour vision
/// and on a grey screen.
const CORNERS: [[f32; 3]; 4] = [
    [0.40, 0.005, -0.150],
    [0.62, -0.045, -0.115],
    [0.80, -0.065, -0.030],
    [0.905, 0.004, 0.108],
];

/// The colour of a value from 0 to 1: equal steps of value are equal steps of distance in OKLab.
/// Values outside take the nearer end; what is not a number takes the lower one.
#[must_use]
pub fn ramp(value: f32) -> Rgb {
    static TABLE: OnceLock<[Rgb; STEPS]> = OnceLock::new();
    let table =
        TABLE.get_or_init(|| std::array::from_fn(|step| at(step as f32 / (STEPS - 1) as f32)));
    // The cast takes what is not a number to 0.
    table[(value.clamp(0.0, 1.0) * (STEPS - 1) as f32 + 0.5) as usize]
}

/// The point at `share` of the way along the corners, in sRGB.
fn at(share: f32) -> Rgb {
    let distance = |a: [f32; 3], b: [f32; 3]| {
        a.iter()
            .zip(b)
            .map(|(a, b)| (a - b) * (a - b))
            .sum::<f32>()
            .sqrt()
    };
    let whole: f32 = CORNERS
        .windows(2)
        .map(|pair| distance(pair[0], pair[1]))
        .sum();
    let mut left = share * whole;
    for pair in CORNERS.windows(2) {
        let length = distance(pair[0], pair[1]);
        if left <= length {
            let part = left / length;
            return from_oklab(std::array::from_fn(|i| {
                pair[0][i] + part * (pair[1][i] - pair[0][i])
            }));
        }
        left -= length;
    }
    from_oklab(CORNERS[CORNERS.len() - 1])
}

/// OKLab to sRGB (B. Ottosson, A perceptual color space for image processing, 2020; the transfer
/// curve is that of IEC 61966-2-1).
fn from_oklab([lightness, a, b]: [f32; 3]) -> Rgb {
    let l = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let m = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
    let s = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
    let linear = [
        4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s,
        -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
    ];
    let [red, green, blue] = linear.map(|part| {
        let part = part.clamp(0.0, 1.0);
        let encoded = if part <= 0.003_130_8 {
            part * 12.92
        } else {
            1.055 * part.powf(1.0 / 2.4) - 0.055
        };
        (encoded * 255.0 + 0.5) as u8
    });
    Rgb::new(red, green, blue)
}
