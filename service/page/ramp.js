// The display's ramp from a value to its colour: night blue, blue, ice, pale gold. Lightness
// rises all the way, so that values stay in order for every kind of colour vision.

// Corners in OKLab (lightness, green-red, blue-yellow); equal steps of value are equal distances.
const CORNERS = [[0.4, 0.005, -0.15], [0.62, -0.045, -0.115], [0.8, -0.065, -0.03], [0.95, 0.0, 0.085]];
const STEPS = 64;

const LEGS = CORNERS.slice(1).map((corner, index) => Math.hypot(...corner.map((part, axis) => part - CORNERS[index][axis])));
const WHOLE = LEGS.reduce((sum, leg) => sum + leg, 0);

function at(value) {
  let left = value * WHOLE;
  for (let index = 0; index < LEGS.length; index += 1) {
    if (left <= LEGS[index] || index === LEGS.length - 1) {
      const part = Math.min(1, left / LEGS[index]);
      return `oklab(${CORNERS[index].map((from, axis) => (from + part * (CORNERS[index + 1][axis] - from)).toFixed(4)).join(" ")})`;
    }
    left -= LEGS[index];
  }
}

const TABLE = Array.from({ length: STEPS + 1 }, (_, step) => at(step / STEPS));

export const ramp = (value) => TABLE[Math.round(Math.min(1, Math.max(0, value || 0)) * STEPS)];

export function tint(element, value) {
  const colour = ramp(value);
  if (element.dataset.colour !== colour) {
    element.dataset.colour = colour;
    element.style.setProperty("--tint", colour);
  }
}
