// Geometry of a grid of any length, in closed form: nothing is measured but the box, and nothing is laid out but what is seen.
//
// A browser cuts a box off at some 17 million pixels (Firefox) or 33 million device pixels (Chromium). Two million tiles need 70 million. So the
// grid has a logical height, as long as it likes, and the box a physical one, within what every browser can do on a screen of four device pixels
// to one. Near both ends one pixel is one pixel; between, places are scaled.

/** Physical pixels of the box at most. */
export const BOX_PIXELS_MAX = 4_000_000;
/** So far from both ends logical and physical pixels are the same: the ends are reached by hand, without a leap. */
export const EDGE_PIXELS = 100_000;
/** Rows kept above and below what is seen. */
export const ROWS_BEYOND = 2;

/**
 * The grid of `count` tiles in a box of `width` by `height` pixels.
 * @returns {Geometry} with `columns`, `rows`, `rowPixels`, `logicalPixels`, `physicalPixels` and the places of everything
 */
export function geometryOf({ count, width, height, tilePixelsMin, footPixels, gapPixels }) {
  const columns = Math.max(1, Math.floor((width + gapPixels) / (tilePixelsMin + gapPixels)));
  const tilePixels = (width - gapPixels * (columns - 1)) / columns;
  // Pictures lie in places of four to three, whatever they are, so that every row is as high as the next.
  const rowPixels = Math.round((tilePixels * 3) / 4) + footPixels + gapPixels;
  return new Geometry({ count, columns, rowPixels, gapPixels, height });
}

export class Geometry {
  constructor({ count, columns, rowPixels, gapPixels, height }) {
    Object.assign(this, { count, columns, rowPixels, gapPixels, height });
    this.rows = Math.ceil(count / columns);
    this.logicalPixels = this.rows * rowPixels;
    this.physicalPixels = Math.min(this.logicalPixels, BOX_PIXELS_MAX);
  }

  /** The furthest the grid can be scrolled, in logical pixels. */
  get topMax() {
    return Math.max(0, this.logicalPixels - this.height);
  }

  /** The same in physical ones. */
  get physicalTopMax() {
    return Math.max(0, this.physicalPixels - this.height);
  }

  clamp(top) {
    return Math.min(Math.max(top, 0), this.topMax);
  }

  /** Where the box must be scrolled to, for the grid to be at a logical top. */
  toPhysical(top) {
    const [far, near] = [this.topMax, this.physicalTopMax];
    if (far === near || top <= EDGE_PIXELS) return Math.min(top, near);
    if (far - top <= EDGE_PIXELS) return near - (far - top);
    return EDGE_PIXELS + ((top - EDGE_PIXELS) * (near - 2 * EDGE_PIXELS)) / (far - 2 * EDGE_PIXELS);
  }

  /** The logical top at which the grid is when the box is scrolled to a place. */
  toLogical(physical) {
    const [far, near] = [this.topMax, this.physicalTopMax];
    if (far === near || physical <= EDGE_PIXELS) return Math.min(physical, far);
    if (near - physical <= EDGE_PIXELS) return far - (near - physical);
    return EDGE_PIXELS + ((physical - EDGE_PIXELS) * (far - 2 * EDGE_PIXELS)) / (near - 2 * EDGE_PIXELS);
  }

  rowOf(position) {
    return Math.floor(position / this.columns);
  }

  /** The logical top of a tile's row. */
  topOf(position) {
    return this.rowOf(position) * this.rowPixels;
  }

  /** The first and the last row that are drawn at a logical top; the last is -1 where there is none. */
  rowsAt(top) {
    const first = Math.max(0, Math.floor(top / this.rowPixels) - ROWS_BEYOND);
    const last = Math.min(this.rows - 1, Math.floor((top + this.height) / this.rowPixels) + ROWS_BEYOND);
    return [first, last];
  }

  /** The first tile of the first row that is wholly seen at a logical top. */
  positionAt(top) {
    const row = Math.min(Math.ceil(top / this.rowPixels - 0.001), Math.max(0, this.rows - 1));
    return Math.min(row * this.columns, Math.max(0, this.count - 1));
  }

  /** The logical top nearest to `top` at which a tile's whole row is seen. */
  topShowing(position, top) {
    const above = this.topOf(position);
    const below = above + this.rowPixels - this.height;
    return this.clamp(Math.max(Math.min(top, above), below > above ? above : below));
  }

  /** Whole rows that are seen at once, at least one. */
  get rowsSeen() {
    return Math.max(1, Math.floor(this.height / this.rowPixels));
  }
}
