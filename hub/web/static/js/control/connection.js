// The stream from the hub: comes back by itself, and knows when the picture is stale.
import { setHubTime } from "../ages.js";

const STALE_AFTER_MS = 6000;
const AGAIN_MS = 1500;
const SIGNED_IN_MS = 5000;

export class Connection {
  /** `told` has picture(whole), change(now), feed(lines), late(sum), live(seconds), lost(seconds), signedOut(). */
  constructor(addresses, told) {
    this.addresses = addresses;
    this.told = told;
    this.heardAt = performance.now();
    this.everHeard = false;
    this.waiting = [];
    this.ready = false;
    this.ended = false;
    this.stoodS = 0;
    this.open();
    setInterval(() => this.check(), 250);
  }

  open() {
    this.ready = false;
    this.source?.close();
    this.source = new EventSource(this.addresses.events);
    // The browser itself comes back after a break: what it then hears begins with a whole picture again.
    this.source.addEventListener("open", () => { this.ready = false; });
    this.on("picture", (picture) => {
      setHubTime(picture.now);
      this.waiting = [];
      this.ready = true;
      this.told.picture(picture);
    });
    this.on("change", (change) => { if (this.ready) this.told.change(change); });
    this.on("feed", (line) => this.gather(line));
    this.on("late", (late) => { if (this.ready) this.told.late(late); });
    this.on("beat", (beat) => {
      setHubTime(beat.now);
      // The lines may come while the hub cannot look at how all stands any more: that is stale as well.
      this.stoodS = beat.stood_at ? (Date.parse(beat.now) - Date.parse(beat.stood_at)) / 1000 : 0;
    });
    this.source.addEventListener("signed-out", () => this.end());
    this.source.addEventListener("error", () => {
      // A refused stream is closed for good by the browser: look why, then call again.
      if (this.source.readyState === EventSource.CLOSED && !this.ended) setTimeout(() => this.callAgain(), AGAIN_MS);
    });
  }

  on(name, act) {
    this.source.addEventListener(name, (event) => {
      this.heardAt = performance.now();
      this.everHeard = true;
      act(JSON.parse(event.data));
    });
  }

  /** Lines that come together are shown together: two hundred a second are no two hundred drawings. */
  gather(line) {
    if (!this.ready) return;
    this.waiting.push(line);
    if (this.waiting.length > 1) return;
    const show = () => { if (this.waiting.length) this.told.feed(this.waiting.splice(0)); };
    if (document.hidden) setTimeout(show, 250);
    else requestAnimationFrame(show);
  }

  async callAgain() {
    if (this.ended) return;
    try {
      const answer = await fetch(this.addresses.alive, { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.status === 401 || answer.status === 403) return this.end();
      this.open();
    } catch {
      setTimeout(() => this.callAgain(), AGAIN_MS);
    }
  }

  check() {
    if (this.ended) return;
    const silence = performance.now() - this.heardAt;
    if (this.ready && this.stoodS * 1000 > 2 * STALE_AFTER_MS) return this.told.lost(this.stoodS);
    if (silence > STALE_AFTER_MS) {
      this.told.lost(silence / 1000);
      if (silence > 4 * STALE_AFTER_MS && this.source.readyState === EventSource.OPEN) {
        // A dead line that nobody closed: the browser would wait for minutes.
        this.heardAt = performance.now() - STALE_AFTER_MS;
        this.open();
      }
    } else if (this.everHeard && this.ready) this.told.live(silence / 1000);
  }

  end() {
    this.ended = true;
    this.source.close();
    this.told.signedOut();
    setTimeout(() => this.lookForSession(), SIGNED_IN_MS);
  }

  /** Somebody may have signed in again in another window of this browser: then the page begins anew, with its token. */
  async lookForSession() {
    try {
      const answer = await fetch(this.addresses.alive, { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.ok) return location.reload();
    } catch { /* the hub is away as well: ask again */ }
    setTimeout(() => this.lookForSession(), SIGNED_IN_MS);
  }
}
