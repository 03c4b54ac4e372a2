//! Where log lines go: standard error, formatted for a person.

use std::io::Write;

/// Starts logging at `level`; `RUST_LOG` overrides it. Lines begin with the seconds since
/// boot, the clock of everything else that the service tells.
pub(super) fn start(level: &str) {
    let environment = env_logger::Env::default().default_filter_or(level);
    let _already_started = env_logger::Builder::from_env(environment)
        // It warns of every line without extent, such as that of a level which stands still.
        .filter_module("tiny_skia", log::LevelFilter::Error)
        .filter_module("tiny_skia_path", log::LevelFilter::Error)
        .format(|buffer, record| {
            let style = buffer.default_level_style(record.level());
            let seconds = triune_hal::clock::now_ns() as f64 / 1e9;
            let level = record.level();
            writeln!(
                buffer,
                "[{seconds:10.3}] {style}{level:<5}{style:#} {}",
                record.args()
            )
        })
        .try_init();
}
