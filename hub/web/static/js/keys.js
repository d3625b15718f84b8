// Keys of every page: / search, ? help, g and a letter, Esc. A page adds its own with `onKey`.
const own = new Map();
let going = 0;

/** Call `act` when `key` is pressed outside a field. */
export function onKey(key, act) {
  own.set(key, act);
}

function isTyping(target) {
  return target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]") !== null;
}

function showKeys() {
  const dialog = document.getElementById("keys");
  if (!dialog.open) dialog.showModal();
}

function goTo(letter) {
  document.querySelector(`[data-go="${CSS.escape(letter)}"]`)?.click();
}

function onKeydown(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    if (isTyping(event.target)) event.target.blur();
    own.get("Escape")?.(event);
    return;
  }
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (going && Date.now() - going < 1500) {
    going = 0;
    goTo(event.key);
    event.preventDefault();
    return;
  }
  going = 0;
  const act = {
    "/": () => (document.querySelector("main [data-search]") ?? document.querySelector("[data-search]"))?.focus(),
    "?": showKeys,
    g: () => { going = Date.now(); },
  }[event.key] ?? own.get(event.key);
  if (!act) return;
  event.preventDefault();
  act(event);
}

export function startKeys() {
  document.addEventListener("keydown", onKeydown);
  document.querySelector("[data-keys]")?.addEventListener("click", showKeys);
}
