// Keys of the grid and of the single view, out of the table of all keys.

import * as hotkeys from "./hotkeys.js";

/** What a key asks for: `{ action, isRange }`, `{ digit }`, or null. There is no stack here that Alt could mean. */
export const askedBy = (event) => (event.altKey ? null : hotkeys.askedBy(event, "grid"));

/** Write the keys of some actions where somebody looks for them. */
export const listKeys = (place, actions) => hotkeys.listKeys(place, "grid", actions);
