// Media side by side: one zoom and one place for all, so that the same detail is seen in each. No picture is shown that nobody asked for.

import * as reveal from "../clew/reveal.js";
import { askedBy } from "./hotkeys.js";

const ZOOM_MAX = 12;
const ZOOM_STEP = 1.25;
const PAN_SHARE = 0.1;

const box = document.querySelector("[data-abreast]");
const words = document.querySelector("[data-zoom-words]");
box.style.setProperty("--abreast", box.dataset.number);

// Where every picture is: how near, and how far moved, in shares of its own place, so that pictures of other sizes keep together.
let [zoom, x, y] = [1, 0, 0];
let held = null;

function draw() {
  const slack = (zoom - 1) / 2;
  x = Math.min(Math.max(x, -slack), slack);
  y = Math.min(Math.max(y, -slack), slack);
  for (const picture of box.querySelectorAll(".picture")) {
    picture.style.setProperty("--zoom", zoom);
    picture.style.setProperty("--pan-x", `${x * 100}%`);
    picture.style.setProperty("--pan-y", `${y * 100}%`);
  }
  words.textContent = zoom === 1 ? "" : `${zoom.toFixed(1)} times`;
}

function zoomBy(factor) {
  const before = zoom;
  zoom = Math.min(Math.max(zoom * factor, 1), ZOOM_MAX);
  [x, y] = [(x * zoom) / before, (y * zoom) / before];
  draw();
}

function panBy(dx, dy) {
  [x, y] = [x + dx, y + dy];
  draw();
}

const ACTS = {
  nearer: () => zoomBy(ZOOM_STEP),
  further: () => zoomBy(1 / ZOOM_STEP),
  whole: () => zoomBy(1 / ZOOM_MAX),
  left: () => panBy(PAN_SHARE, 0),
  right: () => panBy(-PAN_SHARE, 0),
  up: () => panBy(0, PAN_SHARE),
  down: () => panBy(0, -PAN_SHARE),
  hide: () => reveal.hideAll(),
  show: () => box.querySelectorAll(".picture").forEach(reveal.step),
};
const BUTTONS = { in: "nearer", out: "further", none: "whole" };

document.addEventListener("keydown", (event) => {
  if (event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === " " && event.target.closest("button, a, summary")) return;
  // A table that is scrolled by arrows keeps them.
  const act = event.target.closest(".scroll") ? undefined : ACTS[askedBy(event, "compare")?.action];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  const asked = event.target.closest?.("[data-zoom]");
  if (asked) ACTS[BUTTONS[asked.dataset.zoom]]();
});

// A picture itself takes no pointer; its place does.
const isShown = (event) => Boolean(event.target.closest(".picture")?.querySelector("img"));
box.addEventListener(
  "wheel",
  (event) => {
    if (!isShown(event)) return;
    event.preventDefault();
    zoomBy(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP);
  },
  { passive: false },
);

box.addEventListener("pointerdown", (event) => {
  if (zoom > 1 && isShown(event)) held = { x: event.clientX, y: event.clientY, isMoved: false };
});
box.addEventListener("pointermove", (event) => {
  if (!held) return;
  const place = event.target.closest(".picture")?.getBoundingClientRect();
  if (!place) return;
  panBy((event.clientX - held.x) / place.width, (event.clientY - held.y) / place.height);
  held = { x: event.clientX, y: event.clientY, isMoved: true };
});
// A drag is no press: the picture does not become clearer by it.
box.addEventListener("click", (event) => {
  if (held?.isMoved) event.stopPropagation();
  held = null;
}, true);
box.addEventListener("pointerleave", () => (held = null));
draw();
