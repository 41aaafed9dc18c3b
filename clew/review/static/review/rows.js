// Rows of a grid: as many as a screen needs and a few more, used again and again. Their number does not grow with the grid.

import { Tile } from "./tile.js";

export class Rows {
  constructor(layer, template, addresses) {
    Object.assign(this, { layer, template, addresses });
    this.rows = new Map();
    this.geometry = null;
  }

  /** Take up another geometry; with other columns every row is made anew. */
  lay(geometry) {
    const isOther = this.geometry?.columns !== geometry.columns || this.geometry?.rowPixels !== geometry.rowPixels;
    const hasGrown = this.geometry?.count !== geometry.count;
    this.geometry = geometry;
    this.layer.style.blockSize = `${geometry.height}px`;
    this.layer.style.setProperty("--columns", geometry.columns);
    if (isOther) {
      for (const row of this.rows.values()) {
        for (const tile of row.tiles) tile.standFor(-1, 0);
        row.element.remove();
      }
      this.rows.clear();
    } else if (hasGrown) {
      for (const [at, row] of this.rows) this.#fill(row, at);
    }
  }

  /** Draw what is seen at a logical top; the first and the last place drawn. */
  draw(top) {
    const [first, last] = this.geometry.rowsAt(top);
    const free = [...this.rows.keys()].filter((at) => at < first || at > last);
    for (let at = first; at <= last; at += 1) {
      let row = this.rows.get(at);
      if (!row) {
        const old = free.pop();
        row = old === undefined ? this.#make() : this.rows.get(old);
        this.rows.delete(old);
        this.rows.set(at, row);
        this.#fill(row, at);
      }
      row.element.style.transform = `translateY(${at * this.geometry.rowPixels - top}px)`;
    }
    for (const at of free) {
      for (const tile of this.rows.get(at).tiles) tile.standFor(-1, 0);
      this.rows.get(at).element.remove();
      this.rows.delete(at);
    }
    return [first * this.geometry.columns, Math.min((last + 1) * this.geometry.columns, this.geometry.count) - 1];
  }

  /** Every tile that stands for something, in no order. */
  *tiles() {
    for (const row of this.rows.values()) for (const tile of row.tiles) if (!tile.element.hidden) yield tile;
  }

  /** The tile of a place, if it is drawn. */
  tileOf(place) {
    return this.rows.get(this.geometry.rowOf(place))?.tiles[place % this.geometry.columns];
  }

  #make() {
    const element = document.createElement("div");
    element.className = "grid-row";
    element.role = "row";
    const tiles = Array.from({ length: this.geometry.columns }, () => new Tile(this.template, this.addresses));
    element.style.blockSize = `${this.geometry.rowPixels - this.geometry.gapPixels}px`;
    element.style.gap = `${this.geometry.gapPixels}px`;
    element.append(...tiles.map((tile) => tile.element));
    this.layer.append(element);
    return { element, tiles };
  }

  #fill(row, at) {
    row.element.ariaRowIndex = String(at + 1);
    row.tiles.forEach((tile, column) => {
      tile.standFor(at * this.geometry.columns + column, this.geometry.count);
      tile.element.ariaColIndex = String(column + 1);
    });
  }
}
