// History pages and the live stream. Order and replacement go strictly by message id and change number.

import { Busy, SignedOut, get, pause } from "./api.js";

const PAGE = 30;
const SILENT_AFTER = 45_000;
const STALE_AFTER = 20_000;

export class Feed {
  #seq = 0;
  #first = null; // the lowest id of a loaded page; messages below it are not on screen yet
  #known = new Map(); // id -> change number shown
  #unshown = new Map(); // id -> newer state of a message that is not loaded yet
  #source = null;
  #heard = 0;
  #attempt = 0;
  #timer = 0;
  #ended = false;

  /** `on` = {messages(list, where), state(name), signedOut(), open()} with where = "page" | "older" | "live". */
  constructor(on) {
    this.on = on;
    this.more = false;
    setInterval(() => this.#watch(), 5_000);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && Date.now() - this.#heard > STALE_AFTER) this.reconnect();
    });
    window.addEventListener("online", () => this.reconnect());
    window.addEventListener("offline", () => this.on.state("off"));
    window.addEventListener("pageshow", (event) => event.persisted && this.reconnect());
    window.addEventListener("pagehide", () => this.#close());
  }

  async start() {
    const page = await this.#page(`/chat/feed?limit=${PAGE}`);
    if (!page) return;
    this.#seq = page.seq;
    this.more = page.more;
    this.#first = page.messages.length ? page.messages[0].id : 0;
    this.#take(page.messages, "page");
    this.#connect();
  }

  /** Load one older page; false when there was none to load. Throws what api.js throws. */
  async older() {
    if (!this.more || this.#first === null) return false;
    const page = await get(`/chat/feed?before=${this.#first}&limit=${PAGE}`);
    this.more = page.more && page.messages.length > 0;
    if (page.messages.length) this.#first = Math.min(this.#first, page.messages[0].id);
    this.#take(page.messages, "older");
    return page.messages.length > 0;
  }

  reconnect() {
    if (this.#ended || this.#first === null) {
      this.#wake?.();
      return;
    }
    this.#attempt = 0;
    this.#connect();
  }

  end() {
    this.#ended = true;
    this.#close();
    this.on.state("out");
  }

  #wake = null;

  async #page(path) {
    for (let attempt = 1; !this.#ended; attempt += 1) {
      try {
        return await get(path);
      } catch (error) {
        if (error instanceof SignedOut) {
          this.on.signedOut();
          return null;
        }
        this.on.state("off");
        const wait = error instanceof Busy && error.seconds ? error.seconds * 1000 : pause(attempt);
        await new Promise((resolve) => {
          this.#wake = resolve;
          setTimeout(resolve, wait);
        });
        this.#wake = null;
      }
    }
    return null;
  }

  #take(messages, where) {
    const fresh = [];
    for (let message of messages) {
      const waiting = this.#unshown.get(message.id);
      if (waiting && where !== "live") {
        this.#unshown.delete(message.id);
        if (waiting.seq > message.seq) message = waiting;
      }
      if ((this.#known.get(message.id) ?? -1) >= message.seq) continue;
      if (where === "live" && this.more && message.id < this.#first) {
        this.#unshown.set(message.id, message);
        continue;
      }
      this.#known.set(message.id, message.seq);
      fresh.push(message);
    }
    this.on.messages(fresh, where);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  #connect() {
    this.#close();
    if (this.#ended) return;
    this.#heard = Date.now();
    const source = new EventSource(`/chat/events?after=${this.#seq}`);
    this.#source = source;
    const heard = (work) => (event) => {
      if (source !== this.#source) return;
      this.#heard = Date.now();
      work(event);
    };
    source.addEventListener("open", heard(() => {
      this.#attempt = 0;
      this.on.state("on");
      this.on.open();
    }));
    source.addEventListener("ping", heard(() => this.on.state("on")));
    source.addEventListener("message", heard((event) => {
      const message = JSON.parse(event.data);
      this.#take([message], "live");
      this.#seq = Math.max(this.#seq, message.seq, Number(event.lastEventId) || 0);
    }));
    source.addEventListener("signed-out", heard(() => this.on.signedOut()));
    source.addEventListener("error", () => {
      if (source === this.#source) this.#lost(source.readyState === EventSource.CLOSED);
    });
  }

  /** EventSource would come back by itself with the old address; a new one asks from what we have. */
  async #lost(answered) {
    this.#close();
    this.#attempt += 1;
    this.on.state(navigator.onLine && this.#attempt < 3 ? "connecting" : "off");
    let wait = pause(this.#attempt);
    if (answered) {
      // EventSource hides the status, so ask in a way that shows whether we are still signed in.
      try {
        await get("/chat/feed?limit=1");
      } catch (error) {
        if (error instanceof SignedOut) return this.on.signedOut();
        if (error instanceof Busy && error.seconds) wait = error.seconds * 1000;
      }
    }
    if (this.#source || this.#ended) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  #watch() {
    if (this.#source && Date.now() - this.#heard > SILENT_AFTER) this.#lost(false);
  }
}
