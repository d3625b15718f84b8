// The page of the hub: fetch the hour, then play it.
import { ReplayScreen } from "./screen.js";

const place = document.getElementById("replay");
const words = JSON.parse(document.getElementById("replay-words").textContent);

async function start() {
  const answer = await fetch(place.dataset.reel, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const reel = await answer.json();
  place.hidden = false;
  document.getElementById("replay-wait").hidden = true;
  new ReplayScreen(reel, words, place.dataset.zone);
  place.dataset.ready = "1";
}

start().catch(() => {
  document.getElementById("replay-wait").hidden = true;
  document.getElementById("replay-failed").hidden = false;
});
