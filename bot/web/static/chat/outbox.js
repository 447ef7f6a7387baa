// Words and button presses on their way to the server: one after another, each until it is answered.

import { Busy, Offline, SignedOut, pause, post } from "./api.js";
import { uuid } from "./dom.js";
import * as keep from "./keep.js";

const GIVE_UP_AFTER = 5; // tries at a server that keeps failing without saying when to come back
const FORGET_AFTER = 7 * 24 * 3600 * 1000;

export class Outbox {
  #queue = [];
  #running = false;
  #stopped = false;
  #wake = null;

  /** `on` = {changed(item), signedOut()}; item.state = "sending" | "sent" | "failed", item.trouble = "" | "offline" | "busy". */
  constructor(owner, on) {
    this.owner = owner;
    this.on = on;
  }

  async resume() {
    const kept = (await keep.all("words")).filter((r) => r.owner === this.owner);
    kept.sort((a, b) => a.at - b.at);
    for (const record of kept) {
      if (Date.now() - record.at > FORGET_AFTER) keep.remove("words", record.client_id);
      else keep.alone(`words:${record.client_id}`, async () => {
        if (!(await keep.get("words", record.client_id))) return undefined;
        return this.#add(record);
      });
    }
  }

  say(text) {
    return this.#start({ text });
  }

  press(message, data) {
    if (this.pressing(message)) return null;
    return this.#start({ press: data, message });
  }

  pressing(message) {
    return this.#queue.find((item) => item.record.message === message && item.state === "sending");
  }

  /** The server shows it, so it has it, whether or not its answer reached us. */
  settle(clientId) {
    const item = this.#queue.find((one) => one.record.client_id === clientId);
    if (item) this.#finish(item, "sent", "");
  }

  again(item) {
    item.state = "sending";
    item.trouble = "";
    item.tries = 0;
    this.on.changed(item);
    this.#run();
  }

  drop(item) {
    this.#finish(item, "dropped", "");
  }

  wake() {
    this.#wake?.();
  }

  stop() {
    this.#stopped = true;
  }

  async count() {
    return (await keep.all("words")).filter((r) => r.owner === this.owner && r.text !== undefined).length;
  }

  async forget() {
    for (const record of await keep.all("words")) {
      if (record.owner === this.owner) await keep.remove("words", record.client_id);
    }
  }

  #start(body) {
    const record = { client_id: uuid(), owner: this.owner, at: Date.now(), ...body };
    const item = this.#item(record);
    keep.alone(`words:${record.client_id}`, () => item.done);
    keep.put("words", record).then(() => {
      if (item.state !== "sending") keep.remove("words", record.client_id);
    });
    this.#enter(item);
    return item;
  }

  #add(record) {
    const item = this.#item(record);
    this.#enter(item);
    return item.done;
  }

  #item(record) {
    const item = { record, state: "sending", trouble: "", message: "", tries: 0 };
    item.done = new Promise((resolve) => (item.resolve = resolve));
    return item;
  }

  #enter(item) {
    item.trouble = this.#waiting()[0]?.trouble ?? "";
    this.#queue.push(item);
    this.on.changed(item);
    this.#run();
  }

  #waiting() {
    return this.#queue.filter((one) => one.state === "sending");
  }

  #finish(item, state, message) {
    item.state = state;
    item.trouble = "";
    item.message = message;
    if (state !== "failed") {
      this.#queue = this.#queue.filter((one) => one !== item);
      keep.remove("words", item.record.client_id);
      item.resolve();
    }
    this.on.changed(item);
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    for (;;) {
      const [item] = this.#waiting();
      if (!item || this.#stopped) break;
      const { client_id, text, press, message } = item.record;
      const body = press === undefined ? { client_id, text } : { client_id, press, message };
      try {
        await post("/chat/say", body);
        if (item.state === "sending") this.#finish(item, "sent", "");
      } catch (error) {
        if (item.state !== "sending") continue;
        await this.#trouble(item, error);
      }
    }
    this.#running = false;
  }

  async #trouble(item, error) {
    if (error instanceof SignedOut) return this.on.signedOut();
    item.tries += 1;
    const offline = error instanceof Offline;
    const passing = offline || (error instanceof Busy && (error.seconds || item.tries < GIVE_UP_AFTER));
    if (!passing) return this.#finish(item, "failed", error.message);
    for (const one of this.#waiting()) {
      one.trouble = offline ? "offline" : "busy";
      this.on.changed(one);
    }
    await new Promise((resolve) => {
      if (offline) this.#wake = resolve;
      setTimeout(resolve, error.seconds ? error.seconds * 1000 : pause(item.tries));
    });
    this.#wake = null;
    return undefined;
  }
}
