// The officer's list: asked for anew every two seconds; a hub that does not answer is said, not hidden.
import { fetchPart, parsed, withoutAges } from "./fragment.js";

const EVERY_MS = 2000;
const STALE_AFTER_MS = 8000;

const list = document.getElementById("officer-list");
const stale = document.getElementById("officer-stale");
const signedOut = document.getElementById("officer-signed-out");
let shown = "";
let heardAt = performance.now();

function show(html) {
  const text = withoutAges(html);
  if (text === shown) return;
  shown = text;
  const at = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  list.replaceChildren(...parsed(html));
  if (at) list.querySelector(`[href="${CSS.escape(at)}"]`)?.focus();
}

async function look() {
  try {
    const part = await fetchPart(list.dataset.address);
    signedOut.hidden = part.refused !== 401;
    if (part.html !== undefined) {
      show(part.html);
      heardAt = performance.now();
    }
  } catch {
    // The banner says so once the silence is long enough to matter.
  }
  stale.hidden = performance.now() - heardAt < STALE_AFTER_MS || !signedOut.hidden;
}

setInterval(look, EVERY_MS);
