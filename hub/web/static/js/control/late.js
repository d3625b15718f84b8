// The evidence behind a sum of what came late: each terminal's journal, how many entries, and of which time.
import { clockTime, make } from "./elements.js";
import { describe, span } from "./lines.js";
import { say, word } from "./words.js";

const { replay, terminals } = document.getElementById("control").dataset;
const parts = new Intl.DateTimeFormat("en-CA", { timeZone: "America/Belize", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false, hourCycle: "h23" });

/** The replay of the hour in which something began. */
function replayOf(at) {
  const { year, month, day, hour } = Object.fromEntries(parts.formatToParts(Date.parse(at)).map((part) => [part.type, part.value]));
  return `${replay}?${new URLSearchParams({ day: `${year}-${month}-${day}`, at: `${hour}:00`, minutes: 60 })}`;
}

function row(one) {
  const name = terminals && one.terminal !== "paper" ? make("a", { href: `${terminals}/${encodeURIComponent(one.terminal)}` }, one.terminal) : one.terminal;
  const said = Object.entries(one.decisions).map(([code, count]) => `${word("decisions", code)} ${count}`);
  if (one.attempts) said.push(`${say("again")} ${one.attempts}`);
  const entries = `${one.journal.slice(0, 8)}\u2026 / ${one.first_sequence}\u2013${one.last_sequence}`;
  const { first, last } = span(one.first_at, one.last_at);
  const when = `${first} \u2013 ${last}`;
  const time = replay ? make("a", { href: replayOf(one.first_at), "aria-label": `${say("replay_from")} ${when}` }, when) : when;
  return make("tr", {}, make("th", { scope: "row" }, name), make("td", { class: "number" }, String(one.passages)), make("td", {}, said.join(", ")), make("td", {}, time), make("td", { class: "figure" }, entries));
}

/** What the drawer shows of a sum, the terminal that told most first. */
export function lateParts(model, late) {
  const { title, detail } = describe(model, late);
  const rows = model.lateHere(late).sort((one, other) => other.passages - one.passages || one.terminal.localeCompare(other.terminal));
  const heads = ["terminal", "late_count", "decision", "time", "journal"].map((code) => make("th", { scope: "col" }, say(code)));
  const table = make("table", { class: "list" }, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows.map(row)));
  return [
    make("p", { class: "who" }, title),
    make("p", {}, `${detail}. ${say("noted")}: ${clockTime(late.noted_at)}`),
    make("p", { class: "quiet" }, say("late_why")),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, table),
  ];
}
