// Which site is looked at: kept for this browser. What happens elsewhere is counted and never silent.
import { say } from "./words.js";

const KEPT = "control-site";
const choice = document.getElementById("site");
const elsewhere = document.getElementById("elsewhere");

function keep(site) {
  try {
    localStorage.setItem(KEPT, site);
  } catch { /* a browser that keeps nothing begins with all sites */ }
}

function kept() {
  try {
    return localStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}

/** Call `chosen` whenever another site is looked at; `model.site` is its code, null for all. */
export function startSites(model, chosen) {
  if (!choice) return;
  const look = (site) => {
    choice.value = site;
    model.site = choice.value || null;
    keep(choice.value);
    chosen();
  };
  const before = kept();
  if ([...choice.options].some((option) => option.value === before)) choice.value = before;
  model.site = choice.value || null;
  choice.addEventListener("change", () => look(choice.value));
  elsewhere.addEventListener("click", () => look(""));
}

/** How much needs a person at the sites that are not looked at, and whether any of it rings. */
export function showElsewhere(model) {
  if (!choice) return;
  const others = model.needs.filter((need) => !model.isHere(need));
  const rings = others.filter((need) => need.rings).length;
  elsewhere.hidden = others.length === 0;
  elsewhere.classList.toggle("rings", rings > 0);
  const text = say(rings ? "elsewhere_rings" : "elsewhere", { count: others.length, rings });
  if (elsewhere.textContent !== text) elsewhere.textContent = text;
}
