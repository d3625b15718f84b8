// The capture renews itself; what has the focus keeps it, what is said is read out, and a finger on the glass is work.
const part = document.getElementById("enrol");
const said = document.getElementById("enrol-said");
let focused = "";

part.addEventListener("focusin", (event) => { focused = event.target.id; });

function heard() {
  const words = part.querySelector("[data-say]")?.textContent.replace(/\s+/g, " ").trim() ?? "";
  if (said.textContent !== words) said.textContent = words;
}

new MutationObserver(() => {
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus();
  heard();
  dispatchEvent(new Event("pointerdown"));
}).observe(part, { childList: true });
heard();
