// Arrows move in a list marked data-list; Enter and Space do what a click does.
function itemsOf(list) {
  const marked = [...list.querySelectorAll("[data-item]")];
  return (marked.length ? marked : [...list.children]).filter((item) => !item.hidden);
}

/** Put the focus on the first item of a list. */
export function enterList(list) {
  itemsOf(list)[0]?.focus();
}

function onKeydown(event) {
  const list = event.target.closest?.("[data-list]");
  if (!list) return;
  const items = itemsOf(list);
  const place = items.indexOf(event.target);
  if (place < 0 && event.target !== list) return;
  const to = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items[Math.min(items.length - 1, Math.max(0, to))]?.focus();
  } else if (place >= 0 && (event.key === "Enter" || event.key === " ") && !event.target.matches("a, button")) {
    event.preventDefault();
    event.target.click();
  }
}

export function startLists() {
  document.addEventListener("keydown", onKeydown);
}
