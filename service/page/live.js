// The live stream, and getting it back when it is lost.

const STREAM = "/v1/stream?hz=10&with=status,detections";
// The status comes every second even when the kernel stands still, so silence means loss.
const SILENCE_MS = 5_000;
const LONGEST_PAUSE_MS = 10_000;

export class Live extends EventTarget {
  constructor() {
    super();
    this.pause = 500;
    this.lostSince = null;
    this.open();
  }

  open() {
    const source = new EventSource(STREAM);
    this.source = source;
    for (const topic of ["state", "status", "detections"]) {
      source.addEventListener(topic, (event) => {
        this.heard();
        this.dispatchEvent(new CustomEvent(topic, { detail: JSON.parse(event.data) }));
      });
    }
    source.onerror = () => this.lose();
    this.watch();
  }

  heard() {
    this.pause = 500;
    this.watch();
    if (this.lostSince !== null || !this.begun) {
      this.begun = true;
      this.lostSince = null;
      this.dispatchEvent(new CustomEvent("found"));
    }
  }

  watch() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lose(), SILENCE_MS);
  }

  async lose() {
    this.source.close();
    clearTimeout(this.timer);
    this.lostSince ??= new Date();
    const answer = await fetch("/healthz", { cache: "no-store" }).then(() => ask("/v1/status"), () => null);
    if (answer?.refused) {
      // Asking again with the same cookie would only be refused again.
      this.dispatchEvent(new CustomEvent("refused", { detail: answer.refused }));
      return;
    }
    this.dispatchEvent(new CustomEvent("lost", { detail: this.lostSince }));
    setTimeout(() => this.open(), this.pause);
    this.pause = Math.min(LONGEST_PAUSE_MS, this.pause * 2);
  }
}

// JSON from the service, or why not: `{ json }`, `{ refused }` without a right to ask, `{ failed }`.
export async function ask(path, options = {}) {
  try {
    const response = await fetch(path, { cache: "no-store", ...options });
    const json = await response.json();
    if (response.ok) return { json };
    if (response.status === 401 || response.status === 429) return { refused: json.detail };
    return { failed: json.detail };
  } catch {
    return { failed: "the service does not answer" };
  }
}
