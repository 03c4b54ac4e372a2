// What the kernel makes of the world: centres, scene, observation, recognition.

import { Bar, Figures, at, make, say, show } from "./dom.js";
import { ask } from "./live.js";
import { tint } from "./ramp.js";
import { Spark } from "./spark.js";
import { count, fixed, known, microseconds, share, words } from "./text.js";

// From the root up, as on the display.
const CENTRES = ["vitality", "motion", "sound", "presence", "voice", "novelty", "coherence"];

class Centre {
  constructor(parent, name) {
    this.orb = make("i", { class: "orb" });
    this.fill = make("i", { class: "fill" });
    this.column = make("span", { class: "column", role: "meter", "aria-label": name, "aria-valuemin": 0, "aria-valuemax": 1 }, make("span", { class: "slot" }, this.fill), this.orb);
    this.figure = make("span", { class: "figure" }, "–");
    this.box = make("div", { class: "centre" }, this.figure, this.column, make("span", { class: "name" }, name));
    parent.append(this.box);
  }

  set(value) {
    tint(this.box, value);
    this.fill.style.transform = `translateY(${100 - value * 100}%)`;
    this.orb.style.bottom = `${value * 100}%`;
    this.orb.style.opacity = 0.45 + 0.55 * value;
    this.column.setAttribute("aria-valuenow", value.toFixed(2));
    say(this.figure, fixed(value, 2));
  }
}

const centres = new Map(CENTRES.map((name) => [name, new Centre(at("centre-bars"), name)]));
const observation = new Map(
  ["salience", "coherence", "surprise", "novelty", "meaning", "arousal"].map((name) => [name, new Bar(at("observation"), name)]),
);
const scene = new Map();
const salience = new Spark(at("salience-trend"), { low: 0, high: 1 });

export function state(state) {
  const { environmental, analytical, experiential, observation: whole } = state;
  for (const [name, centre] of Object.entries(experiential.centres)) centres.get(name)?.set(centre.value);
  for (const [name, feature] of Object.entries(environmental.scene)) {
    if (!scene.has(name)) scene.set(name, new Bar(at("scene-bars"), words(name)));
    const sure = feature.confidence > 0;
    scene.get(name).set(sure ? feature.now : null, fixed(feature.now, 2), sure ? feature.long : null);
  }
  say(at("attention"), whole.attention ? `attends to the ${whole.attention} loop` : "");
  const bar = (name, value, usual = null) => observation.get(name).set(value, fixed(value, 2), usual);
  bar("salience", whole.salience, whole.usual_salience);
  bar("coherence", whole.coherence);
  bar("surprise", environmental.surprise);
  bar("novelty", analytical.novelty);
  bar("meaning", analytical.meaning);
  bar("arousal", experiential.arousal);
  salience.add(whole.salience);
  pattern(state.being, state.activation?.pattern ?? null);
}

class Activation {
  constructor(parent, question) {
    this.name = make("span", { class: "answer" });
    this.sure = make("span", { class: "aside" });
    parent.append(make("div", { class: "activation" }, make("span", { class: "name" }, question), this.name, this.sure));
  }

  set(name, confidence) {
    say(this.name, name ? words(name) : "nothing sure");
    this.name.classList.toggle("absent", !name);
    say(this.sure, name && known(confidence) ? `${share(confidence)} sure` : "");
  }
}

const situation = new Activation(at("activations"), "what is going on");
const feeling = new Activation(at("activations"), "how it feels");
const figures = new Figures(at("npu-figures"));

// What recurs and was not taught. Who is writing a name names what the field was for when they began.
const field = at("pattern-name");
let shown = null;

function pattern(being, now) {
  if (document.activeElement === field && shown) return;
  show(at("pattern-form"), now !== null);
  if (now) {
    if (now.id !== shown?.id || now.name !== shown.name) field.value = now.name ?? "";
    say(at("pattern-label"), now.name ? `not taught, and known: pattern ${now.id}` : `not taught, and it recurs: pattern ${now.id}`);
  }
  if (now && now.id !== shown?.id) say(at("pattern-answer"), "");
  shown = now && { ...now, being };
}

at("pattern-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!shown) return;
  const { json, failed, refused } = await ask(`/v1/beings/${shown.being}/patterns/${shown.id}`, {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name: field.value.trim() }),
  });
  say(at("pattern-answer"), json ? `pattern ${json.id} is ${json.name ? `called ${json.name}` : "without a name"}` : (failed ?? refused));
  if (json) field.blur();
});

export function npu({ npu }) {
  const working = npu.state === "running" || npu.state === "degraded";
  say(at("npu-facts"), npu.backend ? `${npu.backend}, ${npu.state}` : npu.state);
  situation.set(npu.situation, npu.situation_confidence ?? npu.confidence);
  feeling.set(npu.feeling, npu.feeling_confidence ?? npu.confidence);
  figures.set("age", known(npu.age_ms) ? fixed(npu.age_ms, npu.age_ms < 10 ? 1 : 0) : null, "ms");
  figures.set("one inference", ...(known(npu.inference_us) ? microseconds(npu.inference_us) : [null]));
  figures.set("inferences", count(npu.inferences));
  figures.set("in time", ...(known(npu.fresh_share) ? [fixed(npu.fresh_share * 100, 1), "%"] : [null]));
  figures.set("worker restarts", npu.restarts > 0 ? count(npu.restarts) : null);
  show(at("npu-figures"), working || npu.inferences > 0);
}
