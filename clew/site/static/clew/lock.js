// The lock: a page left alone hides itself when its session locks on the server, and shows itself again when it was unlocked in another tab.

import { hideAll } from "./reveal.js";

const ASK_AGAIN_MS = 5000;
const { dataset } = document.body;
const cover = document.getElementById("locked");
let locksAt = Date.now() + Number(dataset.locksIn) * 1000;
let timer;

function hidePage() {
  hideAll();
  document.querySelector("dialog[open]")?.close();
  document.documentElement.classList.add("locked");
  cover.hidden = false;
}

function showPage() {
  document.documentElement.classList.remove("locked");
  cover.hidden = true;
}

// The server counts what is done in every tab, so it is asked before anybody is sent away; until it answers, nothing is shown.
async function look() {
  clearTimeout(timer);
  if (Date.now() < locksAt) return wait(locksAt - Date.now());
  hidePage();
  let seconds = 0;
  try {
    const response = await fetch(dataset.session, { headers: { Accept: "application/json" } });
    if (response.ok && !response.redirected) seconds = (await response.json()).seconds;
  } catch {
    // The server is away: the page stays hidden.
  }
  if (seconds <= 0) return wait(ASK_AGAIN_MS);
  locksAt = Date.now() + seconds * 1000;
  showPage();
  return wait(seconds * 1000);
}

function wait(milliseconds) {
  timer = setTimeout(look, milliseconds);
}

// A machine that slept has missed its timer.
document.addEventListener("visibilitychange", () => document.hidden || look());
window.addEventListener("pageshow", look);
