// The page of one's own keys: press the key that an action is to have; what would do two things is said at once, and not sent.

import { nameOf } from "./hotkeys.js";

const form = document.querySelector("[data-own-keys]");
const words = form.querySelector("[data-taken]");
const EVERYWHERE = "everywhere";
// These move through the page, and stay with it.
const NEEDED = ["Tab", "Shift", "Control", "Alt", "Meta"];

const fields = () => [...form.querySelectorAll("input[id]")];
const placeOf = (field) => field.closest("[data-place]").dataset.place;
const actionOf = (field) => field.labels[0].textContent;

/** Fields whose key another field of the same page has. */
function clashes() {
  const meet = (a, b) => a !== b && a.value === b.value && (placeOf(a) === placeOf(b) || [placeOf(a), placeOf(b)].includes(EVERYWHERE));
  return fields().flatMap((field) => fields().filter((other) => meet(field, other)).map((other) => [field, other]));
}

function check() {
  const found = clashes();
  for (const field of fields()) field.ariaInvalid = String(found.some(([one]) => one === field));
  words.hidden = !found.length;
  if (found.length) words.textContent = `${found[0][0].value} would do two things: ${actionOf(found[0][0])}; ${actionOf(found[0][1])}.`;
  return !found.length;
}

form.addEventListener("keydown", (event) => {
  if (!event.target.matches("input[id]") || NEEDED.includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.target.value = nameOf(event);
  check();
});
form.addEventListener("submit", (event) => {
  if (check()) return;
  event.preventDefault();
  form.querySelector("[aria-invalid=true]").focus();
});
