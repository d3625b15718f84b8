// The map: counts, bars, terminals, who is on the way, and alarms at their place. A room that is pressed opens.
import { onKey } from "../keys.js";
import { setMark } from "./elements.js";
import { badge, node, orderSign } from "./signs.js";
import { say, word } from "./words.js";

const ON_THE_WAY = ["DEPARTED", "OVERDUE", "UNACCOUNTED"];
/** Of this rank and above a room is outlined as well; below it the badge alone says so. */
const URGENT = 2;
const AIMS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const maps = [...document.querySelectorAll("[data-map]")];
const tabs = [...document.querySelectorAll('.map-tabs [role="tab"]')];
const rooms = new Map(maps.map((map) => [map, [...map.querySelectorAll("[data-zone]")]]));
let shown = null;
let site = null;

const write = (room, name, text) => {
  const place = room.querySelector(`[data-${name}]`);
  if (place && place.textContent !== text) place.textContent = text;
};

function showBar(room, full, { count, likely, old }) {
  const gauge = room.querySelector("[data-bar]");
  if (!gauge) return;
  const share = (people) => (Number(gauge.dataset.bar) * people) / full;
  let x = Number(gauge.getAttribute("x"));
  for (const [name, people] of [["known", count - likely - old], ["likely", likely], ["oldbar", old]]) {
    const part = room.querySelector(`[data-${name}]`);
    part.setAttribute("x", x);
    part.setAttribute("width", share(people));
    x += share(people);
  }
}

/** Whether a frame's count runs into its name: then the rooms in it alone say how much is unproven. */
function collides(room) {
  const [name, count] = [room.querySelector(".room-name"), room.querySelector("[data-count]")];
  if (!name || !count) return false;
  const [left, right] = [name.getBBox(), count.getBBox()];
  return left.x + left.width > right.x - 4;
}

/** The class is on the room and on the part of the drawing that it is. */
function mark(room, name, on) {
  room.classList.toggle(name, on);
  if (room.dataset.on) room.ownerSVGElement.querySelector(`[data-shape="${room.dataset.on}"]`)?.classList.toggle(name, on);
}

function showRoom(room, zone, found, alarm) {
  const { count, old } = found;
  const alarms = alarm?.count ?? 0;
  const over = zone.capacity !== null && count > zone.capacity;
  const frame = room.classList.contains("frame");
  const short = old ? `${old}?` : "";
  const hidden = zone.hidden ? "\u2013" : null;
  write(room, "count", hidden ?? (frame && short ? `${count} ${short}` : String(count)));
  if (!hidden && frame && short && collides(room)) write(room, "count", String(count));
  write(room, "capacity", hidden || zone.capacity === null ? "" : over ? say("over", { count: count - zone.capacity }) : say("of_capacity", { count: zone.capacity }));
  write(room, "old", hidden ? "" : room.classList.contains("in-words") && old ? `${old} ${say("unproven")}` : short);
  mark(room, "over", over);
  mark(room, "alarmed", alarms > 0 && alarm.rank <= URGENT);
  mark(room, "locked", zone.order === "LOCKDOWN");
  mark(room, "evacuated", zone.order === "EVACUATE");
  showBar(room, Math.max(zone.capacity ?? count, count, 1), zone.hidden ? { count: 0, likely: 0, old: 0 } : found);
  const said = [hidden ? `${zone.name}: ${say("hidden")}` : `${zone.name}: ${count}`];
  if (!hidden && zone.capacity !== null) said.push(over ? say("over", { count: count - zone.capacity }) : say("of_capacity", { count: zone.capacity }));
  if (!hidden && found.likely) said.push(`${found.likely} ${say("likely")}`);
  if (!hidden && old) said.push(`${old} ${say("unproven")}`);
  if (alarms) said.push(`${say("alarm")}: ${alarms}`);
  if (zone.order) said.push(say(zone.order));
  room.setAttribute("aria-label", said.join(", "));
}

