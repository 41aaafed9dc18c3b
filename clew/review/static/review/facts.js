// Facts of tiles: fetched a bucket at a time when they are about to be seen, and kept for the latest few thousand tiles alone.

import { isSignedOut, refusalOf } from "../clew/asking.js";

/** Tiles of a bucket: a screen is in one or two. */
export const BUCKET_TILES = 100;
const BUCKETS_KEPT = 40;

export class Facts {
  /** `address` answers `?from=&count=`; `came(first, last)` is told which tiles have come, `failed(words)` what went wrong. */
  constructor(address, came, failed) {
    Object.assign(this, { address, came, failed });
    this.buckets = new Map();
    this.asked = new Map();
  }

  /** The facts of the tile at a position: an object, null where there is nothing for this officer, undefined while they are not here. */
  of(position) {
    const bucket = this.buckets.get(Math.floor(position / BUCKET_TILES));
    return bucket && (bucket[position % BUCKET_TILES] ?? null);
  }

  /** See to it that the tiles from `first` to `last` come; what was asked for elsewhere and has not come is given up. */
  want(first, last) {
    const wanted = new Set();
    for (let at = Math.floor(first / BUCKET_TILES); at <= Math.floor(last / BUCKET_TILES); at += 1) wanted.add(at);
    for (const [at, asking] of this.asked) if (!wanted.has(at)) asking.abort();
    for (const at of wanted) {
      const bucket = this.buckets.get(at);
      if (bucket) this.#touch(at, bucket);
      else if (!this.asked.has(at)) this.#fetch(at);
    }
  }

  /** Facts that have changed: asked for again when they are next wanted. */
  forget(positions) {
    for (const position of positions) this.buckets.delete(Math.floor(position / BUCKET_TILES));
  }

  forgetAll() {
    this.buckets.clear();
  }

  #touch(at, bucket) {
    // The order of a map is that of its entries: the oldest goes first.
    this.buckets.delete(at);
    this.buckets.set(at, bucket);
    while (this.buckets.size > BUCKETS_KEPT) this.buckets.delete(this.buckets.keys().next().value);
  }

  async #fetch(at) {
    const asking = new AbortController();
    this.asked.set(at, asking);
    try {
      const query = new URLSearchParams({ from: at * BUCKET_TILES, count: BUCKET_TILES });
      const headers = { Accept: "application/json" };
      const response = await fetch(`${this.address}?${query}`, { headers, signal: asking.signal });
      if (isSignedOut(response)) return this.failed("Signed out. Reload the page.");
      if (!response.ok) return this.failed(await refusalOf(response));
      const { tiles } = await response.json();
      this.#touch(at, tiles);
      this.came(at * BUCKET_TILES, at * BUCKET_TILES + tiles.length - 1);
    } catch (failure) {
      if (failure.name !== "AbortError") this.failed("The server does not answer. Try again.");
    } finally {
      if (this.asked.get(at) === asking) this.asked.delete(at);
    }
  }
}
