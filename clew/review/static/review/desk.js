// The desk: one stack after the other, each hidden until somebody asks. One key decides; the next comes when the decision is safe.

import { isSignedOut } from "../clew/asking.js";
import * as reveal from "../clew/reveal.js";
import { chosenTiles, currentTile, moveTile, tilesOf } from "./desk_tiles.js";
import { askedBy, drawKeys, keyOf, drawn } from "./hotkeys.js";
import { again, forget, Refused, send, unsent } from "./sending.js";
import { say } from "./toast.js";

// Counting a large seizure costs: it is done again when twenty times as long has passed.
const COUNT_AGAIN_MS = { min: 1000, max: 60_000, times: 20 };
const REDO = "clew-desk-redo";
const SCHEME = "clew-desk-scheme";
const STAY = "clew-desk-stay";

let desk = document.getElementById("desk");
let isBusy = false;
let countAgainAt = 0;
const page = (name) => document.querySelector(`[data-${name}]`);
const part = (name) => desk.querySelector(`[data-${name}]`);
const undone = () => JSON.parse(sessionStorage.getItem(REDO) ?? "[]");
const keepUndone = (acts) => sessionStorage.setItem(REDO, JSON.stringify(acts.slice(-100)));

// Showing.

function withScheme(address) {
  const url = new URL(address, location.href);
  const chosen = sessionStorage.getItem(SCHEME);
  if (chosen) url.searchParams.set("scheme", chosen);
  return url;
}

/** Another stack in place of this one. Whatever was shown is hidden first, and the words of what was done stay. */
async function goTo(address) {
  reveal.hideAll();
  let response;
  try {
    response = await fetch(withScheme(address), { headers: { Accept: "text/html" } });
  } catch {
    return say("The server does not answer. What you decided is kept. Load the page again.", { stays: true });
  }
  const found = new DOMParser().parseFromString(await response.text(), "text/html");
  const next = found.getElementById("desk");
  // What cannot be put in place says for itself why, as a page.
  if (!next || isSignedOut(response)) return location.assign(address);
  desk.replaceWith(document.adoptNode(next));
  history.replaceState(null, "", next.dataset.address);
  takeUp();
}

/** What has to be done for each stack that comes in place. */
function takeUp() {
  desk = document.getElementById("desk");
  drawKeys(document.querySelector("main"), "desk");
  part("act=redo").hidden = !undone().length;
  for (const button of desk.querySelectorAll("[data-script]:not([data-act=redo])")) button.hidden = false;
  const stay = part("stay");
  if (stay) stay.checked = sessionStorage.getItem(STAY) !== null;
  // The hands are where they were: on the pictures, or on what says that none are left.
  part("focus")?.focus({ preventScroll: true });
  // What another country decided stands in the place of the picture: then not even an outline is asked for.
  if (!desk.querySelector("[data-offer]")) reveal.fillOutlines(tilesOf(desk));
  if (Date.now() > countAgainAt) count();
}

/** How far it is, asked for now and then and never waited for. */
async function count() {
  const begun = Date.now();
  countAgainAt = begun + COUNT_AGAIN_MS.max;
  try {
    const response = await fetch(page("progress").dataset.progress, { headers: { Accept: "text/html" } });
    if (!response.ok || isSignedOut(response)) return;
    const told = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-progress-words]");
    if (told) page("progress-words").replaceWith(document.adoptNode(told));
    const { min, max, times } = COUNT_AGAIN_MS;
    countAgainAt = Date.now() + Math.min(Math.max((Date.now() - begun) * times, min), max);
  } catch {
    // It is told the next time.
  }
}

// Acting.

/** One act at a time: a key held down is one decision, not ten. True where it was done; `after` is what comes then, the queue's next if nothing. */
async function act({ address, fields = {}, words, isNew = true, after }) {
  if (isBusy) return say(unsent() ? "The last one is not sent yet. Nothing else was done." : "One moment.");
  isBusy = true;
  try {
    const answer = await send({ address, fields: [...new URLSearchParams(fields)], words, isNew });
    // Somebody let go of it: what there is now is shown.
    if (!answer) return await goTo(here());
    say(answer.words + undoHint(isNew));
    if (isNew) keepUndone([]);
    await goTo(after?.(answer) ?? desk.dataset.desk);
  } catch (failure) {
    if (!(failure instanceof Refused)) throw failure;
    await goTo(here());
    say(failure.message, { stays: true });
  } finally {
    isBusy = false;
  }
}

