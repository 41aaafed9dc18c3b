// The sending panel of a submission: takes folders and files, leaves out what has arrived, shows how far it is, closes at the end.

import { formToken, isSignedOut, refusalOf } from "./asking.js";
import { clientKey, gatherChosen, gatherDropped } from "./gather.js";
import { BATCH_BYTES_MAX, BATCH_FILES_MAX, Refused, WHOLE_BYTES_MAX, send } from "./sending.js";

// Two requests fill a line while the server seals; more only compete.
const LANES = 2;
const panel = document.querySelector("[data-upload]");
const part = (name) => panel.querySelector(`[data-${name}]`);
const number = new Intl.NumberFormat("en");
const state = { busy: false, paused: false, bytes: 0, bytesSent: 0, files: 0, filesSent: 0, inFlight: new Map(), rate: 0, waiting: 0 };

const say = (words) => (part("status").textContent = words);

async function take(gather) {
  if (state.busy) return say("Wait until the files chosen before have arrived.");
  state.busy = true;
  try {
    say("Looking through the files…");
    const found = await gather((count) => say(`Looking through the files: ${number.format(count)} so far…`));
    const fresh = await leaveOutArrived(found);
    if (fresh.length) await sendAll(fresh);
    await finish(found.length, found.length - fresh.length);
  } catch (error) {
    say(error instanceof Refused ? error.message : `Stopped: ${error.message} What has arrived is kept. Choose the same folder again.`);
  } finally {
    state.busy = false;
    part("sending").hidden = true;
  }
}

async function leaveOutArrived(found) {
  const response = await fetch(panel.dataset.upload, { headers: { Accept: "application/json" } });
  if (isSignedOut(response)) throw new Refused("You are signed out. Sign in and choose the same folder again.");
  if (!response.ok) throw new Refused(await refusalOf(response));
  const arrived = new Set((await response.json()).keys);
  const fresh = [];
  for (const entry of found) {
    entry.key = await clientKey(entry);
    if (arrived.has(entry.key)) continue;
    // The same file chosen twice in one go is sent once.
    arrived.add(entry.key);
    fresh.push(entry);
  }
  return fresh;
}

// Small files together, a large one alone.
function* batches(entries) {
  let batch = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = entry.file?.size ?? 0;
    if (size > WHOLE_BYTES_MAX) {
      yield [entry];
      continue;
    }
    if (batch.length === BATCH_FILES_MAX || bytes + size > BATCH_BYTES_MAX) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += size;
  }
  if (batch.length) yield batch;
}

async function sendAll(entries) {
  Object.assign(state, { bytes: 0, bytesSent: 0, files: entries.length, filesSent: 0, rate: 0 });
  for (const entry of entries) state.bytes += entry.file?.size ?? 0;
  part("sending").hidden = false;
  say("Sending…");
  const clock = setInterval(draw, 1000);
  const queue = batches(entries);
  const lanes = Array.from({ length: LANES }, (_, lane) => run(lane, queue));
  try {
    await Promise.all(lanes);
  } finally {
    // When one lane is refused the other ends with its batch.
    queue.return();
    await Promise.allSettled(lanes);
    clearInterval(clock);
    draw();
  }
}

async function run(lane, queue) {
  for (const batch of queue) {
    while (state.paused) await new Promise((done) => setTimeout(done, 200));
    const unread = await send(panel.dataset.upload, batch, {
      onBytes: (bytes) => state.inFlight.set(lane, bytes),
      onWaiting: (isWaiting) => say((state.waiting += isWaiting ? 1 : -1) ? "The server does not answer; trying again…" : "Sending…"),
    });
    state.inFlight.delete(lane);
    for (const entry of batch) state.bytesSent += entry.file?.size ?? 0;
    state.filesSent += batch.length;
    for (const entry of unread) noteUnread(entry);
  }
}

function noteUnread({ path, refusal }) {
  const line = document.createElement("li");
  // As text, never as markup; and what cannot be seen is written out.
  line.textContent = `${path.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (sign) => `\\u{${sign.codePointAt(0).toString(16)}}`)}: ${refusal}`;
  part("refused").append(line);
  part("refused").hidden = false;
}

let drawn = { at: 0, bytes: 0 };

function draw() {
  let sent = state.bytesSent;
  for (const bytes of state.inFlight.values()) sent += bytes;
  sent = Math.min(sent, state.bytes);
  const at = performance.now();
  const passed = (at - drawn.at) / 1000;
  if (drawn.at && passed < 5 && sent >= drawn.bytes) {
    const now = (sent - drawn.bytes) / passed;
    state.rate = state.rate ? state.rate * 0.8 + now * 0.2 : now;
  }
  drawn = { at, bytes: sent };
  part("bar").value = state.bytes ? sent / state.bytes : state.filesSent / Math.max(state.files, 1);
  const figures = [`${number.format(state.filesSent)} of ${number.format(state.files)} files`, `${megabytes(sent)} of ${megabytes(state.bytes)}`];
  if (state.rate > 0 && !state.paused) figures.push(`${megabytes(state.rate)}/s`, `${timeWords((state.bytes - sent) / state.rate)} left`);
  part("figures").textContent = figures.join(", ");
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

function timeWords(seconds) {
  if (seconds < 60) return "less than a minute";
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

async function finish(found, skipped) {
  const kept = skipped ? ` ${number.format(skipped)} had arrived before and were not sent again.` : "";
  if (!found) return say("There is no file in it.");
  if (!part("close-after").checked) return say(`All ${number.format(found)} files have arrived.${kept} Add more, or close the submission.`);
  const response = await fetch(panel.dataset.close, { method: "POST", headers: { "X-CSRFToken": formToken(), Accept: "application/json" } });
  if (!response.ok) throw new Refused(await refusalOf(response));
  state.busy = false;
  location.reload();
}

const drop = part("drop");
drop.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.toggleAttribute("data-over", true);
});
drop.addEventListener("dragleave", () => drop.removeAttribute("data-over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.removeAttribute("data-over");
  take((onCount) => gatherDropped(event.dataTransfer, onCount));
});
for (const button of panel.querySelectorAll("[data-choose]")) {
  const input = panel.querySelector(`[data-input="${button.dataset.choose}"]`);
  button.addEventListener("click", () => {
    // The same folder chosen again is a change only to an empty field.
    input.value = "";
    input.click();
  });
  input.addEventListener("change", () => take(async () => gatherChosen(input.files)));
}
part("pause").addEventListener("click", () => {
  state.paused = !state.paused;
  part("pause").textContent = state.paused ? "Go on" : "Pause";
  part("pause").ariaPressed = String(state.paused);
});
// A file dropped beside the panel would replace the page and stop everything.
for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
window.addEventListener("beforeunload", (event) => state.busy && event.preventDefault());
