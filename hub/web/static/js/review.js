// While a review is made, says that it goes on and for how long: a large register takes a while.
for (const form of document.querySelectorAll("form[data-making]")) {
  form.addEventListener("submit", () => {
    const shown = form.querySelector("[data-progress]");
    const button = form.querySelector("button[type=submit]");
    button.setAttribute("aria-disabled", "true");
    shown.hidden = false;
    const since = performance.now();
    const seconds = shown.querySelector("[data-seconds]");
    setInterval(() => {
      seconds.textContent = String(Math.round((performance.now() - since) / 1000));
    }, 1000);
  });
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}
