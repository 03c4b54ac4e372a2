//! The status for people: plain text, at most 80 columns wide.

use super::paint::{Paint, Tone};
use super::text::{bytes, count, microseconds, printable, share, span, wrap};
use super::{PartState, RealTimeAsked, Sense, SenseState, Status};

/// Columns of a serial console.
const WIDTH: usize = 80;
/// Columns of the names at the left.
const NAMES: usize = 12;

/// The status as plain text with a line break after every line; no line is longer than 80
/// characters, colour sequences not counted.
#[must_use]
pub fn render(status: &Status, paint: Paint) -> String {
    let mut page = Page {
        text: String::new(),
        paint,
    };
    head(&mut page, status);
    cycle(&mut page, status);
    kernel(&mut page, status);
    senses(&mut page, status);
    parts(&mut page, status);
    troubles(&mut page, status);
    page.text
}

/// Text that grows line by line.
struct Page {
    text: String,
    paint: Paint,
}

impl Page {
    /// A name at the left and figures beside it; figures that do not fit go on below.
    fn line(&mut self, name: &str, tone: Option<Tone>, state: &str, figures: &str) {
        let whole = if state.is_empty() {
            figures.to_owned()
        } else if figures.is_empty() {
            state.to_owned()
        } else {
            format!("{state}  {figures}")
        };
        for (index, line) in wrap_figures(&printable(&whole), WIDTH - NAMES)
            .iter()
            .enumerate()
        {
            let name = if index == 0 { name } else { "" };
            let line = match (index, tone, line.strip_prefix(state)) {
                (0, Some(tone), Some(rest)) => self.paint.tint(tone, state) + rest,
                _ => line.clone(),
            };
            let name = self.paint.tint(Tone::Quiet, &format!("{name:<NAMES$}"));
            self.text.push_str(format!("{name}{line}").trim_end());
            self.text.push('\n');
        }
    }
}

/// Breaks figures, which are set apart by two spaces, between figures; by words where one alone is too long.
fn wrap_figures(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for figure in text.split("  ").filter(|figure| !figure.is_empty()) {
        let length = figure.chars().count();
        match lines.last_mut() {
            Some(line) if line.chars().count() + 2 + length <= width => {
                line.push_str("  ");
                line.push_str(figure);
            }
            _ => lines.extend(wrap(figure, width)),
        }
    }
    lines
}

fn head(page: &mut Page, status: &Status) {
    let title = printable(&format!("TRIUNE {} on {}", status.version, status.board)).into_owned();
    let title: String = title.chars().take(WIDTH).collect();
    page.text.push_str(&page.paint.tint(Tone::Heading, &title));
    page.text.push('\n');
    let (tone, state) = match (status.ready, status.degraded.is_empty()) {
        (true, true) => (Tone::Well, "ready"),
        (true, false) => (Tone::Notice, "ready, degraded"),
        (false, _) => (Tone::Act, "not ready"),
    };
    let figures = format!("up {}  being {}", span(status.uptime_s), status.being);
    page.line("health", Some(tone), state, &figures);
    let process = &status.process;
    let figures = format!(
        "{:.0} MB  {} of all processors",
        process.rss_mb,
        share(process.cpu_share)
    );
    page.line("service", None, "", &figures);
}

fn cycle(page: &mut Page, status: &Status) {
    let cycle = &status.cycle;
    let figures = format!(
        "of {} Hz  {} cycles  {} skipped  {} overruns",
        cycle.rate_hz,
        count(cycle.cycles),
        count(cycle.skipped),
        count(cycle.overruns)
    );
    page.line("cycle", None, &format!("{:.1} Hz", cycle.hz), &figures);
    let late = &cycle.lateness_us;
    let figures = format!(
        "p50 {}  p99 {}  p99.9 {}  max {}",
        microseconds(late.p50),
        microseconds(late.p99),
        microseconds(late.p999),
        microseconds(late.max)
    );
    page.line("  late by", None, "", &figures);
    let cost = &cycle.cost_us;
    let figures = format!(
        "p50 {}  p99 {}  max {}",
        microseconds(cost.p50),
        microseconds(cost.p99),
        microseconds(cost.max)
    );
    page.line("  takes", None, "", &figures);
    for stall in &cycle.stalls {
        let reason = if stall.explained {
            "the system ran something else"
        } else {
            "unexplained"
        };
        let figures = format!(
            "{} late at cycle {}, {reason}",
            microseconds(stall.late_us),
            count(stall.cycle)
        );
        page.line("  stall", None, "", &figures);
    }
    let real_time = &status.real_time;
    let (tone, state) = match (real_time.wanted, real_time.granted) {
        (_, true) => (Tone::Well, "granted"),
        (true, false) => (Tone::Notice, "not granted"),
        (false, false) => (Tone::Quiet, "not asked for"),
    };
    let mut figures = format!("{} {}", real_time.scheduler, real_time.priority);
    if let Some(cpu) = real_time.cpu {
        figures.push_str(&format!("  cpu {cpu}"));
    }
    figures.push_str(if real_time.memory_locked {
        "  memory locked"
    } else {
        "  memory not locked"
    });
    if let Some(why) = &real_time.why {
        figures.push_str(&format!("  {why}"));
    }
    page.line("real time", Some(tone), state, &figures);
    page.line("  asked for", None, "", &asked(&real_time.asked));
}

