//! Whether the display shows something: a picture of many colours, not one plane.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::error::SmokeError;

/// A drawn face has gradients and letters; a console or a cleared screen has few colours.
const LEAST_COLOURS: usize = 24;
/// The share of pixels that must differ from the most frequent colour.
const LEAST_DRAWN: f64 = 0.005;

/// What was found in a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Picture {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) colours: usize,
    /// Share of pixels that differ from the most frequent colour.
    pub(super) drawn: f64,
}

/// Reads a PNG file and demands that something is drawn on it.
pub(super) fn check(path: &Path) -> Result<Picture, SmokeError> {
    let refuse = |reason: String| SmokeError::Picture {
        path: path.to_owned(),
        reason,
    };
    let picture = read(path).map_err(|error| refuse(format!("cannot be read: {error}")))?;
    if picture.colours < LEAST_COLOURS || picture.drawn < LEAST_DRAWN {
        return Err(refuse(format!(
            "shows too little: {} colours (at least {LEAST_COLOURS}), {:.2} % drawn (at least {} %)",
            picture.colours,
            picture.drawn * 100.0,
            LEAST_DRAWN * 100.0
        )));
    }
    Ok(picture)
}

/// Whether two pictures are the same, pixel by pixel: a screen that stands still.
pub(super) fn same(one: &Path, other: &Path) -> Result<bool, SmokeError> {
    let pixels = |path: &Path| {
        decode(path)
            .map(|(_, pixels)| pixels)
            .map_err(|error| SmokeError::Picture {
                path: path.to_owned(),
                reason: format!("cannot be read: {error}"),
            })
    };
    Ok(pixels(one)? == pixels(other)?)
}

fn read(path: &Path) -> Result<Picture, Box<dyn std::error::Error>> {
    let (frame, pixels) = decode(path)?;
    let mut counts: HashMap<&[u8], u64> = HashMap::new();
    for pixel in pixels.chunks_exact(frame.color_type.samples()) {
        *counts.entry(pixel).or_default() += 1;
    }
    let total: u64 = counts.values().sum();
    let most = counts.values().copied().max().unwrap_or(0);
    Ok(Picture {
        width: frame.width,
        height: frame.height,
        colours: counts.len(),
        drawn: (total - most) as f64 / total.max(1) as f64,
    })
}

/// The form and the bytes of a PNG file's pixels, 8 bits a sample.
fn decode(path: &Path) -> Result<(png::OutputInfo, Vec<u8>), Box<dyn std::error::Error>> {
    let mut decoder = png::Decoder::new(BufReader::new(File::open(path)?));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info()?;
    let size = reader
        .output_buffer_size()
        .ok_or("its size is out of bounds")?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels)?;
    pixels.truncate(frame.buffer_size());
    Ok((frame, pixels))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, pixel: impl Fn(u32, u32) -> [u8; 3]) {
        let (width, height) = (64, 32);
        let mut encoder = png::Encoder::new(File::create(path).unwrap(), width, height);
        encoder.set_color(png::ColorType::Rgb);
        let data: Vec<u8> = (0..width * height)
            .flat_map(|i| pixel(i % width, i / width))
            .collect();
        encoder
            .write_header()
            .unwrap()
            .write_image_data(&data)
            .unwrap();
    }

    #[test]
    fn one_colour_is_nothing_and_a_gradient_is_something() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.png");
        write(&path, |_, _| [9, 9, 9]);
        assert!(check(&path).unwrap_err().to_string().contains("1 colours"));
        write(&path, |x, y| [x as u8, y as u8, 0]);
        let picture = check(&path).unwrap();
        assert_eq!(
            (picture.width, picture.height, picture.colours),
            (64, 32, 64 * 32)
        );
    }

    #[test]
    fn a_screen_that_moves_is_told_from_one_that_stands_still() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("1.png"), folder.path().join("2.png"));
        write(&one, |x, y| [x as u8, y as u8, 0]);
        write(&other, |x, y| [x as u8, y as u8, u8::from(x == 5)]);
        assert!(same(&one, &one).unwrap());
        assert!(!same(&one, &other).unwrap());
    }

    #[test]
    fn a_speck_is_not_a_picture() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.png");
        write(&path, |x, y| {
            if x < 8 && y == 0 {
                [x as u8 + 1, 0, 0]
            } else {
                [0; 3]
            }
        });
        assert!(check(&path).is_err());
    }

    #[test]
    fn a_broken_file_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = check(file.path()).unwrap_err().to_string();
        assert!(error.contains("cannot be read"), "{error}");
    }
}
