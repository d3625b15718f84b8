// The call for help: two seconds of holding, by finger or by key. SENT only when the control room has acknowledged it.
const HOLD_MS = 2000;
const ASK_MS = 700;
const REST_ASK_MS = 5000;
const PATIENCE_S = 10;
const SHOWN_S = 120;
const ANSWER_MS = 8000;

export function armPanic(button, csrf) {
  const label = button.querySelector(".label");
  const said = document.getElementById("panic-said");
  const rest = label.textContent;
  let timer = null;
  let busy = false;

  function show(kind, words) {
    button.classList.remove("holding", "sent", "lost-call", "waiting-call");
    if (kind) button.classList.add(kind);
    if (label.textContent === words) return;
    label.textContent = words;
    said.textContent = words === rest ? "" : words;
  }

  function hold() {
    if (busy || timer !== null) return;
    show("holding", button.dataset.hold);
    timer = setTimeout(call, HOLD_MS);
  }

  function letGo() {
    if (timer === null) return;
    clearTimeout(timer);
    timer = null;
    show(null, rest);
  }

  async function call() {
    timer = null;
    busy = true;
    show("waiting-call", button.dataset.sending);
    try {
      let answer = await send(csrf);
      // The page's program started anew since this page was opened: a call must not be lost by that.
      if (answer.status === 403) answer = await send(await freshKey());
      if (answer.ok) tell(await answer.json());
      else show("lost-call", button.dataset.lost);
    } catch {
      show("lost-call", button.dataset.lost);
    }
    busy = false;
  }

  function send(key) {
    return fetch("/panic", { method: "POST", headers: { "X-CSRF": key }, signal: AbortSignal.timeout(ANSWER_MS) });
  }

  async function freshKey() {
    const page = await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
    const found = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("meta[name=csrf]");
    return found ? found.content : csrf;
  }

  // Whatever page is open says what became of the last call: the truth does not end with the page it was made on.
  function tell(state) {
    if (timer !== null) return;
    if (!state.sequence || (state.heard && state.age_s > SHOWN_S)) show(null, rest);
    else if (state.heard) show("sent", button.dataset.sent);
    else if (!state.away && state.age_s < PATIENCE_S) show("waiting-call", button.dataset.sending);
    else show("lost-call", button.dataset.lost);
  }

  async function look() {
    let pause = REST_ASK_MS;
    try {
      const answer = await fetch("/panic", { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
      const state = await answer.json();
      if (!busy && (answer.ok || state.sequence)) tell(state);
      if (state.sequence && !state.heard) pause = ASK_MS;
    } catch {
      if (button.classList.contains("waiting-call")) show("lost-call", button.dataset.lost);
    }
    setTimeout(look, button.classList.contains("waiting-call") ? ASK_MS : pause);
  }

  button.addEventListener("pointerdown", (event) => {
    button.setPointerCapture(event.pointerId);
    hold();
  });
  for (const end of ["pointerup", "pointercancel"]) button.addEventListener(end, letGo);
  button.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      hold();
    }
  });
  button.addEventListener("keyup", letGo);
  button.addEventListener("blur", letGo);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  look();
}
