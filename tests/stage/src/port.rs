//! The line to the harness: a virtio-serial port, or anything that opens like a file.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use triune_stage::{Report, START_COMMAND};

pub(crate) struct Port {
    reader: File,
    writer: Mutex<File>,
}

impl Port {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let reader = File::options().read(true).write(true).open(path)?;
        let writer = Mutex::new(reader.try_clone()?);
        Ok(Self { reader, writer })
    }

    /// Sends a report. A harness that has gone is no reason to stop the performance, so a
    /// failure is said on the console alone.
    pub(crate) fn send(&self, report: &Report) {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = report
            .to_line()
            .map_err(io::Error::from)
            .and_then(|line| writer.write_all(line.as_bytes()));
        if let Err(error) = sent {
            eprintln!("triune-stage: cannot report to the harness: {error}");
        }
    }

    /// Waits until the harness asks to begin.
    pub(crate) fn wait_for_start(&self) -> io::Result<()> {
        let mut lines = BufReader::new(&self.reader);
        let mut line = String::new();
        loop {
            line.clear();
            // A port without a listener reads as ended: it may still be opened later.
            if lines.read_line(&mut line)? == 0 {
                std::thread::sleep(Duration::from_millis(200));
            } else if line.trim() == START_COMMAND {
                return Ok(());
            }
        }
    }
}
