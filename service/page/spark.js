// A trend of the last minute.

import { ramp } from "./ramp.js";

const SPAN_MS = 60_000;

export class Spark {
  constructor(canvas, { low, high }) {
    this.canvas = canvas;
    this.low = low;
    this.high = high;
    this.colour = ramp(0.66);
    this.samples = [];
    this.asked = false;
    new ResizeObserver(() => this.ask()).observe(canvas);
  }

  // `null` leaves a gap: what is absent is not zero.
  add(value) {
    const now = performance.now();
    this.samples.push([now, value]);
    while (this.samples.length > 0 && now - this.samples[0][0] > SPAN_MS) this.samples.shift();
    this.ask();
  }

  ask() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.draw();
    });
  }

  draw() {
    const { canvas } = this;
    const scale = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
    if (width === 0 || height === 0) return;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, width, height);
    pen.lineWidth = 1.5 * scale;
    pen.lineJoin = "round";
    pen.strokeStyle = this.colour;
    const now = performance.now();
    const inset = pen.lineWidth;
    const place = ([time, value]) => [
      width * (1 - (now - time) / SPAN_MS),
      inset + (height - 2 * inset) * (1 - (Math.min(this.high, Math.max(this.low, value)) - this.low) / (this.high - this.low)),
    ];
    let down = false;
    pen.beginPath();
    for (const sample of this.samples) {
      if (sample[1] === null) {
        down = false;
        continue;
      }
      const [x, y] = place(sample);
      if (down) pen.lineTo(x, y);
      else pen.moveTo(x, y);
      down = true;
    }
    pen.stroke();
  }
}
