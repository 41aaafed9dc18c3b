// The grid of everything a search found: two million tiles in as many elements as a screen needs. Every picture is hidden until somebody asks.

import * as reveal from "../clew/reveal.js";
import { Chosen } from "./chosen.js";
import { Deciding } from "./deciding.js";
import { Facts } from "./facts.js";
import { geometryOf } from "./geometry.js";
import { askedBy, listKeys } from "./grid_keys.js";
import { post } from "./posting.js";
import { Rows } from "./rows.js";
import { Screens } from "./screens.js";
import { Scrolling } from "./scrolling.js";
import { say } from "./toast.js";

const TILE_PIXELS_MIN = 168;
const FOOT_PIXELS = 66;
const GAP_PIXELS = 10;
// The address, other screens and outlines follow when the hand rests; facts come at once.
const REST_MS = 120;
const OUTLINES_AT_ONCE = 120;
const NOTHING_CHOSEN = "Nothing chosen";

const box = document.getElementById("grid");
const told = box.dataset;
const page = (name) => document.querySelector(`[data-${name}]`);
const layer = page("rows");
const addressOf = (pattern) => (media) => pattern.replace(told.nobody, media);
const openAddress = addressOf(told.open);

let count = Number(told.count);
let cursor = 0;
let resting = 0;
let isFollowing = false;
let isUntold = false;
// A place further than what is collected so far is gone to when it is there, unless somebody went elsewhere meanwhile.
let isUntouched = Number(told.at) > count && told.whole !== "yes";
let laidWidth = 0;
const chosen = new Chosen(Number(told.chosenMax));
const deciding = new Deciding(told);
const rows = new Rows(layer, document.getElementById("tile-template"), {
  reveal: told.reveal && addressOf(told.reveal),
});
const facts = new Facts(told.tiles, () => tellTiles(), (words) => say(words, { stays: true }));
const scrolling = new Scrolling(box, page("spacer"), draw);
const screens = new Screens(told.result, ({ place }) => {
  isFollowing = true;
  moveTo(place);
  isFollowing = false;
});

// Drawing.

function geometry() {
  const style = getComputedStyle(layer);
  const width = layer.clientWidth - 2 * parseFloat(style.fontSize) * 0.5;
  const tilePixelsMin = Math.min(TILE_PIXELS_MIN, (width - GAP_PIXELS) / 2);
  return geometryOf({ count, width, height: box.clientHeight, tilePixelsMin, footPixels: FOOT_PIXELS, gapPixels: GAP_PIXELS });
}

/** Lay the grid out anew, with a place kept where it is: for another width, or more tiles. */
function lay(place) {
  const before = scrolling.geometry;
  const kept = place ?? before?.positionAt(scrolling.top) ?? 0;
  const next = geometry();
  rows.lay(next);
  box.ariaRowCount = String(next.rows);
  box.ariaColCount = String(next.columns);
  document.getElementById("jump").max = String(Math.max(1, count));
  // With the same columns nothing moves; otherwise the first tile that was seen is seen first.
  const isSame = before && before.columns === next.columns && before.rowPixels === next.rowPixels;
  scrolling.lay(next, isSame ? scrolling.top : next.topOf(kept));
}

function draw() {
  if (!count) return;
  const [first, last] = rows.draw(scrolling.top);
  facts.want(first, last);
  tellTiles();
  clearTimeout(resting);
  resting = setTimeout(rest, REST_MS);
}

function tellTiles() {
  for (const tile of rows.tiles()) {
    tile.tell(facts.of(tile.place));
    tile.element.toggleAttribute("data-cursor", tile.place === cursor);
    tile.element.ariaSelected = String(chosen.has(tile.place));
  }
  box.setAttribute("aria-activedescendant", `place-${cursor}`);
  outline();
  tellScreens();
}

