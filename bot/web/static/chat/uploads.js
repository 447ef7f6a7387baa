// Files from being chosen to being safe on the server: tray, queue, progress, retries, resuming.

import { Busy, Offline, Refused, SignedOut, Stopped, pause, post, putFile, remove } from "./api.js";
import { phrase, uuid } from "./dom.js";
import * as keep from "./keep.js";

const AT_ONCE = 2;
const LARGEST = 200 * 1024 * 1024;
const FORGET_AFTER = 30 * 24 * 3600 * 1000;
const GIVE_UP_AFTER = 8; // tries at a server that keeps failing on this one file without saying when to come back
const ASK_AGAIN = new Set([404, 409, 410]); // the server has let go of this announcement: announce once more
const ENDED = new Set(["saving", "stored", "refused", "withdrawn", "gone"]);

/*
 * upload.phase: tray | queued | announcing | sending | finishing | saving | stored | refused | withdrawn | gone
 * upload.trouble: "" | "offline" | "busy"
 */
export class Uploads {
  #list = [];
  #stopped = false;
  #timer = 0;
  #dropped = new Set(); // ids the person stopped sending

  /** `on` = {changed(upload), tray(), signedOut()} */
  constructor(owner, on) {
    this.owner = owner;
    this.on = on;
    window.addEventListener("beforeunload", (event) => {
      if (this.#list.some((u) => this.moving(u) && !u.kept)) event.preventDefault();
    });
  }

  /** Take up what an earlier page of this browser left: chosen files, unfinished sendings. */
  async resume() {
    const records = await keep.all("files");
    records.sort((a, b) => a.at - b.at);
    for (const record of records) {
      if (Date.now() - record.at > FORGET_AFTER) keep.remove("files", record.client_id);
      else if (record.owner !== this.owner) continue;
      else if (record.stage === "dropped") this.#tellDropped(record.client_id, record.id);
      else keep.alone(`file:${record.client_id}`, () => this.#adopt(record.client_id));
    }
  }

  // ----- the tray

  get tray() {
    return this.#list.filter((u) => u.phase === "tray" || (u.phase === "refused" && !u.batch));
  }

  choose(files) {
    for (const file of files) {
      const upload = this.#make({ client_id: uuid(), name: file.name, type: file.type, size: file.size, at: Date.now() });
      upload.file = file;
      if (file.size === 0) this.#refuseHere(upload, phrase("file.empty"));
      else if (file.size > LARGEST) this.#refuseHere(upload, phrase("file.large"));
      else {
        keep.alone(`file:${upload.client_id}`, () => upload.done);
        upload.keeping = this.#keepCopy(upload);
      }
    }
    this.on.tray();
  }

  /** Send everything in the tray as one sending. */
  send(caption) {
    const batch = uuid();
    const sent = [];
    for (const upload of this.tray) {
      if (upload.phase === "refused") {
        this.#forget(upload);
        continue;
      }
      Object.assign(upload, { batch, caption, phase: "queued" });
      upload.keeping = (upload.keeping ?? Promise.resolve()).then(() => this.#keepState(upload));
      sent.push(upload);
    }
    this.on.tray();
    sent.forEach((upload) => this.on.changed(upload));
    this.#pump();
    return sent.length;
  }

  // ----- what the person may do

  /** Out of the tray, or stop sending. */
  drop(upload) {
    const inTray = !upload.batch;
    const known = upload.id;
    upload.cancelled = true;
    upload.stop?.();
    if (known && !ENDED.has(upload.phase)) {
      this.#dropped.add(known);
      this.#tellDropped(upload.client_id, known);
    }
    this.#forget(upload, known ? "dropped" : "gone");
    if (inTray) this.on.tray();
    this.#pump();
  }

  moving(upload) {
    return upload.phase !== "tray" && !ENDED.has(upload.phase);
  }

  byServerId(id) {
    return this.#list.find((u) => u.id === id);
  }

  wasDropped(id) {
    return this.#dropped.has(id);
  }

  // ----- what the rest of the page tells

  /** The server's own line about a file overrules ours, for instance after an answer that got lost. */
  serverSays(file) {
    const upload = this.byServerId(file.id);
    if (!upload || upload.phase === "gone") return;
    if (upload.phase === "refused" && file.state === "withdrawn") return; // our own giving up, told back to us
    const running = upload.phase === "sending" || upload.phase === "finishing";
    if (file.state === "stored" || file.state === "refused" || file.state === "withdrawn") {
      upload.stop?.();
      this.#end(upload, file.state, file.note);
    } else if (file.state === "saving" && this.moving(upload) && !running) {
      this.#end(upload, "saving", "");
    }
  }

  wake() {
    for (const upload of this.#list) if (upload.trouble === "offline") upload.notBefore = 0;
    this.#pump();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const upload of this.#list) upload.stop?.();
  }

  async count() {
    const records = await keep.all("files");
    return records.filter((r) => r.owner === this.owner && r.stage !== "dropped").length;
  }

  async forgetAll() {
    for (const record of await keep.all("files")) {
      if (record.owner === this.owner) await keep.remove("files", record.client_id);
    }
  }

  // ----- inside

  #make(record) {
    const upload = {
      id: null, batch: null, caption: "", message: "", ...record,
      phase: "tray", trouble: "", loaded: 0, tries: 0, notBefore: 0, kept: true, cancelled: false, stop: null, file: null,
    };
    upload.done = new Promise((resolve) => (upload.resolve = resolve));
    this.#list.push(upload);
    return upload;
  }

  #record(upload, file) {
    const { client_id, id, batch, name, type, size, caption, at } = upload;
    return { client_id, id, batch, name, type, size, caption, at, file, owner: this.owner, stage: batch ? "queue" : "tray" };
  }

  async #keepCopy(upload) {
    upload.kept = await keep.put("files", this.#record(upload, upload.file));
    // From here on use the copy: the original may vanish from the phone's gallery before its turn comes.
    const copy = upload.kept ? await keep.get("files", upload.client_id) : undefined;
    if (copy?.file?.size === upload.size) upload.file = copy.file;
    if (ENDED.has(upload.phase)) await keep.remove("files", upload.client_id);
    else if (!upload.kept) upload.batch ? this.on.changed(upload) : this.on.tray();
  }

  async #keepState(upload) {
    if (!upload.kept || ENDED.has(upload.phase)) return;
    await keep.put("files", this.#record(upload, upload.file));
    if (ENDED.has(upload.phase)) await keep.remove("files", upload.client_id);
  }

  async #adopt(clientId) {
    const record = await keep.get("files", clientId);
    if (this.#stopped || !record?.file) return undefined;
    const { file, stage, owner, ...rest } = record;
    const upload = this.#make(rest);
    upload.file = file;
    if (stage === "tray") this.on.tray();
    else {
      upload.phase = "queued";
      this.on.changed(upload);
      this.#pump();
    }
    return upload.done;
  }

  #refuseHere(upload, message) {
    upload.phase = "refused";
    upload.message = message;
    upload.resolve();
  }

  #forget(upload, how = "gone") {
    upload.phase = "gone";
    upload.file = null;
    this.#list = this.#list.filter((u) => u !== upload);
    if (how !== "dropped") keep.remove("files", upload.client_id);
    upload.resolve();
    this.on.changed(upload);
  }

