// The scenes of a film one at a time, silently. They come as one sheet, of which only the chosen scene is ever in sight; which one can be chosen
// before anything is shown, so that the first and the last, or any other, stay unseen.

// As `clew.media.renditions.contact_sheet` lays them: six in a row at most, with so many pixels between scenes of 256.
const COLUMNS = 6;
const GAP_SHARE = 4 / 256;

/** Where the scenes lie on a sheet of any size: its columns and rows, and the share of a place that its scene fills, across and down. */
export function sheetOf(count, aspect) {
  return {
    columns: Math.min(COLUMNS, count),
    rows: Math.ceil(count / COLUMNS),
    across: 1 / (1 + GAP_SHARE * Math.max(1, 1 / aspect)),
    down: 1 / (1 + GAP_SHARE * Math.max(1, aspect)),
  };
}

export class Strip {
  constructor(section, timesMs, aspect, clock) {
    Object.assign(this, { section, timesMs, aspect, clock, at: 0, count: timesMs.length });
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
    const when = this.clock(this.timesMs[this.at] / 1000);
    this.section.querySelector("[data-scene-words]").textContent = `${this.at + 1} of ${this.count}, at ${when}`;
    this.#lay();
  }

  async #lay() {
    const image = this.button.querySelector("img");
    if (!image) return;
    // Not in sight before it is in place: otherwise the whole sheet would flash up.
    image.style.visibility = "hidden";
    await image.decode().catch(() => null);
    if (!image.naturalWidth) return;
    const { columns, rows, across, down } = sheetOf(this.count, this.aspect);
    // A scene and its gap are a column wide and a row high, however large the sheet came: steps that show less are smaller.
    const [width, height] = [image.naturalWidth / columns, image.naturalHeight / rows];
    this.button.style.aspectRatio = `${width * across} / ${height * down}`;
    const scale = this.button.clientWidth / (width * across);
    const [column, row] = [this.at % columns, Math.floor(this.at / columns)];
    image.style.transform = `translate(${-column * width * scale}px, ${-row * height * scale}px) scale(${scale})`;
    image.style.visibility = "";
  }
}
