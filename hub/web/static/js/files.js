// A file that is too large is refused before it is sent: what was typed stays where it is.
for (const input of document.querySelectorAll("input[type=file][data-max-bytes]")) {
  input.addEventListener("change", () => {
    const large = [...input.files].some((file) => file.size > Number(input.dataset.maxBytes));
    input.setCustomValidity(large ? input.dataset.tooLarge : "");
    if (large) {
      input.reportValidity();
      input.value = "";
      input.addEventListener("focus", () => input.setCustomValidity(""), { once: true });
    }
  });
}
