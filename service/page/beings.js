// Who lives here, and what each consents to. The switches are the consent itself: what is refused
// here is refused from the next cycle on.

import { at, make, mark, say, show } from "./dom.js";
import { ask } from "./live.js";
import { count } from "./text.js";

const SENSES = ["hear", "see", "feel", "remember", "share", "speak"];
const MODES = { awake: "well", waiting: "notice", asleep: "quiet" };
const rows = new Map();
let asking = false;
let changes = 0;

class Row {
  constructor(being) {
    this.id = being.id;
    this.cells = { name: make("th", { scope: "row", title: `being ${being.id}` }), cycle: make("td", { class: "number" }), crystals: make("td", { class: "number" }) };
    this.mode = make("span", { class: "pill" });
    this.switches = SENSES.map((sense) => {
      const box = make("input", { type: "checkbox", role: "switch" });
      box.addEventListener("change", () => this.change(sense, box));
      return box;
    });
    this.row = make("tr", {}, this.cells.name, make("td", {}, this.mode), this.cells.cycle, this.cells.crystals, ...this.switches.map((box) => make("td", { class: "consent" }, box)));
  }

  set(being) {
    this.name = being.name;
    say(this.cells.name, being.name);
    say(this.cells.cycle, count(being.cycle));
    say(this.cells.crystals, count(being.crystals));
    say(this.mode, being.mode);
    mark(this.mode, "tone", MODES[being.mode] ?? "quiet");
    SENSES.forEach((sense, index) => {
      const box = this.switches[index];
      box.setAttribute("aria-label", `${being.name}: ${sense}`);
      box.disabled = being.consent === null || box.dataset.pending !== undefined;
      if (box.dataset.pending === undefined) box.checked = being.consent?.[sense] ?? false;
    });
  }

  async change(sense, box) {
    const wanted = box.checked;
    box.dataset.pending = "";
    box.disabled = true;
    changes += 1;
    const { json, failed, refused } = await ask(`/v1/beings/${this.id}/consent`, {
      method: "PATCH",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ [sense]: wanted }),
    });
    changes += 1;
    delete box.dataset.pending;
    box.disabled = false;
    // Only what the service says is in force is shown as such.
    box.checked = json ? json[sense] : !wanted;
    say(at("consent-answer"), json ? `${this.name}: ${sense} is ${json[sense] ? "allowed" : "refused"}` : (failed ?? refused));
  }
}

export async function beings() {
  if (asking) return;
  asking = true;
  const before = changes;
  const { json, failed } = await ask("/v1/beings");
  asking = false;
  show(at("beings-absent"), Boolean(failed));
  if (failed) say(at("beings-absent"), failed);
  // An answer from before a change would turn the switch back for a moment.
  if (!json || before !== changes) return;
  const here = new Set(json.beings.map(({ id }) => id));
  for (const [id, { row }] of rows) {
    if (here.has(id)) continue;
    row.remove();
    rows.delete(id);
  }
  json.beings.forEach((being, place) => {
    if (!rows.has(being.id)) rows.set(being.id, new Row(being));
    const row = rows.get(being.id);
    row.set(being);
    const list = at("being-rows");
    if (list.children[place] !== row.row) list.insertBefore(row.row, list.children[place] ?? null);
  });
}

// Asks at once when somebody came, went, woke or fell asleep.
let counted = "";
export function numbers({ beings: numbers, kernel }) {
  const facts = [`${numbers.awake} awake`, `${numbers.waiting} waiting`, `${numbers.asleep} asleep`];
  if (kernel) facts.push(`room for ${kernel.beings_steady}, ${kernel.beings_in_burst} in a burst`);
  const now = facts.join(" · ");
  say(at("beings-facts"), now);
  if (counted !== "" && counted !== now) beings();
  counted = now;
}
