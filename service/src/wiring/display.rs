//! The display thread: the face on the board's screen, and the lines that it draws.

use super::hub::Hub;
use super::stop::Stop;
use super::supervisor::{Ended, Report, spawn, supervise};
use crate::http::Source;
use crate::status::PartState;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use triune_board::DisplaySpec;
use triune_engine::RealTimeWish;
use triune_gpu::{Canvas, SoftwareFace};
use triune_hal::{DisplayError, Recovery, open_display};

/// Time between two points of the lines that the face draws: 256 of them are 25.6 s.
const POINT: Duration = Duration::from_millis(100);

/// Starts the display thread.
pub(super) fn start(
    wish: RealTimeWish,
    spec: DisplaySpec,
    hub: Arc<Hub>,
    stop: Stop,
) -> std::io::Result<JoinHandle<()>> {
    let history = Arc::clone(&hub);
    let ended = stop.clone();
    let points = spawn("history", wish.clone(), move || {
        while !ended.wait(POINT) {
            history
                .face
                .remember(|| (history.newest_state(), history.status()));
        }
    })?;
    let report = ScreenReport(Arc::clone(&hub));
    let part_stop = stop.clone();
    let screen = supervise("display", wish, stop, report, move || {
        show(&spec, &hub, &part_stop)
    })?;
    std::thread::Builder::new()
        .name("display-end".to_owned())
        .spawn(move || {
            // Both hold the hub; who joins this thread may take the hub apart.
            let _ = (points.join(), screen.join());
        })
}

struct ScreenReport(Arc<Hub>);

impl Report for ScreenReport {
    fn absent(&self, why: &str) {
        self.0
            .face
            .screen(PartState::Absent, Some(why.to_owned()), None);
    }

    fn restarting(&self) {
        self.0.face.screen(PartState::Restarting, None, None);
    }
}

/// One run: opens the screen and shows the face until it fails or the end comes.
fn show(spec: &DisplaySpec, hub: &Hub, stop: &Stop) -> Ended {
    let mut screen = match open_display(spec) {
        Ok(Some(screen)) => screen,
        Ok(None) => return Ended::NotFitted("this board has no display".to_owned()),
        Err(error) => return ended_by(&error),
    };
    let mode = screen.mode();
    let (mut face, mut canvas) = match (SoftwareFace::new(), Canvas::new(mode.width, mode.height)) {
        (Ok(face), Ok(canvas)) => (face, canvas),
        (Err(error), _) => return Ended::NotFitted(error.to_string()),
        (_, Err(error)) => return Ended::NotFitted(error.to_string()),
    };
    let size = format!("{}x{}", mode.width, mode.height);
    hub.face.screen(
        PartState::Running,
        Some(screen.describe()),
        Some(size.clone()),
    );
    log::info!("display: {} at {size}", screen.describe());
    let period = Duration::from_secs(1) / spec.max_fps().max(1);
    let mut last = Instant::now();
    while !stop.is_set() {
        let began = Instant::now();
        let drawn = match hub
            .face
            .draw(&mut face, &hub.newest_state(), &hub.status(), &mut canvas)
        {
            Ok(span) => span,
            Err(why) => return Ended::Failed(why),
        };
        match screen.show(canvas.bytes(), canvas.stride()) {
            Ok(()) => {}
            Err(error) if error.recovery() == Recovery::Again => {}
            Err(error) => return ended_by(&error),
        }
        hub.face
            .pace(1.0 / (began - last).as_secs_f32().max(1e-3), drawn);
        last = began;
        // A machine on which drawing takes long rests as long as it draws.
        let _ended = stop.wait(period.saturating_sub(began.elapsed()).max(drawn));
    }
    Ended::Stopped
}

fn ended_by(error: &DisplayError) -> Ended {
    match error.recovery() {
        Recovery::Again | Recovery::Reopen => Ended::Failed(error.to_string()),
        Recovery::Finished => Ended::NotFitted(error.to_string()),
        Recovery::Person => Ended::Hopeless(error.to_string()),
    }
}