/** The room in which a zone is drawn on this map: its own, or the one of what it lies in. */
function roomOf(map, model, code) {
  for (let one = code; one; one = model.zones.get(one)?.within) {
    const room = rooms.get(map).find((each) => each.dataset.zone === one);
    if (room) return room;
  }
  return null;
}

/** The outermost room of a zone on this map: arrows between blocks are calmer than from every tier. */
function outerRoomOf(map, model, code) {
  let found = roomOf(map, model, code);
  for (let one = code; one; one = model.zones.get(one)?.within) found = rooms.get(map).find((each) => each.dataset.zone === one) ?? found;
  return found;
}

function alarmsOf(map, model) {
  const found = new Map();
  for (const need of model.needs) {
    if (need.kind !== "alarm") continue;
    for (const zone of need.zones ?? []) {
      const room = roomOf(map, model, zone);
      if (!room) continue;
      const { count, rank } = found.get(room) ?? { count: 0, rank: 5 };
      found.set(room, { count: count + 1, rank: Math.min(rank, need.rank) });
    }
  }
  return found;
}

function showAlarms(map, alarms) {
  map.querySelector("[data-alarms]").replaceChildren(...[...alarms].map(([room, { count, rank }]) => badge(room, count, rank)));
}

/** The sign of an order on each zone that it is for, once for all that lies in it. */
function showOrders(map, model) {
  const signs = rooms.get(map).flatMap((room) => {
    const zone = model.zones.get(room.dataset.zone);
    const above = zone?.within ? model.zones.get(zone.within) : null;
    if (!zone?.order || above?.order === zone.order) return [];
    return [orderSign(room, zone.order)];
  });
  map.querySelector("[data-alarms]").append(...signs);
}

const place = (room) => ({ x: Number(room.dataset.x), y: Number(room.dataset.y) });

/** One thin arrow for each way, bent so that there and back lie beside each other. */
function showMoves(map, model) {
  const ways = new Map();
  for (const move of model.moves) {
    if (!ON_THE_WAY.includes(move.state) || !move.from_zone || !move.to_zone) continue;
    let [from, to] = [outerRoomOf(map, model, move.from_zone), outerRoomOf(map, model, move.to_zone)];
    if (from === to) [from, to] = [roomOf(map, model, move.from_zone), roomOf(map, model, move.to_zone)];
    if (!from || !to || from === to) continue;
    const key = `${from.dataset.zone} ${to.dataset.zone}`;
    const way = ways.get(key) ?? { from, to, people: 0, late: false };
    way.people += move.people || 1;
    way.late ||= move.state !== "DEPARTED";
    ways.set(key, way);
  }
  const arrows = [...ways.values()].flatMap(({ from, to, people, late }) => {
    const [start, end] = [place(from), place(to)];
    const long = Math.hypot(end.x - start.x, end.y - start.y) || 1;
    const bend = { x: (start.x + end.x) / 2 - ((end.y - start.y) / long) * 36, y: (start.y + end.y) / 2 + ((end.x - start.x) / long) * 36 };
    const tip = { x: end.x + ((bend.x - end.x) / long) * 30, y: end.y + ((bend.y - end.y) / long) * 30 };
    const line = node("path", { class: late ? "move late" : "move", d: `M${start.x} ${start.y}Q${bend.x} ${bend.y} ${tip.x} ${tip.y}`, "marker-end": `url(#${map.id.replace("map-", "arrow-")})` });
    const words = node("text", { class: "move-count", x: (start.x + 2 * bend.x + tip.x) / 4, y: (start.y + 2 * bend.y + tip.y) / 4 + 7 }, late ? `${people}!` : String(people));
    return [line, words];
  });
  map.querySelector("[data-moves]").replaceChildren(...arrows);
}

function tabOf(map) {
  return tabs.find((tab) => tab.getAttribute("aria-controls") === map.id);
}

function choose(map) {
  shown = map;
  for (const each of maps) each.toggleAttribute("hidden", each !== map);
  for (const tab of tabs) {
    const on = tab.getAttribute("aria-controls") === map.id;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
  }
}

