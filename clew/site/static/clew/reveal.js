// Pictures: hidden until asked for, one step clearer at each press, hidden again at once. Each fetch is on record on the server.

import { formToken, isSignedOut, refusalOf } from "./asking.js";

// Soft before sharp and grey before colour: a glance is often enough, and nobody should see more than the work needs.
const STEPS = ["hidden", "soft", "grey", "colour"];
const WORDS = { hidden: "Show", soft: "Clearer", grey: "Colour", colour: "Hide" };

/** Show the picture, or show it one step clearer; after the last step it is hidden. */
export async function step(button) {
  if (button.dataset.state === "failed") button.dataset.state = "hidden";
  const at = STEPS.indexOf(button.dataset.state);
  if (!button.dataset.reveal || at < 0) return;
  if (at === STEPS.length - 1) return hide(button);
  if (at === 0 && !(await fetchPicture(button))) return;
  setState(button, STEPS[at + 1]);
}

async function fetchPicture(button) {
  if (button.ariaBusy === "true") return false;
  button.ariaBusy = "true";
  try {
    const response = await fetch(button.dataset.reveal, {
      method: "POST",
      headers: { "X-CSRFToken": formToken(), Accept: "application/json" },
      body: new URLSearchParams({ rendition: button.dataset.rendition }),
    });
    if (isSignedOut(response)) return fail(button, "Signed out. Reload the page.");
    if (!response.ok) return fail(button, await refusalOf(response));
    const picture = await response.blob();
    // Asked for, and then left: what comes late is not shown.
    if (document.hidden) return false;
    const image = document.createElement("img");
    image.alt = "";
    image.src = URL.createObjectURL(picture);
    button.querySelector("img")?.remove();
    button.prepend(image);
    return true;
  } catch {
    return fail(button, "The server does not answer. Try again.");
  } finally {
    button.ariaBusy = "false";
  }
}

function setState(button, state) {
  button.dataset.state = state;
  button.ariaPressed = String(state !== "hidden");
  button.querySelector(".picture-words").textContent = WORDS[state];
}

function fail(button, words) {
  button.dataset.state = "failed";
  button.querySelector(".picture-words").textContent = words;
  return false;
}

/** Hide one picture and let its bytes go. */
export function hide(button) {
  const image = button.querySelector("img");
  if (image) {
    URL.revokeObjectURL(image.src);
    image.remove();
  }
  if (button.dataset.reveal) setState(button, "hidden");
}

/** Hide every picture of the page. */
export function hideAll() {
  document.querySelectorAll(".picture[data-reveal]").forEach(hide);
}

/** Whether somebody is looking at a picture just now. */
export function isAnyShown() {
  return document.querySelector(".picture img") !== null;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".picture");
  if (button) step(button);
});

// Nothing stays open behind somebody's back, nor in the browser's memory of the page.
document.addEventListener("visibilitychange", () => document.hidden && hideAll());
window.addEventListener("pagehide", hideAll);
