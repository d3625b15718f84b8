// The floors with, at each shape, how many were there and how sure that was. Drawings come from the hub, cleaned there.
const SVG = "http://www.w3.org/2000/svg";

function node(name, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

function hatch(id) {
  const pattern = node("pattern", { id, width: 9, height: 9, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  pattern.append(node("rect", { class: "hatch-ground", width: 9, height: 9 }), node("rect", { class: "hatch-line", width: 4.5, height: 9 }));
  const defs = node("defs");
  defs.append(pattern);
  return defs;
}

/** One drawing with a label in every shape that is a zone. */
class FloorMap {
  constructor(floor, player, say, pressed) {
    const parsed = new DOMParser().parseFromString(floor.drawing, "image/svg+xml").documentElement;
    this.svg = document.importNode(parsed, true);
    this.svg.classList.add("replay-floor");
    for (const size of ["width", "height"]) this.svg.removeAttribute(size);
    this.svg.setAttribute("role", "group");
    this.svg.setAttribute("aria-label", [player.site.sites[floor.site], floor.floor].filter(Boolean).join(", "));
    this.floor = floor;
    this.player = player;
    this.say = say;
    this.pressed = pressed;
    this.rooms = new Map();
    this.over = node("g", { class: "replay-over" });
  }

  /** Boxes are known only once the drawing stands in the page. */
  lay() {
    const box = this.svg.viewBox.baseVal;
    this.unit = Math.max(box.width, box.height * 2) / 1200;
    this.svg.prepend(hatch("replay-hatch"));
    for (const [shape, code] of Object.entries(this.floor.shapes)) {
      const drawn = this.svg.querySelector(`#${CSS.escape(shape)}`);
      const zone = this.player.zones.get(code);
      if (drawn && zone) this.rooms.set(code, this.room(drawn, zone));
    }
    this.svg.append(this.over);
  }

  room(drawn, zone) {
    const box = drawn.getBBox();
    const height = Math.min(box.height / 4, this.unit * 46, box.width / 3);
    const name = Math.max(height * 0.42, this.unit * 11);
    drawn.classList.add("replay-room");
    drawn.setAttribute("tabindex", "0");
    drawn.setAttribute("role", "button");
    const group = node("g", { class: "replay-label" });
    const x = box.x + box.width / 2;
    const letters = Math.max(4, Math.floor(box.width / (name * 0.62)));
    const short = zone.name.length > letters ? `${zone.name.slice(0, letters - 1)}\u2026` : zone.name;
    const top = box.y + box.height / 2 - height * 0.5;
    group.append(node("text", { class: "replay-name", x, y: top, "font-size": name, "text-anchor": "middle" }, short));
    const count = node("text", { class: "replay-count", x, y: top + height * 1.05, "font-size": height, "text-anchor": "middle" }, "0");
    const width = Math.min(box.width * 0.7, this.unit * 180);
    const bar = { x: x - width / 2, y: top + height * 1.3, width, height: Math.max(3, height * 0.2) };
    const known = node("rect", { ...bar, class: "replay-known" });
    const likely = node("rect", { ...bar, class: "replay-likely" });
    const old = node("rect", { ...bar, class: "replay-old", fill: "url(#replay-hatch)" });
    group.append(count, known, likely, old);
    this.over.append(group);
    const press = () => this.pressed(zone.code);
    drawn.addEventListener("click", press);
    drawn.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      press();
    });
    return { drawn, zone, count, known, likely, old, bar, x, y: box.y + box.height / 2 };
  }

  show(counts, chosen, followed) {
    for (const [code, room] of this.rooms) {
      const found = counts.get(code) ?? { count: 0, proven: 0, likely: 0, unproven: 0 };
      room.count.textContent = found.count;
      const full = Math.max(room.zone.room ?? found.count, found.count, 1);
      let x = room.bar.x;
      for (const [part, share] of [["known", found.proven], ["likely", found.likely], ["old", found.unproven]]) {
        const width = (room.bar.width * share) / full;
        room[part].setAttribute("x", x);
        room[part].setAttribute("width", width);
        x += width;
      }
      room.drawn.classList.toggle("over", room.zone.room !== null && found.count > room.zone.room);
      room.drawn.classList.toggle("followed", code === followed);
      room.drawn.setAttribute("aria-pressed", String(code === chosen));
      room.drawn.setAttribute("aria-label", this.say("zone", { zone: room.zone.name, count: found.count, unproven: found.unproven }));
    }
  }

  moves(moves) {
    this.over.querySelectorAll(".replay-move").forEach((one) => one.remove());
    for (const { from, to, share } of moves) {
      const start = this.rooms.get(from);
      const end = this.rooms.get(to);
      if (!start || !end) continue;
      this.over.append(
        node("line", { class: "replay-move", x1: start.x, y1: start.y, x2: end.x, y2: end.y, "stroke-width": this.unit * 2, opacity: 1 - share }),
        node("circle", { class: "replay-move", cx: start.x + (end.x - start.x) * share, cy: start.y + (end.y - start.y) * share, r: this.unit * 7 }),
      );
    }
  }

  points(silent) {
    this.over.querySelectorAll(".replay-silent").forEach((one) => one.remove());
    for (const terminal of silent) {
      const spot = this.floor.spots[terminal.checkpoint];
      if (!spot) continue;
      const mark = node("g", { class: "replay-silent", transform: `translate(${spot[0]} ${spot[1]})` });
      const r = this.unit * 9;
      mark.append(node("circle", { r }), node("path", { d: `M${-r / 2} ${-r / 2}L${r / 2} ${r / 2}M${r / 2} ${-r / 2}L${-r / 2} ${r / 2}` }));
      mark.append(node("title", {}, this.say("silent", { terminal: terminal.terminal })));
      this.over.append(mark);
    }
  }
}

/** All floors. Zones that no drawing shows are counted where they lie in, or not on the map at all. */
export class ReplayMap {
  constructor(place, player, say, pressed) {
    this.player = player;
    this.floors = player.site.floors.map((floor) => new FloorMap(floor, player, say, pressed));
    place.replaceChildren(...this.floors.map((floor) => floor.svg));
    this.floors.forEach((floor) => floor.lay());
    this.drawn = new Set(this.floors.flatMap((floor) => [...floor.rooms.keys()]));
  }

  /** The zone under which the map shows another one; null where none does. */
  shown(code) {
    for (let zone = this.player.zones.get(code), steps = 0; zone && steps < 12; zone = this.player.zones.get(zone.parent), steps += 1) {
      if (this.drawn.has(zone.code)) return zone.code;
    }
    return null;
  }

  show(picture, t, span, then, chosen, followed) {
    const counts = new Map();
    for (const [code, found] of picture.zones) {
      const place = this.shown(code);
      if (place === null) continue;
      const sum = counts.get(place) ?? { count: 0, proven: 0, likely: 0, unproven: 0 };
      for (const key of ["count", "proven", "likely", "unproven"]) sum[key] += found[key];
      counts.set(place, sum);
    }
    const moves = this.player.recent(t, span, then)
      .filter((one) => one.decision === "ADMIT" && one.other_zone)
      .map((one) => ({ from: this.shown(one.other_zone), to: this.shown(one.zone), share: (t - one.at) / span }));
    const silent = this.player.silent(t);
    for (const floor of this.floors) {
      floor.show(counts, this.shown(chosen), this.shown(followed));
      floor.moves(moves);
      floor.points(silent);
    }
  }
}
