//! `triune doctor`: real work on each device.

mod devices;
mod examination;
mod recognition;
mod timer;

use super::failure::{Exit, Failure};
use super::output;
use crate::cli::{DoctorArguments, DoctorPart, RunArguments, ServeArguments};
use crate::settings::Settings;
use clap::ValueEnum;
use examination::{Examination, Verdict};

pub(super) fn run(arguments: &DoctorArguments) -> Result<Exit, Failure> {
    let settings = Settings::resolve(&ServeArguments {
        run: RunArguments {
            board: arguments.board.clone(),
            hear: arguments.hear.clone(),
            see: arguments.see.clone(),
            ..RunArguments::default()
        },
        ..ServeArguments::default()
    })
    .map_err(Failure::wrong_use)?;
    let parts = if arguments.parts.is_empty() {
        DoctorPart::value_variants()
    } else {
        &arguments.parts
    };
    if !arguments.json {
        println!(
            "board {}: {}",
            settings.board.name, settings.board.description
        );
    }
    let mut worst = Exit::Fine;
    for &part in parts {
        let examination = examine(part, &settings);
        if arguments.json {
            output::line(&serde_json::to_string(&examination).map_err(Failure::failed)?)?;
        } else {
            output::line(&examination.to_string())?;
        }
        if examination.verdict == Verdict::Failed {
            worst = Exit::Degraded;
        }
    }
    Ok(worst)
}

fn examine(part: DoctorPart, settings: &Settings) -> Examination {
    let devices = &settings.board.devices;
    match part {
        DoctorPart::Timer => timer::examine(settings),
        DoctorPart::Npu => recognition::examine(&devices.npu),
        DoctorPart::Gpu => devices::examine_face(),
        DoctorPart::Audio => devices::examine_microphone(&devices.microphone),
        DoctorPart::Camera => devices::examine_camera(&devices.camera),
        DoctorPart::Display => devices::examine_display(&devices.display),
        DoctorPart::Body => devices::examine_body(&devices.vitals),
    }
}
