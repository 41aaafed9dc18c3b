// Several screens: windows of one browser that show the same result tell each other where they are. Only places and ids travel, and nothing leaves
// the browser.

const NEWS = "at";

export class Screens {
  /** `came({ place, media })` is told where another window of the same result went. */
  constructor(result, came) {
    this.channel = new BroadcastChannel(`clew-result-${result}`);
    this.channel.addEventListener("message", ({ data: told }) => told?.kind === NEWS && came(told));
  }

  tell(place, media) {
    this.channel.postMessage({ kind: NEWS, place, media });
  }
}
