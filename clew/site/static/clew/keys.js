// Keys: the whole page without a mouse. Letters can be switched off (WCAG 2.1.4), since speech input and habits differ.

import { hide, hideAll } from "./reveal.js";

const LETTERS_OFF = "clew-letters-off";
const dialog = document.getElementById("keys");
const lettersOn = dialog.querySelector("[data-keys-on]");

lettersOn.checked = localStorage.getItem(LETTERS_OFF) === null;
lettersOn.addEventListener("change", () => {
  if (lettersOn.checked) localStorage.removeItem(LETTERS_OFF);
  else localStorage.setItem(LETTERS_OFF, "yes");
});
document.querySelector("[data-keys-open]").addEventListener("click", () => dialog.showModal());

const pictures = () => [...document.querySelectorAll("[data-grid] .picture")];

// One stop for Tab in a grid of a hundred; arrows go on from there.
function rove(chosen) {
  for (const picture of pictures()) picture.tabIndex = picture === chosen ? 0 : -1;
}

function moveTo(picture) {
  if (!picture) return;
  rove(picture);
  picture.focus();
  picture.scrollIntoView({ block: "nearest" });
}

function moveBy(steps) {
  const all = pictures();
  const at = all.indexOf(document.activeElement.closest?.("[data-tile]")?.querySelector(".picture"));
  moveTo(all[at < 0 ? 0 : Math.min(Math.max(at + steps, 0), all.length - 1)]);
}

// Rows differ in length between groups, so up and down go by what is seen: the nearest tile of the next row.
function moveRow(direction) {
  const here = document.activeElement.getBoundingClientRect();
  const beyond = pictures()
    .map((picture) => [picture, picture.getBoundingClientRect()])
    .filter(([, box]) => (direction > 0 ? box.top > here.bottom : box.bottom < here.top));
  const gap = ([, box]) => Math.abs(box.top - here.top) * 10000 + Math.abs(box.left - here.left);
  moveTo(beyond.sort((a, b) => gap(a) - gap(b))[0]?.[0]);
}

const LETTERS = {
  j: () => moveBy(1),
  k: () => moveBy(-1),
  h: hideAll,
  "?": () => dialog.showModal(),
};

// In right-to-left pages the next tile lies to the left.
const forward = () => (document.documentElement.dir === "rtl" ? -1 : 1);
const ON_PICTURE = {
  ArrowRight: () => moveBy(forward()),
  ArrowLeft: () => moveBy(-forward()),
  ArrowDown: () => moveRow(1),
  ArrowUp: () => moveRow(-1),
  Escape: () => hide(document.activeElement),
  // Space presses the button and shows; Enter is for the explanation.
  Enter: () => document.activeElement.closest("[data-tile]")?.querySelector("[data-explain]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
  if (event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) return;
  const act = (event.target.matches(".picture") && ON_PICTURE[event.key]) || (lettersOn.checked && LETTERS[event.key]);
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("focusin", (event) => event.target.matches(".picture") && rove(event.target));
rove(pictures()[0]);
