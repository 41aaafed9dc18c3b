// Pictures: hidden until asked for, one step clearer at each press, hidden again by themselves. The server makes each step and puts it on
// record; nothing here could show more than it sent.

import { formToken, isSignedOut, refusalOf } from "./asking.js";

// What shows least comes first. "hidden" is no step of the server's: there is no picture then.
const STEPS = ["hidden", "outline", "reduced", "grey", "colour"];
const WORDS = { hidden: "Show", outline: "Clearer", reduced: "Grey", grey: "Colour", colour: "Hide" };
const OUTLINES_AT_ONCE = 120;
const own = document.body?.dataset ?? {};
const HIDDEN_AFTER_MS = 1000 * Number(own.hiddenAfter || 30);
const isHiddenOnLeave = own.hidesOnLeave !== "no";
const timers = new WeakMap();

/** Show the picture, or show it one step clearer; after the clearest that is allowed it is hidden. */
export async function step(button) {
  if (!button.dataset.reveal || button.ariaBusy === "true") return;
  const at = STEPS.indexOf(stateOf(button));
  if (at > 0 && (at === STEPS.length - 1 || button.dataset.clearest === STEPS[at])) return hide(button);
  const wanted = at > 0 ? STEPS[at + 1] : "";
  let reason = "";
  if (wanted === "colour" && button.dataset.reasonFor === "colour") {
    reason = await askReason("Why is it needed in colour?");
    if (!reason) return;
  }
  // The first step is the server's to choose.
  await fetchStep(button, wanted, reason);
}

/** What is shown now; a refusal showed nothing. */
function stateOf(button) {
  return STEPS.includes(button.dataset.state) ? button.dataset.state : "hidden";
}

async function fetchStep(button, wanted, reason = "") {
  button.ariaBusy = "true";
  const turn = (button.dataset.turn = String(Number(button.dataset.turn || 0) + 1));
  try {
    const response = await ask(button.dataset.reveal, new URLSearchParams({ rendition: button.dataset.rendition, step: wanted, reason }));
    if (isSignedOut(response)) return fail(button, "Signed out. Reload the page.");
    if (!response.ok) return await refused(button, response, wanted, reason);
    const picture = await response.blob();
    // Asked for, and then left or hidden: what comes late is not shown.
    if (document.hidden || isBlank() || button.dataset.turn !== turn) return;
    button.dataset.clearest = response.headers.get("X-Clew-Clearest") ?? "";
    button.dataset.reasonFor = response.headers.get("X-Clew-Reason") ?? "";
    place(button, picture, response.headers.get("X-Clew-Step"));
  } catch {
    fail(button, "The server does not answer. Try again.");
  } finally {
    button.ariaBusy = "false";
  }
}

// Some refusals have a way on: begin again from the first step, or state a reason.
async function refused(button, response, wanted, reason) {
  const { error } = await response.clone().json().catch(() => ({}));
  if (error === "StepSkipped" && wanted) return fetchStep(button, "");
  if (error === "LookReasonMissing" && !reason) {
    const stated = await askReason(await refusalOf(response));
    if (stated) return fetchStep(button, wanted, stated);
    return hide(button);
  }
  fail(button, await refusalOf(response));
}

function ask(address, body) {
  return fetch(address, { method: "POST", headers: { "X-CSRFToken": formToken(), Accept: "application/json" }, body, cache: "no-store" });
}

function place(button, picture, state) {
  const image = document.createElement("img");
  image.alt = "";
  image.draggable = false;
  image.src = URL.createObjectURL(picture);
  release(button);
  button.prepend(image);
  setState(button, state);
  clearTimeout(timers.get(button));
  // An outline shows nobody; it may stay as long as the page is looked at.
  if (state !== "outline") timers.set(button, setTimeout(() => backOff(button), HIDDEN_AFTER_MS));
  button.dispatchEvent(new CustomEvent("clew:shown", { bubbles: true, detail: { step: state } }));
}

function setState(button, state) {
  button.dataset.state = state;
  button.ariaPressed = String(state !== "hidden");
  const isLast = state === "colour" || (state !== "hidden" && button.dataset.clearest === state);
  button.querySelector(".picture-words").textContent = isLast ? "Hide" : WORDS[state];
}

function fail(button, words) {
  release(button);
  button.dataset.state = "failed";
  button.ariaPressed = "false";
  button.querySelector(".picture-words").textContent = words;
}

function release(button) {
  const image = button.querySelector("img");
  if (!image) return;
  URL.revokeObjectURL(image.src);
  image.remove();
}

