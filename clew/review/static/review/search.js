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
  // The browser goes to the fragment when all is loaded, and lets go of what had the focus: ours comes after.
  const back = /^#media-[0-9a-f-]{36}$/.test(location.hash) && document.querySelector(`${location.hash} .picture`);
  if (back) window.addEventListener("load", () => setTimeout(() => back.focus(), 50));
}
