//! Writes pictures of the face in several states: `cargo run -p triune-gpu --example pictures --
//! DIRECTORY [WIDTH HEIGHT]`.

#[path = "../tests/scenes/mod.rs"]
mod scenes;

use std::error::Error;
use std::path::PathBuf;
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
        std::fs::write(&file, canvas.to_png()?)?;
        println!("{}", file.display());
    }
    Ok(())
}
