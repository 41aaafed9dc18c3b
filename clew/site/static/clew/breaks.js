// Breaks and exposure: one key blanks every window at once, and what is on the screen is reported for the officer's own record.

import { askedBy } from "../review/hotkeys.js";
import { formToken, refusalOf } from "./asking.js";
import { hideAll } from "./reveal.js";

const BEAT_MS = 5000;
const TICK_MS = 500;
const { dataset } = document.body;
const words = document.querySelector("[data-calm-words]");
const windows = new BroadcastChannel("clew-break");
// Media id -> [seconds, the largest part of the screen] since the last report.
let shown = new Map();
let last = performance.now();

/** Hide everything in every window, and have the server show nothing more until the officer is back. */
export async function takeBreak() {
  blank();
  windows.postMessage("break");
  try {
    const response = await fetch(dataset.break, { method: "POST", headers: { "X-CSRFToken": formToken(), Accept: "application/json" } });
    if (response.ok) return location.assign(dataset.calm);
    words.textContent = await refusalOf(response);
  } catch {
    words.textContent = "Everything is hidden here. The server does not answer; reload the page when you are back.";
  }
}

function blank() {
  document.documentElement.classList.add("break");
  hideAll();
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  document.getElementById("calm").hidden = false;
}

windows.addEventListener("message", () => {
  blank();
  location.assign(dataset.calm);
});
document.querySelector("[data-break-now]")?.addEventListener("click", takeBreak);
// Before every other key: whatever a page does with its keys, this one is for getting away.
document.addEventListener(
  "keydown",
  (event) => {
    if (askedBy(event, "everywhere")?.action !== "break") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    takeBreak();
  },
  true,
);

function partOfScreen(button) {
  const box = button.getBoundingClientRect();
  const across = Math.min(box.right, innerWidth) - Math.max(box.left, 0);
  const down = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
  return across > 0 && down > 0 ? (across * down) / (innerWidth * innerHeight) : 0;
}

setInterval(() => {
  const passed = (performance.now() - last) / 1000;
  last = performance.now();
  if (document.hidden) return;
  // An outline shows nobody, and is not counted.
  for (const image of document.querySelectorAll(".picture[data-reveal] img")) {
    const button = image.closest(".picture");
    const share = button.dataset.state === "outline" ? 0 : partOfScreen(button);
    const id = button.dataset.reveal.match(/[0-9a-f-]{36}/)?.[0];
    if (!id || !share) continue;
    const [seconds, largest] = shown.get(id) ?? [0, 0];
    shown.set(id, [seconds + passed, Math.max(largest, share)]);
  }
}, TICK_MS);

async function reportShown() {
  if (!shown.size) return;
  const told = [...shown].slice(0, 120).map(([id, [seconds, share]]) => [id, seconds, share]);
  shown = new Map();
  try {
    const response = await fetch(dataset.beats, {
      method: "POST",
      headers: { "X-CSRFToken": formToken(), Accept: "application/json", "Content-Type": "application/json" },
      body: JSON.stringify({ shown: told }),
      keepalive: true,
    });
    if (!response.ok || response.redirected) return;
    const found = await response.json();
    if (found.on_break) return blank();
    if (found.warning) warn();
  } catch {
    // The server is away: it counted each look when it gave the picture.
  }
}

function warn() {
  if (document.querySelector("[data-exposure-warning]")) return;
  const notice = document.createElement("p");
  notice.className = "notice bad banner";
  notice.dataset.exposureWarning = "";
  notice.role = "status";
  notice.textContent = "You have seen most of what your organisation wants anybody to see in a day or a week. Plan other work.";
  document.querySelector("main").prepend(notice);
}

setInterval(reportShown, BEAT_MS);
window.addEventListener("pagehide", reportShown);
