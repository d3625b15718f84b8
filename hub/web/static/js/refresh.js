// Parts of a page that are asked for again by themselves, while nobody is in the middle of using them.
function inUse(part) {
  return part.contains(document.activeElement) || part.querySelector("details[open]") !== null;
}

/** What is said, without the forms' tokens, which differ each time. */
function said(text) {
  return text.replace(/name="csrf_token" value="[^"]*"/g, "");
}

async function refresh(part) {
  if (document.hidden || inUse(part)) return;
  try {
    const answer = await fetch(part.dataset.refresh, { headers: { Accept: "text/html" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const text = await answer.text();
    if (!inUse(part) && part.dataset.seen !== said(text)) {
      part.dataset.seen = said(text);
      part.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    }
    part.classList.remove("stale");
  } catch {
    part.classList.add("stale");
  }
}

for (const part of document.querySelectorAll("[data-refresh]")) {
  setInterval(() => refresh(part), 1000 * Number(part.dataset.refreshS || 5));
}
