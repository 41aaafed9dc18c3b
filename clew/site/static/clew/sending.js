// Sending: frames as clew/intake/frames.py reads them, and one request at a time that is tried again until it is answered.

import { formToken } from "./asking.js";

// The same limits as kernel/limits.py, where their reasons stand.
const MIB = 1024 * 1024;
export const WHOLE_BYTES_MAX = 8 * MIB;
export const BATCH_BYTES_MAX = 32 * MIB;
export const BATCH_FILES_MAX = 64;
export const ORIGINAL_BYTES_MAX = 4096 * MIB;

const PAUSES_MS = [1000, 2000, 5000, 10000, 20000, 30000];

/** The server said no, and would say so again. */
export class Refused extends Error {}

/** A file that cannot be read becomes a line of its own with the reason. */
async function contentOf(entry) {
  if (entry.refusal) return entry;
  if (entry.file.size > ORIGINAL_BYTES_MAX) return { ...entry, refusal: "larger than 4 GiB: open it in a forensic tool first" };
  try {
    // Small files are read whole, so that one that breaks off is noticed before it is sent; of a large one, its beginning.
    if (entry.file.size <= WHOLE_BYTES_MAX) return { ...entry, content: await entry.file.arrayBuffer() };
    await entry.file.slice(0, 1).arrayBuffer();
    return { ...entry, content: entry.file };
  } catch (error) {
    return { ...entry, refusal: `could not be read on the sender's disk (${error.name})` };
  }
}

function frame({ key, path, file, content, refusal }) {
  const size_bytes = content?.byteLength ?? content?.size;
  // A lone half of a surrogate pair is no Unicode; the server's JSON must be.
  const facts = { key, path: path.toWellFormed?.() ?? path };
  const heading = new TextEncoder().encode(JSON.stringify(refusal ? { ...facts, refusal } : { ...facts, size_bytes, modified_ms: file?.lastModified }));
  const prefix = new DataView(new ArrayBuffer(4));
  prefix.setUint32(0, heading.byteLength);
  return refusal ? [prefix, heading] : [prefix, heading, content];
}

/** Send some entries in one request. Answers which could not be read; throws Refused when the server says no. */
export async function send(address, entries, { onBytes, onWaiting }) {
  const ready = await Promise.all(entries.map(contentOf));
  const body = new Blob(ready.flatMap(frame), { type: "application/octet-stream" });
  for (let attempt = 0; ; attempt += 1) {
    const status = await post(address, body, onBytes);
    if (status.ok) return ready.filter((entry) => entry.refusal);
    if (status.refusal) throw new Refused(status.refusal);
    onBytes(0);
    onWaiting(true);
    await new Promise((done) => setTimeout(done, PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)]));
    onWaiting(false);
  }
}

// XMLHttpRequest, because fetch does not tell how much of a body has left.
function post(address, body, onBytes) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("X-CSRFToken", formToken());
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => onBytes(event.loaded);
    request.onload = () => {
      const isAnswer = request.getResponseHeader("Content-Type")?.startsWith("application/json");
      if (request.status === 200 && isAnswer) return done({ ok: true });
      if (request.status === 401 || request.responseURL.includes("/accounts/")) {
        return done({ refusal: "You are signed out. What has arrived is kept. Sign in and choose the same folder again." });
      }
      // A server that is down or busy comes back; one that says no does not change its mind.
      if (request.status >= 500 || request.status === 429) return done({});
      let message = "The server refused these files. What arrived before is kept.";
      if (isAnswer) message = JSON.parse(request.responseText).message;
      done({ refusal: message });
    };
    request.onerror = request.ontimeout = () => done({});
    request.send(body);
  });
}
