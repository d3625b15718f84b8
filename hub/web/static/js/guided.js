// The pages of an admission for one who types: the first empty answer has the focus, Y and N answer a question and
// go on to the next, Enter in a field presses the button that the field names, Ctrl and Enter save from anywhere, a
// phrase is written by one touch.
const form = document.querySelector(".asked form");

function isShown(part) {
  return part.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
}

function firstOpen() {
  const fields = [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button[data-first]")];
  const usable = fields.filter((field) => isShown(field) && !field.disabled && field.type !== "file");
  const open = (field) =>
    field.matches("button") ||
    (field.type === "radio" && !form.querySelector(`[name="${CSS.escape(field.name)}"]:checked`)) ||
    (!["radio", "checkbox"].includes(field.type) && field.value.trim() === "");
  return form.querySelector("[data-first]") ?? usable.find(open) ?? usable[0];
}

/** A finger on glass brings up a keyboard over half of a small screen; only where somebody types is a field chosen. */
function begin() {
  if (document.querySelector("[data-focus]") || !matchMedia("(pointer: fine)").matches) return;
  firstOpen()?.focus({ preventScroll: true });
}

function answered(question, letter) {
  const choices = [...question.querySelectorAll("input[type=radio]")];
  return choices.find((one) => one.parentElement.textContent.trim().toLowerCase().startsWith(letter));
}

function nextOf(question) {
  const all = [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button:not([tabindex='-1'])")];
  const inside = all.filter((one) => isShown(one));
  const last = inside.findLastIndex((one) => question.contains(one));
  const next = inside[last + 1];
  const group = next?.type === "radio" && form.querySelector(`[name="${CSS.escape(next.name)}"]:checked`);
  return group || next;
}

function onKey(event) {
  if (event.ctrlKey && event.key === "Enter") {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[value=save]:not([tabindex='-1'])"));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const question = event.target.closest?.(".yes-no");
  if (question && event.key.length === 1 && event.key !== " ") {
    const choice = answered(question, event.key.toLowerCase());
    if (!choice) return;
    event.preventDefault();
    event.stopPropagation();
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    nextOf(question)?.focus();
  }
  if (event.key === "Enter" && event.target.dataset?.enter) {
    event.preventDefault();
    form.requestSubmit(form.querySelector(`button[value="${event.target.dataset.enter}"]:not([tabindex="-1"])`));
  }
}

function onTouch(event) {
  const button = event.target.closest("[data-fill]");
  if (!button) return;
  const field = document.getElementById(button.dataset.fill);
  field.value = button.dataset.words;
  field.focus();
}

/** What a desk answered is shown at once, unless somebody is writing here. */
function watchDesk(part) {
  if (part.querySelector("[data-answered]")) return;
  let touched = false;
  form.addEventListener("input", () => { touched = true; });
  new MutationObserver(() => {
    if (!touched && part.querySelector("[data-answered]")) location.reload();
  }).observe(part, { childList: true });
}

if (form) {
  form.addEventListener("keydown", onKey);
  form.addEventListener("click", onTouch);
  begin();
  document.querySelectorAll("[data-refresh]").forEach(watchDesk);
}
