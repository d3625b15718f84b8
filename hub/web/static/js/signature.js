// A signature drawn with finger, pen or mouse. What is sent are strokes, "x,y x,y;x,y", on a page of 600 by 200.
const WIDTH = 600;
const HEIGHT = 200;
const NEAR = 3;
const MOST_LETTERS = 20000;

function read(text) {
  return text.split(";").filter(Boolean).map((stroke) => stroke.split(" ").map((pair) => pair.split(",").map(Number)));
}

function written(strokes) {
  return strokes.map((stroke) => stroke.map((point) => point.join(",")).join(" ")).join(";");
}

class Pad {
  constructor(part) {
    this.canvas = part.querySelector("canvas");
    this.field = part.querySelector("input[type=hidden]");
    this.strokes = read(this.field.value);
    this.drawing = false;
    part.hidden = false;
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.go(event));
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => this.end());
    part.querySelector("[data-clear]").addEventListener("click", () => this.clear());
    this.draw();
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
    return [
      within(((event.clientX - box.left) / box.width) * WIDTH, WIDTH),
      within(((event.clientY - box.top) / box.height) * HEIGHT, HEIGHT),
    ];
  }

  begin(event) {
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.drawing = true;
    this.strokes.push([this.place(event)]);
  }

  go(event) {
    if (!this.drawing) return;
    const stroke = this.strokes.at(-1);
    const point = this.place(event);
    const last = stroke.at(-1);
    if (Math.hypot(point[0] - last[0], point[1] - last[1]) < NEAR) return;
    stroke.push(point);
    this.draw();
  }

  end() {
    if (!this.drawing) return;
    this.drawing = false;
    while (written(this.strokes).length > MOST_LETTERS) this.strokes.pop();
    this.field.value = written(this.strokes);
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.draw();
  }

  clear() {
    this.strokes = [];
    this.field.value = "";
    this.draw();
  }

  draw() {
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, WIDTH, HEIGHT);
    pen.lineWidth = 4;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.strokeStyle = "#000";
    for (const stroke of this.strokes) {
      pen.beginPath();
      stroke.forEach(([x, y], index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      pen.stroke();
    }
  }
}

for (const part of document.querySelectorAll("[data-signature]")) new Pad(part);
