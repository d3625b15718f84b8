// The running tally of a count by name: how many are ticked, typed and unknown, said aloud as it grows.
for (const part of document.querySelectorAll("[data-tally]")) {
  const shown = part.querySelector("[data-count]");
  const count = () => {
    const ticked = part.querySelectorAll("input[name=seen]:checked").length;
    const others = part.querySelector("[name=others]").value.split(/[\s,]+/).filter(Boolean).length;
    const strangers = Number.parseInt(part.querySelector("[name=strangers]").value, 10) || 0;
    shown.textContent = String(ticked + others + strangers);
  };
  part.addEventListener("input", count);
  count();
}
