//! Runs the conformance suites on the devices of a board: `devices [BOARD] [SECONDS] [watchdog]`.
//!
//! The watchdog is only tried where the word `watchdog` is given: it arms the hardware, and some
//! drivers cannot be disarmed.

use std::time::Duration;
use triune_board::Board;
use triune_hal::conformance::{
    Report, check_camera, check_display, check_microphone, check_vitals, check_watchdog,
};
use triune_hal::{open_camera, open_display, open_microphone, open_vitals, open_watchdog};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let board = match arguments.first() {
        Some(name) => Board::by_name(name)?,
        None => Board::detect()?,
    };
    let seconds = arguments.get(1).map_or(Ok(2), |text| text.parse())?;
    let effort = Duration::from_secs(seconds);
    let devices = &board.devices;
    println!("{}: {}", board.name, board.description);
    let mut reports: Vec<(&str, Option<Report>)> = Vec::new();
    let has = |open: bool, check: &dyn Fn() -> Report| open.then(check);
    reports.push((
        "microphone",
        has(
            devices.microphone != triune_board::MicrophoneSpec::None,
            &|| {
                check_microphone(
                    || {
                        open_microphone(&devices.microphone)
                            .map(|device| device.expect("it has one"))
                    },
                    effort,
                )
            },
        ),
    ));
    reports.push((
        "camera",
        has(devices.camera != triune_board::CameraSpec::None, &|| {
            check_camera(
                || open_camera(&devices.camera).map(|device| device.expect("it has one")),
                effort,
            )
        }),
    ));
    reports.push((
        "display",
        has(devices.display != triune_board::DisplaySpec::None, &|| {
            check_display(
                || open_display(&devices.display).map(|device| device.expect("it has one")),
                effort,
            )
        }),
    ));
    reports.push((
        "vitals",
        Some(check_vitals(
            open_vitals(&devices.vitals).as_mut(),
            Duration::from_millis(200),
        )),
    ));
    let watched = devices.watchdog != triune_board::WatchdogSpec::None
        && arguments.iter().any(|word| word == "watchdog");
    reports.push((
        "watchdog",
        has(watched, &|| {
            check_watchdog(|| {
                open_watchdog(&devices.watchdog).map(|device| device.expect("it has one"))
            })
        }),
    ));
    let mut failed = 0;
    for (name, report) in &reports {
        match report {
            Some(report) => {
                failed += report.failures().count();
                println!("{name}: {report}");
            }
            None => println!("{name}: none"),
        }
    }
    println!("failed checks: {failed}");
    std::process::exit(i32::from(failed > 0));
}
