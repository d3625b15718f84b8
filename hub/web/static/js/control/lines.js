// Lines of what needs a person, of moves, counts, terminals and the feed.
import { ageChip } from "./ages_here.js";
import { hubNow } from "../ages.js";
import { calendarDate, clockTime, make, mark, showEmpty } from "./elements.js";
import { say, word } from "./words.js";

const FRESH_MS = 4000;

/** Mark, title and detail of a feed line. */
export function describe(model, line) {
  if (line.kind === "late") return describeLate(model, line);
  if (line.kind === "passage") {
    const who = line.name ? `${line.name}` : say("nobody");
    const where = line.decision === "ADMIT" ? `${model.zoneName(line.from_zone)} \u2192 ${model.zoneName(line.to_zone)}` : model.zoneName(line.to_zone);
    const late = line.late ? `, ${say("late")}` : "";
    return { code: line.decision, title: who, detail: `${word("decisions", line.decision)}: ${word("rules", line.rule)}. ${where}${late}` };
  }
  if (line.kind === "attempt") return { code: "AGAIN", title: say("again"), detail: line.terminal ?? "" };
  const place = line.terminal ?? model.zoneName(line.zone);
  if (line.kind === "alarm") return { code: "ALARM", title: word("alarms", line.what), detail: [place, line.name].filter(Boolean).join(". ") };
  if (line.what === "count") return { code: "TERMINAL", title: `${word("events", "count")}: ${word("count_steps", line.step)}`, detail: line.unit ? model.zoneName(line.unit) : "" };
  const over = line.what?.endsWith("_over") ? line.what.slice(0, -5) : "";
  const title = over && !known("events", line.what) ? say("cause_over", { title: word("alarms", over) }) : word("events", line.what);
  return { code: "TERMINAL", title, detail: place };
}

/** A sum of what came late: of the terminals of the site that is looked at. */
function describeLate(model, line) {
  const sum = sumOf(model.lateHere(line));
  const count = sum.passages || sum.attempts;
  const code = `late_${sum.passages ? "passages" : "attempts"}${sum.terminals.size > 1 ? "" : "_of"}`;
  const title = say(code, { count, terminals: sum.terminals.size, terminal: [...sum.terminals][0] ?? "" });
  return { code: "TERMINAL", title, detail: say("late_span", span(sum.first, sum.last)) };
}

function sumOf(rows) {
  const total = (name) => rows.reduce((sum, row) => sum + row[name], 0);
  const times = rows.flatMap((row) => [Date.parse(row.first_at), Date.parse(row.last_at)]);
  return { passages: total("passages"), attempts: total("attempts"), terminals: new Set(rows.map((row) => row.terminal)), first: Math.min(...times), last: Math.max(...times) };
}

/** Beginning and end at the site, each with its day where that is not the day before it: today's stays unsaid. */
export function span(first, last) {
  const days = [calendarDate(hubNow()), calendarDate(first), calendarDate(last)];
  const said = (at, place) => [days[place] === days[place - 1] ? "" : days[place], clockTime(at).slice(0, 5)].filter(Boolean).join(" ");
  return { first: said(first, 1), last: said(last, 2) };
}

const known = (group, code) => word(group, code) !== String(code).replaceAll("_", " ");

function lineElement({ code, title, detail }, side, data, extra = []) {
  const text = make("span", {}, make("span", { class: "line-title" }, title), make("span", { class: "line-detail" }, detail), ...extra);
  return make("li", { class: "line", tabindex: "-1", ...data }, mark(code), text, make("span", { class: "line-side" }, ...side));
}

/** Lines stay the same elements while they stand there, so focus and screen readers are not disturbed. */
function keep(list, items, { name, text, build }) {
  const present = new Map([...list.children].map((element) => [element.dataset[name], element]));
  const wanted = items.map((item) => {
    const before = present.get(item.key);
    const said = text(item);
    if (before && before.dataset.text === said) return before;
    const element = build(item);
    element.dataset[name] = item.key;
    element.dataset.text = said;
    if (before === document.activeElement && before) queueMicrotask(() => element.focus());
    return element;
  });
  const stay = new Set(wanted);
  for (const element of [...list.children]) if (!stay.has(element)) element.remove();
  wanted.forEach((element, place) => {
    if (list.children[place] !== element) list.insertBefore(element, list.children[place] ?? null);
  });
}

const by = (id) => document.getElementById(id);
const [feed, needs, moves, counts, terminals] = ["feed", "needs", "moves", "counts", "terminals"].map(by);

const lateSide = (late) => [make("span", { class: "chip none" }, say("late")), make("span", { class: "figure quiet" }, clockTime(late.noted_at))];

function feedElement(model, line) {
  const time = line.kind === "late" ? lateSide(line) : [make("span", { class: "figure quiet" }, clockTime(line.at))];
  return lineElement(describe(model, line), time, { "data-feed": line.id });
}

export function showFeed(model) {
  const lines = model.feedHere;
  feed.replaceChildren(...lines.map((line) => feedElement(model, line)));
  showEmpty("feed", lines.length === 0);
}

/** Add lines, the newest first; of more than the list holds only those that stay are drawn. */
export function addToFeed(model, lines) {
  const shown = lines.filter((line) => model.isLineHere(line)).slice(0, model.feed.length).map((line) => feedElement(model, line));
  if (!shown.length) return;
  for (const element of shown) element.classList.add("fresh");
  setTimeout(() => shown.forEach((element) => element.classList.remove("fresh")), FRESH_MS);
  feed.prepend(...shown);
  while (feed.children.length > model.feed.length) feed.lastElementChild.remove();
  showEmpty("feed", false);
}

