// What is heard, seen and felt, and whether it is at all.

import { Figures, at, make, mark, say, show } from "./dom.js";
import { Spark } from "./spark.js";
import { count, fixed, known, span } from "./text.js";

class SenseCard {
  constructor(id, trend) {
    const card = at(id);
    this.card = card;
    this.pill = make("span", { class: "pill" });
    card.querySelector("h2").append(" ", this.pill);
    this.why = make("p", { class: "absent" });
    this.figures = new Figures(make("dl", { class: "row" }));
    card.append(this.why, this.figures.list);
    if (trend) {
      const canvas = make("canvas", { "aria-hidden": "true" });
      this.trend = make("div", { class: "trend" }, canvas, make("span", { class: "trend-name" }, trend.name));
      this.spark = new Spark(canvas, trend);
      card.append(this.trend);
    }
    this.device = make("p", { class: "aside device" });
    card.append(this.device);
  }

  // True if the sense is present and has figures to show.
  set(sense) {
    const present = sense.state === "present";
    say(this.pill, sense.state);
    mark(this.pill, "tone", present ? "well" : "quiet");
    mark(this.card, "state", sense.state);
    show(this.why, !present);
    show(this.figures.list, present);
    if (this.trend) show(this.trend, present);
    say(this.why, `${sense.state} for ${span(sense.since_s)}${sense.why ? `: ${sense.why}` : ""}`);
    const facts = [sense.device, `${count(sense.events)} ${sense.events === 1 ? "event" : "events"}`];
    if (sense.restarts > 0) facts.push(`${count(sense.restarts)} ${sense.restarts === 1 ? "restart" : "restarts"}`);
    if (sense.overruns > 0) facts.push(`${count(sense.overruns)} ${sense.overruns === 1 ? "overrun" : "overruns"}`);
    say(this.device, facts.filter(Boolean).join(" · "));
    return present;
  }

  figure(name, value, format, unit = "") {
    this.figures.set(name, known(value) ? format(value) : "unknown", known(value) ? unit : "");
  }
}

const hearing = new SenseCard("hearing", { name: "sound level, last minute", low: -80, high: 0 });
const sight = new SenseCard("sight", { name: "motion, last minute", low: 0, high: 0.3 });
const body = new SenseCard("body");
const percent = (value) => String(Math.round(value * 100));

export function senses({ senses }) {
  if (hearing.set(senses.hearing)) {
    hearing.figure("level", senses.hearing.level_dbfs, (value) => fixed(value, 1), "dBFS");
    hearing.figure("speech", senses.hearing.speech, percent, "%");
  }
  if (sight.set(senses.sight)) {
    sight.figure("rate", senses.sight.fps, (value) => fixed(value, 1), "fps");
    sight.figure("brightness", senses.sight.brightness, percent, "%");
    sight.figure("motion", senses.sight.motion, percent, "%");
  }
  if (body.set(senses.body)) {
    body.figure("temperature", senses.body.temperature_c, (value) => fixed(value, 0), "°C");
    body.figure("load", senses.body.load, percent, "%");
    body.figure("memory", senses.body.memory, percent, "%");
    body.figure("pressure", senses.body.pressure, percent, "%");
  }
}

// The scene comes ten times a second, the status once: the trends follow the scene. Loudness 0
// to 1 stands for -90 to 0 dBFS.
export function trends({ environmental: { scene } }) {
  const value = (feature) => (feature.confidence > 0 ? feature.now : null);
  const loudness = value(scene.loudness);
  hearing.spark.add(loudness === null ? null : (loudness - 1) * 90);
  sight.spark.add(value(scene.motion));
}
