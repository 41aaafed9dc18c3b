// Sending acts so that none is lost: one at a time, kept by the browser until the server has said that it is done, and sent again until then.
// Every act of the desk may be sent twice; the second time changes nothing.

import { formToken, isSignedOut, refusalOf } from "../clew/asking.js";

const KEPT = "clew-desk-unsent";
const AGAIN_MS = [1000, 2000, 5000, 10_000, 30_000];
const box = document.querySelector("[data-unsent]");
let timer = 0;
let tries = 0;
let done = null;

/** What was not sent, or null. It outlives a reload of the page. */
export const unsent = () => JSON.parse(sessionStorage.getItem(KEPT) ?? "null");

/** A refusal: the act was not done and will not be. */
export class Refused extends Error {}

/**
 * Send an act: `{ address, fields, words }` and what else the page wants to know of it later. The answer when it is done, also if that takes many attempts; null where somebody let go of it.
 * Throws `Refused`.
 */
export async function send(act) {
  sessionStorage.setItem(KEPT, JSON.stringify(act));
  tries = 0;
  return attempt();
}

async function attempt() {
  clearTimeout(timer);
  const act = unsent();
  if (!act) return null;
  let response;
  try {
    const headers = { "X-CSRFToken": formToken(), Accept: "application/json" };
    response = await fetch(act.address, { method: "POST", headers, body: new URLSearchParams(act.fields) });
  } catch {
    return wait(`The server does not answer. Kept here, and sent again by itself: ${act.words}.`);
  }
  if (isSignedOut(response)) return wait(`Signed out. Kept here: ${act.words}. Sign in in another tab; it is sent then.`);
  if (response.status === 403 && !response.headers.get("Content-Type")?.includes("json")) {
    // Whoever signed in anew has a new form token.
    await renewToken();
    return wait(`The page was too old. Kept here, and sent again by itself: ${act.words}.`);
  }
  if (response.status >= 500) return wait(`The server had a fault (${response.status}). Kept here, and sent again by itself: ${act.words}.`);
  letGo();
  if (!response.ok) throw new Refused(await refusalOf(response));
  return response.json();
}

async function renewToken() {
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    const found = new DOMParser().parseFromString(await response.text(), "text/html");
    const token = found.querySelector('meta[name="csrf-token"]')?.content;
    if (token) document.querySelector('meta[name="csrf-token"]').content = token;
  } catch {
    // The next attempt says what is wrong.
  }
}

function wait(words) {
  box.querySelector("[data-unsent-words]").textContent = words;
  box.hidden = false;
  timer = setTimeout(again, AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]);
  tries += 1;
  return new Promise((settle, fail) => (done = { settle, fail }));
}

/** Try again now. */
export function again() {
  const waiting = done;
  if (!waiting) return;
  done = null;
  clearTimeout(timer);
  attempt().then(waiting.settle, waiting.fail);
}

/** Give it up: it was perhaps done, perhaps not; the page is loaded anew and shows which. */
export function forget() {
  const waiting = done;
  done = null;
  letGo();
  waiting?.settle(null);
}

function letGo() {
  clearTimeout(timer);
  sessionStorage.removeItem(KEPT);
  box.hidden = true;
}

window.addEventListener("online", again);
window.addEventListener("beforeunload", (event) => unsent() && event.preventDefault());
