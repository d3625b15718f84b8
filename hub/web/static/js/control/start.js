// The control room: the picture once, then every change of it, without a reload.
import { ageText, hubNow } from "../ages.js";
import { onKey } from "../keys.js";
import { enterList } from "../lists.js";
import { acknowledge, showOrders } from "./acts.js";
import { Connection } from "./connection.js";
import { closeDrawer, openLine, openPage, openPanel, openPerson, openTerminal, openZone, refreshNeed, refreshPerson, startDrawer } from "./drawer.js";
import { clockTime, make } from "./elements.js";
import { startFinder } from "./finder.js";
import { showHeadline } from "./headline.js";
import { addToFeed, growLate, showCounts, showFeed, showMoves, showNeeds, showTerminals } from "./lines.js";
import { Model } from "./model.js";
import { acknowledged, announce } from "./news.js";
import { flashRoom, onZone, showDots, showPlan } from "./plan.js";
import { showElsewhere, startSites } from "./sites.js";
import { ring, soundLost, startSound, toggleMute } from "./sound.js";
import { say } from "./words.js";

const FIGURES_MS = 250;
const control = document.getElementById("control");
const stale = document.getElementById("stale");
const state = document.getElementById("feed-state");
const model = new Model();
let figuresWaiting = 0;

function showFigures() {
  figuresWaiting = 0;
  showPlan(model, model.countsOf(hubNow()));
}

/** The map is drawn anew at most four times a second, however much comes. */
function laterFigures() {
  figuresWaiting ||= setTimeout(showFigures, FIGURES_MS);
}

const SHOW = {
  needs() {
    showNeeds(model);
    showElsewhere(model);
    showOrders(model.needs, openNeed);
    announce(model.needs);
    ring(model.needs);
  },
  moves: () => showMoves(model),
  counts: () => showCounts(model),
  terminals() {
    showTerminals(model);
    showDots([...model.terminals.values()]);
  },
  roll: () => showHeadline(model.roll),
};

function showAll() {
  showFeed(model);
  for (const show of Object.values(SHOW)) show();
  showFigures();
}

function showState(text, kind) {
  if (state.dataset.kind !== kind) state.className = kind === "live" ? "chip" : "chip late";
  state.dataset.kind = kind;
  if (state.textContent !== text) state.textContent = text;
}

function showStale(text, link = null) {
  if (stale.dataset.text !== text) {
    stale.dataset.text = text;
    stale.replaceChildren(...[text, link].filter(Boolean));
  }
  stale.hidden = false;
  control.classList.add("stale-picture");
}

const told = {
  picture(whole) {
    const before = model.needs;
    model.replace(whole);
    showAll();
    refreshNeed(before, model.needs);
  },
  change(now) {
    const before = model.needs;
    const changed = model.change(now);
    for (const name of changed) SHOW[name]?.();
    if (changed.includes("needs")) refreshNeed(before, model.needs);
    laterFigures();
  },
  feed(lines) {
    const fresh = lines.filter((line) => model.add(line)).reverse();
    if (!fresh.length) return;
    addToFeed(model, fresh);
    refreshPerson(fresh);
    for (const line of fresh) if (line.position && !line.late && line.decision === "ADMIT") flashRoom(line.position.zone);
    laterFigures();
  },
  late(sum) {
    if (model.takeLate(sum)) growLate(model, sum);
    else addToFeed(model, [sum]);
  },
  live(seconds) {
    stale.hidden = true;
    soundLost(false);
    control.classList.remove("stale-picture");
    showState(`${say("live")} ${seconds.toFixed(1)} s`, "live");
  },
  lost(seconds) {
    const age = ageText(seconds);
    showState(`${say("starting")} ${age}`, "lost");
    showStale(say("lost", { age }));
    soundLost(true);
  },
  signedOut() {
    showState(say("signed_out"), "lost");
    // In a window of its own: this picture stays to be read, and goes on by itself once somebody has signed in.
    showStale(`${say("signed_out")} `, make("a", { href: "/login?next=/control-room", target: "_blank", rel: "noopener" }, say("sign_in")));
    soundLost(true);
  },
};

function openNeed(need) {
  if (need.panel) return openPanel(need.panel);
  if (need.page) return openPage(need);
  return openTerminal(model, need.terminal);
}

function openMove(move) {
  return move.person ? openPerson(model, move.person) : openPage(move);
}

function openFrom(event) {
  const item = event.target.closest(".line");
  if (!item) return;
  const { feed, need, move, count, terminal } = item.dataset;
  const among = (items, key) => items.find((one) => one.key === key);
  if (feed) openLine(model, model.line(Number(feed)));
  else if (need) openNeed(among(model.needs, need));
  else if (move) openMove(among(model.moves, move));
  else if (count) openPage(among(model.counts, count));
  else if (terminal) openTerminal(model, terminal);
}

/** One key: the alarm in focus, else the worst that nobody has acknowledged. It is silent at once. */
async function acknowledgeNext() {
  const focused = document.activeElement?.closest?.("[data-need]")?.dataset.need;
  const open = model.needs.filter((need) => need.rings);
  const need = open.find((one) => one.key === focused) ?? open[0];
  if (!need) return acknowledged(null);
  if (!need.alarms?.length) return openNeed(need); // a referral rings until somebody answers it
  document.querySelector(`[data-need="${CSS.escape(need.key)}"]`)?.classList.add("pending");
  if (await acknowledge(need)) {
    need.rings = false;
    acknowledged(need);
    SHOW.needs();
  } else openNeed(need);
}

function press(id) {
  const button = document.getElementById(id);
  if (!button) return;
  const zone = model.pressed ? `?zone=${encodeURIComponent(model.pressed)}` : "";
  openPanel(button.dataset.panel + zone);
}

startDrawer();
startSound();
startFinder(model, hubNow, ({ number, zone }) => (zone ? openZone(model, zone, hubNow()) : openPerson(model, number)));
onZone((code) => {
  model.pressed = code;
  if (code) openZone(model, code, hubNow());
  else closeDrawer();
});
for (const id of ["feed", "needs", "moves", "counts", "terminals"]) document.getElementById(id).addEventListener("click", openFrom);
for (const id of ["lockdown", "evacuate"]) document.getElementById(id)?.addEventListener("click", () => press(id));
startSites(model, showAll);
onKey("Escape", closeDrawer);
for (const [key, id] of [["n", "needs"], ["o", "moves"], ["f", "feed"], ["c", "counts"], ["t", "terminals"]]) onKey(key, () => enterList(document.getElementById(id)));
onKey("a", acknowledgeNext);
onKey("s", toggleMute);
onKey("l", () => press("lockdown"));
onKey("e", () => press("evacuate"));

new Connection(control.dataset, told);
const clock = document.getElementById("clock");
setInterval(() => { clock.textContent = clockTime(hubNow()); }, 250);
// Proofs grow old without any event: the figures are shown anew for that.
setInterval(showFigures, 5000);
