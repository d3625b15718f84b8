// A referral or an alarm in the drawer: the server's own part of a page, whose forms answer in place.
import { fetchPart, parsed, sendForm } from "../fragment.js";

/** Sentence for a part that cannot be shown; `body` carries them in the language of the page. */
function sentence(body, status) {
  if (status === 401) return body.dataset.signedOut;
  return status === 403 ? body.dataset.elsewhere : body.dataset.failed;
}

function show(body, part, typed) {
  if (part.html !== undefined) return body.replaceChildren(...parsed(part.html));
  const said = document.createElement("p");
  said.textContent = sentence(body, part.refused);
  said.className = "banner fault-banner not-sent";
  said.setAttribute("role", "alert");
  body.querySelector(".not-sent")?.remove();
  // Whatever somebody has typed stays, to be sent again.
  if (typed) body.prepend(said);
  else body.replaceChildren(said);
}

async function showWhen(body, asked, still, typed = false) {
  body.setAttribute("aria-busy", "true");
  let part;
  try {
    part = await asked;
  } catch {
    part = { refused: 0 };
  }
  body.removeAttribute("aria-busy");
  if (still()) show(body, part, typed);
}

/** Fill `body` with the part at `address`; it is dropped when `still` says that something else is shown by then. */
export function fillPanel(body, address, still) {
  delete body.dataset.worked;
  body.replaceChildren();
  return showWhen(body, fetchPart(address), still).then(() => {
    // Only where nobody has gone on to something else meanwhile.
    if (still() && document.activeElement?.id === "drawer-title") body.querySelector("[data-focus-first]")?.focus();
  });
}

/** Let the forms of `body` be sent without leaving the page; `shown` gives the address that is open. */
export function startPanel(body, shown) {
  body.addEventListener("submit", (event) => {
    event.preventDefault();
    if (body.hasAttribute("aria-busy")) return;
    body.dataset.worked = "yes";
    const address = shown();
    showWhen(body, sendForm(event.target, event.submitter), () => shown() === address, true);
  });
}