/** Other screens are told of a place once it is known what stands there. */
function tellScreens() {
  const media = facts.of(cursor)?.media;
  if (!isUntold || !media) return;
  isUntold = false;
  screens.tell(cursor, media);
}

/** Outlines of what is seen and has none yet: one question for a screen. */
function outline() {
  const bounds = box.getBoundingClientRect();
  const isSeen = ({ top, bottom }) => bottom > bounds.top && top < bounds.bottom;
  const bare = [...rows.tiles()].map((tile) => tile.button).filter((button) => button.dataset.reveal && !button.dataset.outlined);
  const seen = bare.filter((button) => isSeen(button.getBoundingClientRect())).slice(0, OUTLINES_AT_ONCE);
  if (!reveal.fillOutlines || !seen.length) return;
  for (const button of seen) button.dataset.outlined = "asked";
  reveal.fillOutlines(seen);
}

function rest() {
  const isSeen = scrolling.geometry.topShowing(cursor, scrolling.top) === scrolling.top;
  const place = isSeen ? cursor : scrolling.geometry.positionAt(scrolling.top);
  const address = new URL(location.href);
  address.searchParams.set("at", String(place + 1));
  if (address.href !== location.href && !isUntouched) history.replaceState(null, "", address);
}

// Moving.

function moveTo(place, { isRange = false } = {}) {
  if (!count) return;
  if (isRange && !chosen.size) chosen.anchor = cursor;
  cursor = Math.min(Math.max(place, 0), count - 1);
  if (isRange && !chosen.rangeTo(cursor)) say(`No more than ${chosen.max.toLocaleString("en")} at once.`);
  isUntold = !isFollowing;
  const top = scrolling.geometry.topShowing(cursor, scrolling.top);
  if (top === scrolling.top) draw();
  else scrolling.goTo(top);
  tellChosen();
  tellScreens();
}

/** Go to a place and make it the first that is seen. */
function jumpTo(place) {
  cursor = Math.min(Math.max(place, 0), Math.max(0, count - 1));
  scrolling.goTo(scrolling.geometry.topOf(cursor));
  moveTo(cursor);
}

const columns = () => scrolling.geometry.columns;
const screen = () => scrolling.geometry.rowsSeen * columns();
const MOVES = {
  back: () => cursor - 1,
  forward: () => cursor + 1,
  up: () => (cursor < columns() ? cursor : cursor - columns()),
  down: () => (cursor + columns() < count ? cursor + columns() : cursor),
  pageUp: () => Math.max(cursor - screen(), cursor % columns()),
  pageDown: () => Math.min(cursor + screen(), count - 1),
  first: () => 0,
  last: () => count - 1,
};

// Choosing and deciding.

function tellChosen() {
  // Always there, so that nothing moves when something is chosen.
  page("chosen").textContent = chosen.size ? `${chosen.size.toLocaleString("en")} chosen: let go` : NOTHING_CHOSEN;
  page("chosen").ariaDisabled = String(!chosen.size);
}

async function decide(button) {
  if (!button || !count) return;
  const isOne = !chosen.size;
  const ranges = isOne ? `${cursor}-${cursor}` : chosen.toRanges();
  const touched = isOne ? [cursor] : [...chosen.places];
  if (!(await deciding.places(ranges, button.dataset.code, button.querySelector("bdi").textContent))) return;
  chosen.clear();
  facts.forget(touched);
  moveTo(isOne ? cursor + 1 : cursor);
}

