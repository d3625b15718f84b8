// Suggestions while one types in a field marked data-suggest: a combobox of ARIA, answered by the server.
import { fetchPart, parsed } from "./fragment.js";

const PAUSE_MS = 140;
const SHORTEST = 2;

class Suggestions {
  constructor(input) {
    this.input = input;
    this.asked = 0;
    this.timer = 0;
    this.list = document.createElement("ul");
    this.list.className = "found";
    this.list.id = `${input.id}-found`;
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", input.labels[0]?.textContent ?? "");
    input.after(this.list);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id,
    })) input.setAttribute(name, value);
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("blur", () => this.close());
    // Before the field loses the focus, or the list would be gone when the click arrives.
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.open(event.target.closest("[data-href]"));
    });
  }

  get options() {
    return [...this.list.querySelectorAll("[data-href]")];
  }

  get chosen() {
    return this.list.querySelector('[aria-selected="true"]');
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE_MS);
  }

  async ask() {
    const text = this.input.value.trim();
    const turn = ++this.asked;
    if (text.length < SHORTEST) return this.close();
    let answer;
    try {
      answer = await fetchPart(`${this.input.dataset.suggest}?${new URLSearchParams({ q: text })}`);
    } catch {
      return this.close(); // Enter still asks the server by a page of its own.
    }
    if (turn !== this.asked || document.activeElement !== this.input || !answer.html) return;
    this.list.replaceChildren(...parsed(answer.html));
    this.options.forEach((option, place) => { option.id = `${this.list.id}-${place}`; });
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.choose(null);
  }

  choose(option) {
    for (const other of this.options) other.setAttribute("aria-selected", String(other === option));
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  open(option) {
    if (option) location.assign(option.dataset.href);
  }

  close() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  onKey(event) {
    if (event.isComposing || this.list.hidden) return;
    const options = this.options;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      event.preventDefault();
      const place = options.indexOf(this.chosen) + (step > 0 || this.chosen ? step : 0);
      this.choose(options[(place + options.length) % options.length]);
    } else if (event.key === "Enter" && this.chosen) {
      event.preventDefault();
      this.open(this.chosen);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }
}

export function startSuggestions() {
  for (const input of document.querySelectorAll("input[data-suggest]")) new Suggestions(input);
}
