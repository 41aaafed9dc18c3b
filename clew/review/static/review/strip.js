// The scenes of a film one at a time, silently. They come as one sheet, of which only the chosen scene is ever in sight; which one can be chosen
// before anything is shown, so that the first and the last, or any other, stay unseen.

const COLUMNS = 6;
const GAP_PIXELS = 4;
const STILL_SIDE_PIXELS = 256;

/** Where the scenes lie on a sheet of a natural size: `{ columns, rows, width, height }` of one scene with its gap. */
export function sheetOf(naturalWidth, naturalHeight, aspect) {
  // Every scene has the film's own shape within a square; a sheet of one row may have fewer than six.
  const width = Math.round(aspect >= 1 ? STILL_SIDE_PIXELS : STILL_SIDE_PIXELS * aspect) + GAP_PIXELS;
  const height = Math.round(aspect >= 1 ? STILL_SIDE_PIXELS / aspect : STILL_SIDE_PIXELS) + GAP_PIXELS;
  const columns = Math.max(1, Math.min(COLUMNS, Math.round(naturalWidth / width)));
  const rows = Math.max(1, Math.round(naturalHeight / height));
  return { columns, rows, width: naturalWidth / columns, height: naturalHeight / rows };
}

export class Strip {
  constructor(section, timesMs, aspect, clock) {
    Object.assign(this, { section, timesMs, aspect, clock, at: 0, count: Math.max(1, timesMs.length) });
    this.button = section.querySelector(".scenes .picture");
    this.range = section.querySelector("[data-scene]");
    this.range.addEventListener("input", () => this.go(Number(this.range.value) - 1));
    for (const step of section.querySelectorAll("[data-step]")) {
      step.addEventListener("click", () => this.go(this.at + Number(step.dataset.step)));
    }
    // The sheet comes and goes with the looks at it.
    new MutationObserver(() => this.#lay()).observe(this.button, { childList: true, subtree: true });
    this.go(0);
  }

  go(at) {
    this.at = Math.min(Math.max(at, 0), this.count - 1);
    this.range.max = String(this.count);
    this.range.value = String(this.at + 1);
    const time = this.timesMs[this.at];
    const when = time === undefined ? "" : `, at ${this.clock(time / 1000)}`;
    this.section.querySelector("[data-scene-words]").textContent = `${this.at + 1} of ${this.count}${when}`;
    this.#lay();
  }

  async #lay() {
    const image = this.button.querySelector("img");
    if (!image || !this.aspect) return;
    // Not in sight before it is in place: otherwise the whole sheet would flash up.
    image.style.visibility = "hidden";
    await image.decode().catch(() => null);
    if (!image.naturalWidth) return;
    const { columns, rows, width, height } = sheetOf(image.naturalWidth, image.naturalHeight, this.aspect);
    if (!this.timesMs.length && this.count !== columns * rows) {
      this.count = columns * rows;
      return this.go(this.at);
    }
    this.button.style.aspectRatio = `${width - GAP_PIXELS} / ${height - GAP_PIXELS}`;
    const scale = this.button.clientWidth / (width - GAP_PIXELS);
    const [column, row] = [this.at % columns, Math.floor(this.at / columns)];
    image.style.transform = `translate(${-column * width * scale}px, ${-row * height * scale}px) scale(${scale})`;
    image.style.visibility = "";
  }
}
