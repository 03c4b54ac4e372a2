// Small ways to build and to change what is shown. Text only ever goes in as text.

import { tint } from "./ramp.js";

export const at = (id) => document.getElementById(id);

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// Writes only what changed: most figures stand still from one state to the next.
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function show(element, visible) {
  if (element.hidden === visible) element.hidden = !visible;
}

export function mark(element, name, value) {
  if (element.dataset[name] !== value) element.dataset[name] = value;
}

// A name, a bar from 0 to 1 and a figure. `set(null)` says that nothing is known.
export class Bar {
  constructor(parent, name) {
    this.fill = make("i", { class: "fill" });
    this.usual = make("i", { class: "usual", hidden: "" });
    this.track = make("span", { class: "track", role: "meter", "aria-label": name, "aria-valuemin": 0, "aria-valuemax": 1 }, make("span", { class: "slot" }, this.fill), this.usual);
    this.figure = make("span", { class: "figure" });
    this.row = make("div", { class: "bar" }, make("span", { class: "name" }, name), this.track, this.figure);
    parent.append(this.row);
  }

  set(value, text, usual = null) {
    const known = value !== null;
    this.row.classList.toggle("unknown", !known);
    this.fill.style.transform = `translateX(${(known ? Math.min(1, Math.max(0, value)) : 0) * 100 - 100}%)`;
    tint(this.row, known ? value : 0);
    show(this.usual, known && usual !== null);
    if (usual !== null) this.usual.style.left = `${Math.min(1, Math.max(0, usual)) * 100}%`;
    say(this.figure, known ? text : "unknown");
    if (known) this.track.setAttribute("aria-valuenow", value.toFixed(2));
    else this.track.removeAttribute("aria-valuenow");
    this.track.setAttribute("aria-valuetext", this.figure.textContent);
  }
}

// Names and figures in a definition list, made once and then only changed.
export class Figures {
  constructor(list) {
    this.list = list;
    this.rows = new Map();
  }

  set(name, figure, unit = "", tone = "") {
    let row = this.rows.get(name);
    if (!row) {
      row = { number: make("span"), unit: make("small"), cell: make("dd") };
      row.cell.append(row.number, " ", row.unit);
      row.box = make("div", {}, make("dt", {}, name), row.cell);
      this.list.append(row.box);
      this.rows.set(name, row);
    }
    show(row.box, figure !== null);
    say(row.number, figure ?? "");
    say(row.unit, unit);
    mark(row.cell, "tone", tone);
  }
}
