"""What a browser is asked about the grid that it shows, as functions of the page."""

from __future__ import annotations

#: Whether every tile in sight tells its facts, or that there is nothing for this officer.
IS_TOLD = """() => {
  const box = document.getElementById('grid').getBoundingClientRect();
  const seen = [...document.querySelectorAll('.grid-tile:not([hidden])')].filter((tile) => {
    const place = tile.getBoundingClientRect();
    return place.bottom > box.top + 1 && place.top < box.bottom - 1;
  });
  return seen.length > 0 && seen.every((tile) => tile.querySelector('[data-facts]').textContent || tile.textContent.includes('Nothing here'));
}"""
#: Milliseconds from the press to the frame in which every tile in sight tells its facts: to a number, or to a place of the scroll bar in pixels.
JUMPED = (
    "async ([way, to]) => { const isTold = "
    + IS_TOLD
    + """;
  const input = document.getElementById('jump');
  const begun = performance.now();
  if (way === 'number') { input.value = to; input.form.requestSubmit(); }
  // The box tells of it with the next frame.
  else { document.getElementById('grid').scrollTop = to; await new Promise(requestAnimationFrame); }
  do await new Promise(requestAnimationFrame); while (!isTold());
  return performance.now() - begun;
}"""
)
#: Place and media of each tile that is wholly in sight.
SEEN = """() => {
  const box = document.getElementById('grid').getBoundingClientRect();
  return [...document.querySelectorAll('.grid-tile:not([hidden])')].filter((tile) => {
    const place = tile.getBoundingClientRect();
    return place.top >= box.top - 1 && place.bottom <= box.bottom + 1;
  }).map((tile) => [Number(tile.id.slice(6)), tile.querySelector('.picture').dataset.reveal?.split('/')[2] ?? null]).sort((a, b) => a[0] - b[0]);
}"""
