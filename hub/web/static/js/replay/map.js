// The map of an hour: counts and bars in its rooms, who was on the way, terminals that were not heard.
const SVG = "http://www.w3.org/2000/svg";
const NOTHING = { count: 0, proven: 0, likely: 0, unproven: 0 };

function node(name, attributes = {}) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function write(room, name, text) {
  const place = room.querySelector(`[data-${name}]`);
  if (place && place.textContent !== text) place.textContent = text;
}

function showBar(room, full, found) {
  const gauge = room.querySelector("[data-bar]");
  if (!gauge) return;
  let x = Number(gauge.getAttribute("x"));
  for (const [name, people] of [["known", found.proven], ["likely", found.likely], ["oldbar", found.unproven]]) {
    const part = room.querySelector(`[data-${name}]`);
    const width = (Number(gauge.dataset.bar) * people) / full;
    part.setAttribute("x", x);
    part.setAttribute("width", width);
    x += width;
  }
}

function mark(room, name, on) {
  room.classList.toggle(name, on);
  if (room.dataset.on) room.ownerSVGElement.querySelector(`[data-shape="${CSS.escape(room.dataset.on)}"]`)?.classList.toggle(name, on);
}

const middle = (room) => ({ x: Number(room.dataset.x), y: Number(room.dataset.y) });

export class ReplayMap {
  /** `pressed` is called with the code of a zone whose room was pressed. */
  constructor(place, player, say, pressed) {
    this.player = player;
    this.say = say;
    this.maps = [...place.querySelectorAll("[data-map]")];
    this.tabs = [...place.querySelectorAll('[role="tab"]')];
    this.rooms = new Map(this.maps.map((map) => [map, new Map([...map.querySelectorAll("[data-zone]")].map((room) => [room.dataset.zone, room]))]));
    for (const rooms of this.rooms.values()) {
      for (const room of rooms.values()) this.listen(room, () => pressed(room.dataset.zone));
    }
    this.tabs.forEach((tab, at) => {
      tab.addEventListener("click", () => this.choose(at));
      tab.addEventListener("keydown", (event) => {
        const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!by) return;
        event.preventDefault();
        event.stopPropagation();
        this.choose((at + by + this.tabs.length) % this.tabs.length);
        this.tabs[(at + by + this.tabs.length) % this.tabs.length].focus();
      });
    });
    if (this.tabs.length) this.choose(0);
  }

  listen(room, press) {
    room.setAttribute("tabindex", "0");
    room.addEventListener("click", (event) => { event.stopPropagation(); press(); });
    room.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      press();
    });
  }

  choose(at) {
    this.tabs.forEach((tab, place) => {
      tab.setAttribute("aria-selected", String(place === at));
      tab.tabIndex = place === at ? 0 : -1;
    });
    for (const map of this.maps) map.toggleAttribute("hidden", map.id !== this.tabs[at].getAttribute("aria-controls"));
  }

  /** The room in which a zone is drawn on a map: its own, or that of what it lies in. */
  roomOf(map, code) {
    for (let one = code, steps = 0; one && steps < 12; one = this.player.zones.get(one)?.within, steps += 1) {
      const room = this.rooms.get(map).get(one);
      if (room) return room;
    }
    return null;
  }

  /** What lies in a zone is counted in it as well. */
  counts(picture) {
    const counts = new Map();
    for (const [code, found] of picture.zones) {
      for (let one = code, steps = 0; one && steps < 12; one = this.player.zones.get(one)?.within, steps += 1) {
        const sum = counts.get(one) ?? { ...NOTHING };
        for (const key of Object.keys(NOTHING)) sum[key] += found[key];
        counts.set(one, sum);
      }
    }
    return counts;
  }

  show(picture, t, span, then, chosen, followed) {
    const counts = this.counts(picture);
    const silent = new Set(this.player.silent(t).map((one) => one.terminal));
    const moves = this.player.recent(t, span, then).filter((one) => one.decision === "ADMIT" && one.other_zone);
    for (const map of this.maps) {
      const here = followed ? this.roomOf(map, followed) : null;
      for (const [code, room] of this.rooms.get(map)) this.showRoom(room, this.player.zones.get(code), counts.get(code) ?? NOTHING, code === chosen, room === here);
      this.showMoves(map, moves, t, span);
      for (const dot of map.querySelectorAll("[data-terminal-dot]")) this.showDot(dot, silent.has(dot.dataset.terminalDot));
    }
  }

  showRoom(room, zone, found, chosen, followed) {
    if (!zone) return;
    const over = zone.room !== null && found.count > zone.room;
    const old = found.unproven ? `${found.unproven}?` : "";
    write(room, "count", room.classList.contains("frame") && old ? `${found.count} ${old}` : String(found.count));
    write(room, "capacity", zone.room === null ? "" : this.say("of", { count: zone.room }));
    write(room, "old", old);
    mark(room, "over", over);
    mark(room, "moved", followed);
    showBar(room, Math.max(zone.room ?? found.count, found.count, 1), found);
    room.setAttribute("aria-pressed", String(chosen));
    room.setAttribute("aria-label", this.say("zone", { zone: zone.name, count: found.count, unproven: found.unproven }));
  }

  showMoves(map, moves, t, span) {
    map.querySelector("[data-moves]").replaceChildren(...moves.flatMap((one) => {
      const from = this.roomOf(map, one.other_zone);
      const to = this.roomOf(map, one.zone);
      if (!from || !to || from === to) return [];
      const [start, end, share] = [middle(from), middle(to), (t - one.at) / span];
      return [
        node("path", { class: "move", d: `M${start.x} ${start.y}L${end.x} ${end.y}`, opacity: 1 - share }),
        node("circle", { class: "replay-move", cx: start.x + (end.x - start.x) * share, cy: start.y + (end.y - start.y) * share, r: 8 }),
      ];
    }));
  }

  showDot(dot, silent) {
    const level = silent ? "down" : "well";
    if (dot.classList.contains(level)) return;
    dot.classList.remove("unknown", "well", "down");
    dot.classList.add(level);
    const use = dot.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#dot-${level}`));
    dot.setAttribute("aria-label", silent ? this.say("silent", { terminal: dot.dataset.terminalDot }) : dot.dataset.terminalDot);
  }
}
