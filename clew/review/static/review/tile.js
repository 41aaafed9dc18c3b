// One tile: what it says of its media. Every picture starts hidden, and what stood here before leaves nothing behind.

import * as reveal from "../clew/reveal.js";

const VERDICTS = { known: "Known", resembles: "Resembles", new: "New", unreadable: "Unreadable" };
const KINDS = { image: "Picture", video: "Film", audio: "Sound", document: "Document", hash: "Hash alone" };
const PLACES_MAX = 99;

/** A length in seconds as a clock shows it. */
export function clock(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (number) => String(number).padStart(2, "0");
  const rest = two(Math.floor(seconds % 60));
  return hours ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

export class Tile {
  constructor(template, addresses) {
    this.element = template.content.firstElementChild.cloneNode(true);
    this.button = this.element.querySelector(".picture");
    this.words = this.element.querySelector(".picture-words");
    this.part = (name) => this.element.querySelector(`[data-${name}]`);
    this.addresses = addresses;
    this.place = -1;
    this.facts = undefined;
  }

  /** Stand for another place: whatever was shown goes. */
  standFor(place, count) {
    const isOut = place < 0 || place >= count;
    if (place === this.place && this.element.hidden === isOut) return;
    this.#clear();
    this.place = place;
    this.element.hidden = isOut;
    this.element.id = `place-${place}`;
    this.part("number").textContent = this.button.ariaLabel = (place + 1).toLocaleString("en");
  }

  #clear() {
    reveal.hide(this.button);
    this.button.querySelector("img")?.remove();
    delete this.button.dataset.reveal;
    delete this.button.dataset.outlined;
    this.button.dataset.state = "none";
    this.button.ariaDisabled = "true";
    this.words.textContent = "";
    this.facts = undefined;
    this.part("verdict").hidden = this.part("own").hidden = true;
    this.part("others").textContent = this.part("facts").textContent = "";
    delete this.element.dataset.disputed;
  }

  /** Say what is known of it: undefined while nothing has come, null where there is nothing for this officer. */
  tell(facts) {
    if (facts === undefined || facts === this.facts) return;
    // What is said of it may change while its picture is looked at.
    const isSame = facts && this.facts?.media === facts.media;
    if (!isSame) this.#clear();
    this.facts = facts;
    if (facts === null) {
      this.words.textContent = "Nothing here";
      return;
    }
    if (!isSame) this.#offer(facts);
    this.#mark("verdict", VERDICTS[facts.verdict] ?? "");
    this.part("verdict").className = `badge verdict-${facts.verdict}`;
    this.#mark("own", facts.own.join(", "));
    this.part("others").textContent = facts.others.join(", ");
    this.element.toggleAttribute("data-disputed", facts.is_disputed);
    this.part("facts").textContent = lineOf(facts);
    this.button.ariaLabel = `${this.part("number").textContent}: ${lineOf(facts)}`;
  }

  #offer(facts) {
    if (!facts.has_picture || !this.addresses.reveal) {
      this.words.textContent = facts.has_picture ? "Your role shows no pictures" : "No picture";
      return;
    }
    this.button.dataset.reveal = this.addresses.reveal(facts.media);
    this.button.dataset.state = "hidden";
    this.button.ariaDisabled = null;
    this.words.textContent = "Show";
  }

  #mark(name, words) {
    this.part(name).textContent = words;
    this.part(name).hidden = !words;
  }
}

function lineOf(facts) {
  const seen = facts.places > PLACES_MAX ? `more than ${PLACES_MAX} places` : `${facts.places} place${facts.places === 1 ? "" : "s"}`;
  const parts = [KINDS[facts.kind] ?? facts.kind, facts.seconds ? clock(facts.seconds) : "", facts.stack > 1 ? `stack of ${facts.stack}` : "", seen];
  return parts.filter(Boolean).join(" · ");
}
