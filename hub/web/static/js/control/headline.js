// The roll from two sides, and the roll at unlock with what came and went since: the figures stand there, with the
// difference.
import { clockTime, make, mark } from "./elements.js";
import { say, word } from "./words.js";

const sum = document.getElementById("sum");
const unlock = document.getElementById("sum-unlock");

const figures = new Intl.NumberFormat("en");
const part = (figure, words, ...more) => make("span", { class: "sum-part" }, make("b", {}, figures.format(figure)), make("span", {}, words), ...more);
const sign = (text) => make("span", { class: "sum-sign", "aria-hidden": "true" }, text);

function outcome(difference) {
  const signed = difference > 0 ? `+${difference}` : String(difference);
  return make("span", { class: difference ? "sum-box differs" : "sum-box" }, mark(difference ? "REFUSE" : "well"), difference ? say("differs", { count: signed }) : say("agrees"));
}

const late = (one) => (one.late ? [make("span", { class: "chip late" }, say("late_back", { count: one.late }))] : []);

export function showHeadline(roll) {
  if (!roll) return;
  if (roll.in_custody === null) {
    sum.replaceChildren(make("span", { class: "sum-part" }, make("span", {}, say("hidden"))));
    unlock.replaceChildren();
    return;
  }
  const parts = roll.parts.flatMap((one, place) => [place ? sign("+") : sign("="), part(one.count, word("parts", one.code), ...late(one))]);
  sum.replaceChildren(part(roll.in_custody, say("roll")), ...parts, outcome(roll.difference));
  unlock.replaceChildren(
    part(roll.unlock, roll.counted_at ? say("unlock_counted", { time: clockTime(roll.counted_at).slice(0, 5) }) : say("unlock")),
    sign("\u2212"), part(roll.went, say("went")), sign("+"), part(roll.came, say("came")),
    sign("="), part(roll.unlock - roll.went + roll.came, say("roll")), outcome(roll.unlock_difference),
  );
}
