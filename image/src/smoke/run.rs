//! The course of a smoke test.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;

use super::error::SmokeError;
use super::judge::{Heard, Seen, Timeline};
use super::observer::Observer;
use super::picture::{self, Picture};
use super::recognition::{self, Recognition, State};
use super::status::Status;
use super::verdict::{Measured, Verdict};
use crate::api::Api;
use crate::assemble;
use crate::boot;
use crate::cli::BootOptions;
use crate::progress;
use crate::qemu::{Echo, Instance};
use crate::stage_disk::{self, Script};
use crate::workspace::Workspace;
use crate::{cross, data_disk, interrupt, random, scratch};

/// From QEMU's start to readiness.
const BOOT_LIMIT: Duration = Duration::from_secs(60);
/// For a model to answer, after everything else has happened.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);

pub(crate) fn run(workspace: &Workspace, options: &BootOptions) -> anyhow::Result<()> {
    let began = Instant::now();
    let image = assemble::quick_image(workspace, &options.build)?;
    let stage = cross::stage(workspace)?;
    let seed = options.seed.map_or_else(random::seed, Ok)?;
    let script = Script::for_check(seed);
    let scratch = scratch::folder()?;
    let stage = stage_disk::make(&image, &stage, &script, scratch.path())?;
    // Empty and this run's own: nothing remembered can help.
    let data = scratch.path().join("data.img");
    data_disk::ensure(&data)?;
    let build_s = began.elapsed().as_secs_f64();

    let port = boot::free_port().context("no free port on the loopback address")?;
    let token = random::token()?;
    let machine = boot::machine(&image, data, Some(stage), port, token.clone(), false);
    let echo = if options.console {
        Echo::Aside
    } else {
        Echo::Hidden
    };
    let api = Api::new(port, &token);
    let mut instance = Instance::start(&machine, echo)?;

    let display_png = workspace.appliance().join("display.png");
    // An old picture must not stand in for a missing one.
    let _ = std::fs::remove_file(&display_png);
    let result = perform(&mut instance, &api, &display_png);
    let performance = match result {
        Ok(performance) => performance,
        Err(error) => {
            show_console(&instance);
            drop(instance);
            return Err(error).with_context(|| format!("the smoke test failed (seed {seed})"));
        }
    };
    let step = progress::step("power off");
    let powered_off = instance.power_off();
    if !powered_off {
        return Err(SmokeError::PowerOff).context("the smoke test failed");
    }
    step.done("the guest went by itself");

    let measured = Measured {
        seed,
        words: script
            .phrases
            .into_iter()
            .next()
            .context("the script has no phrase")?,
        boot_s: rounded(performance.boot_s),
        build_s: rounded(build_s),
        performance_s: rounded(performance.performance_s),
        total_s: rounded(began.elapsed().as_secs_f64()),
        cold: image.downloaded,
        powered_off,
        display_png,
    };
    let Performance {
        status,
        noticed,
        picture,
        recognition,
        ..
    } = performance;
    let verdict = Verdict::new(status, noticed, picture, recognition, measured);
    println!("{}", serde_json::to_string(&verdict)?);
    Ok(())
}

struct Performance {
    boot_s: f64,
    performance_s: f64,
    status: Status,
    noticed: (Heard, Seen),
    picture: Picture,
    recognition: Recognition,
}

