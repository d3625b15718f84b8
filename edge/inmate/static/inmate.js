// Asks for the moment a few times a second, paints it, and plays its sound once.

const EVERY_MS = 200;
const LOST_AFTER = 5;
const VOLUME = 0.25;

const body = document.body;
const line = document.getElementById("line");
const shape = document.getElementById("shape");
const count = document.getElementById("count");

let serial = null;
let silent = 0;
let missed = 0;
let speaker = null;

function paint(picture) {
  if (body.dataset.sign !== picture.sign) body.dataset.sign = picture.sign;
  const wanted = `#${picture.symbol}`;
  if (shape.getAttribute("href") !== wanted) shape.setAttribute("href", wanted);
  if (line.textContent !== picture.line) line.textContent = picture.line;
  if (count.textContent !== picture.count) count.textContent = picture.count;
  count.hidden = !picture.count;
  document.documentElement.lang = picture.language;
  document.documentElement.style.setProperty("--sign", picture.colour);
}

function play(sound) {
  if (!sound.length) return;
  speaker ??= new AudioContext();
  let at = speaker.currentTime + 0.02;
  for (const [hertz, milliseconds] of sound) {
    if (hertz) {
      const tone = speaker.createOscillator();
      const gain = speaker.createGain();
      gain.gain.value = VOLUME;
      tone.frequency.value = hertz;
      tone.connect(gain).connect(speaker.destination);
      tone.start(at);
      tone.stop(at + milliseconds / 1000);
    }
    at += milliseconds / 1000;
  }
  silent = performance.now() + sound.reduce((sum, [, milliseconds]) => sum + milliseconds, 0);
}

function hear(picture) {
  const fresh = serial !== null && picture.serial !== serial;
  serial = picture.serial;
  if (fresh || (picture.repeats && performance.now() >= silent)) play(picture.sound);
}

function lost() {
  const { absentSign, absentSymbol, absentColour, absentLine, absentLanguage } = body.dataset;
  paint({
    sign: absentSign,
    symbol: absentSymbol,
    colour: absentColour,
    line: absentLine,
    language: absentLanguage,
    count: "",
  });
}

async function look() {
  try {
    const answer = await fetch(body.dataset.moment, { cache: "no-store", signal: AbortSignal.timeout(3000) });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const picture = await answer.json();
    missed = 0;
    paint(picture);
    hear(picture);
  } catch {
    missed += 1;
    if (missed >= LOST_AFTER) lost();
  }
  setTimeout(look, EVERY_MS);
}

look();
