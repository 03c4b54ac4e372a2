// What was sensed, and what was kept.

import { at, make, say } from "./dom.js";
import { ask } from "./live.js";
import { tint } from "./ramp.js";
import { ago, bytes, count, fixed, known, share, words } from "./text.js";

const SHOWN_EVENTS = 40;
const SHOWN_CRYSTALS = 40;
const CENTRES = ["vitality", "motion", "sound", "presence", "voice", "novelty", "coherence"];
const events = new Map();
let serverNow = 0;
let heardAt = 0;
const now = () => serverNow + (performance.now() - heardAt) * 1e6;

export function sensed(news) {
  serverNow = news.now_ns;
  heardAt = performance.now();
  for (const event of news.events) events.set(event.id, event);
  const newest = [...events.values()].sort((a, b) => b.start_ns - a.start_ns);
  for (const event of newest.splice(SHOWN_EVENTS)) events.delete(event.id);
  const list = at("event-list");
  list.replaceChildren(...newest.map(eventRow));
  if (newest.length === 0) list.append(make("li", { class: "absent" }, "nothing yet"));
}

// After a restart of the service ids begin again.
export function forget() {
  events.clear();
}

const UNITS = { level_dbfs: ["level", (value) => `${fixed(value, 1)} dBFS`], share: ["", share] };

function details(event) {
  const parts = [];
  if (known(event.from) && known(event.to)) parts.push(`${fixed(event.from, 2)} → ${fixed(event.to, 2)}`);
  for (const [name, value] of Object.entries(event)) {
    if (["id", "kind", "start_ns", "end_ns", "confidence", "from", "to"].includes(name)) continue;
    const [label, format] = UNITS[name] ?? [words(name), (value) => (typeof value === "number" ? fixed(value, 2) : String(value))];
    parts.push(`${label} ${format(value)}`.trim());
  }
  return parts.join(", ");
}

function eventRow(event) {
  const lasts = event.end_ns === null;
  const length = lasts ? "now" : `${fixed((event.end_ns - event.start_ns) / 1e9, 1)} s`;
  const row = make(
    "li",
    { class: "moment", title: `${share(event.confidence)} sure` },
    make("span", { class: "kind" }, words(event.kind)),
    make("span", { class: "what" }, make("span", { class: lasts ? "lasting" : "" }, length), make("span", { class: "aside" }, details(event))),
    make("span", { class: "sure" }, share(event.confidence)),
    make("span", { class: "ago", "data-start": event.start_ns }, ""),
  );
  tint(row, event.confidence);
  tellAge(row.lastElementChild);
  return row;
}

function tellAge(cell) {
  say(cell, ago((now() - Number(cell.dataset.start)) / 1e9));
}

export function age() {
  for (const cell of document.querySelectorAll("#event-list .ago")) tellAge(cell);
}

export function memory({ memory }) {
  const facts = [`${count(memory.crystals)} kept`, `${bytes(memory.bytes_written)} written`];
  if (memory.state !== "running") facts.unshift(memory.state);
  if (memory.dropped > 0) facts.push(`${count(memory.dropped)} dropped`);
  if (known(memory.flush_age_ms)) facts.push(`oldest unwritten ${fixed(memory.flush_age_ms / 1000, 1)} s`);
  if (memory.newest_sequence > 0) facts.push(`numbers ${count(memory.oldest_sequence)} to ${count(memory.newest_sequence)}`);
  const wear = memory.wear;
  if (wear) {
    const pace = known(wear.bytes_per_day) ? `, pace ${bytes(wear.bytes_per_day)} a day` : "";
    facts.push(`flash ${bytes(wear.bytes_today)} today${pace}`);
    facts.push(`all beings ${bytes(wear.all_bytes_today)} of ${bytes(wear.budget_bytes_per_day)}`);
    if (wear.withheld > 0) facts.push(`${count(wear.withheld)} withheld`);
  }
  if (memory.index?.state) facts.push(`index ${memory.index.state}, ${count(memory.index.covered)}`);
  if (memory.degraded) facts.push(memory.degraded);
  say(at("memory-facts"), facts.join(" · "));
}

export async function crystals() {
  const { json, failed } = await ask(`/v1/memory/crystals?limit=${SHOWN_CRYSTALS}`);
  const list = at("crystal-list");
  if (json) {
    list.replaceChildren(...json.crystals.map(crystalRow));
    if (json.crystals.length === 0) list.append(make("li", { class: "absent" }, "no moment was kept yet"));
  } else if (failed) {
    list.replaceChildren(make("li", { class: "absent" }, failed));
  }
}

function crystalRow(crystal) {
  const dots = make("span", { class: "dots", role: "img", "aria-label": "energy centres" });
  crystal.centres.forEach((value, index) => {
    const dot = make("i", { title: `${CENTRES[index]} ${fixed(value, 2)}` });
    tint(dot, value);
    dot.style.opacity = 0.25 + 0.75 * value;
    dots.append(dot);
  });
  const when = known(crystal.age_s) ? ago(crystal.age_s) : "";
  const row = make(
    "li",
    { class: "moment" },
    make("span", { class: "kind" }, crystal.kind),
    make("span", { class: "what" }, dots, make("span", { class: "aside" }, crystal.summary ?? "")),
    make("span", { class: "sure", title: "salience" }, fixed(crystal.salience, 2)),
    make("span", { class: "ago", title: `number ${crystal.sequence}` }, when),
  );
  tint(row, crystal.salience);
  return row;
}
