// The page: where each figure goes, and what happens when there is none.

import { beings, numbers } from "./beings.js";
import { cycle, head } from "./cycle.js";
import { at, mark, say, show } from "./dom.js";
import { Live, ask } from "./live.js";
import { npu, state } from "./mind.js";
import { age, crystals, forget, memory, sensed } from "./moments.js";
import { senses, trends } from "./senses.js";
import { clock, fixed, known, span } from "./text.js";

const CRYSTALS_MS = 5_000;
const BEINGS_MS = 5_000;
const PICTURE_MS = 1_000;

// A token that was refused must not stay in the address bar either.
if (location.search) history.replaceState(null, "", "/");

const live = new Live();
let latest = null;
let lostSince = null;
let uptime = 0;

live.addEventListener("state", ({ detail }) => {
  state(detail);
  trends(detail);
});

live.addEventListener("status", ({ detail }) => {
  if (detail.uptime_s < uptime) forget();
  uptime = detail.uptime_s;
  latest = detail;
  head(detail);
  cycle(detail);
  senses(detail);
  npu(detail);
  memory(detail);
  numbers(detail);
  pictureFacts(detail);
});

live.addEventListener("detections", ({ detail }) => sensed(detail));

live.addEventListener("found", () => {
  lostSince = null;
  mark(document.body, "link", "live");
  show(at("link"), false);
  show(at("entry"), false);
  crystals();
  beings();
  picture();
});

live.addEventListener("lost", ({ detail }) => {
  lostSince = detail;
  mark(document.body, "link", "lost");
  mark(at("link"), "tone", "act");
  show(at("link"), true);
  tellLoss();
});

live.addEventListener("refused", ({ detail }) => {
  mark(document.body, "link", "refused");
  say(at("entry-why"), detail);
  say(at("health"), "no token");
  show(at("entry"), true);
});

function tellLoss() {
  if (lostSince) say(at("link"), `connection lost since ${clock(lostSince)} (${span((Date.now() - lostSince) / 1000)})`);
}

setInterval(() => {
  tellLoss();
  if (!lostSince) age();
}, 1_000);

setInterval(() => {
  if (document.body.dataset.link === "live" && !document.hidden) crystals();
}, CRYSTALS_MS);

setInterval(() => {
  if (document.body.dataset.link === "live" && !document.hidden) beings();
}, BEINGS_MS);

// The picture asks for its next one only when it has the last, so that a slow renderer is not
// asked for more than it can draw.
let drawing = false;
function picture() {
  if (drawing) return;
  drawing = true;
  const again = (pause) => setTimeout(() => {
    drawing = false;
    if (document.body.dataset.link === "live") picture();
  }, pause);
  if (document.hidden || !latest?.gpu.device) {
    again(PICTURE_MS);
    return;
  }
  const begun = performance.now();
  const [width, height] = at("face-picture").parentElement.clientWidth * devicePixelRatio > 700 ? [960, 540] : [640, 360];
  const next = new Image();
  next.onload = () => {
    at("face-picture").src = next.src;
    show(at("face-picture"), true);
    show(at("face-absent"), false);
    again(Math.max(PICTURE_MS, 2 * (performance.now() - begun)));
  };
  next.onerror = () => {
    noPicture("the picture could not be drawn");
    again(5 * PICTURE_MS);
  };
  next.src = `/v1/frame.png?width=${width}&height=${height}&t=${Date.now()}`;
}

function noPicture(why) {
  show(at("face-picture"), false);
  show(at("face-absent"), true);
  say(at("face-absent"), why);
}

function pictureFacts({ gpu, display }) {
  const facts = [];
  if (gpu.device) facts.push(gpu.device);
  if (known(gpu.fps)) facts.push(`${fixed(gpu.fps, 0)} fps`);
  if (known(gpu.frame_ms)) facts.push(`${fixed(gpu.frame_ms, 1)} ms`);
  facts.push(display.mode ? display.mode : `display ${display.state}`);
  say(at("face-facts"), facts.join(" · "));
  if (!gpu.device) noPicture("absent: nothing here draws");
}

at("words-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = at("words-text");
  if (text.value.trim() === "") return;
  const { json, failed, refused } = await ask("/v1/events", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ words: text.value }),
  });
  say(at("words-answer"), json ? `${json.accepted} ${json.accepted === 1 ? "word" : "words"} taken` : (failed ?? refused));
  if (json) text.value = "";
});
