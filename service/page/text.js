// Figures as people read them: the same words and units as on the console and the display.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export const known = (value) => value !== null && value !== undefined && Number.isFinite(value);

export const count = (value) => whole.format(value);

export const fixed = (value, digits) => value.toFixed(digits);

export const share = (value) => `${Math.round(value * 100)} %`;

export function microseconds(value) {
  if (value >= 10_000) return [fixed(value / 1000, 1), "ms"];
  return [value < 10 ? fixed(value, 1) : whole.format(value), "µs"];
}

export function bytes(value) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : fixed(value, 1)} ${units[unit]}`;
}

// A span in its two largest units.
export function span(seconds) {
  const all = Math.max(0, Math.floor(seconds));
  const [days, hours, minutes] = [Math.floor(all / 86400), Math.floor(all / 3600) % 24, Math.floor(all / 60) % 60];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  if (minutes > 0) return `${minutes} min ${all % 60} s`;
  return `${all} s`;
}

// How long ago, in the largest unit alone: it stands in narrow columns.
export function ago(seconds) {
  const all = Math.max(0, Math.floor(seconds));
  if (all < 60) return `${all} s ago`;
  if (all < 3600) return `${Math.floor(all / 60)} min ago`;
  if (all < 86400) return `${Math.floor(all / 3600)} h ago`;
  return `${Math.floor(all / 86400)} d ago`;
}

export const clock = (date) => date.toLocaleTimeString([], { hour12: false });

export const words = (name) => name.replaceAll("_", " ");
