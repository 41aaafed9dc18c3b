// Search: which content was looked at last is noted, so that going back leads there, and the keys begin where the page was left.

const grid = document.querySelector("[data-left]");

if (grid) {
  grid.addEventListener("click", (event) => {
    if (!event.target.closest("a[data-explain]")) return;
    const media = event.target.closest("[data-media]").dataset.media;
    const token = document.querySelector('meta[name="csrf-token"]').content;
    // The page is left meanwhile; where it was left matters less than going on.
    fetch(grid.dataset.left, {
      method: "POST",
      body: new URLSearchParams({ media }),
      headers: { "X-CSRFToken": token },
      keepalive: true,
    }).catch(() => {});
  });
  document.querySelector(`${location.hash.startsWith("#media-") ? location.hash : "#none"} .picture`)?.focus();
}