/** A sum that stands there already takes its new numbers in place: focus stays, and nothing is read out again. */
export function growLate(model, late) {
  const element = feed.querySelector(`[data-feed="${late.id}"]`);
  if (!element || !model.isLineHere(late)) return showFeed(model);
  const { title, detail } = describe(model, late);
  element.querySelector(".line-title").textContent = title;
  element.querySelector(".line-detail").textContent = detail;
  element.querySelector(".line-side").replaceChildren(...lateSide(late));
}

const NEED_MARKS = { alarm: "ALARM", referral: "REFER", order: "REFUSE", order_ended: "REFUSE" };

function needElement(need) {
  const holder = need.holder ? say("with", { name: need.holder }) : need.panel && !need.kind.startsWith("order") ? say("with_nobody") : "";
  const detail = [need.kind === "terminal" ? need.terminal : "", need.detail, holder].filter(Boolean).join(". ");
  const rank = make("span", { class: `rank r${need.rank}`, title: say("rank", { rank: need.rank }) }, String(need.rank));
  const side = [rank, need.at ? ageChip(need.at) : null];
  const up = need.escalation ? [make("span", { class: "chip late" }, say(need.escalation > 1 ? "up_director" : "up_supervisor"))] : [];
  const element = lineElement({ code: NEED_MARKS[need.kind] ?? (need.rank > 3 ? "trouble" : "down"), title: need.title, detail }, side, {}, up);
  element.classList.add(`rank-${need.rank}`);
  if (need.rings) element.classList.add("rings");
  if (need.over) element.classList.add("over");
  return element;
}

export function showNeeds(model) {
  const text = (need) => JSON.stringify([need.title, need.detail, need.at, need.holder, need.rank, need.rings, need.over, need.escalation]);
  const here = model.needsHere;
  keep(needs, here, { name: "need", text, build: needElement });
  by("needs-count").textContent = here.length || "";
  const ringing = model.needs.filter((need) => need.rings && need.rank < 4).length;
  document.title = document.title.replace(/^(\(\d+\) )?/, ringing ? `(${ringing}) ` : "");
  showEmpty("needs", here.length === 0);
}

const MOVE_MARKS = { UNACCOUNTED: "REFUSE", OVERDUE: "trouble", OUTSIDE_LATE: "trouble", DEPARTED: "moving", ARRIVED: "ADMIT", DUE: "unknown", OUTSIDE: "away" };

function moveElement(move) {
  const side = [make("span", { class: "chip" }, word("moves", move.state))];
  if (move.due_at) side.push(make("span", { class: "figure quiet" }, say("due", { time: clockTime(move.due_at).slice(0, 5) })));
  const element = lineElement({ code: MOVE_MARKS[move.state] ?? "unknown", title: move.title, detail: move.detail }, side, {});
  if (move.rank < 3) element.classList.add(move.rank === 1 ? "rank-1" : "rank-2");
  return element;
}

export function showMoves(model) {
  const text = (move) => JSON.stringify(move);
  const here = model.movesHere;
  keep(moves, here, { name: "move", text, build: moveElement });
  const people = here.reduce((sum, move) => sum + (move.state === "DUE" ? 0 : move.people), 0);
  by("moves-count").textContent = people || "";
  showEmpty("moves", here.length === 0);
}

const signed = (plus, minus) => [plus ? `+${plus}` : "", minus ? `\u2212${minus}` : ""].filter(Boolean).join(" / ");

function countElement(count) {
  const off = count.plus === null ? "" : signed(count.plus, count.minus) || (count.units_in ? say("agrees") : "");
  const told = [say("units_in", { units: count.units_in, all: count.units_all }), off];
  if (count.waiting.length) told.push(say("waiting_for", { names: count.waiting.slice(0, 4).join(", ") }));
  if (count.recounts.length) told.push(say("recount", { names: count.recounts.join(", ") }));
  if (count.late.length) told.push(say("late_units", { names: count.late.join(", ") }));
  const done = make("progress", { max: Math.max(1, count.units_all), value: count.units_in, "aria-label": told[0] });
  const side = [make("span", { class: "chip" }, count.state), ageChip(count.since_at)];
  return lineElement({ code: off && signed(count.plus, count.minus) ? "trouble" : "TERMINAL", title: count.title, detail: told.filter(Boolean).join(". ") }, side, {}, [done]);
}

export function showCounts(model) {
  const here = model.countsHere;
  keep(counts, here, { name: "count", text: (count) => JSON.stringify(count), build: countElement });
  showEmpty("counts", here.length === 0);
}

/** Terminals that are not well by name; of the others how many there are. */
export function showTerminals(model) {
  const all = model.terminalsHere.filter((terminal) => terminal.level !== "cut_off");
  const unwell = all.filter((terminal) => terminal.level !== "well").map((terminal) => ({ ...terminal, key: terminal.name }));
  const text = (terminal) => JSON.stringify([terminal.place, terminal.level, terminal.advice]);
  keep(terminals, unwell, {
    name: "terminal",
    text,
    build: (terminal) => lineElement({ code: terminal.level, title: terminal.place, detail: `${terminal.name}. ${word("levels", terminal.level)}` }, [terminal.heard_at ? ageChip(terminal.heard_at) : make("span", { class: "chip none" }, say("nothing"))], {}),
  });
  by("terminals-count").textContent = all.length ? say("well_of", { well: all.length - unwell.length, all: all.length }) : "";
  showEmpty("terminals", all.length === 0);
}