/** Hide one picture and let its bytes go. */
export function hide(button) {
  clearTimeout(timers.get(button));
  button.dataset.turn = String(Number(button.dataset.turn || 0) + 1);
  const was = stateOf(button);
  release(button);
  delete button.dataset.outlined;
  if (button.dataset.reveal) setState(button, "hidden");
  if (was !== "hidden") button.dispatchEvent(new CustomEvent("clew:hidden", { bubbles: true }));
}

/** Left alone: hide what is clearer than an outline, and leave a tile of a grid its outline. */
function backOff(button) {
  if (["hidden", "outline"].includes(stateOf(button))) return;
  const wasOutlined = button.dataset.outlined === "yes";
  hide(button);
  if (wasOutlined) fillOutlines([button]);
}

/** Hide every picture of the page. */
export function hideAll() {
  document.querySelectorAll(".picture[data-reveal]").forEach(hide);
}

/** Whether somebody is looking at a picture just now. */
export function isAnyShown() {
  return document.querySelector(".picture img") !== null;
}

/** Whether the page was blanked by the break key: then nothing is shown, whatever comes. */
function isBlank() {
  return document.documentElement.classList.contains("break");
}

/**
 * Give tiles of a grid their outlines, up to 120 in one call, each call on record. Tiles that show something already, and officers who
 * chose to see nothing unasked, are left as they are.
 */
export async function fillOutlines(buttons) {
  if (!own.outlines || own.fillsGrids === "no" || isBlank()) return;
  const waiting = [...buttons].filter((button) => button.dataset.reveal && stateOf(button) === "hidden" && button.ariaBusy !== "true");
  for (let at = 0; at < waiting.length; at += OUTLINES_AT_ONCE) await fillSome(waiting.slice(at, at + OUTLINES_AT_ONCE));
}

async function fillSome(buttons) {
  const turns = new Map(buttons.map((button) => [button, button.dataset.turn]));
  const byId = new Map(buttons.map((button) => [idOf(button), button]));
  let told;
  try {
    const response = await ask(own.outlines, JSON.stringify({ media: [...byId.keys()] }));
    if (isSignedOut(response)) return;
    if (!response.ok) return sayOnce(buttons[0], await refusalOf(response));
    told = await response.json();
  } catch {
    return;
  }
  if (document.hidden || isBlank()) return;
  for (const [id, text] of Object.entries(told.outlines)) {
    const button = byId.get(id);
    // Hidden, shown clearer or made another's tile meanwhile: the outline comes too late.
    if (!button || idOf(button) !== id || button.dataset.turn !== turns.get(button) || stateOf(button) !== "hidden") continue;
    place(button, jpegOf(text), told.step);
    button.dataset.outlined = "yes";
  }
}

// One tile tells why; a hundred telling the same would be noise.
function sayOnce(button, words) {
  fail(button, words);
}

function idOf(button) {
  return button.dataset.reveal?.match(/[0-9a-f-]{36}/)?.[0];
}

function jpegOf(text) {
  return new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], { type: "image/jpeg" });
}

function askReason(words) {
  const dialog = document.createElement("dialog");
  const form = document.createElement("form");
  form.method = "dialog";
  const label = document.createElement("label");
  label.textContent = words;
  const field = document.createElement("input");
  field.required = true;
  field.minLength = 10;
  field.maxLength = 200;
  label.append(field);
  const sent = document.createElement("button");
  sent.textContent = "Show in colour";
  sent.value = "show";
  form.append(label, sent);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      done(dialog.returnValue === "show" ? field.value : "");
    });
  });
}

const pictureAt = (event) => event.target.closest?.(".picture");

document.addEventListener("click", (event) => {
  const button = pictureAt(event);
  if (button) step(button);
});
// Nothing of a picture goes into the clipboard, a drag or a file: neither by menu nor by hand.
for (const kind of ["contextmenu", "dragstart", "copy"]) {
  document.addEventListener(kind, (event) => pictureAt(event) && event.preventDefault());
}
// Pictures that are looked at together hide together.
document.addEventListener("pointerout", (event) => {
  const button = pictureAt(event);
  if (!isHiddenOnLeave || !button || event.pointerType !== "mouse") return;
  const whole = button.closest("[data-together]") ?? button;
  if (whole.contains(event.relatedTarget)) return;
  (whole === button ? [button] : whole.querySelectorAll(".picture[data-reveal]")).forEach(backOff);
});
// No sound by itself, whatever a page holds.
document.addEventListener("play", (event) => { event.target.muted = true; }, true);
// Nothing stays open behind somebody's back, nor in the browser's memory of the page.
document.addEventListener("visibilitychange", () => document.hidden && hideAll());
window.addEventListener("blur", () => document.querySelectorAll(".picture[data-reveal]").forEach(backOff));
window.addEventListener("pagehide", hideAll);
