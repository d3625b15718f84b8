// The evidence behind a line: source, time, terminal, and what was seen of the person today.
import { ageChip } from "./ages_here.js";
import { calendarDate, clockTime, make, mark } from "./elements.js";
import { describe } from "./lines.js";
import { fillPanel, startPanel } from "./panel.js";
import { say, word } from "./words.js";

let zoneName = (code) => code;

const drawer = document.getElementById("drawer");
const body = document.getElementById("drawer-body");
const trail = document.getElementById("drawer-trail");
const steps = document.getElementById("drawer-steps");
const note = document.getElementById("drawer-trail-note");
let cameFrom = null;
let shown = null;
let panel = null;

const fact = (term, value) => (value === null || value === undefined || value === "" ? null : make("div", {}, make("dt", {}, say(term)), make("dd", {}, value)));
const facts = (...rows) => make("dl", { class: "facts" }, ...rows.filter(Boolean));
const moment = (at) => `${calendarDate(at)} ${clockTime(at)}`;

function open(content, number = null) {
  if (drawer.hidden) cameFrom = document.activeElement;
  shown = number;
  panel = null;
  body.replaceChildren(...content.filter(Boolean));
  trail.hidden = true;
  drawer.hidden = false;
  document.getElementById("drawer-title").focus();
  if (number) showTrail(number);
}

export function closeDrawer() {
  if (drawer.hidden) return;
  drawer.hidden = true;
  shown = null;
  panel = null;
  if (cameFrom?.isConnected) cameFrom.focus();
}

const fileLink = (number) => make("p", {}, make("a", { class: "button second", href: `/people/${encodeURIComponent(number)}` }, say("open_file")));

export function openLine(model, line) {
  zoneName = (code) => model.zoneName(code);
  const { code, title } = describe(model, line);
  const way = line.from_zone ? `${model.zoneName(line.from_zone)} \u2192 ${model.zoneName(line.to_zone)}` : null;
  const clock = line.clock_sure === undefined ? null : say(line.clock_sure ? "clock_sure" : "clock_unsure");
  open([
    make("p", { class: "who" }, title),
    make("p", { class: "marked" }, mark(code), line.decision ? word("decisions", line.decision) : say(line.kind === "alarm" ? "alarm" : "terminal")),
    facts(
      fact("person", line.person), fact("rule", line.rule ? word("rules", line.rule) : null), fact("time", moment(line.at)), fact("noted", moment(line.noted_at)),
      fact("clock", clock), fact("match", line.person && line.score != null ? say("one_in", { power: line.score.toFixed(1) }) : null),
      fact("quality", line.quality ?? null), fact("terminal", line.terminal), fact("checkpoint", line.checkpoint), fact("way", way),
      fact("journal", line.journal ? `${line.journal.slice(0, 8)}\u2026 / ${line.sequence}` : null),
    ),
    line.person ? fileLink(line.person) : null,
  ], line.person ?? null);
}

/** What the server shows of a need, with what can be done about it. */
export function openNeed(need) {
  open([]);
  panel = need.panel;
  fillPanel(body, need.panel, () => panel === need.panel);
}

/** A need that is dealt with on a page of its own. */
export function openPage(need) {
  open([make("p", { class: "who" }, need.title), make("p", {}, need.detail), make("p", {}, make("a", { class: "button second", href: need.page }, say("open_page")))]);
}

/** Fetch an open panel anew when its need is gone or with somebody else: it was dealt with elsewhere. */
export function refreshNeed(before, after) {
  if (!panel || body.contains(document.activeElement)) return;
  const text = (needs) => JSON.stringify(needs.find((need) => need.panel === panel) ?? null);
  const address = panel;
  // Whoever searches or answers here must not have it swept away by news of their own doing; only by the need's end.
  if (body.dataset.worked && after.some((need) => need.panel === panel)) return;
  if (text(before) !== text(after)) fillPanel(body, address, () => panel === address);
}

export function openPerson(model, number) {
  zoneName = (code) => model.zoneName(code);
  const person = model.people.get(number);
  if (!person) return;
  const proof = person.proven_at ? ageChip(person.proven_at, model.unprovenAfter, !person.clock_sure) : say("never_seen");
  open([
    make("p", { class: "who" }, person.name),
    facts(
      fact("person", person.number), fact("zone", model.zoneName(person.zone) || say("nothing")), fact("proven", proof),
      fact("time", person.proven_at ? moment(person.proven_at) : null), fact("source", person.source ? word("sources", person.source) : null),
      fact("clock", person.clock_sure ? null : say("clock_unsure")),
    ),
    fileLink(number),
  ], number);
}

export function openTerminal(model, name) {
  const terminal = model.terminals.find((one) => one.name === name);
  if (!terminal) return;
  open([
    make("p", { class: "who" }, terminal.name),
    make("p", { class: "marked" }, mark(terminal.level), word("levels", terminal.level)),
    facts(
      fact("checkpoint", terminal.place), fact("heard", terminal.heard_at ? ageChip(terminal.heard_at) : say("nothing")),
      fact("queue", terminal.queue_depth === null ? say("nothing") : String(terminal.queue_depth)), fact("advice", terminal.advice.join(" ")),
    ),
  ]);
}

async function showTrail(number) {
  steps.replaceChildren();
  note.textContent = "";
  let found = null;
  try {
    const answer = await fetch(`/control-room/people/${encodeURIComponent(number)}`, { headers: { Accept: "application/json" } });
    if (answer.status === 403 || answer.status === 401) return;
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    found = told.steps;
    if (told.photo && shown === number) body.prepend(make("img", { class: "photo", src: told.photo, alt: "", width: 192, height: 240 }));
  } catch {
    note.textContent = note.dataset.failed;
  }
  if (shown !== number) return;
  trail.hidden = false;
  if (found === null) return;
  steps.replaceChildren(...found.map((step) => make(
    "li", { class: "line" }, mark(step.decision),
    make("span", {}, make("span", { class: "line-title" }, `${zoneName(step.from_zone)} \u2192 ${zoneName(step.to_zone)}`), make("span", { class: "line-detail" }, `${word("decisions", step.decision)}: ${word("rules", step.rule)}`)),
    make("span", { class: "figure" }, clockTime(step.at)),
  )));
  note.textContent = found.length ? note.dataset.noted : `${note.dataset.none} ${note.dataset.noted}`;
}

document.getElementById("drawer-close").addEventListener("click", closeDrawer);
startPanel(body, () => panel);