fn perform(
    instance: &mut Instance,
    api: &Api,
    display_png: &Path,
) -> Result<Performance, SmokeError> {
    let began = Instant::now();
    let step = progress::step("boot");
    wait_ready(instance, api)?;
    let boot_s = began.elapsed().as_secs_f64();
    step.done("the service is ready");
    let at_start: Status = api.get("/v1/status")?;
    let before = display_png.with_file_name("display-before.png");
    instance.screenshot(&before)?;

    let step = progress::step("performance");
    let stage = instance
        .take_stage()
        .ok_or_else(|| SmokeError::Stage("QEMU made no port for it".to_owned()))?;
    let timeline = Observer::new(api, instance, stage)
        .map_err(|error| SmokeError::Stage(error.to_string()))?
        .watch()?;
    keep_timeline(
        &timeline,
        &display_png.with_file_name("smoke-timeline.json"),
    );
    let noticed = timeline.judge().map_err(SmokeError::Faults)?;
    step.done(&format!(
        "heard after {:.0} ms, seen after {:.0} ms",
        noticed.0.delay_ms, noticed.1.delay_ms
    ));
    let performance_s = began.elapsed().as_secs_f64() - boot_s;

    instance.screenshot(display_png)?;
    let picture = picture::check(display_png)?;
    if picture::same(&before, display_png)? {
        return Err(SmokeError::Frozen);
    }
    let (status, recognition) = wait_recognition(instance, api)?;
    demand_rate(&at_start, &status)?;
    let cycle = &status.cycle;
    if cycle.cycles == 0 || cycle.cycles + cycle.skipped != cycle.scheduled {
        return Err(SmokeError::Account {
            scheduled: cycle.scheduled,
            cycles: cycle.cycles,
            skipped: cycle.skipped,
        });
    }
    Ok(Performance {
        boot_s,
        performance_s,
        status,
        noticed,
        picture,
        recognition,
    })
}

/// Asks until models are seen to run, or says what kept them.
fn wait_recognition(
    instance: &mut Instance,
    api: &Api,
) -> Result<(Status, Recognition), SmokeError> {
    let deadline = Instant::now() + ANSWER_LIMIT;
    loop {
        interrupt::check()?;
        instance.check()?;
        let status: Status = api.get("/v1/status")?;
        let state: State = api.get("/v1/state")?;
        match recognition::judge(&status, &state) {
            Ok(recognition) => return Ok((status, recognition)),
            Err(fault) if Instant::now() > deadline => return Err(fault.into()),
            Err(_) => std::thread::sleep(POLL),
        }
    }
}

/// Scheduled deadlines may differ from rate times time by this share: the two clocks are read
/// a moment apart.
const RATE_TOLERANCE: f64 = 0.1;
/// Share of the deadlines that must have had their cycle: an emulated machine on a busy host
/// loses some, a kernel that stands still loses nearly all.
const LEAST_KEPT: f64 = 0.5;

/// Demands that the kernel cycled at its rate from one status to the other.
fn demand_rate(from: &Status, to: &Status) -> Result<(), SmokeError> {
    let seconds = to.uptime_s - from.uptime_s;
    let rate_hz = to.cycle.rate_hz;
    let scheduled = to.cycle.scheduled.saturating_sub(from.cycle.scheduled);
    let cycles = to.cycle.cycles.saturating_sub(from.cycle.cycles);
    let due = seconds * rate_hz;
    if (scheduled as f64 - due).abs() > due * RATE_TOLERANCE + 2.0
        || (cycles as f64) < due * LEAST_KEPT
    {
        return Err(SmokeError::Slow {
            seconds,
            rate_hz,
            cycles,
            scheduled,
        });
    }
    Ok(())
}

/// Keeps what was done and noticed, for whoever wonders about a verdict.
fn keep_timeline(timeline: &Timeline, path: &Path) {
    let kept = serde_json::to_vec_pretty(timeline)
        .map_err(std::io::Error::from)
        .and_then(|text| std::fs::write(path, text));
    if let Err(error) = kept {
        progress::note(&format!(
            "the timeline was not kept in {}: {error}",
            path.display()
        ));
    }
}

fn wait_ready(instance: &mut Instance, api: &Api) -> Result<(), SmokeError> {
    let deadline = Instant::now() + BOOT_LIMIT;
    while !api.ready() {
        interrupt::check()?;
        instance.check()?;
        if Instant::now() > deadline {
            let hint = "the console's last lines are above";
            return Err(SmokeError::Late {
                step: "readiness",
                limit: BOOT_LIMIT,
                hint,
            });
        }
        std::thread::sleep(POLL);
    }
    Ok(())
}

fn show_console(instance: &Instance) {
    eprintln!("\nthe guest's console, its last lines:");
    for line in instance.console_tail() {
        eprintln!("  | {line}");
    }
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}