/** Alarms on a map that is not looked at stand on its tab. */
function showTabs(model) {
  for (const map of maps) {
    const badge = tabOf(map)?.querySelector("[data-tab-mark]");
    if (!badge) continue;
    const count = map === shown ? 0 : [...alarmsOf(map, model).values()].reduce((sum, one) => sum + one.count, 0);
    badge.hidden = count === 0;
    badge.textContent = count ? `${say("alarm")} ${count}` : "";
  }
}

function followSite(model) {
  if (model.site === site) return;
  site = model.site;
  for (const tab of tabs) tab.hidden = site !== null && tab.dataset.site !== site;
  if (site !== null && shown?.dataset.site !== site) choose(maps.find((map) => map.dataset.site === site) ?? shown);
}

let last = null;

export function showPlan(model, counts) {
  last = { model, counts };
  if (!shown) return;
  followSite(model);
  const alarms = alarmsOf(shown, model);
  for (const room of rooms.get(shown)) {
    const zone = model.zones.get(room.dataset.zone);
    if (zone) showRoom(room, zone, counts.get(zone.code), alarms.get(room));
  }
  showMoves(shown, model);
  showAlarms(shown, alarms);
  showOrders(shown, model);
  showTabs(model);
}

export function showDots(terminals) {
  for (const terminal of terminals) {
    for (const map of maps) {
      const dot = map.querySelector(`[data-terminal-dot="${CSS.escape(terminal.name)}"]`);
      if (!dot) continue;
      setMark(dot, terminal.level);
      dot.setAttribute("aria-label", `${terminal.name}: ${word("levels", terminal.level)}`);
    }
  }
}

/** Let the eye find where somebody just arrived. */
export function flashRoom(code) {
  const room = shown && last && roomOf(shown, last.model, code);
  if (!room) return;
  mark(room, "moved", true);
  clearTimeout(room.flashing);
  room.flashing = setTimeout(() => mark(room, "moved", false), 2500);
}

/** The nearest room in the direction of an arrow key. */
function beside(room, [dx, dy]) {
  const here = place(room);
  const near = rooms.get(shown).filter((one) => one !== room).map((one) => {
    const { x, y } = place(one);
    const along = (x - here.x) * dx + (y - here.y) * dy;
    const across = Math.abs((x - here.x) * dy) + Math.abs((y - here.y) * dx);
    return { one, along, far: along + 2 * across };
  }).filter(({ along }) => along > 0);
  return near.sort((a, b) => a.far - b.far)[0]?.one;
}

function enter(room) {
  for (const one of rooms.get(shown)) one.tabIndex = one === room ? 0 : -1;
  room.focus();
}

/** Call `chosen` with the code of the pressed zone, or null when it is released. */
export function onZone(chosen) {
  const press = (room) => {
    const on = room.getAttribute("aria-pressed") !== "true";
    for (const one of [...rooms.values()].flat()) {
      one.setAttribute("aria-pressed", String(on && one === room));
      mark(one, "pressed", on && one === room);
    }
    chosen(on ? room.dataset.zone : null);
  };
  for (const room of [...rooms.values()].flat()) {
    room.addEventListener("click", () => press(room));
    room.addEventListener("keydown", (event) => {
      const next = event.key in AIMS && beside(room, AIMS[event.key]);
      if (next) enter(next);
      else if (event.key === "Enter" || event.key === " ") press(room);
      else if (!(event.key in AIMS)) return;
      event.preventDefault();
      event.stopPropagation();
    });
  }
}

function startTabs() {
  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      choose(document.getElementById(tab.getAttribute("aria-controls")));
      if (last) showPlan(last.model, last.counts);
    });
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const open = tabs.filter((one) => !one.hidden);
      if (!step) return;
      event.preventDefault();
      const next = open[(open.indexOf(tab) + step + open.length) % open.length];
      next.click();
      next.focus();
    });
  }
}

if (maps.length) {
  choose(maps[0]);
  for (const found of rooms.values()) if (found.length) found[0].tabIndex = 0;
  startTabs();
  onKey("m", () => enter(rooms.get(shown).find((room) => room.tabIndex === 0) ?? rooms.get(shown)[0]));
}
