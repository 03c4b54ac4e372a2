//! What every display must do.

use super::Report;
use super::report::opened;
use crate::clock::{NANOS_PER_SECOND, now_ns};
use crate::display::PIXEL_BYTES;
use crate::{Display, DisplayError};
use std::time::Duration;

/// Opens a display, shows moving colour bars for about `effort` and at least two pictures, opens
/// it again.
///
/// `open` returning `NotFound`, `Taken` or `NotAllowed` skips the suite.
pub fn check_display(
    mut open: impl FnMut() -> Result<Box<dyn Display>, DisplayError>,
    effort: Duration,
) -> Report {
    let missing = |error: &_| {
        matches!(
            error,
            DisplayError::NotFound { .. }
                | DisplayError::Taken { .. }
                | DisplayError::NotAllowed { .. }
        )
    };
    let mut display = match opened(open(), missing) {
        Ok(display) => display,
        Err(report) => return report,
    };
    let mut report = Report::new();
    report.device = display.describe();
    report.check("opens", true, String::new);
    let mode = display.mode();
    let (width, height) = (mode.width as usize, mode.height as usize);
    report.check("has a size", width > 0 && height > 0, || {
        format!("{mode:?}")
    });

    let row = width * PIXEL_BYTES;
    // Rows with a gap between them, as a graphics card leaves one.
    let stride = row + 64;
    let mut picture = vec![0u8; stride * height];
    let small = display.show(&picture[..stride * (height - 1)], stride);
    report.check(
        "refuses a picture without its last row",
        matches!(small, Err(DisplayError::WrongSize { .. })),
        || format!("{small:?}"),
    );
    let narrow = display.show(&picture, row - 1);
    report.check(
        "refuses rows that are too short",
        matches!(narrow, Err(DisplayError::WrongSize { .. })),
        || format!("{narrow:?}"),
    );

    let started_ns = now_ns();
    let deadline_ns = started_ns + effort.as_nanos() as u64;
    let mut shown = 0u64;
    let mut slowest_ns = 0;
    let mut failure = None;
    while now_ns() < deadline_ns || shown < 2 {
        colour_bars(&mut picture, stride, width, shown as usize);
        let begun_ns = now_ns();
        if let Err(error) = display.show(&picture, stride) {
            failure = Some(error);
            break;
        }
        slowest_ns = slowest_ns.max(now_ns() - begun_ns);
        shown += 1;
    }
    let seconds = (now_ns() - started_ns).max(1) as f64 / NANOS_PER_SECOND as f64;
    report.check("shows pictures", failure.is_none(), || {
        failure
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default()
    });
    report.figure("width", f64::from(mode.width), "px");
    report.figure("height", f64::from(mode.height), "px");
    if let Some(refresh_hz) = mode.refresh_hz {
        report.figure("refresh", f64::from(refresh_hz), "Hz");
    }
    report.figure("measured_rate", shown as f64 / seconds, "pictures/s");
    report.figure("slowest", slowest_ns as f64 / 1e6, "ms");

    drop(display);
    let again = open().map(|mut display| (display.mode(), display.show(&picture, stride)));
    report.check(
        "opens again after it was dropped, and shows",
        matches!(&again, Ok((again, Ok(()))) if *again == mode),
        || format!("{again:?}"),
    );
    report
}

/// Eight bars, white to black, moved by `step` pixels.
fn colour_bars(picture: &mut [u8], stride: usize, width: usize, step: usize) {
    for row in picture.chunks_exact_mut(stride) {
        for (x, pixel) in row.chunks_exact_mut(PIXEL_BYTES).take(width).enumerate() {
            let bar = (x + 4 * step) % width * 8 / width;
            let level = |mask: usize| if bar & mask == 0 { 255 } else { 0 };
            pixel.copy_from_slice(&[level(1), level(4), level(2), 255]);
        }
    }
}
