// What is drawn on a room beside its figures: a badge for its alarms, a sign for the order that holds it.
const SVG = "http://www.w3.org/2000/svg";
/** Ranks are told apart by shape: a triangle in a frame, a triangle, a diamond, a square. */
const BADGES = {
  1: "M0-20 21 16H-21zM0-15 16 13H-16z", 2: "M0-15 17 14H-17z", 3: "M0-13 15 4 0 21-15 4z", 4: "M-12-8h24v24h-24z", 5: "M-12-8h24v24h-24z",
};
const SIGNS = {
  LOCKDOWN: "M-7-1h14v11H-7zM-4-1v-4a4 4 0 0 1 8 0v4",
  EVACUATE: "M-8 10V-9H1M-3 0H9M4-5l5 5-5 5",
};

export function node(name, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

/** Box of a room, in units of the map. */
function boxOf(room) {
  const { x, y, width, height } = room.querySelector(".wall").getBBox();
  const [, dx, dy] = room.getAttribute("transform").match(/\((-?\d+) (-?\d+)\)/).map(Number);
  return { left: x + dx, right: x + dx + width, foot: y + dy + height };
}

/** How many alarms a room has, in the shape of the worst; at its lower left, where no words stand. */
export function badge(room, count, rank) {
  const { left, foot } = boxOf(room);
  const made = node("g", { class: `alarm-mark r${rank}`, transform: `translate(${left + 2} ${foot - 8})` });
  made.append(node("path", { d: BADGES[rank] }), node("text", { y: 11 }, String(count)));
  return made;
}

/** The sign of an order, at the lower right. */
export function orderSign(room, order) {
  const { right, foot } = boxOf(room);
  const made = node("g", { class: `order-sign ${order}`, transform: `translate(${right - 10} ${foot - 10})` });
  made.append(node("rect", { x: -13, y: -14, width: 26, height: 28, rx: 3 }), node("path", { d: SIGNS[order] ?? "" }));
  return made;
}
