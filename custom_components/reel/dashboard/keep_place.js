/**
 * Who keeps the place of what this page itself plays? The frontend's own players are no entities that could be
 * followed from outside, so they are followed here: what they play of Reel is told to Home Assistant.
 *
 * There are two of them: a dialog for films, and the bar below the media browser for music. Nothing of either is
 * changed; they are only looked at. Should they look different one day, nothing is told, and nothing breaks.
 */

/** @typedef {"playing" | "paused" | "stopped"} State */
/** @typedef {{ media: HTMLMediaElement, url: string }} Found What plays, and under which of our addresses. */

const OURS = /^(https?:\/\/[^/]+)?\/api\/reel\/(stream|hls)\//;
const OUR_ITEMS = "media-source://reel/";
const DIALOG = "hui-dialog-web-browser-play-media";
const PANEL = "ha-panel-media-browser";
const BAR = "ha-bar-media-player";

/** How often a player is looked for, and looked after. */
const LOOK_MS = 500;
/** How often a place is told while nothing else happens; after three times as long, a page counts as gone. */
const TELL_MS = 10_000;
/** How long a player may take to appear: a server is asked first. */
const APPEARS_WITHIN_MS = 60_000;

/** What one media element plays. */
class Play {
  /** @param {Found} found */
  constructor({ media, url }) {
    this.media = media;
    this.url = url;
    this.position = 0;
    this.toldAt = 0;
    /** @type {string | undefined} The name of this play, from when it first runs until it is over. */
    this.page = undefined;
    this.listening = new AbortController();
    for (const [event, act] of this.reactions()) {
      media.addEventListener(event, act, { signal: this.listening.signal });
    }
    this.look();
  }

  /** @returns {[string, () => void][]} */
  reactions() {
    return [
      ["playing", () => this.tell("playing")],
      ["pause", () => this.page && !this.media.ended && this.tell("paused")],
      ["seeked", () => this.page && this.tell(this.state)],
      ["ended", () => this.stop()],
      ["timeupdate", () => this.note()],
      ["loadedmetadata", () => this.goBack()],
    ];
  }

  /** @returns {State} */
  get state() {
    return this.media.paused ? "paused" : "playing";
  }

  /** Whether it plays. */
  get runs() {
    const { paused, ended, readyState } = this.media;
    return !paused && !ended && readyState > HTMLMediaElement.HAVE_CURRENT_DATA;
  }

  /** Tell what was told some time ago once more, and what began before anybody listened. */
  look() {
    const due = Date.now() - this.toldAt >= TELL_MS;
    if (this.page ? due : this.runs) this.tell(this.state);
  }

  /** Note the place; an element that has nothing loaded knows none. */
  note() {
    if (this.media.readyState >= HTMLMediaElement.HAVE_METADATA && !this.media.seeking) {
      this.position = this.media.currentTime;
    }
  }

  /** Go back to where it was: a page that was hidden has dropped its playlist, and begins it anew. */
  goBack() {
    if (this.page && this.position > 0) this.media.currentTime = this.position;
  }

  /**
   * Tell Home Assistant.
   * @param {State} state
   */
  tell(state) {
    this.note();
    this.page ??= randomName();
    this.toldAt = Date.now();
    const { url, page, position } = this;
    const connection = document.querySelector("home-assistant")?.hass?.connection;
    // What does not arrive now is told again soon, or is missed as if the page had gone.
    connection?.sendMessagePromise({ type: "reel/play/report", url, page, state, position }).catch(() => {});
  }

  /** Tell that it is over. If it runs once more, that is another play. */
  stop() {
    if (!this.page) return;
    this.tell("stopped");
    this.page = undefined;
    this.position = 0;
  }

  /** Stop, and listen no longer. */
  leave() {
    this.listening.abort();
    this.stop();
  }
}

/** Follows what one player plays, from when it is asked to until it is gone. */
class Watch {
  /** @param {() => Found | undefined} find */
  constructor(find) {
    this.find = find;
    /** @type {Play | undefined} */
    this.play = undefined;
    this.patientUntil = Date.now() + APPEARS_WITHIN_MS;
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.look();
  }

  look() {
    const found = this.find();
    if (found?.media !== this.play?.media) {
      this.play?.leave();
      this.play = found && new Play(found);
    }
    this.play?.look();
    if (this.play) this.patientUntil = Date.now() + APPEARS_WITHIN_MS;
    else if (Date.now() >= this.patientUntil) this.end();
  }

  end() {
    clearInterval(this.timer);
    this.play?.leave();
    this.play = undefined;
  }
}

/** @type {Map<string, Watch>} One for each player. */
const watches = new Map();

/**
 * @param {string} player
 * @param {() => Found | undefined} find
 */
function follow(player, find) {
  watches.get(player)?.end();
  watches.set(player, new Watch(find));
}

/**
 * @param {string} url
 * @returns {Found | undefined} what plays it in the dialog
 */
function inDialog(url) {
  const dialog = document.querySelector("home-assistant")?.shadowRoot?.querySelector(DIALOG)?.shadowRoot;
  const playlist = dialog?.querySelector("ha-hls-player")?.shadowRoot;
  const media = dialog?.querySelector("video, audio") ?? playlist?.querySelector("video");
  return media ? { media, url } : undefined;
}

/**
 * @param {Element} bar
 * @returns {Found | undefined} what of ours plays in the bar, by an element that is in no document
 */
function inBar(bar) {
  const media = bar.isConnected ? bar._browserPlayer?.player : undefined;
  return media && OURS.test(media.src) ? { media, url: media.src } : undefined;
}

/** @param {CustomEvent} event */
function dialogShown({ detail }) {
  const url = detail?.dialogParams?.sourceUrl;
  if (detail?.dialogTag === DIALOG && OURS.test(url)) follow(DIALOG, () => inDialog(url));
}

/** @param {CustomEvent} event */
function dialogClosed({ detail }) {
  if (detail?.dialog === DIALOG) watches.get(DIALOG)?.end();
}

/** @param {CustomEvent} event */
function mediaPicked(event) {
  const panel = event.composedPath().find((each) => each instanceof Element && each.localName === PANEL);
  const bar = panel?.shadowRoot?.querySelector(BAR);
  if (bar && event.detail?.item?.media_content_id?.startsWith(OUR_ITEMS)) follow(BAR, () => inBar(bar));
}

/** @returns {string} a name that nobody else has */
function randomName() {
  // crypto.randomUUID() is missing from pages that came without TLS.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A page that stays open over an update is given the newer file beside this one.
if (!window.reelKeepsPlace) {
  window.reelKeepsPlace = true;
  window.addEventListener("show-dialog", dialogShown);
  window.addEventListener("dialog-closed", dialogClosed);
  window.addEventListener("media-picked", mediaPicked);
  window.addEventListener("pagehide", () => watches.forEach((watch) => watch.play?.stop()));
}
