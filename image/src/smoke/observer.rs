//! Gathers what the stage does and what the service notices, while it happens.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use triune_stage::{Report, START_COMMAND};

use super::error::SmokeError;
use super::judge::Timeline;
use super::status::{Detections, Status};
use crate::api::Api;
use crate::interrupt;
use crate::qemu::Instance;

const POLL: Duration = Duration::from_millis(150);
const STAGE_LIMIT: Duration = Duration::from_secs(20);
const SENSES_LIMIT: Duration = Duration::from_secs(25);
/// The longest script plus the time in which everything must be noticed.
const PERFORMANCE_LIMIT: Duration = Duration::from_secs(25);

/// The harness's seat in the audience.
pub(super) struct Observer<'a> {
    api: &'a Api,
    instance: &'a mut Instance,
    reports: Receiver<Report>,
    stage: UnixStream,
    timeline: Timeline,
}

impl<'a> Observer<'a> {
    pub(super) fn new(
        api: &'a Api,
        instance: &'a mut Instance,
        stage: UnixStream,
    ) -> std::io::Result<Self> {
        let (sender, reports) = mpsc::channel();
        let lines = BufReader::new(stage.try_clone()?).lines();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                // A line cut by the guest's end is no report.
                if let Ok(report) = Report::from_line(&line)
                    && sender.send(report).is_err()
                {
                    return;
                }
            }
        });
        Ok(Self {
            api,
            instance,
            reports,
            stage,
            timeline: Timeline::default(),
        })
    }

    /// Starts the performance when both senses are awake, and watches it to its end.
    pub(super) fn watch(mut self) -> Result<Timeline, SmokeError> {
        self.wait(
            "the stage's readiness",
            STAGE_LIMIT,
            "see the console",
            |this| Ok(this.timeline.reports.contains(&Report::Ready)),
        )?;
        let hint = "`GET /v1/status` names the state of each sense";
        self.wait(
            "hearing and sight being present",
            SENSES_LIMIT,
            hint,
            |this| {
                let status: Status = this.api.get("/v1/status")?;
                let senses = status.senses;
                Ok(senses.hearing.state == "present"
                    && senses.sight.state == "present"
                    && senses.sight.frames.is_some_and(|frames| frames > 0))
            },
        )?;
        writeln!(self.stage, "{START_COMMAND}")
            .map_err(|error| SmokeError::Stage(format!("it cannot be reached: {error}")))?;
        let watched = self.wait("noticing everything", PERFORMANCE_LIMIT, "", |this| {
            this.look()?;
            Ok(this.timeline.complete())
        });
        match watched {
            // What is missing is for the judge to say.
            Ok(()) | Err(SmokeError::Late { .. }) => Ok(self.timeline),
            Err(error) => Err(error),
        }
    }

    fn wait(
        &mut self,
        step: &'static str,
        limit: Duration,
        hint: &'static str,
        mut happened: impl FnMut(&mut Self) -> Result<bool, SmokeError>,
    ) -> Result<(), SmokeError> {
        let deadline = Instant::now() + limit;
        loop {
            interrupt::check()?;
            self.instance.check()?;
            while let Ok(report) = self.reports.try_recv() {
                if let Report::Failed { message } = report {
                    return Err(SmokeError::Stage(message));
                }
                self.timeline.reports.push(report);
            }
            if happened(self)? {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(SmokeError::Late { step, limit, hint });
            }
            std::thread::sleep(POLL);
        }
    }

    /// Reads the events and the brightness, dated between two readings of the guest's clock.
    fn look(&mut self) -> Result<(), SmokeError> {
        let status: Status = self.api.get("/v1/status")?;
        let detections: Detections = self.api.get("/v1/detections?since_ns=0&limit=1000")?;
        if let Some(brightness) = status.senses.sight.brightness {
            self.timeline
                .brightness
                .push((detections.now_ns, brightness));
        }
        self.timeline.events = detections.events;
        Ok(())
    }
}