  #end(upload, phase, message) {
    upload.phase = phase;
    upload.message = message ?? "";
    upload.trouble = "";
    upload.stop = null;
    upload.file = null;
    keep.remove("files", upload.client_id);
    upload.resolve();
    this.on.changed(upload);
  }

  #giveUp(upload, message, serverKnows) {
    this.#end(upload, "refused", message);
    if (upload.id && !serverKnows) this.#tellDropped(upload.client_id, upload.id);
  }

  /** Tell the server that a file will not come, so that it does not wait; remembered until it has heard. */
  async #tellDropped(clientId, id) {
    this.#dropped.add(id);
    await keep.put("files", { client_id: clientId, id, owner: this.owner, stage: "dropped", at: Date.now() });
    try {
      await remove(`/chat/files/${encodeURIComponent(id)}`);
    } catch (error) {
      if (!(error instanceof Refused)) return;
    }
    await keep.remove("files", clientId);
  }

  #pump() {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    let running = this.#list.filter((u) => ["announcing", "sending", "finishing"].includes(u.phase)).length;
    let next = Infinity;
    for (const upload of this.#list) {
      if (upload.phase !== "queued") continue;
      if (upload.notBefore > Date.now()) next = Math.min(next, upload.notBefore);
      else if (running < AT_ONCE) {
        running += 1;
        this.#run(upload);
      }
    }
    if (next !== Infinity) this.#timer = setTimeout(() => this.#pump(), Math.max(50, next - Date.now()));
  }

  async #run(upload) {
    upload.phase = "announcing";
    upload.loaded = 0;
    try {
      await upload.keeping;
      const { client_id, batch, name, type, size, caption } = upload;
      // Announcing again is harmless and tells whether an earlier try got through after all.
      const answer = await post("/chat/files", { client_id, batch, name, type, size, caption });
      upload.id = answer.id || null;
      if (upload.cancelled) {
        if (upload.id && answer.state === "send") this.#tellDropped(client_id, upload.id);
      } else if (upload.phase === "announcing") {
        if (answer.state === "send") await this.#put(upload);
        else this.#end(upload, answer.state, answer.message);
      }
    } catch (error) {
      if (upload.phase !== "gone" && !ENDED.has(upload.phase)) await this.#trouble(upload, error);
    }
    this.#pump();
  }

  async #put(upload) {
    this.#keepState(upload);
    upload.phase = "sending";
    upload.trouble = "";
    this.on.changed(upload);
    try {
      await putFile(
        `/chat/files/${encodeURIComponent(upload.id)}`,
        upload.file,
        (loaded) => {
          upload.loaded = Math.min(loaded, upload.size);
          if (upload.loaded >= upload.size) upload.phase = "finishing";
          this.on.changed(upload);
        },
        (stop) => (upload.stop = stop),
      );
    } finally {
      upload.stop = null;
    }
    if (!ENDED.has(upload.phase)) this.#end(upload, "saving", "");
  }

  async #trouble(upload, error) {
    if (error instanceof Stopped) {
      if (this.#stopped) upload.phase = "queued";
      return;
    }
    if (error instanceof SignedOut) {
      upload.phase = "queued";
      this.on.signedOut();
      return;
    }
    if (!(await readable(upload.file))) {
      this.#giveUp(upload, phrase("file.unreadable"), false);
      return;
    }
    upload.tries += 1;
    const asked = error instanceof Busy && error.seconds;
    const again = error instanceof Refused && ASK_AGAIN.has(error.status) && upload.tries <= 3;
    const passing = error instanceof Offline || asked || (error instanceof Busy && upload.tries < GIVE_UP_AFTER) || again;
    if (!passing) {
      const known = error instanceof Busy || error instanceof Refused;
      this.#giveUp(upload, (known && error.message) || phrase("file.error"), error instanceof Refused && error.message);
      if (!known) throw error;
      return;
    }
    upload.phase = "queued";
    upload.trouble = error instanceof Offline ? "offline" : "busy";
    upload.loaded = 0;
    upload.notBefore = Date.now() + (asked ? error.seconds * 1000 : pause(upload.tries));
    this.on.changed(upload);
  }
}

async function readable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
