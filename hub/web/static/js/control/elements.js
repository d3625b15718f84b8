// Building elements. Text is always text, never markup: a script in a name stays a name.
const SVG = "http://www.w3.org/2000/svg";
const marks = document.getElementById("control").dataset.marks;

/** An element with properties and children; strings become text. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") element.className = value;
    else if (name.startsWith("data-") || name === "tabindex" || name.startsWith("aria-")) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** The mark of a level or decision: shape and colour together. */
export function mark(code) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `dot ${code}`);
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${marks}#dot-${code}`);
  svg.append(use);
  return svg;
}

/** Point an existing mark to another shape. */
export function setMark(svg, code) {
  svg.setAttribute("class", `dot ${code}`);
  svg.querySelector("use").setAttribute("href", `${marks}#dot-${code}`);
}

const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: "America/Belize", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false,
});
const calendar = new Intl.DateTimeFormat(document.documentElement.lang === "es" ? "es" : "en-GB", {
  timeZone: "America/Belize", day: "numeric", month: "short", year: "numeric",
});

/** 14:05:12 at the site. */
export const clockTime = (time) => clock.format(typeof time === "string" ? Date.parse(time) : time);

/** 22 Nov 2026 at the site. */
export const calendarDate = (time) => calendar.format(typeof time === "string" ? Date.parse(time) : time);

/** Show the empty state of a list when it has nothing. */
export function showEmpty(id, empty) {
  document.getElementById(`${id}-empty`).hidden = !empty;
}