/// What of real time was asked for.
fn asked(asked: &RealTimeAsked) -> String {
    let mut figures = match asked.priority {
        0 => "no priority".to_owned(),
        priority => format!("SCHED_FIFO {priority}"),
    };
    if let Some(cpu) = asked.cpu {
        figures.push_str(&format!("  cpu {cpu}"));
    }
    if asked.memory_locked {
        figures.push_str("  memory locked");
    }
    if asked.shallow_idle {
        figures.push_str("  no deep sleep");
    }
    figures
}

fn kernel(page: &mut Page, status: &Status) {
    if let Some(kernel) = &status.kernel {
        let figures = format!(
            "{:.0} Hz in force  {}  level {}  {} caught up",
            kernel.rate_now_hz,
            kernel.overrun,
            kernel.level,
            count(kernel.caught_up)
        );
        page.line("kernel", None, &kernel.executor, &figures);
        let late: Vec<String> = kernel
            .loops
            .iter()
            .map(|one| format!("{} {}", one.name, count(one.late)))
            .collect();
        if !late.is_empty() {
            page.line("  late", None, "", &late.join("  "));
        }
        let burst = &kernel.burst;
        let (tone, state) = match burst.active {
            true => (Tone::Notice, "burst"),
            false => (Tone::Quiet, "no burst"),
        };
        let mut figures = format!("{} so far  {}", count(burst.bursts), span(burst.spent_s));
        if let Some(end) = &burst.last_end {
            figures.push_str(&format!("  the last ended: {end}"));
        }
        page.line("  bursts", Some(tone), state, &figures);
    }
    let beings = &status.beings;
    let mut figures = format!("{} waiting  {} asleep", beings.waiting, beings.asleep);
    if let Some(kernel) = &status.kernel {
        figures.push_str(&format!(
            "  room for {}, {} in a burst",
            kernel.beings_steady, kernel.beings_in_burst
        ));
    }
    page.line("beings", None, &format!("{} awake", beings.awake), &figures);
}

fn senses(page: &mut Page, status: &Status) {
    let senses = &status.senses;
    let hearing = &senses.hearing;
    let mut figures = Vec::new();
    figures.extend(hearing.level_dbfs.map(|level| format!("{level:.1} dBFS")));
    figures.extend(
        hearing
            .speech
            .map(|speech| format!("speech {}", share(speech))),
    );
    sense(page, "hearing", &hearing.sense, figures);
    let sight = &senses.sight;
    let mut figures = Vec::new();
    figures.extend(sight.fps.map(|fps| format!("{fps:.1} fps")));
    figures.extend(
        sight
            .brightness
            .map(|value| format!("brightness {}", share(value))),
    );
    figures.extend(sight.motion.map(|value| format!("motion {}", share(value))));
    sense(page, "sight", &sight.sense, figures);
    let body = &senses.body;
    let mut figures = Vec::new();
    figures.extend(body.temperature_c.map(|value| format!("{value:.0} deg C")));
    figures.extend(body.load.map(|value| format!("load {}", share(value))));
    figures.extend(body.memory.map(|value| format!("memory {}", share(value))));
    figures.extend(
        body.pressure
            .map(|value| format!("pressure {}", share(value))),
    );
    sense(page, "body", &body.sense, figures);
}

fn sense(page: &mut Page, name: &str, sense: &Sense, present: Vec<String>) {
    let tone = match sense.state {
        SenseState::Present => Tone::Well,
        SenseState::Absent | SenseState::Refused => Tone::Notice,
    };
    let mut figures = Vec::new();
    if sense.state == SenseState::Present {
        figures = present;
        figures.push(format!("{} events", count(sense.events)));
        figures.extend(sense.device.clone());
    } else {
        figures.push(format!("for {}", span(sense.since_s)));
        figures.extend(sense.why.clone());
    }
    if sense.restarts > 0 || sense.overruns > 0 {
        figures.push(format!(
            "{} restarts, {} overruns",
            count(sense.restarts),
            count(sense.overruns)
        ));
    }
    page.line(name, Some(tone), sense.state.name(), &figures.join("  "));
}