const undoHint = (isNew) => (isNew ? ` ${drawn(keyOf("desk", "undo") ?? "u")} undoes it.` : "");
const here = () => desk.dataset.address;

function decide(digit, isWhole) {
  return decideBy(part("chosen")?.querySelector(`[data-digit="${digit}"]`), isWhole);
}

function decideBy(button, isWhole) {
  if (!button) return;
  const tile = currentTile(desk);
  const isOne = !isWhole && tile?.dataset.tile !== desk.dataset.medoid;
  const scheme = button.closest("[data-codes]").dataset.codes;
  const fields = { code: button.dataset.code, scheme, whole: isWhole ? "yes" : "", media: isOne ? tile.dataset.tile : "" };
  const label = button.querySelector("bdi").textContent;
  const words = `${label}, ${isWhole ? "for the whole stack" : "for one picture"}`;
  return act({ address: desk.dataset.decide, fields, words, after: () => (isOne ? here() : afterDeciding(scheme)) });
}

/** The queue's next; or the same stack again, for the next scheme that has no word yet. */
function afterDeciding(scheme) {
  const schemes = [...desk.querySelectorAll("[data-codes]")];
  if (!part("stay")?.checked) return onward();
  const left = schemes.find((one) => one.dataset.codes !== scheme && !one.querySelector(".badge"));
  sessionStorage.setItem(SCHEME, (left ?? schemes[0]).dataset.codes);
  return left ? here() : onward();
}

const onward = () => (desk.dataset.row === "proposals" ? desk.dataset.on : desk.dataset.desk);

function takeOver() {
  const offers = [...desk.querySelectorAll("[data-offer]")];
  if (!offers.length) return say("Nobody else has decided it, as far as you may know.");
  if (desk.querySelector(".desk-offers .notice") && !document.activeElement.dataset.offer) {
    offers[0].focus();
    return say("They do not agree. Choose one, and press it.");
  }
  return adopt(document.activeElement.dataset.offer ? document.activeElement : offers[0]);
}

function adopt(button) {
  const words = button.textContent.trim();
  return act({ address: desk.dataset.adopt, fields: { statement: button.dataset.offer }, words });
}

function accept() {
  if (!part("act=accept")) return say("Nothing is proposed here.");
  const fields = chosenTiles(desk).map((tile) => ["media", tile.dataset.tile]);
  return act({ address: desk.dataset.accept, fields, words: "what is proposed", after: () => onward() });
}

function takeOut() {
  const tile = currentTile(desk);
  if (!tile || tile.dataset.tile === desk.dataset.medoid) return say("Go to a near copy first: the one shown is what the stack is gathered around.");
  return act({ address: desk.dataset.out, fields: { media: tile.dataset.tile }, words: "taking one out of the stack", after: here });
}

function keepApart() {
  const chosen = new Set(chosenTiles(desk).map((tile) => tile.dataset.tile));
  if (chosen.size < 2) chosen.add(currentTile(desk)?.dataset.tile);
  if (chosen.size !== 2) return say("Choose one, and go to the other; or choose two.");
  return act({ address: desk.dataset.apart, fields: [...chosen].map((id) => ["media", id]), words: "keeping two apart", after: here });
}

function next() {
  if (desk.dataset.on) return goTo(desk.dataset.on);
  if (!desk.dataset.stack || desk.dataset.decided === "yes" || !desk.dataset.skip || !part("tiles")) return goTo(desk.dataset.desk);
  return act({ address: desk.dataset.skip, words: "going on to the next", isNew: false });
}

async function undo() {
  const last = desk.dataset.last;
  if (!last) return say("There is nothing of yours to undo here.");
  const [kind, id] = last.split(" ");
  const after = (answer) => {
    keepUndone([...undone(), answer.act]);
    return answer.address;
  };
  await act({ address: desk.dataset.undo, fields: { kind, act: id }, words: `undoing: ${desk.dataset.lastWords}`, isNew: false, after });
}

