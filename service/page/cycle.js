// The head of the page and the cycle's figures.

import { Figures, at, make, mark, say, show } from "./dom.js";
import { bytes, count, fixed, known, microseconds, share, span } from "./text.js";

const lateness = new Figures(at("lateness"));
const cost = new Figures(at("cost"));
const counts = new Figures(at("counts"));

export function head(status) {
  say(at("board"), status.board);
  say(at("version"), `version ${status.version}`);
  say(at("being"), `being ${status.being}`);
  say(at("uptime"), `up ${span(status.uptime_s)}`);
  document.title = `Triune · ${status.board}`;
  const health = at("health");
  const degraded = status.degraded.length > 0;
  say(health, status.ready ? (degraded ? "ready, degraded" : "ready") : "not ready");
  mark(health, "tone", status.ready ? (degraded ? "notice" : "well") : "act");
  troubles(status);
}

let told = "";
function troubles(status) {
  const list = at("troubles");
  const now = JSON.stringify([status.ready, status.degraded]);
  if (now === told) return;
  told = now;
  list.replaceChildren(
    ...status.degraded.map(({ what, why, remedy }) =>
      make("li", { class: "trouble", "data-tone": status.ready ? "notice" : "act" }, make("strong", {}, what), ` ${why}. `, make("span", { class: "remedy" }, remedy)),
    ),
  );
  show(list, status.degraded.length > 0);
}

// Lateness on a scale of tens, 1 µs to 100 ms, with a mark where the next cycle is due.
const DECADES = 5;
const along = (us) => `${(Math.min(DECADES, Math.max(0, Math.log10(Math.max(us, 1)))) / DECADES) * 100}%`;

class Ruler {
  constructor(parent) {
    this.period = make("i", { class: "period" });
    this.marks = [0.45, 0.6, 0.8, 1].map((opacity) => {
      const mark = make("i", { class: "late" });
      mark.style.opacity = opacity;
      return mark;
    });
    const ticks = [["10 µs", 10], ["100 µs", 100], ["1 ms", 1e3], ["10 ms", 1e4]].map(([name, us]) => {
      const tick = make("span", { class: "tick" }, name);
      tick.style.left = along(us);
      return tick;
    });
    parent.append(make("i", { class: "scale" }), this.period, ...this.marks, ...ticks);
  }

  set(values, period) {
    this.period.style.left = along(period);
    values.forEach((us, index) => (this.marks[index].style.left = along(us)));
  }
}

const ruler = new Ruler(at("ruler"));

function stall(stalls) {
  const last = stalls.at(-1);
  show(at("stall"), last !== undefined);
  if (last === undefined) return;
  const why = last.explained ? "the system ran something else" : "unexplained";
  say(at("stall"), `last stall: ${microseconds(last.late_us).join(" ")} at cycle ${count(last.cycle)}, ${why}`);
}

// What the kernel is set to do, and what it had to do.
function rhythm({ kernel }) {
  if (!kernel) return;
  const lowered = kernel.level > 0;
  counts.set("in force", `${fixed(kernel.rate_now_hz, 0)} Hz`, lowered ? `level ${kernel.level}` : "", lowered ? "notice" : "");
  counts.set("overrun", kernel.overrun, kernel.caught_up > 0 ? `${count(kernel.caught_up)} caught up` : "");
  counts.set("executor", kernel.executor);
  const late = kernel.loops.filter((one) => one.late > 0).map((one) => `${one.name} ${count(one.late)}`);
  counts.set("late loops", late.length > 0 ? late.join(", ") : "none", "", late.length > 0 ? "notice" : "");
  const burst = kernel.burst;
  counts.set("burst", burst.active ? "now" : `${count(burst.bursts)} so far`, known(burst.last_end) && !burst.active ? `ended: ${burst.last_end}` : "", burst.active ? "notice" : "");
}

export function cycle(status) {
  const { cycle, real_time: realTime } = status;
  say(at("hz"), fixed(cycle.hz, 1));
  say(at("rate"), `set to ${cycle.rate_hz} Hz`);
  const period = 1e6 / cycle.rate_hz;
  for (const [name, value] of [["late p50", cycle.lateness_us.p50], ["p99", cycle.lateness_us.p99], ["p99.9", cycle.lateness_us.p999], ["max", cycle.lateness_us.max]]) {
    lateness.set(name, ...microseconds(value), value > period ? "notice" : "");
  }
  const late = cycle.lateness_us;
  ruler.set([late.p50, late.p99, late.p999, late.max], period);
  stall(cycle.stalls);
  for (const [name, value] of [["takes p50", cycle.cost_us.p50], ["p99", cycle.cost_us.p99], ["max", cycle.cost_us.max]]) {
    cost.set(name, ...microseconds(value), value > period ? "notice" : "");
  }
  counts.set("cycles", count(cycle.cycles));
  counts.set("skipped", count(cycle.skipped));
  counts.set("overruns", count(cycle.overruns));
  rhythm(status);
  const granted = realTime.granted ? `${realTime.scheduler} ${realTime.priority}${known(realTime.cpu) ? `, cpu ${realTime.cpu}` : ""}` : realTime.wanted ? "not granted" : "not asked for";
  const asked = realTime.asked;
  const wish = asked?.priority > 0 ? `of SCHED_FIFO ${asked.priority}${known(asked.cpu) ? `, cpu ${asked.cpu}` : ""} asked for` : "";
  counts.set("real time", granted, wish, realTime.wanted && !realTime.granted ? "notice" : "");
  counts.set("service", `${Math.round(status.process.rss_mb)} MB, ${share(status.process.cpu_share)}`, "of all CPUs");
  const recording = status.recording;
  counts.set("recording", recording ? `${count(recording.cycles)} cycles, ${bytes(recording.bytes)}` : null);
}
