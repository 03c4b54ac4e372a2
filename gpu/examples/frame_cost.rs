//! Measures what a frame costs: `cargo run --release -p triune-gpu --example frame_cost --
//! [WIDTH HEIGHT]`. Every frame shows another cycle, other figures and a longer history, as on
//! a live screen. Times are processor time of this thread, so that other work on the machine
//! counts little.

#[path = "../tests/scenes/mod.rs"]
mod scenes;

use std::error::Error;
use std::time::Instant;
use triune_gpu::{Canvas, Face, SoftwareFace};

/// Frames that are measured for each scene.
const FRAMES: u32 = 200;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let width = arguments.next().map_or(Ok(1280), |text| text.parse())?;
    let height = arguments.next().map_or(Ok(720), |text| text.parse())?;
    let mut face = SoftwareFace::new()?;
    let mut canvas = Canvas::new(width, height)?;
    for (name, mut scene) in scenes::all() {
        face.render(&scene, &mut canvas)?;
        let start = processor_time()?;
        for frame in 0..FRAMES {
            if let Some(vehicle) = &mut scene.vehicle {
                vehicle.cycle += 4;
                let level = (frame as f32 * 0.1).sin().abs();
                scene.level_history.push(Some(-60.0 + 40.0 * level));
                scene.salience_history.push(Some(level));
                scene.rate.measured_hz = Some(249.0 + 0.1 * (frame % 20) as f32);
            }
            face.render(&scene, &mut canvas)?;
        }
        let mean = (processor_time()? - start) as f64 / 1e6 / f64::from(FRAMES);
        println!("{width}x{height} {name}: {mean:.2} ms a frame");
    }
    let start = Instant::now();
    let file = canvas.to_png()?;
    let took = start.elapsed().as_secs_f64() * 1e3;
    println!("png: {} bytes in {took:.1} ms", file.len());
    Ok(())
}

/// Nanoseconds that this thread has run (`Documentation/scheduler/sched-stats.rst` of Linux).
fn processor_time() -> Result<u64, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(text
        .split(' ')
        .next()
        .ok_or("schedstat is empty")?
        .parse()?)
}