const ACTS = {
  open: () => {
    const media = facts.of(cursor)?.media;
    if (media) location.assign(`${openAddress(media)}?${new URLSearchParams({ result: told.result, at: cursor + 1 })}`);
  },
  show: () => rows.tileOf(cursor) && reveal.step(rows.tileOf(cursor).button),
  hide: () => {
    const button = rows.tileOf(cursor)?.button;
    if (button) reveal.hide(button);
    ACTS.clear();
  },
  choose: () => {
    if (!chosen.toggle(cursor)) say(`No more than ${chosen.max.toLocaleString("en")} at once.`);
    moveTo(cursor);
  },
  clear: () => {
    chosen.clear();
    moveTo(cursor);
  },
  undo: async () => {
    if (!(await deciding.undo())) return;
    facts.forgetAll();
    draw();
  },
  compare: () => {
    const media = [...chosen.places].slice(0, told.comparedMax).map((place) => facts.of(place)?.media);
    if (media.filter(Boolean).length < 2) return say(`Choose two to ${told.comparedMax} that are on the screen.`);
    const query = new URLSearchParams(media.filter(Boolean).map((id) => ["media", id]));
    query.set("result", told.result);
    query.set("at", cursor + 1);
    location.assign(`${told.compare}?${query}`);
  },
  jump: () => document.getElementById("jump").focus(),
  screen: () => {
    const media = facts.of(cursor)?.media;
    if (!media) return;
    const query = new URLSearchParams({ result: told.result, at: cursor + 1, follow: "yes" });
    window.open(`${openAddress(media)}?${query}`, `clew-second-${told.result}`, "popup,noopener");
  },
};

// Hands.

box.addEventListener("keydown", (event) => {
  const asked = askedBy(event);
  if (!asked) return;
  const act = asked.digit
    ? () => decide(document.querySelector(`[data-code][data-digit="${asked.digit}"]`))
    : MOVES[asked.action]
      ? () => moveTo(MOVES[asked.action](), asked)
      : ACTS[asked.action];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
});

box.addEventListener("click", (event) => {
  const element = event.target.closest(".grid-tile");
  // The grid keeps the focus: a picture's own button goes away when it is scrolled out.
  box.focus({ preventScroll: true });
  if (!element) return;
  const place = Number(element.id.slice("place-".length));
  if (event.ctrlKey || event.metaKey) chosen.toggle(place);
  moveTo(place, { isRange: event.shiftKey });
});
box.addEventListener("dblclick", (event) => event.target.closest(".tile-line") && ACTS.open());

document.addEventListener("click", (event) => {
  const [act, code] = [event.target.closest?.("[data-act]"), event.target.closest?.("[data-code]")];
  if (act) ACTS[act.dataset.act]();
  if (code) decide(code);
  if (act || code) box.focus({ preventScroll: true });
});

// Leaving the tab hides everything; coming back gives what is seen its outlines again.
document.addEventListener("visibilitychange", () => !document.hidden && outline());

page("jump").addEventListener("submit", (event) => {
  event.preventDefault();
  jumpTo(document.getElementById("jump").valueAsNumber - 1);
  box.focus({ preventScroll: true });
});

new ResizeObserver(() => (scrolling.geometry?.height !== box.clientHeight || layer.clientWidth !== laidWidth) && relay()).observe(box);
function relay(place) {
  laidWidth = layer.clientWidth;
  lay(place);
}

// The rest of a long list is collected while the first of it is looked at.
async function collect() {
  let isWhole = told.whole === "yes";
  while (!isWhole) {
    try {
      ({ count, is_whole: isWhole } = await post(told.more));
    } catch (failure) {
      return say(`The list ends at ${count.toLocaleString("en")}: ${failure.message}`, { stays: true });
    }
    page("count").textContent = count.toLocaleString("en");
    page("collecting").hidden = isWhole;
    lay();
    if (isUntouched && count >= Number(told.at)) {
      isUntouched = false;
      jumpTo(Number(told.at) - 1);
    }
  }
}

for (const kind of ["keydown", "pointerdown", "wheel"]) box.addEventListener(kind, () => (isUntouched = false), { passive: true });

listKeys(page("key-list"), ["back", "forward", "up", "down", "pageUp", "pageDown", "first", "last", "show", "hide", "open", "choose", "compare", "undo", "jump", "screen"]);
relay();
jumpTo(Number(told.at) - 1);
box.focus({ preventScroll: true });
collect();
