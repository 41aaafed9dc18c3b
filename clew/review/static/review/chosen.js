// What is chosen in a grid: places, kept apart from the tiles, which come and go.

export class Chosen {
  constructor(max) {
    this.max = max;
    this.places = new Set();
    /** From where a range is drawn. */
    this.anchor = 0;
  }

  get size() {
    return this.places.size;
  }

  has(place) {
    return this.places.has(place);
  }

  clear() {
    this.places.clear();
  }

  /** Choose one more, or let go of it. False where no more can be chosen. */
  toggle(place) {
    this.anchor = place;
    if (this.places.delete(place)) return true;
    if (this.places.size >= this.max) return false;
    this.places.add(place);
    return true;
  }

  /** Choose everything from the anchor to a place, and nothing else. False where that would be too many. */
  rangeTo(place) {
    const [first, last] = [Math.min(this.anchor, place), Math.max(this.anchor, place)];
    if (last - first >= this.max) return false;
    this.places = new Set(Array.from({ length: last - first + 1 }, (_, at) => first + at));
    return true;
  }

  /** The places as the server reads them: `0-4,9-9`. */
  toRanges() {
    return rangesOf([...this.places]);
  }
}

export function rangesOf(places) {
  const ranges = [];
  for (const place of places.sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && last[1] === place - 1) last[1] = place;
    else ranges.push([place, place]);
  }
  return ranges.map(([first, last]) => `${first}-${last}`).join(",");
}
