// One line that says what was done, and goes by itself. Nothing asks "are you sure": everything can be undone.

const SECONDS = 6;
let timer = 0;

/** Say it; a message that somebody must act on stays until the next. */
export function say(words, { stays = false } = {}) {
  const place = document.querySelector("[data-toast]");
  if (!place) return;
  place.textContent = words;
  place.hidden = false;
  clearTimeout(timer);
  if (!stays) timer = setTimeout(() => (place.hidden = true), SECONDS * 1000);
}
