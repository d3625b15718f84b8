// Lines of the feed, of what needs a person, and of terminals.
import { ageChip } from "./ages_here.js";
import { clockTime, make, mark, showEmpty } from "./elements.js";
import { say, word } from "./words.js";

/** Mark, title and detail of a feed line. */
export function describe(model, line) {
  if (line.kind === "passage") {
    const who = line.name ? `${line.name}` : say("nobody");
    const where = line.decision === "ADMIT" ? `${model.zoneName(line.from_zone)} \u2192 ${model.zoneName(line.to_zone)}` : model.zoneName(line.to_zone);
    const late = line.late ? `, ${say("late")}` : "";
    return { code: line.decision, title: who, detail: `${word("decisions", line.decision)}: ${word("rules", line.rule)}. ${where}${late}` };
  }
  if (line.kind === "attempt") return { code: "AGAIN", title: say("again"), detail: line.terminal ?? "" };
  if (line.kind === "alarm") return { code: "ALARM", title: word("alarms", line.what), detail: line.terminal ?? "" };
  return { code: "TERMINAL", title: word("events", line.what), detail: line.terminal ?? "" };
}

function lineElement({ code, title, detail }, side, data) {
  const text = make("span", {}, make("span", { class: "line-title" }, title), make("span", { class: "line-detail" }, detail));
  return make("li", { class: "line", tabindex: "-1", ...data }, mark(code), text, make("span", { class: "line-side" }, ...side));
}

function feedElement(model, line) {
  const time = make("span", { class: "figure quiet" }, clockTime(line.at));
  return lineElement(describe(model, line), [ageChip(line.at), time], { "data-feed": line.id });
}

const feed = document.getElementById("feed");
const needs = document.getElementById("needs");
const terminals = document.getElementById("terminals");

export function showFeed(model) {
  feed.replaceChildren(...model.feed.map((line) => feedElement(model, line)));
  showEmpty("feed", model.feed.length === 0);
}

export function addToFeed(model, line) {
  const element = feedElement(model, line);
  element.classList.add("fresh");
  setTimeout(() => element.classList.remove("fresh"), 4000);
  feed.prepend(element);
  while (feed.children.length > model.feed.length) feed.lastElementChild.remove();
  showEmpty("feed", false);
}

const NEED_MARKS = { alarm: "ALARM", referral: "REFER" };

/** Lines stay the same elements while they stand there, so focus and screen readers are not disturbed. */
export function showNeeds(model) {
  const present = new Map([...needs.children].map((element) => [element.dataset.need, element]));
  const wanted = model.needs.map((need) => {
    const known = present.get(need.key);
    const text = `${need.title}|${need.detail}|${need.at}|${need.holder}|${need.rank}`;
    if (known && known.dataset.text === text) return known;
    const holder = need.holder ? say("with", { name: need.holder }) : need.panel ? say("with_nobody") : "";
    const detail = [need.terminal, need.detail, holder].filter(Boolean).join(". ");
    const element = lineElement({ code: NEED_MARKS[need.kind] ?? (need.rank > 3 ? "trouble" : "down"), title: need.title, detail }, need.at ? [ageChip(need.at)] : [], { "data-need": need.key, "data-text": text });
    if (need.rank > 3) element.classList.add("mild");
    return element;
  });
  const keep = new Set(wanted);
  for (const element of [...needs.children]) if (!keep.has(element)) element.remove();
  wanted.forEach((element, place) => {
    if (needs.children[place] !== element) needs.insertBefore(element, needs.children[place] ?? null);
  });
  document.getElementById("needs-count").textContent = wanted.length || "";
  showEmpty("needs", wanted.length === 0);
}

export function showTerminals(model) {
  const focused = document.activeElement?.dataset?.terminal;
  terminals.replaceChildren(...model.terminals.map((terminal) => {
    const side = terminal.heard_at ? [ageChip(terminal.heard_at)] : [make("span", { class: "chip none" }, say("nothing"))];
    return lineElement({ code: terminal.level, title: terminal.name, detail: `${terminal.place}. ${word("levels", terminal.level)}` }, side, { "data-terminal": terminal.name });
  }));
  if (focused) terminals.querySelector(`[data-terminal="${CSS.escape(focused)}"]`)?.focus();
  showEmpty("terminals", model.terminals.length === 0);
}
