// Deciding from the grid: one press, one act, and its way back. What can be undone outlives a reload of the page.

import { post } from "./posting.js";
import { say } from "./toast.js";

const UNDO_MAX = 100;

export class Deciding {
  constructor({ decide, undo, nobody, result }) {
    Object.assign(this, { decide, undoAt: undo, nobody, kept: `clew-undo-${result}` });
    this.isBusy = false;
  }

  #stack() {
    return JSON.parse(sessionStorage.getItem(this.kept) ?? "[]");
  }

  /** Decide what stands at some places; true where it was done. */
  async places(ranges, code, words) {
    return this.#once(async () => {
      const done = await post(this.decide, { ranges, code });
      sessionStorage.setItem(this.kept, JSON.stringify([...this.#stack(), done.decision].slice(-UNDO_MAX)));
      say(`${done.count.toLocaleString("en")} decided: ${words}. U undoes it.`);
    });
  }

  /** Take the last decision of this result back; true where there was one. */
  async undo() {
    const stack = this.#stack();
    const last = stack.pop();
    if (!last) {
      say("Nothing was decided here that could be undone.");
      return false;
    }
    return this.#once(async () => {
      const undone = await post(this.undoAt.replace(this.nobody, last));
      sessionStorage.setItem(this.kept, JSON.stringify(stack));
      say(`Undone: ${undone.code}.`);
    });
  }

  // A key held down is one decision, not ten.
  async #once(act) {
    if (this.isBusy) return false;
    this.isBusy = true;
    try {
      await act();
      return true;
    } catch (failure) {
      say(failure.message, { stays: true });
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}
