// Keys of every page, and of lists of files. Which they are the officer's own table says (`hotkeys.js`).

import { areCharactersOn, askedBy, drawKeys, listKeysHere, setCharacters } from "../review/hotkeys.js";
import { hide, hideAll } from "./reveal.js";

const dialog = document.getElementById("keys");

function show() {
  listKeysHere(dialog.querySelector("[data-keys-here]"));
  dialog.showModal();
}

for (const lettersOn of document.querySelectorAll("[data-keys-on]")) {
  lettersOn.checked = areCharactersOn();
  lettersOn.addEventListener("change", () => setCharacters(lettersOn.checked));
}
document.querySelector("[data-keys-open]").addEventListener("click", show);

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

// The break is taken before every other key (`breaks.js`).
const EVERYWHERE = { keys: show, hide_all: hideAll };
const IN_LISTS = { on: () => moveBy(1), back: () => moveBy(-1) };
// Space presses the button and shows.
const ON_PICTURE = {
  hide: () => hide(document.activeElement),
  explain: () => document.activeElement.closest("[data-tile]")?.querySelector("[data-explain]")?.click(),
};

// In right-to-left pages the next tile lies to the left.
const forward = () => (document.documentElement.dir === "rtl" ? -1 : 1);
const ARROWS = {
  ArrowRight: () => moveBy(forward()),
  ArrowLeft: () => moveBy(-forward()),
  ArrowDown: () => moveRow(1),
  ArrowUp: () => moveRow(-1),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const isOnPicture = event.target.matches("[data-grid] .picture");
  const inList = pictures().length ? askedBy(event, "list")?.action : undefined;
  const isPlain = !(event.ctrlKey || event.metaKey || event.altKey);
  const act =
    EVERYWHERE[askedBy(event, "everywhere")?.action] ??
    (isOnPicture && isPlain ? ARROWS[event.key] : undefined) ??
    IN_LISTS[inList] ??
    (isOnPicture ? ON_PICTURE[inList] : undefined);
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("focusin", (event) => event.target.matches("[data-grid] .picture") && rove(event.target));
rove(pictures()[0]);
for (const part of document.querySelectorAll(".who, .calm")) drawKeys(part, "everywhere");
