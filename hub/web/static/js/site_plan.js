// A drawing to tie zones to: shapes are pressed or walked with arrows, checkpoints are pointed at.
const plan = document.getElementById("drawing");
const tying = document.getElementById("tying");
const picks = [...plan.querySelectorAll("[data-pick]")];
const shape = document.getElementById("shape");
const zone = document.getElementById("zone");
const point = document.getElementById("point");
const AIMS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

const middle = (pick) => {
  const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(pick.getAttribute(name)));
  return { x: x + width / 2, y: y + height / 2 };
};

function choose(pick, { andZone = false } = {}) {
  for (const one of picks) {
    const on = one === pick;
    one.classList.toggle("chosen", on);
    one.setAttribute("aria-pressed", String(on));
    one.setAttribute("tabindex", on ? "0" : "-1");
  }
  shape.value = pick.dataset.pick;
  zone.value = pick.dataset.of;
  if (andZone) zone.focus();
}

function beside(pick, [dx, dy]) {
  const here = middle(pick);
  return picks.filter((one) => one !== pick).map((one) => {
    const { x, y } = middle(one);
    const along = (x - here.x) * dx + (y - here.y) * dy;
    const across = Math.abs((x - here.x) * dy) + Math.abs((y - here.y) * dx);
    return { one, along, far: along + 2 * across };
  }).filter(({ along }) => along > 0).sort((a, b) => a.far - b.far)[0]?.one;
}

for (const pick of picks) {
  pick.addEventListener("click", () => choose(pick, { andZone: true }));
  pick.addEventListener("keydown", (event) => {
    const next = event.key in AIMS && beside(pick, AIMS[event.key]);
    if (next) {
      choose(next);
      next.focus();
    } else if (event.key === "Enter" || event.key === " ") choose(pick, { andZone: true });
    else if (!(event.key in AIMS)) return;
    event.preventDefault();
  });
}
shape?.addEventListener("change", () => choose(picks.find((one) => one.dataset.pick === shape.value)));
const first = picks.find((one) => one.dataset.pick === shape?.value) ?? picks[0];
if (first) choose(first);

/** A point of the screen in units of the drawing. */
function onDrawing(event) {
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(plan.getScreenCTM().inverse());
  return [Math.round(x), Math.round(y)];
}

function showSpot() {
  const [x, y] = ["x", "y"].map((name) => Number(document.getElementById(name).value));
  let spot = plan.querySelector(".spot.fresh");
  if (!spot) {
    spot = document.createElementNS("http://www.w3.org/2000/svg", "g");
    spot.setAttribute("class", "spot fresh");
    const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    circle.setAttribute("r", "9");
    spot.append(circle);
    plan.append(spot);
  }
  spot.setAttribute("transform", `translate(${x} ${y})`);
}

function setPointing(on) {
  tying.classList.toggle("placing", on);
  point.setAttribute("aria-pressed", String(on));
}

point?.addEventListener("click", () => setPointing(point.getAttribute("aria-pressed") !== "true"));
plan.addEventListener("click", (event) => {
  if (!tying.classList.contains("placing")) return;
  const [x, y] = onDrawing(event);
  document.getElementById("x").value = Math.max(0, x);
  document.getElementById("y").value = Math.max(0, y);
  showSpot();
  setPointing(false);
  document.querySelector("#spot button[type=submit]").focus();
});
for (const name of ["x", "y"]) document.getElementById(name)?.addEventListener("input", showSpot);
