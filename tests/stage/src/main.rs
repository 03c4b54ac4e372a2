//! Plays a plan inside the guest: noise and phrases into the loopback sound card, steps of
//! brightness onto the camera, and a report of each with its time.
#![forbid(unsafe_code)]

mod clock;
mod light;
mod noise;
mod port;
mod sound;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc;

use clap::Parser;
use triune_stage::{Plan, Report};

use crate::port::Port;

/// Performs a plan for the appliance's senses and reports what was done when.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The script, as JSON; recordings lie beside it.
    #[arg(long)]
    plan: PathBuf,
    /// The character device that reaches the harness.
    #[arg(long)]
    port: PathBuf,
    /// The sound card's side that the service does not listen on.
    #[arg(long, default_value = "hw:Loopback,0,0")]
    sound: String,
    /// The camera whose brightness is turned.
    #[arg(long, default_value = "/dev/video0")]
    camera: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let port = match Port::open(&arguments.port) {
        Ok(port) => port,
        Err(error) => {
            eprintln!(
                "triune-stage: cannot open {}: {error}",
                arguments.port.display()
            );
            return ExitCode::FAILURE;
        }
    };
    match perform(&arguments, &port) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("triune-stage: {error}");
            port.send(&Report::Failed {
                message: error.to_string(),
            });
            ExitCode::FAILURE
        }
    }
}

fn perform(arguments: &Arguments, port: &Port) -> Result<(), Box<dyn std::error::Error>> {
    let plan = Plan::read(&arguments.plan)?;
    let folder = arguments.plan.parent().unwrap_or(std::path::Path::new("."));
    let mut speaker = sound::Speaker::open(&arguments.sound)?;
    let program = sound::Program::load(&plan, folder)?;
    let lamp = light::Lamp::open(&arguments.camera)?;

    port.send(&Report::Ready);
    port.wait_for_start()?;

    let (began, noise_began) = mpsc::channel();
    std::thread::scope(|threads| {
        let playing = threads.spawn(|| speaker.play(&program, port, &began));
        let start = noise_began.recv()?;
        light::perform(&lamp, &plan, start, port)?;
        match playing.join() {
            Ok(result) => result.map_err(Into::into),
            Err(_) => Err("the sound thread stopped by a panic; see the console".into()),
        }
    })
}
