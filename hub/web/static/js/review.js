// Where the making of a review is shown, leads on to the review as soon as it is there.
for (const part of document.querySelectorAll(".review-making[data-refresh]")) {
  new MutationObserver(() => {
    const made = part.querySelector('[role="status"] a');
    if (made) location.replace(made.href);
  }).observe(part, { childList: true });
}
