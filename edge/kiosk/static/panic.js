// The call for help: two seconds of holding, by finger or by key, then the truth about whether the hub has it.
const HOLD_MS = 2000;
const ASK_MS = 500;
const PATIENCE_MS = 10000;

export function armPanic(button, csrf) {
  const label = button.querySelector(".label");
  const rest = label.textContent;
  let timer = null;
  let busy = false;

  function show(kind, words) {
    button.classList.remove("holding", "sent", "lost-call");
    if (kind) button.classList.add(kind);
    label.textContent = words;
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
    show(null, button.dataset.sending);
    const heard = await reached(csrf);
    show(heard ? "sent" : "lost-call", heard ? button.dataset.sent : button.dataset.lost);
    setTimeout(() => {
      busy = false;
      show(null, rest);
    }, PATIENCE_MS);
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
}

async function reached(csrf) {
  try {
    const answer = await fetch("/panic", { method: "POST", headers: { "X-CSRF": csrf } });
    if (!answer.ok) return false;
    const { sequence } = await answer.json();
    const until = performance.now() + PATIENCE_MS;
    while (performance.now() < until) {
      const said = await fetch(`/panic/${sequence}`, { cache: "no-store" });
      if (said.ok && (await said.json()).heard) return true;
      await new Promise((done) => setTimeout(done, ASK_MS));
    }
  } catch {
    return false;
  }
  return false;
}
