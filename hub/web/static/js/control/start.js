// The control room: the picture once, then every change of it, without a reload.
import { ageText, hubNow } from "../ages.js";
import { onKey } from "../keys.js";
import { enterList } from "../lists.js";
import { Connection } from "./connection.js";
import { closeDrawer, openLine, openNeed, openPage, openPerson, openTerminal, refreshNeed } from "./drawer.js";
import { clockTime, make } from "./elements.js";
import { showHeadline } from "./headline.js";
import { addToFeed, showFeed, showNeeds, showTerminals } from "./lines.js";
import { Model } from "./model.js";
import { movePerson, showPeople, showZone, startPeople } from "./people.js";
import { flashRoom, onZone, showDots, showPlan } from "./plan.js";
import { say } from "./words.js";

const control = document.getElementById("control");
const stale = document.getElementById("stale");
const state = document.getElementById("feed-state");
const model = new Model();

function showFigures() {
  if (!model.roll) return;
  const counts = model.counts(hubNow());
  showPlan(model, counts);
  showHeadline(model, counts);
}

function showSituation() {
  showNeeds(model);
  showTerminals(model);
  showDots(model.terminals);
  showFigures();
}

function showState(text, kind) {
  if (state.dataset.kind !== kind) state.className = kind === "live" ? "chip" : "chip late";
  state.dataset.kind = kind;
  if (state.textContent !== text) state.textContent = text;
}

function showStale(text, link = null) {
  const before = stale.dataset.text;
  if (before !== text) {
    stale.dataset.text = text;
    stale.replaceChildren(...[text, link].filter(Boolean));
  }
  stale.hidden = false;
  control.classList.add("stale-picture");
}

const told = {
  picture(whole) {
    model.replace(whole);
    showPeople(model);
    showFeed(model);
    showSituation();
  },
  feed(line) {
    if (!model.add(line)) return;
    addToFeed(model, line);
    if (line.position) movePerson(model, line.position.number);
    if (line.position && !line.late && line.decision === "ADMIT") flashRoom(line.position.zone);
    showFigures();
  },
  situation(now) {
    const people = model.roll?.in_custody;
    refreshNeed(model.needs, now.needs);
    model.situation(now);
    showSituation();
    if (people !== undefined && people !== now.roll.in_custody) connection.fetchPicture();
  },
  live(seconds) {
    stale.hidden = true;
    control.classList.remove("stale-picture");
    showState(`${say("live")} ${seconds.toFixed(1)} s`, "live");
  },
  lost(seconds) {
    const age = ageText(seconds);
    showState(`${say("starting")} ${age}`, "lost");
    showStale(say("lost", { age }));
  },
  signedOut() {
    showState(say("signed_out"), "lost");
    showStale(`${say("signed_out")} `, make("a", { href: "/login?next=/control-room" }, "\u2192"));
  },
};

const connection = new Connection(control.dataset, told);

function openFrom(event) {
  const item = event.target.closest("[data-feed], [data-need], [data-terminal]");
  if (!item) return;
  if (item.dataset.terminal) return openTerminal(model, item.dataset.terminal);
  const need = model.needs.find((one) => one.key === item.dataset.need);
  if (need?.panel) return openNeed(need);
  if (need?.page) return openPage(need);
  const line = model.line(need ? need.feed_id : Number(item.dataset.feed));
  if (line) openLine(model, line);
  else if (need) openTerminal(model, need.terminal);
}

for (const id of ["feed", "needs", "terminals"]) document.getElementById(id).addEventListener("click", openFrom);
startPeople((number) => openPerson(model, number));
onZone(showZone);
onKey("Escape", closeDrawer);
onKey("n", () => enterList(document.getElementById("needs")));
onKey("f", () => enterList(document.getElementById("feed")));
onKey("w", () => enterList(document.getElementById("people")));

const clock = document.getElementById("clock");
setInterval(() => { clock.textContent = clockTime(hubNow()); }, 250);
// Proofs grow old without any event: the figures are shown anew for that.
setInterval(showFigures, 5000);
