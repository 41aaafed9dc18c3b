// Gathering: what was dropped or chosen, as a flat list of files with the path each had.

/** Files of a drop, folders walked through. `onCount` is told how many were found so far. */
export async function gatherDropped(transfer, onCount) {
  // The entries vanish when the event ends: they are taken before the first pause.
  const entries = [...transfer.items].map((part) => part.webkitGetAsEntry?.()).filter(Boolean);
  const found = [];
  const waiting = entries.reverse();
  while (waiting.length) {
    const entry = waiting.pop();
    const path = entry.fullPath.replace(/^\//, "");
    try {
      if (entry.isDirectory) waiting.push(...(await children(entry)).reverse());
      else found.push({ path, file: await new Promise((done, fail) => entry.file(done, fail)) });
    } catch (error) {
      // Unreadable on this disk: it still gets its line and its verdict.
      found.push({ path, refusal: `could not be read on the sender's disk (${error.name})` });
    }
    if (found.length % 500 === 0) onCount(found.length);
  }
  return found;
}

async function children(directory) {
  const reader = directory.createReader();
  const all = [];
  for (;;) {
    // Browsers hand out a hundred at a time and an empty list at the end.
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return all;
    all.push(...some);
  }
}

/** Files of a file dialog. */
export function gatherChosen(files) {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** What this file is called over attempts: the same path, size and time make the same key. Not a digest of its content. */
export async function clientKey({ path, file }) {
  const words = `${path}\n${file?.size ?? ""}\n${file?.lastModified ?? ""}`;
  // Browsers keep crypto.subtle from pages that came over plain HTTP from another machine.
  if (!globalThis.crypto?.subtle) return plainKey(words);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(words));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Four 32-bit FNV-1a hashes with different starts (RFC 9923): enough to tell the files of one submission apart.
function plainKey(words) {
  const bytes = new TextEncoder().encode(words);
  const lanes = [0x811c9dc5, 0x01234567, 0x89abcdef, 0x5bd1e995].map((start) => {
    let hash = start;
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, "0");
  });
  return `plain-${lanes.join("")}`;
}
