// The roll from two sides: who is in custody, and where the proofs put people. Both stand there, with the difference.
import { make, mark } from "./elements.js";
import { say } from "./words.js";

const sum = document.getElementById("sum");
const check = document.getElementById("sum-check");

function part(figure, words) {
  return make("span", { class: "sum-part" }, make("b", {}, String(figure)), make("span", {}, words));
}

const sign = (text) => make("span", { class: "sum-sign", "aria-hidden": "true" }, text);

export function showHeadline(model, counts) {
  const parts = [part(model.roll.in_custody, say("roll")), sign("=")];
  let total = 0;
  for (const zone of model.zones.values()) {
    const count = counts.get(zone.code).count;
    total += count;
    parts.push(part(count, zone.name), sign("+"));
  }
  const unplaced = [...model.people.values()].filter((person) => person.zone === null).length;
  parts.push(part(unplaced, say("not_placed")));
  sum.replaceChildren(...parts);
  const difference = total + unplaced - model.roll.in_custody;
  check.className = difference ? "sum-box differs" : "sum-box";
  const signed = difference > 0 ? `+${difference}` : String(difference);
  check.replaceChildren(mark(difference ? "REFUSE" : "well"), difference ? say("differs", { count: signed }) : say("agrees"));
}
