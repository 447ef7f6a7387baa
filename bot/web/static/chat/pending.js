// What this page has sent and the server does not show yet; always below the conversation.

import { byId, el, phrase } from "./dom.js";
import { FileList, viewOfUpload } from "./files.js";
import { sentMark, words } from "./render.js";

export class Pending {
  #words = new Map(); // client_id -> node
  #batches = new Map(); // batch -> {node, caption, list, uploads: Map(client_id -> upload)}

  /** `on` = {cancel(upload), again(item), drop(item)} */
  constructor(on) {
    this.on = on;
    this.root = byId("pending");
  }

  // ----- words

  say(item) {
    const id = item.record.client_id;
    if (item.state === "dropped") return this.settle(id);
    const failed = item.state === "failed";
    const key = failed ? "word.failed" : item.state === "sent" ? "word.sent" : item.trouble ? `word.${item.trouble}` : "word.sending";
    const mark = { failed: "refused", sent: "check", sending: item.trouble ? "warn" : "clock" }[item.state];
    const bubble = el(
      "div",
      { class: "bubble" },
      el("div", { class: "text" }, words(item.record.text, null)),
      el("p", { class: "time" }, sentMark(mark, phrase(key))),
    );
    const node = el("article", { class: "message in waiting", "data-client": id, "data-state": item.state }, bubble);
    if (failed) {
      if (item.message) bubble.append(el("p", { class: "file-note", text: item.message }));
      node.append(
        el(
          "div",
          { class: "choices own" },
          el("button", { class: "choice", type: "button", text: phrase("word.again"), onclick: () => this.on.again(item) }),
          el("button", { class: "choice", type: "button", text: phrase("word.drop"), onclick: () => this.on.drop(item) }),
        ),
      );
    }
    const old = this.#words.get(id);
    if (old) old.replaceWith(node);
    else this.root.append(node);
    this.#words.set(id, node);
    return undefined;
  }

  settle(clientId) {
    this.#words.get(clientId)?.remove();
    this.#words.delete(clientId);
  }

  // ----- files

  file(upload) {
    let batch = this.#batches.get(upload.batch);
    if (!batch) {
      const list = new FileList((one) => this.on.cancel(one));
      const caption = el("div", { class: "text" });
      const node = el("article", { class: "message in waiting", "data-batch": upload.batch }, el("div", { class: "bubble" }, caption, list.node));
      if (upload.caption) caption.append(words(upload.caption, null));
      this.root.append(node);
      batch = { node, caption, list, uploads: new Map() };
      this.#batches.set(upload.batch, batch);
    }
    const fresh = !batch.uploads.has(upload.client_id);
    batch.uploads.set(upload.client_id, upload);
    if (fresh || !batch.list.patch(viewOfUpload(upload))) batch.list.show([...batch.uploads.values()].map(viewOfUpload));
  }

  /** The server shows this file itself now, or it is gone. */
  drop(upload, taken) {
    const batch = this.#batches.get(upload.batch);
    if (!batch?.uploads.delete(upload.client_id)) return;
    if (taken) batch.caption.replaceChildren();
    if (batch.uploads.size) batch.list.show([...batch.uploads.values()].map(viewOfUpload));
    else {
      batch.node.remove();
      this.#batches.delete(upload.batch);
    }
  }

  clear() {
    this.#words.clear();
    this.#batches.clear();
    this.root.replaceChildren();
  }
}
