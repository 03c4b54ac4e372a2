//! Writes pictures of the face in several states: `cargo run -p triune-gpu --example pictures --
//! DIRECTORY [WIDTH HEIGHT]`.

#[path = "../tests/scenes/mod.rs"]
mod scenes;

use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};
use triune_gpu::{Canvas, Face, SoftwareFace};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().ok_or("say which directory to write to")?);
    let width = arguments.next().map_or(Ok(1280), |text| text.parse())?;
    let height = arguments.next().map_or(Ok(720), |text| text.parse())?;
    std::fs::create_dir_all(&directory)?;
    let mut face = SoftwareFace::new()?;
    for (name, scene) in scenes::all() {
        let mut canvas = Canvas::new(width, height)?;
        face.render(&scene, &mut canvas)?;
        let file = directory.join(format!("face-{name}.png"));
        write_small(&file, &canvas)?;
        println!("{}", file.display());
    }
    Ok(())
}

/// Writes a picture as a PNG file that is as small as it gets, as documents want it.
fn write_small(path: &Path, canvas: &Canvas) -> Result<(), Box<dyn Error>> {
    let mut encoder = png::Encoder::new(File::create(path)?, canvas.width(), canvas.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    let colours: Vec<u8> = canvas
        .bytes()
        .chunks_exact(4)
        .flat_map(|pixel| [pixel[2], pixel[1], pixel[0]])
        .collect();
    encoder.write_header()?.write_image_data(&colours)?;
    Ok(())
}
