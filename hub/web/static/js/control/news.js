// What screen readers hear: what newly rings, once, and what one's own key did. Ages and holders are not read out.
import { say } from "./words.js";

const CALM_MS = 8000;
const urgent = document.getElementById("news");
const answer = document.getElementById("answer");
let heard = null;
let calming = 0;

/** Read out what rings and has not been read out; of many at once the first, and how many more. */
export function announce(needs) {
  const rings = needs.filter((need) => need.rings);
  const fresh = heard === null ? [] : rings.filter((need) => !heard.has(`${need.key} ${need.count ?? 1}`));
  heard = new Set(rings.map((need) => `${need.key} ${need.count ?? 1}`));
  if (!fresh.length) return;
  const [worst] = fresh;
  const more = fresh.length > 1 ? ` ${say("and_more", { count: fresh.length - 1 })}` : "";
  urgent.textContent = `${say("rank", { rank: worst.rank })}: ${worst.title}. ${worst.detail ?? ""}${more}`;
}

/** Say which need was acknowledged, or that nothing rings. */
export function acknowledged(need) {
  answer.textContent = need ? say("acknowledged", { title: need.title }) : say("nothing_rings");
  clearTimeout(calming);
  calming = setTimeout(() => { answer.textContent = ""; }, CALM_MS);
}
