// Ages count up by themselves, by the hub's clock: the clock of this machine may be wrong.
const UNITS = [[86400, "d"], [3600, "h"], [60, "min"]];

let offset = 0;

/** Take over the hub's time, an ISO text. */
export function setHubTime(text) {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) offset = time - Date.now();
}

/** Milliseconds since the epoch by the hub's clock. */
export function hubNow() {
  return Date.now() + offset;
}

/** 12 s, 4 min, 2 h, 3 d: one unit, rounded down. */
export function ageText(seconds) {
  for (const [size, unit] of UNITS) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  }
  return `${Math.max(0, Math.floor(seconds))} s`;
}

/** Whole seconds since an ISO time, never negative. */
export function ageOf(text) {
  return Math.max(0, Math.floor((hubNow() - Date.parse(text)) / 1000));
}

/** Show the age of one <time class="age">. data-limit: seconds after which it is called data-prefix. */
export function showAge(element) {
  const age = ageOf(element.dateTime);
  const limit = Number(element.dataset.limit || Infinity);
  if (age > limit) element.classList.add("old");
  const prefix = element.classList.contains("old") ? element.dataset.prefix || "" : "";
  const text = prefix + ageText(age);
  if (element.textContent !== text) element.textContent = text;
}

export function startAges() {
  setHubTime(document.querySelector('meta[name="hub-time"]').content);
  const all = () => document.querySelectorAll("time.age").forEach(showAge);
  all();
  setInterval(all, 1000);
}
