// What the screen knows: the whole picture once, then each change of it. No element is touched here.
const FEED_LENGTH = 60;
const KEY = { zones: "code", people: "number", terminals: "name", needs: "key", moves: "key", counts: "key" };
const IN_ORDER = ["needs", "moves", "counts", "terminals"];

export class Model {
  constructor() {
    this.people = new Map();
    this.zones = new Map();
    this.terminals = new Map();
    this.needs = [];
    this.moves = [];
    this.counts = [];
    this.feed = [];
    this.rolls = new Map();
    this.lastId = 0;
    this.site = null;
    this.parts = {};
  }

  /** Take the whole picture. */
  replace(picture) {
    for (const [name, key] of Object.entries(KEY)) this.keep(name, new Map(picture[name].map((item) => [item[key], item])));
    this.rolls = new Map(picture.roll.map((roll) => [roll.site, roll]));
    this.feed = picture.feed;
    this.lastId = picture.last_id;
  }

  /** Take what changed: for each section the items that are other than before, and all keys where any came or went. */
  change(now) {
    for (const roll of now.roll?.set ?? []) this.rolls.set(roll.site, roll);
    for (const [name, key] of Object.entries(KEY)) {
      const part = now[name];
      if (!part) continue;
      const items = new Map(this.parts[name]);
      for (const item of part.set) items.set(item[key], item);
      this.keep(name, part.keys ? new Map(part.keys.filter((one) => items.has(one)).map((one) => [one, items.get(one)])) : items);
    }
    return Object.keys(now);
  }

  keep(name, items) {
    this.parts[name] = items;
    this[name] = IN_ORDER.includes(name) && name !== "terminals" ? [...items.values()] : items;
  }

  /** The roll of the site that is looked at, or of all. */
  get roll() {
    return this.rolls.get(this.site ?? "") ?? this.rolls.get("") ?? null;
  }

  /** Whether an item is of the site that is looked at; one of no site is of all. */
  isHere(item) {
    return this.site === null || !item.sites?.length || item.sites.includes(this.site);
  }

  /** Needs of this site; what is about life is shown wherever it is. */
  get needsHere() {
    return this.needs.filter((need) => need.rank === 1 || this.isHere(need));
  }

  get movesHere() {
    return this.moves.filter((move) => this.isHere(move));
  }

  get countsHere() {
    return this.counts.filter((count) => this.isHere(count));
  }

  get terminalsHere() {
    return [...this.terminals.values()].filter((terminal) => this.isHere(terminal));
  }

  get feedHere() {
    return this.feed.filter((line) => this.isLineHere(line));
  }

  isLineHere(line) {
    if (this.site === null) return true;
    if (line.kind === "late") return this.lateHere(line).length > 0;
    const zone = this.zones.get(line.to_zone ?? line.zone ?? line.from_zone);
    return zone ? zone.site === this.site : this.isHere(this.terminals.get(line.terminal) ?? {});
  }

  /** Take one line of the feed; gives false when it was here before. */
  add(line) {
    if (line.id <= this.lastId) return false;
    this.lastId = line.id;
    this.feed.unshift(line);
    this.feed.length = Math.min(this.feed.length, FEED_LENGTH);
    if (line.position) {
      const known = this.people.get(line.position.number);
      this.people.set(line.position.number, { ...line.position, away: known?.away ?? "" });
    }
    return true;
  }

  /** Take a sum of what came late: it grows where it stands. Gives false when it begins. */
  takeLate(late) {
    const place = this.feed.findIndex((line) => line.id === late.id);
    if (place >= 0) this.feed[place] = late;
    else {
      this.feed.unshift(late);
      this.feed.length = Math.min(this.feed.length, FEED_LENGTH);
    }
    return place >= 0;
  }

  /** Terminals of a sum that are of the site that is looked at. */
  lateHere(late) {
    return late.terminals.filter((one) => this.isHere(this.terminals.get(one.terminal) ?? {}));
  }

  /** "proven", "likely" or "unproven" at `now` (milliseconds), or null for somebody nobody has seen. */
  confidence(person, now) {
    if (!person.zone) return null;
    if (person.proven_until_at && now <= Date.parse(person.proven_until_at)) return "proven";
    return person.likely_until_at && now <= Date.parse(person.likely_until_at) ? "likely" : "unproven";
  }

  /** {zone code: {count, likely, old, own}} of the people known here and in what lies here, at `now` (milliseconds). */
  countsOf(now) {
    const counts = new Map([...this.zones.keys()].map((code) => [code, { count: 0, likely: 0, old: 0, own: 0 }]));
    for (const person of this.people.values()) {
      if (!counts.has(person.zone)) continue;
      const confidence = this.confidence(person, now);
      counts.get(person.zone).own += 1;
      for (let code = person.zone; code !== null && counts.has(code); code = this.zones.get(code).within) {
        const zone = counts.get(code);
        zone.count += 1;
        if (confidence === "likely") zone.likely += 1;
        if (confidence === "unproven") zone.old += 1;
      }
    }
    return counts;
  }

  /** Everybody in a zone and in what lies in it, by name. */
  peopleIn(code) {
    const inside = (zone) => {
      for (let one = zone; one; one = this.zones.get(one)?.within) if (one === code) return true;
      return false;
    };
    return [...this.people.values()].filter((person) => person.zone && inside(person.zone));
  }

  zoneName(code) {
    return this.zones.get(code)?.name ?? code ?? "";
  }

  line(id) {
    return this.feed.find((line) => line.id === id);
  }
}