async function redo() {
  const acts = undone();
  const last = acts.pop();
  if (!last) return say("Nothing was undone that could be done again.");
  const [kind, id] = last.split(" ");
  const after = (answer) => {
    keepUndone(acts);
    return answer.address;
  };
  await act({ address: desk.dataset.redo, fields: { kind, act: id }, words: "doing it again", isNew: false, after });
}

function nextScheme() {
  const all = [...desk.querySelectorAll("[data-codes]")];
  if (all.length < 2) return say("Your organisation decides in one scheme.");
  return chooseScheme(all[(all.findIndex((one) => "chosen" in one.dataset) + 1) % all.length].dataset.codes);
}

function chooseScheme(key) {
  sessionStorage.setItem(SCHEME, key);
  for (const one of desk.querySelectorAll("[data-codes]")) {
    one.toggleAttribute("data-chosen", one.dataset.codes === key);
    const button = one.querySelector("[data-scheme-of]");
    button.ariaPressed = String(one.dataset.codes === key);
    if (one.dataset.codes === key) say(`Digits decide by ${button.firstChild.textContent.trim()}.`);
  }
}

function choose() {
  const tile = currentTile(desk);
  const words = tile?.querySelector("[data-chosen-words]");
  if (!words) return say("The one shown is always meant. Choose near copies.");
  words.hidden = !tile.toggleAttribute("data-picked");
  say(words.hidden ? "Let go of." : `${chosenTiles(desk).length} chosen.`);
}

const media = () => currentTile(desk)?.dataset.tile;
const leaveFor = (pattern) => media() && location.assign(pattern.replace(desk.dataset.nobody, media()));
const ACTS = {
  show: () => currentTile(desk) && reveal.step(currentTile(desk).querySelector(".picture")),
  hide: () => reveal.hideAll(),
  next,
  previous: () => (desk.dataset.back ? goTo(desk.dataset.back) : say("There is nothing before it.")),
  undo,
  redo,
  accept,
  take_over: takeOver,
  take_out: takeOut,
  keep_apart: keepApart,
  choose,
  put_off: () => part("skip-dialog")?.showModal(),
  on: () => moveTile(desk, 1),
  back: () => moveTile(desk, -1),
  scheme: nextScheme,
  open: () => leaveFor(desk.dataset.open),
  clues: () => leaveFor(desk.dataset.clues),
  send: again,
  forget,
};

// Hands.

document.addEventListener("keydown", (event) => {
  const dialog = document.querySelector("dialog[open]");
  if (dialog) {
    if (dialog.matches("[data-skip-dialog]")) dialog.querySelector(`[data-reason="${event.key}"]`)?.click();
    return;
  }
  if (event.defaultPrevented) return;
  const isOnButton = event.target.closest("button, a, summary, label");
  // A button that has the focus is pressed by these; a picture is shown by space.
  if (event.key === " " && isOnButton) return;
  if (event.key === "Enter" && isOnButton && !isOnButton.matches(".picture")) return;
  const asked = askedBy(event, "desk");
  const wanted = asked?.digit ? () => decide(asked.digit, asked.isWhole) : ACTS[asked?.action];
  if (!wanted) return;
  event.preventDefault();
  if (!event.repeat) wanted();
});

document.addEventListener("click", (event) => {
  const at = (kind) => event.target.closest?.(kind);
  const [asked, code, offer, scheme, reason] = ["[data-act]", "[data-code]", "[data-offer]", "[data-scheme-of]", "[data-reason]"].map(at);
  if (event.ctrlKey || event.metaKey || !(asked || code || offer || scheme || reason)) return;
  event.preventDefault();
  if (asked) ACTS[asked.dataset.act]();
  if (code) decideBy(code, code.form?.querySelector("[data-whole]")?.checked ?? false);
  if (offer) adopt(offer);
  if (scheme) chooseScheme(scheme.dataset.schemeOf);
  if (reason) {
    reason.closest("dialog").close();
    act({ address: desk.dataset.skip, fields: { reason: reason.value }, words: "putting it off", isNew: false });
  }
});
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-stay]")) return;
  if (event.target.checked) sessionStorage.setItem(STAY, "yes");
  else sessionStorage.removeItem(STAY);
});

history.replaceState(null, "", desk.dataset.address);
takeUp();
// What an earlier page of this window had not sent comes first.
const left = unsent();
if (left) act({ ...left, after: () => desk.dataset.desk });
