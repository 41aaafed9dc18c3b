// Which key does what: the officer's own table, as the server wrote it into the page. Every page asks here; nothing else knows a key.

const LETTERS_OFF = "clew-letters-off";
const TABLE = JSON.parse(document.body?.dataset.hotkeys || "{}");
/** Keys of a place are those of a page that has this in it. */
const PLACES = { desk: "#desk", grid: "#grid, #view", compare: "[data-abreast]", list: "[data-grid]" };
/** In right-to-left pages the next one lies to the left; on a picture left is left. */
const MIRRORED = { arrowleft: "arrowright", arrowright: "arrowleft" };
const MIRRORED_PLACES = ["desk", "grid", "list"];
const NAMES = { space: "Space", escape: "Esc", arrowleft: "←", arrowright: "→", arrowup: "↑", arrowdown: "↓", pageup: "Page Up", pagedown: "Page Down" };

/** Characters can be switched off (WCAG 2.1.4), since speech input and habits differ. */
export const areCharactersOn = () => localStorage.getItem(LETTERS_OFF) === null;

export function setCharacters(isOn) {
  if (isOn) localStorage.removeItem(LETTERS_OFF);
  else localStorage.setItem(LETTERS_OFF, "yes");
}

/** A pressed key as the table names it. */
export function nameOf(event) {
  if (event.key === " ") return "space";
  const name = event.key.toLowerCase();
  const isLetter = name.length === 1 && name !== event.key.toUpperCase();
  return isLetter && event.shiftKey ? `shift+${name}` : name;
}

/** What is written on it. */
export function drawn(name) {
  if (NAMES[name]) return NAMES[name];
  if (name.startsWith("shift+")) return `Shift ${name.slice(6).toUpperCase()}`;
  return name[0].toUpperCase() + name.slice(1);
}

/** The key of an action. */
export const keyOf = (place, action) => TABLE[place]?.find(([told]) => told === action)?.[1];

/**
 * What a pressed key asks for in a place: `{ action, isRange }`, `{ digit, isWhole }`, or null. With Shift a key that has no meaning of its own
 * has that without Shift, for a range.
 */
export function askedBy(event, place) {
  if (event.ctrlKey || event.metaKey || event.target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select")) return null;
  // Some keyboards write other signs with Alt, so that the key itself is asked.
  const digit = event.altKey ? event.code.match(/^(?:Digit|Numpad)(\d)$/)?.[1] : event.key.match(/^\d$/)?.[0];
  if (event.altKey) return digit ? { digit, isWhole: true } : null;
  const pressed = nameOf(event);
  const isCharacter = pressed.length === 1 || pressed.startsWith("shift+");
  if (isCharacter && !areCharactersOn()) return null;
  const isMirrored = document.documentElement.dir === "rtl" && MIRRORED_PLACES.includes(place);
  const name = (isMirrored && MIRRORED[pressed]) || pressed;
  const actionOf = (key) => TABLE[place]?.find(([, told]) => told === key)?.[0];
  const action = actionOf(name) ?? (event.shiftKey ? actionOf(name.replace("shift+", "")) : undefined);
  if (action) return { action, isRange: event.shiftKey };
  return digit ? { digit, isWhole: false } : null;
}

/** Write the keys of a place where somebody looks for them: all, or those of some actions. */
export function listKeys(list, place, actions) {
  for (const [action, key, words] of TABLE[place] ?? []) if (!actions || actions.includes(action)) line(list, drawn(key), words);
}

function line(list, key, words) {
  const [term, meaning, sign] = ["dt", "dd", "kbd"].map((kind) => document.createElement(kind));
  sign.textContent = key;
  meaning.textContent = words;
  term.append(sign);
  list.append(term, meaning);
}

/** The keys of the page at hand, those of every page last. */
export function listKeysHere(list) {
  list.replaceChildren();
  for (const [place, selector] of Object.entries(PLACES)) {
    if (!document.querySelector(selector)) continue;
    for (const button of place === "list" ? [] : document.querySelectorAll("[data-chosen] [data-digit], .grid-codes [data-digit]")) {
      if (button.dataset.digit) line(list, button.dataset.digit, button.querySelector("bdi").textContent);
    }
    if (place === "desk") line(list, "Alt + digit", "The same of the whole stack");
    listKeys(list, place);
  }
  listKeys(list, "everywhere");
}

/** Write onto buttons which key does the same. */
export function drawKeys(part, place) {
  for (const sign of part.querySelectorAll("[data-key]")) {
    const key = keyOf(place, sign.dataset.key);
    if (key) sign.textContent = drawn(key);
  }
}
