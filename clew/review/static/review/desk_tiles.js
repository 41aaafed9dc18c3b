// The pictures of the stack at hand: which one is meant, and which are chosen with it. The first is the one that the stack is gathered around.

/** The pictures that can be shown. */
export const tilesOf = (desk) => [...desk.querySelectorAll("[data-tile] .picture[data-reveal]")];

/** The tile that has the focus; the first where none has. */
export function currentTile(desk) {
  return document.activeElement?.closest?.("#desk [data-tile]") ?? desk.querySelector("[data-tile]");
}

/** Near copies that are chosen. */
export const chosenTiles = (desk) => [...desk.querySelectorAll("[data-tile][data-picked]")];

/** Go so many pictures on, or back. */
export function moveTile(desk, steps) {
  const all = [...desk.querySelectorAll("[data-tile]")];
  const at = all.indexOf(currentTile(desk));
  const picture = all[Math.min(Math.max(at + steps, 0), all.length - 1)]?.querySelector(".picture");
  picture?.focus();
  picture?.scrollIntoView({ block: "nearest" });
}
