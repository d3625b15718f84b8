// The floor plan: counts, gauges, and terminals at their doors. A zone that is pressed filters who is where.
import { setMark } from "./elements.js";
import { say, word } from "./words.js";

const plan = document.getElementById("plan");
const rooms = plan ? [...plan.querySelectorAll("[data-zone]")] : [];

function showRoom(room, zone, { count, old }) {
  const set = (name, text) => { room.querySelector(`[data-${name}]`).textContent = text; };
  const over = zone.capacity !== null && count > zone.capacity;
  const full = Math.max(zone.capacity ?? count, count, 1);
  const width = Number(room.dataset.bar);
  const known = (width * (count - old)) / full;
  set("count", count);
  set("capacity", zone.capacity === null ? "" : over ? say("over", { count: count - zone.capacity }) : say("of_capacity", { count: zone.capacity }));
  set("old-text", old ? `${old} ${say("unproven")}` : "");
  room.classList.toggle("over", over);
  room.querySelector("[data-known]").setAttribute("width", known);
  const late = room.querySelector("[data-old]");
  late.setAttribute("x", 20 + known);
  late.setAttribute("width", (width * old) / full);
  room.setAttribute("aria-label", `${zone.name}: ${count}${old ? `, ${old} ${say("unproven")}` : ""}`);
}

export function showPlan(model, counts) {
  for (const room of rooms) {
    const zone = model.zones.get(room.dataset.zone);
    if (zone) showRoom(room, zone, counts.get(zone.code));
  }
}

export function showDots(terminals) {
  for (const terminal of terminals) {
    const dot = plan?.querySelector(`[data-terminal-dot="${CSS.escape(terminal.name)}"]`);
    if (!dot) continue;
    setMark(dot, terminal.level);
    dot.setAttribute("aria-label", `${terminal.name}: ${word("levels", terminal.level)}`);
  }
}

/** Let the eye find where somebody just arrived. */
export function flashRoom(code) {
  const room = rooms.find((one) => one.dataset.zone === code);
  if (!room) return;
  room.classList.add("moved");
  clearTimeout(room.flashing);
  room.flashing = setTimeout(() => room.classList.remove("moved"), 2500);
}

/** Call `chosen` with the code of the pressed zone, or null when it is released. */
export function onZone(chosen) {
  const press = (room) => {
    const on = room.getAttribute("aria-pressed") !== "true";
    rooms.forEach((one) => one.setAttribute("aria-pressed", "false"));
    room.setAttribute("aria-pressed", String(on));
    chosen(on ? room.dataset.zone : null);
  };
  for (const room of rooms) {
    room.addEventListener("click", () => press(room));
    room.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      press(room);
    });
  }
}
