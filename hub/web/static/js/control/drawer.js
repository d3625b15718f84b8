// The evidence behind a line, beside the screen: made here from what the line tells, or by the server.
import { ageChip } from "./ages_here.js";
import { calendarDate, clockTime, make, mark } from "./elements.js";
import { placeChip } from "./finder.js";
import { describe } from "./lines.js";
import { lateParts } from "./late.js";
import { fillPanel, startPanel } from "./panel.js";
import { say, word } from "./words.js";

const MOST_NAMED = 300;
const drawer = document.getElementById("drawer");
const body = document.getElementById("drawer-body");
const idle = document.getElementById("drawer-idle");
const closer = document.getElementById("drawer-close");
const people = document.getElementById("control").dataset.people;
let cameFrom = null;
let panel = null;

const fact = (term, value) => (value === null || value === undefined || value === "" ? null : make("div", {}, make("dt", {}, say(term)), make("dd", {}, value)));
const facts = (...rows) => make("dl", { class: "facts" }, ...rows.filter(Boolean));
const moment = (at) => `${calendarDate(at)} ${clockTime(at)}`;

function show(content, address = null) {
  // Whoever found somebody by typing wants the keys of the screen next, not the field again.
  if (!drawer.classList.contains("open")) cameFrom = document.activeElement.matches("input") ? null : document.activeElement;
  panel = address;
  drawer.classList.add("open");
  idle.hidden = true;
  closer.hidden = false;
  body.replaceChildren(...content.filter(Boolean));
  document.getElementById("drawer-title").focus({ preventScroll: true });
}

export function closeDrawer() {
  if (!drawer.classList.contains("open")) return;
  drawer.classList.remove("open");
  idle.hidden = false;
  closer.hidden = true;
  panel = null;
  body.replaceChildren();
  if (cameFrom?.isConnected) cameFrom.focus();
  else document.getElementById("main").focus({ preventScroll: true });
}

/** A part of a page that the server makes: a referral, an alarm, an order, a person. */
export function openPanel(address) {
  show([], address);
  return fillPanel(body, address, () => panel === address);
}

export function openLine(model, line) {
  if (line.kind === "late") return show(lateParts(model, line));
  const { code, title } = describe(model, line);
  const way = line.from_zone ? `${model.zoneName(line.from_zone)} \u2192 ${model.zoneName(line.to_zone)}` : null;
  const clock = line.clock_sure === undefined ? null : say(line.clock_sure ? "clock_sure" : "clock_unsure");
  show([
    make("p", { class: "who" }, title),
    make("p", { class: "marked" }, mark(code), line.decision ? word("decisions", line.decision) : say(line.kind === "alarm" ? "alarm" : "terminal")),
    facts(
      fact("person", line.person), fact("rule", line.rule ? word("rules", line.rule) : null), fact("time", moment(line.at)), fact("noted", moment(line.noted_at)),
      fact("clock", clock), fact("match", line.person && line.score != null ? say("one_in", { power: line.score.toFixed(1) }) : null),
      fact("quality", line.quality ?? null), fact("officer", line.officer ?? null), fact("pass", line.pass_number ?? null), fact("terminal", line.terminal), fact("checkpoint", line.checkpoint), fact("way", way),
      fact("journal", line.journal ? `${line.journal.slice(0, 8)}\u2026 / ${line.sequence}` : null),
    ),
    line.person ? personButton(model, line.person) : null,
  ]);
}

function personButton(model, number) {
  const button = make("button", { type: "button", class: "button second" }, say("open_person"));
  button.addEventListener("click", () => openPerson(model, number));
  return make("p", {}, button);
}

/** Somebody: the whole of it from the server for those who may see files, else what the screen holds. */
export function openPerson(model, number) {
  if (people) return openPanel(`${people}${encodeURIComponent(number)}`);
  const person = model.people.get(number);
  if (!person) return;
  show([
    make("p", { class: "who" }, person.name),
    facts(
      fact("person", person.number), fact("zone", model.zoneName(person.zone) || say("nothing")), fact("proven", placeChip(model, person, Date.now())),
      fact("time", person.proven_at ? moment(person.proven_at) : null), fact("source", person.source ? word("sources", person.source) : null),
      fact("doubts", person.doubts.map((code) => word("doubts", code)).join(". ")),
    ),
  ]);
}

/** Everybody in a zone, those whose place is proven worst first. */
export function openZone(model, code, now) {
  const zone = model.zones.get(code);
  if (!zone) return;
  if (zone.hidden) return show([make("p", { class: "who" }, zone.name), make("p", {}, say("hidden"))]);
  const worth = { unproven: 0, likely: 1, proven: 2 };
  const inside = model.peopleIn(code).sort((a, b) => worth[model.confidence(a, now)] - worth[model.confidence(b, now)] || a.name.localeCompare(b.name));
  const list = make("ol", { class: "lines", "data-list": "", tabindex: "0", "aria-label": zone.name }, ...inside.slice(0, MOST_NAMED).map((person) => {
    const item = make("li", { class: "line two", tabindex: "-1" }, make("span", {}, make("span", { class: "line-title" }, person.name), make("span", { class: "line-detail" }, `${person.number} ${model.zoneName(person.zone)}`)), placeChip(model, person, now));
    item.addEventListener("click", () => openPerson(model, person.number));
    return item;
  }));
  const capacity = zone.capacity === null ? "" : say("of_capacity", { count: zone.capacity });
  show([make("p", { class: "who" }, zone.name), make("p", { class: "quiet" }, `${inside.length} ${capacity}`), list]);
}

export function openTerminal(model, name) {
  const terminal = model.terminals.get(name);
  if (!terminal) return;
  show([
    make("p", { class: "who" }, terminal.place),
    make("p", { class: "marked" }, mark(terminal.level), word("levels", terminal.level)),
    facts(
      fact("terminal", terminal.name), fact("heard", terminal.heard_at ? ageChip(terminal.heard_at) : say("nothing")),
      fact("queue", terminal.queue_depth === null ? say("nothing") : String(terminal.queue_depth)), fact("advice", terminal.advice.join(" ")),
    ),
  ]);
}

/** A line that is dealt with on a page of its own. */
export function openPage(line) {
  show([make("p", { class: "who" }, line.title), make("p", {}, line.detail), make("p", {}, make("a", { class: "button second", href: line.page }, say("open_page")))]);
}

/** Fetch an open panel anew when its need changed or is gone: it was dealt with elsewhere, or a terminal confirmed. */
export function refreshNeed(before, after) {
  if (!panel || body.contains(document.activeElement)) return;
  const text = (needs) => JSON.stringify(needs.find((need) => need.panel === panel) ?? null);
  const address = panel;
  // Whoever searches or answers here must not have it swept away by news of their own doing; only by the need's end.
  if (body.dataset.worked && after.some((need) => need.panel === panel)) return;
  if (text(before) !== text(after)) fillPanel(body, address, () => panel === address);
}

/** Somebody's panel is fetched anew when news of them comes, unless somebody works in it. */
export function refreshPerson(lines) {
  if (!panel || body.contains(document.activeElement)) return;
  const address = panel;
  if (people && lines.some((line) => line.person && panel === `${people}${encodeURIComponent(line.person)}`)) fillPanel(body, address, () => panel === address);
}

export function startDrawer() {
  closer.addEventListener("click", closeDrawer);
  startPanel(body, () => panel);
  body.addEventListener("click", (event) => {
    const link = event.target.closest("[data-panel]");
    if (!link) return;
    event.preventDefault();
    openPanel(link.dataset.panel);
  });
}
