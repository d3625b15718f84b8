// What the scripts say, handed in by the server in the language of the page.
const words = JSON.parse(document.getElementById("words").textContent);

/** A text of a group ("screen", "rules", ...) with its %(name)s places filled; an unknown code is shown as written. */
export function word(group, code, values = {}) {
  const text = words[group]?.[code] ?? String(code ?? "").replaceAll("_", " ");
  return text.replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");
}

/** A text of the screen itself. */
export const say = (code, values) => word("screen", code, values);