const fn tone(state: PartState) -> Tone {
    match state {
        PartState::Running => Tone::Well,
        PartState::Absent | PartState::Off => Tone::Quiet,
        PartState::Starting | PartState::Degraded | PartState::Restarting => Tone::Notice,
        PartState::Failed => Tone::Act,
    }
}

fn parts(page: &mut Page, status: &Status) {
    let npu = &status.npu;
    let mut figures: Vec<String> = npu.backend.iter().cloned().collect();
    let certainty =
        |value: Option<f32>| value.map_or_else(String::new, |v| format!(" {}", share(v)));
    figures.extend(
        npu.situation
            .as_ref()
            .map(|name| format!("{name}{}", certainty(npu.situation_confidence))),
    );
    figures.extend(
        npu.feeling
            .as_ref()
            .map(|name| format!("{name}{}", certainty(npu.feeling_confidence))),
    );
    figures.extend(npu.age_ms.map(|age| format!("{age:.0} ms old")));
    figures.extend(
        npu.inference_us
            .map(|time| format!("{} each", microseconds(time))),
    );
    figures.push(format!("{} inferences", count(npu.inferences)));
    figures.extend(
        npu.fresh_share
            .map(|fresh| format!("{:.1} % in time", fresh * 100.0)),
    );
    if npu.no_patterns.is_some() {
        figures.push("no patterns with this model".to_owned());
    }
    if npu.restarts > 0 {
        figures.push(format!("{} restarts", count(npu.restarts)));
    }
    page.line(
        "npu",
        Some(tone(npu.state)),
        npu.state.name(),
        &figures.join("  "),
    );
    let gpu = &status.gpu;
    let mut figures = Vec::new();
    figures.extend(gpu.fps.map(|fps| format!("{fps:.1} fps")));
    figures.extend(gpu.frame_ms.map(|time| format!("{time:.1} ms a picture")));
    page.line(
        "gpu",
        None,
        gpu.device.as_deref().unwrap_or("absent"),
        &figures.join("  "),
    );
    let display = &status.display;
    let figures: Vec<&str> = [display.device.as_deref(), display.mode.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    page.line(
        "display",
        Some(tone(display.state)),
        display.state.name(),
        &figures.join("  "),
    );
    let memory = &status.memory;
    let mut figures = vec![
        format!("{} crystals", count(memory.crystals)),
        format!("{} written", bytes(memory.bytes_written)),
        format!("{} dropped", count(memory.dropped)),
    ];
    figures.extend(
        memory
            .flush_age_ms
            .map(|age| format!("oldest unwritten {}", span(age / 1e3))),
    );
    figures.extend(memory.degraded.clone());
    page.line(
        "memory",
        Some(tone(memory.state)),
        memory.state.name(),
        &figures.join("  "),
    );
    let figures = format!(
        "{} to {}  durable up to {}  index {}, {} moments",
        memory.oldest_sequence,
        memory.newest_sequence,
        memory.durable_sequence,
        if memory.index.state.is_empty() {
            "unknown"
        } else {
            &memory.index.state
        },
        count(memory.index.covered)
    );
    page.line("  kept", None, "", &figures);
    let wear = &memory.wear;
    let pace = wear.bytes_per_day.map_or_else(
        || "pace not known yet".to_owned(),
        |pace| format!("pace {} a day", bytes(pace)),
    );
    let figures = format!(
        "{} today  {pace}  {} withheld",
        bytes(wear.bytes_today),
        count(wear.withheld)
    );
    page.line("  wear", None, "", &figures);
    let figures = format!(
        "{} today of all beings  budget {} a day",
        bytes(wear.all_bytes_today),
        bytes(wear.budget_bytes_per_day)
    );
    page.line("", None, "", &figures);
    if let Some(recording) = &status.recording {
        let figures = format!(
            "{} cycles  {}  {}",
            count(recording.cycles),
            bytes(recording.bytes),
            recording.path
        );
        page.line("recording", Some(Tone::Notice), "running", &figures);
    }
}

fn troubles(page: &mut Page, status: &Status) {
    let tone = if status.ready {
        Tone::Notice
    } else {
        Tone::Act
    };
    for trouble in &status.degraded {
        page.line("degraded", Some(tone), &trouble.what, &trouble.why);
        page.line("  remedy", None, "", &trouble.remedy);
    }
}
