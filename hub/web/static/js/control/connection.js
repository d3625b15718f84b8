// The stream from the hub: comes back by itself, and knows when the picture is stale.
import { setHubTime } from "../ages.js";

const STALE_AFTER_MS = 6000;
const AGAIN_MS = 1500;

export class Connection {
  /** `told` has feed(line), situation(now), picture(whole), live(seconds), lost(seconds), signedOut(). */
  constructor(addresses, told) {
    this.addresses = addresses;
    this.told = told;
    this.heardAt = performance.now();
    this.everHeard = false;
    this.waiting = [];
    this.ready = false;
    this.ended = false;
    this.open();
    setInterval(() => this.check(), 250);
  }

  open() {
    this.ready = false;
    this.waiting = [];
    this.source?.close();
    this.source = new EventSource(this.addresses.events);
    this.source.addEventListener("open", () => this.fetchPicture());
    this.source.addEventListener("feed", (event) => this.take("feed", event));
    this.source.addEventListener("situation", (event) => this.take("situation", event));
    this.source.addEventListener("beat", (event) => {
      this.heard();
      setHubTime(JSON.parse(event.data).now);
    });
    this.source.addEventListener("restart", () => this.fetchPicture());
    this.source.addEventListener("signed-out", () => this.end());
    this.source.addEventListener("error", () => {
      // A refused stream is closed for good by the browser: look why, then call again.
      if (this.source.readyState === EventSource.CLOSED && !this.ended) setTimeout(() => this.callAgain(), AGAIN_MS);
    });
  }

  heard() {
    this.heardAt = performance.now();
    this.everHeard = true;
  }

  take(kind, event) {
    this.heard();
    const data = JSON.parse(event.data);
    if (this.ready) this.told[kind](data);
    else this.waiting.push([kind, data]);
  }

  /** The whole picture, asked for after the stream is open, so that nothing falls between them. */
  async fetchPicture() {
    this.ready = false;
    try {
      const answer = await fetch(this.addresses.picture, { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.status === 401) return this.end();
      if (!answer.ok) throw new Error(String(answer.status));
      const picture = await answer.json();
      setHubTime(picture.now);
      this.heard();
      this.told.picture(picture);
      this.ready = true;
      for (const [kind, data] of this.waiting.splice(0)) this.told[kind](data);
    } catch {
      if (!this.ended) setTimeout(() => this.callAgain(), AGAIN_MS);
    }
  }

  async callAgain() {
    if (this.ended) return;
    try {
      const answer = await fetch(this.addresses.picture, { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.status === 401) return this.end();
      this.open();
    } catch {
      setTimeout(() => this.callAgain(), AGAIN_MS);
    }
  }

  check() {
    if (this.ended) return;
    const silence = performance.now() - this.heardAt;
    if (silence > STALE_AFTER_MS) {
      this.told.lost(silence / 1000);
      if (silence > 4 * STALE_AFTER_MS && this.source.readyState === EventSource.OPEN) {
        // A dead line that nobody closed: the browser would wait for minutes.
        this.heardAt = performance.now() - STALE_AFTER_MS;
        this.open();
      }
    } else if (this.everHeard) this.told.live(silence / 1000);
  }

  end() {
    this.ended = true;
    this.source.close();
    this.told.signedOut();
  }
}
