// What every page does by itself: timers that count up, parts that renew themselves, keys for gloves, the call for help.
import { armPanic } from "./panic.js";

const loadedAt = performance.now();

function paintTimers(root = document, since = loadedAt) {
  for (const timer of root.querySelectorAll("[data-since]")) {
    const start = Number(timer.dataset.start ?? (timer.dataset.start = since));
    const seconds = Math.floor(Number(timer.dataset.since) + (performance.now() - start) / 1000);
    timer.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}

// As the server writes ages: two figures at most.
function words(seconds) {
  for (const [unit, size, from] of [["d", 86400, 172800], ["h", 3600, 3600], ["min", 60, 60]]) {
    if (seconds >= from) return `${Math.floor(seconds / size)} ${unit}`;
  }
  return `${seconds} s`;
}

function paintAges(root = document, since = loadedAt) {
  for (const age of root.querySelectorAll("[data-age]")) {
    const start = Number(age.dataset.start ?? (age.dataset.start = since));
    age.textContent = words(Math.floor(Number(age.dataset.age) + (performance.now() - start) / 1000));
  }
}

// The page's own program may be starting again: what was drawn stays, and says that it is old.
function lose(isLost) {
  document.getElementById("lost").hidden = !isLost;
}

async function ask(address) {
  try {
    const answer = await fetch(address, { cache: "no-store" });
    lose(false);
    return answer;
  } catch {
    lose(true);
    return null;
  }
}

function replace(part, words) {
  if (words === part.lastWords) return;
  const focused = document.activeElement?.closest("[data-part] a, [data-part] button");
  const again = focused?.matches("a") ? `a[href="${focused.getAttribute("href")}"]` : null;
  const place = focused ? [...part.querySelectorAll("button")].indexOf(focused) : -1;
  part.innerHTML = words;
  part.lastWords = words;
  if (again) part.querySelector(again)?.focus();
  else if (place >= 0) part.querySelectorAll("button")[place]?.focus();
  paintTimers(part, performance.now());
  paintAges(part, performance.now());
}

function renew(part) {
  setTimeout(async () => {
    const answer = await ask(part.dataset.part);
    if (answer && !answer.ok) return location.reload();
    if (answer) replace(part, await answer.text());
    renew(part);
  }, Number(part.dataset.every));
}

function watch(list) {
  setTimeout(async () => {
    const answer = await ask(list.dataset.watch);
    if (answer && (!answer.ok || (await answer.json()).open.join(" ") !== list.dataset.now)) return location.reload();
    watch(list);
  }, 2000);
}

// Signing in goes on by itself when the finger was the right one, and back to the names when none came.
function awaitFinger(page) {
  setTimeout(async () => {
    const answer = await ask(page.dataset.finger);
    if (!answer?.ok) return awaitFinger(page);
    const step = await answer.json();
    if (step.state === "done") return location.assign(page.dataset.onwardAt || "/");
    if (step.state === "over") return location.assign("/sign-in");
    page.querySelector("[data-left]").textContent = step.left_s;
    awaitFinger(page);
  }, 500);
}

function again(page) {
  setTimeout(async () => ((await ask("/state"))?.ok ? location.reload() : again(page)), Number(page.dataset.again));
}

// Whoever walked away leaves no name and no photo on the screen.
function leaveWhenIdle(idleMs) {
  let timer = null;
  const touch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => location.assign("/"), idleMs);
  };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, touch);
  touch();
}

function press(field, key) {
  if (key === "back") field.value = field.value.slice(0, -1);
  else if (key === "clear") field.value = "";
  else if (field.maxLength < 0 || field.value.length < field.maxLength) field.value += key;
  field.focus();
}

for (const board of document.querySelectorAll(".pad, .keyboard")) {
  let field = document.getElementById(board.dataset.for);
  // Where a pad serves two fields, it writes into the one that was touched last.
  if (board.matches(".pad")) {
    for (const other of board.closest("form").querySelectorAll("input:not([type=hidden])")) {
      other.addEventListener("focus", () => { field = other; });
    }
  }
  field.addEventListener("focus", () => {
    if (!board.hidden) return;
    board.hidden = false;
    board.scrollIntoView({ block: "end" });
  });
  board.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) press(field, key.dataset.key);
  });
}
// A prison has more officers than fit on a screen: first letter, then name.
const MANY = 10;
for (const list of document.querySelectorAll("[data-letters]")) {
  const items = [...list.children].filter((item) => item.querySelector(".second"));
  if (items.length <= MANY) continue;
  const letters = [...new Set(items.map((item) => item.textContent.trim()[0].toUpperCase()))].sort();
  const row = document.createElement("div");
  row.className = "letters";
  const choose = (letter) => {
    for (const item of items) item.hidden = item.textContent.trim()[0].toUpperCase() !== letter;
    for (const key of row.children) key.setAttribute("aria-pressed", String(key.textContent === letter));
  };
  for (const letter of letters) {
    const key = document.createElement("button");
    key.type = "button";
    key.textContent = letter;
    key.addEventListener("click", () => choose(letter));
    row.append(key);
  }
  list.before(row);
  choose(letters[0]);
}
for (const part of document.querySelectorAll("[data-part]")) renew(part);
for (const list of document.querySelectorAll("[data-watch]")) watch(list);
for (const page of document.querySelectorAll("[data-again]")) again(page);
for (const page of document.querySelectorAll("[data-finger]")) awaitFinger(page);
if (document.body.dataset.idle) leaveWhenIdle(Number(document.body.dataset.idle));
for (const page of document.querySelectorAll("[data-onward]")) setTimeout(() => location.assign(page.dataset.onward), 4000);
paintTimers();
paintAges();
setInterval(() => {
  paintTimers();
  paintAges();
}, 500);
armPanic(document.getElementById("panic"), document.querySelector("meta[name=csrf]").content);
