// An hour as values: where everybody was at any moment of it, as is known now or as was known then. No page in here.
const DECIDE_NOTHING = new Set(["impossible_travel", "two_places", "area_reset"]);

const ms = (text) => (text ? Date.parse(text) : null);

function proof(raw, index) {
  const at = ms(raw.at);
  return {
    ...raw, index, at,
    known: ms(raw.known_at),
    withdrawn: ms(raw.withdrawn_at) ?? Infinity,
    earliest: ms(raw.earliest_at) ?? at,
    doubtful: (raw.doubts ?? []).some((code) => DECIDE_NOTHING.has(code)),
  };
}

/** The last element whose `key` is at most `value`, by index; -1 for none. The list is in order. */
export function lastUpTo(list, value, key) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(list[middle]) <= value) low = middle + 1; else high = middle;
  }
  return low - 1;
}

export class Player {
  constructor(reel) {
    this.from = ms(reel.from_at);
    this.to = ms(reel.to_at);
    this.order = reel.site.zones;
    this.zones = new Map(reel.site.zones.map((zone) => [zone.code, zone]));
    this.people = new Map(reel.people.map((one) => [one.number, { ...one, stays: one.stays.map(([begin, end]) => [ms(begin), ms(end) ?? Infinity]) }]));
    this.proofs = [...reel.before, ...reel.seen].map(proof).sort((a, b) => a.at - b.at || a.index - b.index);
    this.seen = this.proofs.filter((one) => one.at >= this.from);
    this.holds = reel.holds.map((one) => ({ from: ms(one.from_at), of: one.of }));
    this.away = reel.away.map((one) => ({ ...one, times: one.times.map(([begin, end]) => [ms(begin), ms(end)]) }));
    this.bands = reel.bands.map((one) => ({ ...one, from: ms(one.from_at), to: ms(one.to_at) ?? Infinity }));
    this.resets = this.bands.filter((one) => one.kind === "reset");
    this.late = this.proofs.filter((one) => one.known - one.at > 60000);
    this.byPerson = new Map();
    for (const one of this.proofs) {
      if (!this.byPerson.has(one.person)) this.byPerson.set(one.person, []);
      this.byPerson.get(one.person).push(one);
    }
  }

  /** Whether a zone is another one or lies in it. */
  lies(code, within) {
    for (let one = code, steps = 0; one && steps < 12; one = this.zones.get(one)?.within, steps += 1) {
      if (one === within) return true;
    }
    return false;
  }

  inside(person, t) {
    return person.stays.some(([begin, end]) => begin <= t && t < end);
  }

  /** The last proof of somebody at a moment. With `then` only what the hub had heard of by that moment. */
  last(number, t, then) {
    const list = this.byPerson.get(number) ?? [];
    for (let place = lastUpTo(list, t, (one) => one.at); place >= 0; place -= 1) {
      const one = list[place];
      if (then ? one.known <= t && one.withdrawn > t : one.withdrawn === Infinity) return one;
    }
    return null;
  }

  /** proven, likely or unproven: by age, by the rules of that hour, and by what speaks against the proof. */
  confidence(one, t) {
    if (one.doubtful) return "unproven";
    if (this.resets.some((reset) => reset.from <= t && one.earliest < reset.from && reset.zones.includes(one.zone))) return "unproven";
    const zone = this.zones.get(one.zone);
    const holds = this.holds[Math.max(0, lastUpTo(this.holds, t, (hold) => hold.from))];
    const [proven, likely] = holds.of[`${zone?.kind ?? "BLOCK"}${zone?.locked_at_night ? " locked" : ""}`]?.[one.source] ?? [0, 0];
    const age = (t - one.earliest) / 1000;
    if (proven && age <= proven) return "proven";
    return age <= likely ? "likely" : "unproven";
  }

  /** Everybody in custody at a moment, by zone; `nowhere` are those whom nobody had ever seen. */
  picture(t, then) {
    const zones = new Map();
    const nowhere = [];
    let roll = 0;
    for (const person of this.people.values()) {
      if (!this.inside(person, t)) continue;
      roll += 1;
      const one = this.last(person.number, t, then);
      if (!one) { nowhere.push(person); continue; }
      if (!zones.has(one.zone)) zones.set(one.zone, { count: 0, proven: 0, likely: 0, unproven: 0, people: [] });
      const zone = zones.get(one.zone);
      const sure = this.confidence(one, t);
      zone.count += 1;
      zone[sure] += 1;
      zone.people.push({ person, proof: one, sure });
    }
    return { zones, nowhere, roll };
  }

  /** Proofs made in the `span` ms up to a moment, oldest first. */
  recent(t, span, then) {
    const found = [];
    for (let place = lastUpTo(this.seen, t, (one) => one.at); place >= 0 && this.seen[place].at > t - span; place -= 1) {
      const one = this.seen[place];
      if (then ? one.known <= t : one.withdrawn === Infinity) found.unshift(one);
    }
    return found;
  }

  /** Terminals that the hub did not hear at a moment. */
  silent(t) {
    return this.away.filter((one) => one.times.some(([begin, end]) => begin <= t && t < end));
  }

  /** What lasted at a moment: alarms, orders, counts. */
  lasting(t) {
    return this.bands.filter((one) => one.from <= t && t < Math.max(one.to, one.from + 60000));
  }

  /** The next moment at which something happened, after or before `t`. */
  step(t, direction) {
    const times = [...this.seen.map((one) => one.at), ...this.bands.map((one) => one.from)].filter((at) => at >= this.from && at <= this.to);
    const beyond = times.filter((at) => (direction > 0 ? at > t : at < t));
    if (!beyond.length) return direction > 0 ? this.to : this.from;
    return direction > 0 ? Math.min(...beyond) : Math.max(...beyond);
  }

  /** Everything seen of one person up to a moment, newest first. */
  trail(number, t, then) {
    return (this.byPerson.get(number) ?? []).filter((one) => one.at <= t && (then ? one.known <= t && one.withdrawn > t : true)).reverse();
  }
}
