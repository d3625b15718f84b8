// Who is where: last proof first, those nobody has seen at the end; filtered by text and by the pressed zone.
import { ageChip } from "./ages_here.js";
import { make, showEmpty } from "./elements.js";
import { say } from "./words.js";

const body = document.getElementById("people");
const find = document.getElementById("find");
const rows = new Map();
let zone = null;

function fill(row, model, person) {
  const chip = person.proven_at
    ? ageChip(person.proven_at, model.unprovenAfter, !person.clock_sure)
    : make("span", { class: "chip none" }, say("never_seen"));
  const cell = (text) => make("td", { title: text }, text);
  row.replaceChildren(cell(person.name), cell(person.number), cell(model.zoneName(person.zone)), make("td", {}, chip));
  row.dataset.text = `${person.name} ${person.number} ${model.zoneName(person.zone)}`.toLocaleLowerCase();
  row.dataset.zone = person.zone ?? "";
  row.provenAt = person.proven_at ? Date.parse(person.proven_at) : -Infinity;
}

function rowOf(number) {
  if (!rows.has(number)) rows.set(number, make("tr", { tabindex: "-1", "data-number": number }));
  return rows.get(number);
}

function filter() {
  const phrase = find.value.trim().toLocaleLowerCase();
  // The whole phrase where anybody has it ("block b"), else each of its words in any order.
  const whole = [...rows.values()].some((row) => row.dataset.text.includes(phrase));
  const wanted = whole ? [phrase] : phrase.split(/\s+/);
  let shown = 0;
  for (const row of rows.values()) {
    const fits = (zone === null || row.dataset.zone === zone) && wanted.every((text) => row.dataset.text.includes(text));
    row.hidden = !fits;
    if (fits) shown += 1;
  }
  document.getElementById("people-count").textContent = shown === rows.size ? String(shown) : say("shown", { shown, total: rows.size });
  document.getElementById("people-scroll").hidden = shown === 0;
  showEmpty("people", shown === 0);
}

/** Show everybody anew. */
export function showPeople(model) {
  rows.clear();
  for (const person of model.people.values()) fill(rowOf(person.number), model, person);
  body.replaceChildren(...[...rows.values()].sort((a, b) => b.provenAt - a.provenAt));
  filter();
}

/** Somebody's place changed: their row goes where its proof puts it. */
export function movePerson(model, number) {
  const row = rowOf(number);
  const focused = row === document.activeElement;
  fill(row, model, model.people.get(number));
  const next = [...body.children].find((other) => other !== row && other.provenAt < row.provenAt);
  body.insertBefore(row, next ?? null);
  row.classList.add("fresh");
  clearTimeout(row.fading);
  row.fading = setTimeout(() => row.classList.remove("fresh"), 4000);
  if (focused) row.focus();
  filter();
}

export function startPeople(open) {
  find.addEventListener("input", filter);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    [...body.children].find((row) => !row.hidden)?.focus();
  });
  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (row) open(row.dataset.number);
  });
}

export function showZone(code) {
  zone = code;
  filter();
}
