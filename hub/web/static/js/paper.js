// The grid of a batch from paper: Enter goes one row down, new rows come at the end, nothing is sent for it.

function newLine() {
  const lines = [...document.querySelectorAll("[data-line]")].map((one) => Number(one.textContent));
  return Math.max(0, ...lines) + 1;
}

function addRow(section) {
  const rows = section.querySelectorAll("[data-row]");
  const row = rows[rows.length - 1].cloneNode(true);
  const line = newLine();
  row.querySelector("[data-line]").textContent = String(line);
  row.querySelectorAll(".fault, .who").forEach((one) => one.remove());
  row.querySelectorAll(".faulty").forEach((one) => one.classList.remove("faulty"));
  for (const field of row.querySelectorAll("input, select")) {
    field.name = field.name.replace(/-\d+$/, `-${line}`);
    if (field.type === "hidden") continue;
    field.id = field.name;
    field.value = "";
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
  rows[rows.length - 1].after(row);
  return row;
}

function below(field) {
  const section = field.closest("[data-rows]");
  const row = field.closest("[data-row]");
  const next = row.nextElementSibling ?? addRow(section);
  next.querySelector("input:not([type=hidden]), select")?.focus();
}

const grid = document.querySelector(".paper-grid");

grid?.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || !(field instanceof HTMLInputElement) || !field.closest("[data-row]")) return;
  event.preventDefault();
  below(field);
});

grid?.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-more]") : null;
  if (button === null) return;
  event.preventDefault();
  addRow(button.closest("[data-rows]")).querySelector("input:not([type=hidden]), select")?.focus();
});

let changed = false;
grid?.addEventListener("input", () => { changed = true; });
grid?.addEventListener("submit", () => { changed = false; });
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});
