// Sounds of what rings, told apart by rhythm as well as by pitch; a mute that shows itself, ends by itself, and that
// an alarm of the first rank breaks. A picture that is lost sounds as well: nobody looks at one screen all night.
import { say } from "./words.js";

const MUTE_MS = 120_000;
/** For each rank: [frequency in Hz, start in s, length in s] of each tone, and after how many seconds it comes again. */
const PATTERNS = {
  1: { tones: [[880, 0, 0.25], [587, 0.25, 0.25], [880, 0.5, 0.25], [587, 0.75, 0.25], [880, 1.0, 0.25], [587, 1.25, 0.25]], every: 3, wave: "square", volume: 0.16 },
  2: { tones: [[523, 0, 0.15], [659, 0.25, 0.15], [784, 0.5, 0.3]], every: 8, wave: "triangle", volume: 0.3 },
  3: { tones: [[440, 0, 0.2], [440, 0.4, 0.2]], every: 25, wave: "triangle", volume: 0.22 },
  4: { tones: [[330, 0, 0.12]], every: 120, wave: "sine", volume: 0.18 },
  5: { tones: [[294, 0, 0.1]], every: 300, wave: "sine", volume: 0.15 },
  lost: { tones: [[392, 0, 0.5], [262, 0.6, 0.8]], every: 20, wave: "triangle", volume: 0.25 },
};

const button = document.getElementById("sound");
let context = null;
let mutedUntil = 0;
let ringing = null;
let heard = new Set();
let playedAt = 0;
let lost = false;

function play(pattern) {
  if (!context || context.state !== "running") return;
  const { tones, wave, volume } = PATTERNS[pattern];
  for (const [frequency, start, length] of tones) {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    const at = context.currentTime + start;
    oscillator.type = wave;
    oscillator.frequency.value = frequency;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(volume, at + 0.01);
    gain.gain.setValueAtTime(volume, at + length - 0.03);
    gain.gain.linearRampToValueAtTime(0, at + length);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(at);
    oscillator.stop(at + length);
  }
  playedAt = performance.now();
}

function show() {
  const left = mutedUntil - performance.now();
  const blocked = !context || context.state !== "running";
  const muted = left > 0;
  button.classList.toggle("late", muted || blocked);
  button.setAttribute("aria-pressed", String(muted));
  const text = blocked ? say("sound_blocked") : muted ? say("muted", { time: `${Math.floor(left / 60000)}:${String(Math.floor((left % 60000) / 1000)).padStart(2, "0")}` }) : say("sound_on");
  if (button.textContent !== text) button.textContent = text;
}

function tick() {
  show();
  const pattern = lost ? "lost" : ringing;
  if (pattern === null || mutedUntil > performance.now()) return;
  if (performance.now() - playedAt >= PATTERNS[pattern].every * 1000) play(pattern);
}

/** The picture is lost, or is there again: at once when it is new, and again until it is there. */
export function soundLost(now) {
  if (now && !lost && mutedUntil <= performance.now()) play("lost");
  lost = now;
}

/** Take what rings now: the worst sounds at once when it is new, and again until somebody acknowledges it. */
export function ring(needs) {
  const all = needs.filter((need) => need.rings);
  const fresh = all.filter((need) => !heard.has(`${need.key} ${need.count ?? 1}`));
  heard = new Set(all.map((need) => `${need.key} ${need.count ?? 1}`));
  ringing = all.length ? Math.min(...all.map((need) => need.rank)) : null;
  if (!fresh.length) return;
  const worst = Math.min(...fresh.map((need) => need.rank));
  if (worst === 1) mutedUntil = 0;
  if (mutedUntil <= performance.now()) play(worst);
  show();
}

function wake() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume().then(show, () => show());
  show();
}

/** Mute for two minutes, or end that. */
export function toggleMute() {
  wake();
  mutedUntil = mutedUntil > performance.now() ? 0 : performance.now() + MUTE_MS;
  show();
}

export function startSound() {
  // Browsers are silent until somebody has touched the page: until then the button says so.
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => { if (!context || context.state !== "running") wake(); });
  button.addEventListener("click", toggleMute);
  setInterval(tick, 500);
  show();
}
