// What the screen knows: the whole picture once, then each change of it. No element is touched here.
const FEED_LENGTH = 60;

export class Model {
  constructor() {
    this.people = new Map();
    this.zones = new Map();
    this.feed = [];
    this.needs = [];
    this.terminals = [];
    this.roll = null;
    this.lastId = 0;
    this.unprovenAfter = 7200;
  }

  /** Take the whole picture. */
  replace(picture) {
    this.people = new Map(picture.people.map((person) => [person.number, person]));
    this.feed = picture.feed;
    this.lastId = picture.last_id;
    this.unprovenAfter = picture.unproven_after_s;
    this.situation(picture.situation);
  }

  /** Take roll, zones, terminals and needs. */
  situation(now) {
    this.roll = now.roll;
    this.zones = new Map(now.zones.map((zone) => [zone.code, zone]));
    this.terminals = now.terminals;
    this.needs = now.needs;
  }

  /** Take one line of the feed; gives false when it was here before. */
  add(line) {
    if (line.id <= this.lastId) return false;
    this.lastId = line.id;
    this.feed.unshift(line);
    this.feed.length = Math.min(this.feed.length, FEED_LENGTH);
    if (line.position) this.people.set(line.position.number, line.position);
    return true;
  }

  /** Whether a person's place is too old, or its clock too unsure, to count on at `now` (milliseconds). */
  isUnproven(person, now) {
    return !person.clock_sure || now - Date.parse(person.proven_at) > this.unprovenAfter * 1000;
  }

  /** {zone code: {count, old}} of the people known here, at `now` (milliseconds). */
  counts(now) {
    const counts = new Map([...this.zones.keys()].map((code) => [code, { count: 0, old: 0 }]));
    for (const person of this.people.values()) {
      const zone = counts.get(person.zone);
      if (!zone) continue;
      zone.count += 1;
      if (this.isUnproven(person, now)) zone.old += 1;
    }
    return counts;
  }

  zoneName(code) {
    return this.zones.get(code)?.name ?? code ?? "";
  }

  line(id) {
    return this.feed.find((line) => line.id === id);
  }
}
