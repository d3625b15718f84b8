// Acknowledging with one key, and the strip of orders in force.
import { make, mark } from "./elements.js";
import { say } from "./words.js";

const control = document.getElementById("control");
const bar = document.getElementById("orders-bar");

/** Acknowledge every alarm that a need stands for. Resolves to true when the hub has written it down. */
export async function acknowledge(need) {
  if (!control.dataset.acts || !need?.alarms?.length) return false;
  const form = new FormData();
  form.set("csrf_token", control.dataset.token);
  form.set("act", "acknowledge");
  for (const [number, count] of need.alarms) form.append("alarm", `${number}:${count}`);
  try {
    const answer = await fetch(control.dataset.acts, { method: "POST", body: form, headers: { "X-Fragment": "1" }, redirect: "error" });
    return answer.ok;
  } catch {
    return false;
  }
}

/** Orders in force stand across the whole screen, the evacuation first, until they end. */
export function showOrders(needs, open) {
  const orders = needs.filter((need) => need.kind === "order");
  const text = JSON.stringify(orders.map((order) => [order.key, order.title, order.detail]));
  if (bar.dataset.text === text) return;
  bar.dataset.text = text;
  bar.hidden = orders.length === 0;
  bar.replaceChildren(...orders.map((order) => {
    const button = make("button", { type: "button", class: `order-strip ${order.order}` }, mark("REFUSE"), make("b", {}, order.title), make("span", {}, order.detail), make("span", { class: "unseen" }, say("open_page")));
    button.addEventListener("click", () => open(order));
    return button;
  }));
}
