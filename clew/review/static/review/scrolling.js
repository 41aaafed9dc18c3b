// Scrolling a grid that is longer than a box can be: the box moves in physical pixels, the grid in logical ones.
//
// What a wheel, a finger or a key does is small, and moves the grid by as many pixels as the box. What a hand on the scroll bar does is large, and
// means a place. After a rest the box is put where the grid is; nothing that is seen moves by that.

const REST_MS = 160;
// A larger step than this is a place on the scroll bar: dragging it by one pixel moves a long grid by thousands.
const SCREENS_OF_A_STEP = 2;

export class Scrolling {
  /** `moved()` is called whenever the logical top changes. */
  constructor(box, spacer, moved) {
    Object.assign(this, { box, spacer, moved, top: 0, geometry: null });
    this.seen = 0;
    this.rest = 0;
    box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
  }

  /** Take up another geometry, at a logical top of it. */
  lay(geometry, top) {
    this.geometry = geometry;
    this.spacer.style.blockSize = `${geometry.physicalPixels}px`;
    this.goTo(top);
  }

  goTo(top) {
    this.top = this.geometry.clamp(top);
    this.#settle();
    this.moved();
  }

  #scrolled() {
    if (!this.geometry) return;
    const at = this.box.scrollTop;
    const step = at - this.seen;
    if (step === 0) return;
    this.seen = at;
    const isPlace = Math.abs(step) > SCREENS_OF_A_STEP * this.geometry.height;
    this.top = this.geometry.clamp(isPlace ? this.geometry.toLogical(at) : this.top + step);
    clearTimeout(this.rest);
    // At an end of the box that is none of the grid the hand could go no further.
    if (at <= 0 || at >= this.geometry.physicalTopMax - 1) this.#settle();
    else this.rest = setTimeout(() => this.#settle(), REST_MS);
    this.moved();
  }

  #settle() {
    const wanted = this.geometry.toPhysical(this.top);
    if (Math.abs(wanted - this.box.scrollTop) >= 1) this.box.scrollTop = wanted;
    this.seen = this.box.scrollTop;
  }
}
