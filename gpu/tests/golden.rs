//! The pictures that the software face draws, compared with the ones in `tests/golden`.
//!
//! `TRIUNE_BLESS=1 cargo test -p triune-gpu --test golden` writes them anew; look at them before
//! committing. Where a picture differs, the one that was drawn lies beside it as `NAME.new.png`.
#![allow(missing_docs)]

mod scenes;

use std::path::{Path, PathBuf};
use triune_gpu::{Canvas, Face, SoftwareFace};

/// Sizes that are compared: the layout for small screens, and the one without words.
const SIZES: [(u32, u32); 2] = [(640, 360), (320, 180)];
/// Largest difference of a channel; trigonometry may differ in its last bit between machines.
const TOLERANCE: u8 = 2;

/// Red, green and blue of every pixel.
fn colours(canvas: &Canvas) -> Vec<u8> {
    canvas
        .bytes()
        .chunks_exact(4)
        .flat_map(|pixel| [pixel[2], pixel[1], pixel[0]])
        .collect()
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let file = std::io::BufReader::new(std::fs::File::open(path).ok()?);
    let mut reader = png::Decoder::new(file)
        .read_info()
        .expect("a golden picture is a PNG file");
    let mut bytes = vec![
        0;
        reader
            .output_buffer_size()
            .expect("a golden picture is small")
    ];
    reader
        .next_frame(&mut bytes)
        .expect("a golden picture is whole");
    Some(bytes)
}

fn write(path: &Path, canvas: &Canvas) {
    let file = std::fs::File::create(path).expect("tests/golden can be written");
    let mut encoder = png::Encoder::new(file, canvas.width(), canvas.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().expect("tests/golden can be written");
    writer
        .write_image_data(&colours(canvas))
        .expect("tests/golden can be written");
}

#[test]
fn pictures_are_as_blessed() {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let bless = std::env::var_os("TRIUNE_BLESS").is_some();
    let mut face = SoftwareFace::new().unwrap();
    let mut failures = Vec::new();
    for (width, height) in SIZES {
        for (name, scene) in scenes::all() {
            let mut canvas = Canvas::new(width, height).unwrap();
            face.render(&scene, &mut canvas).unwrap();
            let path = directory.join(format!("{name}-{width}x{height}.png"));
            if bless {
                write(&path, &canvas);
                continue;
            }
            let Some(expected) = read(&path) else {
                failures.push(format!("{} is missing: bless it", path.display()));
                continue;
            };
            let drawn = colours(&canvas);
            assert_eq!(drawn.len(), expected.len(), "{name}: size");
            let most = drawn
                .iter()
                .zip(&expected)
                .map(|(a, b)| a.abs_diff(*b))
                .max();
            let many = drawn
                .iter()
                .zip(&expected)
                .filter(|(a, b)| a.abs_diff(**b) > TOLERANCE)
                .count();
            if many > 0 {
                write(&path.with_extension("new.png"), &canvas);
                failures.push(format!(
                    "{}: {many} channels differ, by up to {most:?}",
                    path.display()
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
