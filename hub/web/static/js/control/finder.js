// Finding somebody or a zone while one types: from what the screen holds, so it answers with the hub away as well.
import { ageChip } from "./ages_here.js";
import { make } from "./elements.js";
import { say, word } from "./words.js";

const MOST = 12;
const input = document.getElementById("find");
const list = document.getElementById("found");
let chosen = -1;

/** Chip of how well a place is known. */
export function placeChip(model, person, now) {
  if (!person.proven_at) return make("span", { class: "chip none" }, say("never_seen"));
  const confidence = model.confidence(person, now);
  const chip = ageChip(person.proven_at, null, confidence !== "proven");
  if (confidence !== "proven") chip.dataset.prefix = `${say(confidence)} `;
  return chip;
}

/** Without accents and case: whoever types in a hurry finds Núñez as nunez. */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

function found(model, phrase) {
  const text = plain(phrase.trim());
  if (!text) return [];
  const zones = [...model.zones.values()].filter((zone) => plain(zone.name).includes(text)).slice(0, 3);
  const words = text.split(/\s+/);
  const fits = (person) => {
    const said = plain(`${person.name} ${person.number}`);
    return words.every((one) => said.includes(one));
  };
  return [
    ...zones.map((zone) => ({ zone })),
    ...[...model.people.values()].filter(fits).slice(0, MOST).map((person) => ({ person })),
  ];
}

function option(model, one, place, now) {
  const data = { role: "option", tabindex: "-1", id: `found-${place}`, "aria-selected": "false" };
  if (one.zone) return make("li", { ...data, "data-zone": one.zone.code }, make("b", {}, one.zone.name), make("span", { class: "quiet" }, say("zone")));
  const { person } = one;
  return make("li", { ...data, "data-number": person.number }, make("b", {}, person.name), make("span", { class: "quiet" }, `${person.number} ${person.away ? word("parts", person.away) : model.zoneName(person.zone)}`), placeChip(model, person, now));
}

function choose(place) {
  const options = [...list.children];
  chosen = options.length ? (place + options.length) % options.length : -1;
  options.forEach((one, at) => one.setAttribute("aria-selected", String(at === chosen)));
  if (chosen < 0) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", options[chosen].id);
  options[chosen].scrollIntoView({ block: "nearest" });
}

function close() {
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
}

/** `open` gets {number} or {zone} of what was chosen. */
export function startFinder(model, now, open) {
  const take = (one) => {
    if (!one) return;
    close();
    input.value = "";
    open({ ...one.dataset });
  };
  input.addEventListener("input", () => {
    const items = found(model, input.value);
    list.replaceChildren(...items.map((one, place) => option(model, one, place, now())));
    if (!items.length && input.value.trim()) list.append(make("li", { class: "quiet" }, say("nobody_found")));
    list.hidden = list.children.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    choose(items.length ? 0 : -1);
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !list.hidden) choose(chosen + step);
    else if (event.key === "Enter" && chosen >= 0) take(list.children[chosen]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    take(event.target.closest("[role=option]"));
  });
  input.addEventListener("blur", close);
}
