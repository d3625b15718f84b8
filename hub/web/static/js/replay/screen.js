// Playing an hour: the time bar with its gaps, speed, keys, who was in a zone, one person followed.
import { ReplayMap } from "./map.js";
import { Player } from "./player.js";

const SPEEDS = [1, 10, 60, 300, 1200];
const SHOWN = 40;
const byId = (id) => document.getElementById(id);

function make(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in made && key !== "list") made[key] = value; else made.setAttribute(key, value);
  }
  made.append(...inside.filter((one) => one !== null && one !== ""));
  return made;
}

export class ReplayScreen {
  constructor(reel, words, zone) {
    this.words = words;
    this.player = new Player(reel);
    this.clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
    this.t = this.player.from;
    this.speed = 2;
    this.playing = false;
    this.then = false;
    this.chosen = null;
    this.followed = null;
    this.say = (key, values = {}) => (words[key] ?? key).replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");
    this.map = new ReplayMap(byId("replay-map"), this.player, this.say, (code) => this.choose(code));
    this.bar = byId("replay-bar");
    this.bar.max = String(Math.round((this.player.to - this.player.from) / 1000));
    this.gaps();
    this.wire();
    this.paint(true);
  }

  time(at) {
    return this.clock.format(at);
  }

  wire() {
    this.bar.addEventListener("input", () => this.go(this.player.from + Number(this.bar.value) * 1000));
    byId("replay-play").addEventListener("click", () => this.play(!this.playing));
    byId("replay-before").addEventListener("click", () => this.jump(-1));
    byId("replay-after").addEventListener("click", () => this.jump(1));
    byId("replay-speed").addEventListener("change", (event) => { this.speed = SPEEDS.indexOf(Number(event.target.value)); });
    for (const view of document.querySelectorAll("[name=replay-view]")) {
      view.addEventListener("change", () => { this.then = byId("replay-then").checked; this.paint(true); });
    }
    byId("replay-find").addEventListener("input", () => this.find());
    byId("replay-find").addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); this.follow(this.matches()[0]?.number ?? null); } });
    document.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const field = event.target.closest("input:not([type=radio]), select, textarea");
    if (field || (event.key === " " && event.target.closest("button, a, [role=button], summary"))) return;
    const minute = event.shiftKey ? 60 : 10;
    const acts = {
      " ": () => this.play(!this.playing),
      k: () => this.play(!this.playing),
      ArrowLeft: () => this.go(this.t - minute * 1000),
      ArrowRight: () => this.go(this.t + minute * 1000),
      ",": () => this.jump(-1),
      ".": () => this.jump(1),
      "[": () => this.faster(-1),
      "]": () => this.faster(1),
      Home: () => this.go(this.player.from),
      End: () => this.go(this.player.to),
      v: () => { byId(this.then ? "replay-now" : "replay-then").click(); },
    };
    if (!acts[event.key] || (event.target.type === "radio" && event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    acts[event.key]();
  }

  faster(by) {
    this.speed = Math.min(SPEEDS.length - 1, Math.max(0, this.speed + by));
    byId("replay-speed").value = String(SPEEDS[this.speed]);
  }

  jump(direction) {
    this.play(false);
    this.go(this.player.step(this.t, direction));
  }

  go(t) {
    this.t = Math.min(this.player.to, Math.max(this.player.from, t));
    this.paint(true);
  }

  play(on) {
    this.playing = on && this.t < this.player.to;
    const button = byId("replay-play");
    button.textContent = this.say(this.playing ? "pause" : "play");
    button.setAttribute("aria-pressed", String(this.playing));
    if (!this.playing) { this.paint(true); return; }
    this.drawn = performance.now();
    const tick = (now) => {
      if (!this.playing) return;
      this.t += (now - this.drawn) * SPEEDS[this.speed];
      this.drawn = now;
      if (this.t >= this.player.to) { this.t = this.player.to; this.play(false); return; }
      if (!this.last || now - this.last > 80) { this.last = now; this.paint(now - (this.lists ?? 0) > 700); }
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  choose(code) {
    this.chosen = this.chosen === code ? null : code;
    this.paint(true);
  }

  follow(number) {
    this.followed = number;
    if (number) byId("replay-find").value = number;
    byId("replay-found").replaceChildren();
    this.paint(true);
  }

  matches() {
    const asked = byId("replay-find").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (!asked.length) return [];
    return [...this.player.people.values()].filter((one) => asked.every((word) => `${one.number} ${one.name}`.toLowerCase().includes(word)));
  }

  find() {
    if (!byId("replay-find").value.trim()) { this.follow(null); return; }
    byId("replay-found").replaceChildren(...this.matches().slice(0, 8).map((one) => {
      const button = make("button", { type: "button", className: "plain" }, `${one.name} ${one.number}`);
      button.addEventListener("click", () => this.follow(one.number));
      return make("li", {}, button);
    }));
  }

  /** What is not known, and what lasted, along the time bar; once. */
  gaps() {
    const strip = byId("replay-gaps");
    const whole = this.player.to - this.player.from;
    const NS = "http://www.w3.org/2000/svg";
    const draw = (kind, from, to, row, words) => {
      const begin = Math.max(from, this.player.from);
      const end = Math.min(Math.max(to, begin + whole / 400), this.player.to);
      if (end <= begin) return;
      const rect = document.createElementNS(NS, "rect");
      const values = { class: `gap-${kind}`, x: ((begin - this.player.from) / whole) * 1000, width: ((end - begin) / whole) * 1000, y: row * 9, height: 7 };
      for (const [key, value] of Object.entries(values)) rect.setAttribute(key, value);
      const title = document.createElementNS(NS, "title");
      title.textContent = words;
      rect.append(title);
      strip.append(rect);
    };
    for (const one of this.player.away) {
      for (const [from, to] of one.times) draw("away", from, to, 0, `${this.say("silent", one)} ${this.time(from)}\u2013${this.time(to)}`);
    }
    for (const one of this.player.late) draw("late", one.at, one.at, 1, this.say("late", { time: this.time(one.at), known: this.time(one.known) }));
    // Alarms stay open until somebody closes them: what tells something is when they rang.
    for (const band of this.player.bands) draw(band.kind, band.from, band.kind === "alarm" ? band.from : band.to, 2, `${band.words} ${this.time(band.from)}`);
  }

  paint(lists) {
    const { player } = this;
    const picture = player.picture(this.t, this.then);
    const followed = this.followed ? player.last(this.followed, this.t, this.then) : null;
    this.map.show(picture, this.t, Math.max(2000, SPEEDS[this.speed] * 1200), this.then, this.chosen, followed?.zone ?? null);
    byId("replay-time").textContent = this.time(this.t);
    this.bar.value = String(Math.round((this.t - player.from) / 1000));
    this.bar.setAttribute("aria-valuetext", this.time(this.t));
    let unproven = 0;
    for (const zone of picture.zones.values()) unproven += zone.unproven;
    byId("replay-roll").textContent = this.say("roll", { roll: picture.roll, unproven, nowhere: picture.nowhere.length });
    if (!lists) return;
    this.lists = performance.now();
    this.paintTable(picture);
    this.paintEvents();
    this.paintGaps(picture);
    this.paintPerson();
    this.paintZone(picture);
  }

  paintTable(picture) {
    const rows = [...inOrder(this.player, picture)].map(([zone, found]) => make("tr", {},
      make("th", { scope: "row" }, zone.name),
      ...[found.count, found.proven, found.likely, found.unproven, zone.room ?? "\u2013"].map((value) => make("td", { className: "number" }, String(value)))));
    byId("replay-zones").replaceChildren(...rows);
  }

  paintEvents() {
    const seen = this.player.recent(this.t, this.player.to - this.player.from, this.then).slice(-SHOWN).reverse();
    byId("replay-events").replaceChildren(...seen.map((one) => this.line(one)));
    byId("replay-none").hidden = seen.length > 0;
  }

  line(one) {
    const person = this.player.people.get(one.person);
    const zone = this.player.zones.get(one.zone)?.name ?? one.zone;
    const other = this.player.zones.get(one.other_zone)?.name ?? "";
    const way = one.decision === "REFUSE" ? this.say("refused", { zone: other || zone }) : other ? `${other} \u2192 ${zone}` : zone;
    const notes = [
      this.words[`source_${one.source}`] ?? one.source,
      one.by, one.evidence,
      one.sure ? "" : this.say("unsure"),
      one.known - one.at > 60000 ? this.say("late", { time: this.time(one.at), known: this.time(one.known) }) : "",
      one.withdrawn < Infinity ? this.say("withdrawn") : "",
      ...(one.doubts ?? []).map((code) => this.words[`doubt_${code}`] ?? code),
      one.sequence && one.terminal ? `${one.terminal} ${one.sequence}` : "",
    ].filter(Boolean).join(" \u00b7 ");
    const who = make("button", { type: "button", className: "plain" }, person ? person.name : one.person);
    who.addEventListener("click", () => this.follow(one.person));
    return make("li", { className: `line${one.doubtful ? " doubtful" : ""}` }, make("span", { className: "figure" }, this.time(one.at)), who, make("span", {}, way), make("span", { className: "quiet" }, notes));
  }

  paintGaps(picture) {
    const lines = [
      ...this.player.silent(this.t).map((one) => ["away", this.say("silent", one)]),
      ...this.together(this.player.lasting(this.t)),
      ...(picture.roll ? [] : [["away", this.say("nobody")]]),
      ...(picture.nowhere.length ? [["away", this.say("nowhere", { count: picture.nowhere.length })]] : []),
    ];
    byId("replay-unknown").replaceChildren(...lines.map(([kind, text]) => make("li", { className: `line mark-${kind}` }, text)));
    byId("replay-all-heard").hidden = lines.length > 0;
  }

  /** What lasted, the same words once, with since when and how often. */
  together(bands) {
    const found = new Map();
    for (const band of bands) {
      const key = `${band.kind} ${band.words}`;
      const one = found.get(key) ?? { ...band, count: 0 };
      one.count += 1;
      found.set(key, one);
    }
    const rank = (band) => (band.kind === "alarm" ? band.rank : 0);
    return [...found.values()].sort((a, b) => rank(a) - rank(b) || a.from - b.from)
      .map((band) => [band.kind, `${this.since(band.from)} ${band.words}${band.count > 1 ? ` \u00d7 ${band.count}` : ""}`]);
  }

  since(at) {
    return at < this.player.from ? this.say("before", { time: this.time(at) }) : this.time(at);
  }

  paintPerson() {
    const panel = byId("replay-person");
    const person = this.followed && this.player.people.get(this.followed);
    panel.hidden = !person;
    if (!person) return;
    const one = this.player.last(person.number, this.t, this.then);
    const sure = one ? this.player.confidence(one, this.t) : null;
    const zone = one ? this.player.zones.get(one.zone)?.name ?? one.zone : "";
    byId("replay-person-name").textContent = `${person.name} ${person.number}`;
    byId("replay-person-where").textContent = one ? this.say("where", { zone, sure: this.words[sure], time: this.time(one.at) }) : this.say("never_seen");
    byId("replay-person-trail").replaceChildren(...this.player.trail(person.number, this.t, this.then).slice(0, SHOWN).map((each) => this.line(each)));
  }

  paintZone(picture) {
    const panel = byId("replay-zone");
    const zone = this.chosen && this.player.zones.get(this.chosen);
    panel.hidden = !zone;
    if (!zone) return;
    byId("replay-zone-name").textContent = zone.name;
    const here = [...picture.zones].filter(([code]) => this.player.lies(code, this.chosen)).flatMap(([, found]) => found.people);
    here.sort((a, b) => a.person.name.localeCompare(b.person.name));
    byId("replay-zone-people").replaceChildren(...here.map(({ person, proof, sure }) => {
      const who = make("button", { type: "button", className: "plain" }, `${person.name} ${person.number}`);
      who.addEventListener("click", () => this.follow(person.number));
      return make("li", { className: `line sure-${sure}` }, who, make("span", { className: "quiet" }, `${this.words[sure]} \u00b7 ${this.words[`source_${proof.source}`] ?? proof.source} ${this.time(proof.at)}`));
    }));
  }
}

function* inOrder(player, picture) {
  for (const zone of player.order) {
    const found = picture.zones.get(zone.code);
    if (found) yield [zone, found];
  }
}
