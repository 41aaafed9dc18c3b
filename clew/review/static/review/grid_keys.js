// Keys of the grid and of the single view: one table from actions to keys. Whoever wants other keys changes the table and nothing else.

/** Action -> its keys, as `event.key` names them, and its words. Digits decide, by the scheme's own table. */
export const ACTIONS = {
  back: { keys: ["ArrowLeft"], words: "One back" },
  forward: { keys: ["ArrowRight"], words: "One on" },
  up: { keys: ["ArrowUp"], words: "One row up" },
  down: { keys: ["ArrowDown"], words: "One row down" },
  pageUp: { keys: ["PageUp"], words: "A screen up" },
  pageDown: { keys: ["PageDown"], words: "A screen down" },
  first: { keys: ["Home"], words: "The first" },
  last: { keys: ["End"], words: "The last" },
  open: { keys: ["Enter"], words: "Open it alone, and back to the grid" },
  show: { keys: [" "], words: "Show the picture, then one step clearer" },
  hide: { keys: ["Escape"], words: "Hide it; let go of what is chosen" },
  choose: { keys: ["v"], words: "Choose it too, or let go of it; with Shift and a key that moves: everything up to there" },
  undo: { keys: ["u"], words: "Undo" },
  compare: { keys: ["="], words: "What is chosen side by side" },
  jump: { keys: ["l"], words: "Go to a number" },
  screen: { keys: ["w"], words: "A second window that follows this one" },
  frameBack: { keys: [","], words: "Film: one scene back" },
  frameOn: { keys: ["."], words: "Film: one scene on" },
};

const LETTERS_OFF = "clew-letters-off";
const NAMES = { " ": "Space", Escape: "Esc", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };

const byKey = () =>
  new Map(Object.entries(ACTIONS).flatMap(([action, { keys }]) => keys.map((key) => [key.toLowerCase(), action])));

/** What a key asks for: `{ action, isRange }`, `{ digit }`, or null. Characters can be switched off (WCAG 2.1.4). */
export function askedBy(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) return null;
  const isCharacter = event.key.length === 1 && event.key !== " ";
  if (isCharacter && localStorage.getItem(LETTERS_OFF) !== null) return null;
  if (/^\d$/.test(event.key)) return { digit: event.key };
  const action = byKey().get(event.key.toLowerCase());
  if (!action) return null;
  // In right-to-left pages the next tile lies to the left.
  const isMirrored = document.documentElement.dir === "rtl";
  const turned = isMirrored ? { back: "forward", forward: "back" } : {};
  return { action: turned[action] ?? action, isRange: event.shiftKey };
}

/** Write the table where somebody looks for it. */
export function listKeys(place, actions) {
  for (const action of actions) {
    const { keys, words } = ACTIONS[action];
    const [term, meaning] = [document.createElement("dt"), document.createElement("dd")];
    for (const key of keys) {
      const drawn = document.createElement("kbd");
      drawn.textContent = NAMES[key] ?? key.toUpperCase();
      term.append(drawn, " ");
    }
    meaning.textContent = words;
    place.append(term, meaning);
  }
}
