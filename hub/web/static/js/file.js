// The file: evidence opens in a drawer, parts are asked for when they are opened.
import { fetchPart, parsed } from "./fragment.js";

const drawer = document.getElementById("evidence");
const inside = drawer?.querySelector("[data-evidence]");

async function openEvidence(event) {
  const link = event.target.closest?.("a[data-evidence-of]");
  if (!link || !drawer || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const answer = await fetchPart(link.href);
    if (!answer.html) throw new Error(String(answer.refused));
    inside.replaceChildren(...parsed(answer.html));
    drawer.showModal();
    drawer.addEventListener("close", () => link.focus(), { once: true });
  } catch {
    location.assign(link.href);
  }
}

async function fill(details) {
  if (!details.open || details.dataset.filled) return;
  try {
    const answer = await fetchPart(details.dataset.part);
    if (!answer.html) throw new Error(String(answer.refused));
    details.querySelector("[data-part-here]").replaceChildren(...parsed(answer.html));
    details.dataset.filled = "yes";
  } catch {
    location.assign(details.dataset.part);
  }
}

document.addEventListener("click", openEvidence);
for (const details of document.querySelectorAll("details[data-part]")) {
  details.addEventListener("toggle", () => fill(details));
}
// On paper everything that is folded away is shown.
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll(".entry, .gauge")) details.open = true;
});
