// A form that was filled in for ten minutes outlives the session: before it is sent, the hub is asked who is signed in.
// If nobody is, what was typed stays on the page, in this browser's memory alone, while its owner signs in again above
// it. Nothing of it is stored, neither here nor in the hub, and nothing is sent before the owner presses again.
import { startSecurityKey } from "./security_key.js";

const dialog = document.getElementById("still-here");
const door = dialog?.querySelector("[data-door]");
const close = dialog?.querySelector("[data-close]");
const asked = new WeakSet();
const ASK = "/signed-in";
let asking = false;
let pressed = null;

/** {here: true}, or {here: false, say: what stands against it}. `answer` is one of the address that says who it is. */
async function isSame(answer) {
  const found = await answer.json();
  if (String(found.who) !== dialog.dataset.who) return { here: false, say: "another" };
  // Forms handed out before somebody signed in again are worth nothing: all of this page get the new token.
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = found.token;
  for (const part of document.querySelectorAll("[data-token]")) part.dataset.token = found.token;
  return { here: true };
}

async function look() {
  try {
    const answer = await fetch(ASK, { headers: { Accept: "application/json" }, redirect: "manual" });
    if (answer.ok) return await isSame(answer);
    if (answer.status === 401) return { here: false, say: "signed-out" };
    return { here: false, say: answer.type === "opaqueredirect" ? "elsewhere" : "silent" };
  } catch {
    return { here: false, say: "silent" };
  }
}

function say(what) {
  for (const part of dialog.querySelectorAll("[data-say]")) part.hidden = part.dataset.say !== what;
  if (what === "another") document.getElementById("main").replaceChildren();
  if (!dialog.open) dialog.showModal();
  (door.querySelector("[autofocus]") ?? close).focus();
}

/** Show what the door answered: the next question of signing in, or who is in now. */
async function enter(request) {
  let answer;
  try {
    answer = await request;
  } catch {
    return say("silent");
  }
  if (new URL(answer.url).pathname === ASK && answer.ok) {
    const { here, say: against } = await isSame(answer);
    door.replaceChildren();
    return say(here ? "back" : against);
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const question = page.querySelector(".door");
  if (!question) return say("elsewhere");
  // The page behind may have fields of the same names: labels must not lead there.
  for (const part of question.querySelectorAll("[id]")) part.id = `door-${part.id}`;
  for (const part of question.querySelectorAll("[aria-describedby]")) part.setAttribute("aria-describedby", `door-${part.getAttribute("aria-describedby")}`);
  for (const label of question.querySelectorAll("[for]")) label.htmlFor = `door-${label.htmlFor}`;
  question.querySelector("h1")?.remove();
  // Whoever followed a link from here would leave the page, and what was typed with it.
  for (const link of question.querySelectorAll("a")) link.closest("p")?.remove();
  door.replaceChildren(document.importNode(question, true));
  startSecurityKey(door);
  say("signed-out");
}

function onDoor(event) {
  event.preventDefault();
  const form = event.target;
  enter(fetch(form.action, { method: "POST", body: new FormData(form, event.submitter), headers: { Accept: "text/html" } }));
}

async function onSubmit(event) {
  const form = event.target;
  if (form.getAttribute("method") !== "post" || dialog.contains(form) || form.closest(".account")) return;
  if (asked.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (asking) return;
  asking = true;
  pressed = event.submitter;
  const found = await look();
  asking = false;
  if (found.here) {
    asked.add(form);
    form.requestSubmit(pressed);
    asked.delete(form);
  } else if (found.say === "signed-out") {
    await enter(fetch(`/login?next=${ASK}`, { headers: { Accept: "text/html" } }));
  } else {
    say(found.say);
  }
}

function onClose() {
  if (!dialog.querySelector('[data-say="another"]').hidden) return location.replace("/");
  door.replaceChildren();
  pressed?.focus();
}

/** Whoever comes back to a page of somebody else's must not find what that one typed. */
async function onReturn() {
  if (document.hidden || !document.querySelector("main form[method=post]")) return;
  if ((await look()).say === "another") say("another");
}

/** Let every form of the page that is sent be asked for first. */
export function startStillHere() {
  if (!dialog) return;
  // Before any other module hears of it: forms of parts that are sent without leaving the page are asked for as well.
  addEventListener("submit", onSubmit, { capture: true });
  dialog.addEventListener("submit", onDoor);
  dialog.addEventListener("close", onClose);
  close.addEventListener("click", () => dialog.close());
  document.addEventListener("visibilitychange", onReturn);
}
