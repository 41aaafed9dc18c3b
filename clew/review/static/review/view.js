// One media alone. Next and previous come without a new page; of the next its facts are fetched beforehand, its picture never.

import { isSignedOut } from "../clew/asking.js";
import * as reveal from "../clew/reveal.js";
import { Deciding } from "./deciding.js";
import { askedBy, listKeys } from "./grid_keys.js";
import { Screens } from "./screens.js";
import { Strip } from "./strip.js";
import { clock } from "./tile.js";
import { say } from "./toast.js";

const PREFETCH_AFTER_MS = 400;

let view = document.getElementById("view");
let strip = null;
let ahead = { address: "", page: null };
let timer = 0;
let isFollowing = view.querySelector("[data-follow]")?.checked ?? false;
const deciding = view.dataset.result && new Deciding(view.dataset);
const screens =
  view.dataset.result &&
  new Screens(view.dataset.result, ({ place, media }) => {
    if (isFollowing && media && media !== view.dataset.media) goTo(addressOf(media, place), { isTold: true });
  });

function addressOf(media, place) {
  const query = new URLSearchParams({ result: view.dataset.result, at: place + 1 });
  return `${view.dataset.open.replace(view.dataset.nobody, media)}?${query}`;
}

async function pageOf(address) {
  const response = await fetch(address, { headers: { Accept: "text/html" } });
  if (!response.ok || isSignedOut(response)) return null;
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/** Another media in place of this one. Whatever was shown is hidden first. */
async function goTo(address, { isTold = false } = {}) {
  if (!address) return;
  reveal.hideAll();
  const found = await ((ahead.address === address && ahead.page) || pageOf(address)).catch(() => null);
  const next = found?.getElementById("view");
  // What cannot be put in place says for itself why, as a page.
  if (!next) return location.assign(address);
  view.replaceWith(document.adoptNode(next));
  document.title = found.title;
  const shown = new URL(address, location.href);
  if (isFollowing) shown.searchParams.set("follow", "yes");
  history.replaceState(null, "", shown);
  takeUp();
  if (!isTold) screens?.tell(Number(view.dataset.at) - 1, view.dataset.media);
}

/** What has to be done for each media that comes in place. */
function takeUp() {
  view = document.getElementById("view");
  const follow = view.querySelector("[data-follow]");
  if (follow) {
    follow.checked = isFollowing;
    follow.addEventListener("change", () => (isFollowing = follow.checked));
  }
  const section = view.querySelector("[data-stepper]")?.parentElement;
  const times = view.dataset.sceneTimes.split(" ").filter(Boolean).map(Number);
  strip = section ? new Strip(section, times, Number(view.dataset.aspect) || 4 / 3, clock) : null;
  listKeys(view.querySelector("[data-key-list]"), ["back", "forward", "show", "hide", "open", "frameBack", "frameOn", "undo"]);
  clearTimeout(timer);
  timer = setTimeout(() => {
    const address = view.dataset.on;
    if (address) ahead = { address, page: pageOf(address) };
  }, PREFETCH_AFTER_MS);
}

async function decide(button) {
  if (!button || !deciding) return;
  const place = Number(view.dataset.at) - 1;
  if (await deciding.places(`${place}-${place}`, button.dataset.code, button.querySelector("bdi").textContent)) await goTo(view.dataset.on || location.href);
}

const picture = () => view.querySelector(".picture[data-rendition=preview]");
const ACTS = {
  back: () => goTo(view.dataset.back),
  forward: () => goTo(view.dataset.on),
  show: () => picture() && reveal.step(picture()),
  hide: () => reveal.hideAll(),
  open: () => view.querySelector("[data-grid-back]")?.click(),
  frameBack: () => strip?.go(strip.at - 1),
  frameOn: () => strip?.go(strip.at + 1),
  undo: async () => (await deciding?.undo()) && goTo(location.href),
};

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  // A button that has the focus is pressed by these.
  if ([" ", "Enter"].includes(event.key) && event.target.closest("button, a, summary, label")) return;
  const asked = askedBy(event);
  const act = asked?.digit ? () => decide(view.querySelector(`[data-code][data-digit="${asked.digit}"]`)) : ACTS[asked?.action];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  const [act, code, beside] = ["[data-act]", "[data-code]", "a[rel]"].map((kind) => event.target.closest?.(kind));
  if (act) ACTS[act.dataset.act]();
  if (code) decide(code);
  if (beside && view.contains(beside) && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    goTo(beside.getAttribute("href"));
  }
});

takeUp();
if (screens && isFollowing) say("This window follows the grid.");
