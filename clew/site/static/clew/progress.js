// Progress of a submission: counts are kept up to date; tiles change only when the reader asks for them.

import { isAnyShown } from "./reveal.js";

const INTERVAL_MS = 2000;
const number = new Intl.NumberFormat("en");
const section = document.querySelector("[data-progress]");
const seenDecided = Number(section.dataset.decided);

function show(found) {
  const bar = section.querySelector("[data-progress-bar]");
  bar.max = Math.max(found.received, 1);
  bar.value = found.decided;
  section.querySelector("[data-progress-words]").textContent =
    `${found.state_words}: ${number.format(found.decided)} of ${number.format(found.received)} decided`;
  const counts = { all: found.decided, waiting: found.waiting, ...found.counts };
  for (const place of document.querySelectorAll("[data-count]")) place.textContent = number.format(counts[place.dataset.count]);
  if (found.decided > seenDecided) section.querySelector("[data-progress-more]").hidden = false;
}

async function ask() {
  try {
    const response = await fetch(section.dataset.progress, { headers: { Accept: "application/json" } });
    // Whoever is signed out is told so by the next thing they do.
    if (!response.ok || response.redirected) return;
    const found = await response.json();
    show(found);
    const isEmpty = !document.querySelector("[data-tile]");
    if (found.state === "finished") {
      if (isEmpty && found.decided > seenDecided && !isAnyShown()) location.reload();
      return;
    }
  } catch {
    // The server is away; what it has acknowledged it keeps, so asking again is all there is to do.
  }
  setTimeout(ask, INTERVAL_MS);
}

if (section.dataset.state !== "finished") setTimeout(ask, INTERVAL_MS);
