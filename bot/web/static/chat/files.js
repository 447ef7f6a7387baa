// One line per file, the same everywhere: in the tray, on its way, and as the server tells it.

import { el, icon, ownUrl, phrase, sizeText } from "./dom.js";
import { forgetPreview, preview } from "./preview.js";

const ICONS = {
  tray: "", queued: "clock", announcing: "clock", sending: "up", finishing: "up", offline: "warn", busy: "clock",
  receiving: "up", saving: "clock", stored: "check", refused: "refused", waiting: "again", withdrawn: "undo",
};
const WORDS = { announcing: "file.queued" };

/** What to show for a file the server knows, with the upload of this page if there is one. */
export function viewOfServer(file, upload, dropped) {
  const view = { ...file, percent: null, upload: upload ?? null, action: "" };
  const givenUp = file.state === "withdrawn" && upload?.phase === "refused";
  if (file.state !== "receiving" && !givenUp) return view;
  if (!upload) return dropped ? { ...view, state: "withdrawn" } : view;
  const local = viewOfUpload(upload);
  return { ...view, state: local.state, percent: local.percent, note: local.note, action: local.action };
}

/** What to show for a file only this page knows. */
export function viewOfUpload(upload) {
  const { client_id, name, size, phase, trouble, loaded, message, kept } = upload;
  const moving = ["queued", "announcing", "sending", "finishing"].includes(phase);
  const sending = phase === "sending" || phase === "finishing";
  return {
    id: client_id,
    name,
    size,
    state: (phase === "queued" || phase === "announcing") && trouble ? trouble : phase,
    percent: sending && size ? Math.floor((loaded / size) * 100) : null,
    receipt: "",
    note: message || (!kept && (moving || phase === "tray") ? phrase("file.unkept") : ""),
    kind: "",
    thumb: null,
    url: null,
    upload,
    action: phase === "tray" ? "remove" : moving ? "cancel" : phase === "refused" ? "hide" : "",
  };
}

export class FileRow {
  #shown = {};
  #thumbKey = "";

  /** `onAction(upload)` is called by the row's one button. */
  constructor(onAction) {
    this.onAction = onAction;
    this.thumb = el("span", { class: "thumb" });
    this.name = el("span", { class: "file-name" });
    this.mark = el("span", { class: "file-mark" });
    this.state = el("span", { class: "file-state" });
    this.weight = el("span", { class: "file-size" });
    this.receipt = el("span", { class: "file-receipt" });
    this.note = el("p", { class: "file-note", hidden: true });
    this.fill = el("span", { class: "bar-fill" });
    this.bar = el("span", { class: "bar", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100, hidden: true }, this.fill);
    this.button = el("button", { class: "file-action", type: "button", hidden: true, onclick: () => this.onAction(this.view.upload) }, icon("x"));
    this.node = el(
      "li",
      { class: "file" },
      this.thumb,
      el(
        "div",
        { class: "file-main" },
        this.name,
        el("p", { class: "file-line", "aria-live": "off" }, this.mark, this.state, this.weight, this.receipt),
        this.note,
        this.bar,
      ),
      this.button,
    );
  }

  update(view) {
    const before = this.view;
    this.view = view;
    this.#set("name", view.name, (v) => {
      this.name.textContent = v;
      this.bar.setAttribute("aria-label", phrase("file.progress", { name: v }));
    });
    this.#set("id", view.id, (v) => (this.node.dataset.file = v));
    this.#set("state", view.state, (v) => {
      this.node.dataset.state = v;
      const mark = ICONS[v] ?? "";
      this.mark.replaceChildren(...(mark ? [icon(mark)] : []));
    });
    const words = view.state === "tray" ? "" : phrase(WORDS[view.state] ?? `file.${view.state}`, { percent: view.percent ?? 0 });
    this.#set("words", words, (v) => (this.state.textContent = v));
    this.#set("size", view.size ? sizeText(view.size) : "", (v) => (this.weight.textContent = v));
    this.#set("receipt", view.receipt ? `${phrase("file.receipt")} ${view.receipt}` : "", (v) => (this.receipt.textContent = v));
    this.#set("note", view.note ?? "", (v) => {
      this.note.textContent = v;
      this.note.hidden = !v;
    });
    this.#set("percent", view.percent, (v) => {
      this.bar.hidden = v === null;
      if (v === null) this.bar.removeAttribute("aria-valuenow");
      else this.bar.setAttribute("aria-valuenow", String(v));
      this.fill.style.transform = `scaleX(${(v ?? 0) / 100})`;
    });
    this.#set("action", view.action + view.name, () => {
      this.button.hidden = !view.action;
      if (view.action) this.button.setAttribute("aria-label", phrase(`file.${view.action}`, { name: view.name }));
    });
    if (!before || before.thumb !== view.thumb || before.url !== view.url || before.upload !== view.upload) this.#picture(view);
    return this.node;
  }

  #set(key, value, apply) {
    if (this.#shown[key] === value) return;
    this.#shown[key] = value;
    apply(value);
  }

  async #picture(view) {
    const key = `${view.thumb ?? ""}|${view.url ?? ""}|${view.upload?.client_id ?? ""}`;
    if (key === this.#thumbKey) return;
    this.#thumbKey = key;
    const address = ownUrl(view.url);
    const frame = address
      ? el("a", { class: "thumb", href: address, target: "_blank", rel: "noopener", "aria-label": phrase("file.open", { name: view.name }) })
      : el("span", { class: "thumb" });
    const source = ownUrl(view.thumb) ?? (view.upload ? await preview(view.upload) : null);
    if (key !== this.#thumbKey) return;
    if (source) {
      const image = el("img", { src: source, alt: "", width: 44, height: 44, decoding: "async" });
      image.addEventListener("error", () => image.replaceWith(badge(view)));
      if (view.thumb && view.upload) image.addEventListener("load", () => forgetPreview(view.upload.client_id), { once: true });
      frame.append(image);
    } else frame.append(badge(view));
    this.thumb.replaceWith(frame);
    this.thumb = frame;
  }
}

/** The kind of a file as the letters people know it by. */
function badge(view) {
  const ending = /\.([a-z0-9]{2,4})$/i.exec(view.name)?.[1]?.toUpperCase() ?? "";
  const picture = view.kind === "image" || /^(JPE?G|PNG|HEIC)$/.test(ending);
  return el("span", { class: "badge" }, picture || !ending ? icon(picture ? "image" : "file") : null, !picture && ending ? document.createTextNode(ending) : null);
}

const ENOUGH = 8;
const FIRST = 4;
const MOVING = new Set(["queued", "announcing", "sending", "finishing", "offline", "busy", "receiving", "saving"]);

/** A list of rows that folds itself: with many files, the finished ones hide behind one button. */
export class FileList {
  #rows = new Map();
  #open = false;

  constructor(onAction) {
    this.onAction = onAction;
    this.summary = el("p", { class: "files-summary", "aria-live": "off", hidden: true });
    this.list = el("ul", { class: "files" });
    this.more = el("button", { class: "plain files-more", type: "button", hidden: true, onclick: () => this.#toggle() });
    this.node = el("div", { class: "file-list" }, this.summary, this.list, this.more);
  }

  get size() {
    return this.#rows.size;
  }

  show(views) {
    const wanted = new Set(views.map((v) => v.id));
    for (const [id, row] of this.#rows) {
      if (!wanted.has(id)) {
        row.node.remove();
        this.#rows.delete(id);
      }
    }
    views.forEach((view, index) => {
      let row = this.#rows.get(view.id);
      if (!row) this.#rows.set(view.id, (row = new FileRow(this.onAction)));
      row.update(view);
      if (this.list.children[index] !== row.node) this.list.insertBefore(row.node, this.list.children[index] ?? null);
    });
    this.#fold();
  }

  /** One file changed; false if it is not in this list. */
  patch(view) {
    const row = this.#rows.get(view.id);
    if (!row) return false;
    const state = row.view.state;
    row.update(view);
    if (state !== view.state) this.#fold();
    return true;
  }

  #toggle() {
    this.#open = !this.#open;
    this.#fold();
  }

  #fold() {
    const rows = [...this.#rows.values()];
    const many = rows.length > ENOUGH;
    this.summary.hidden = rows.length < 3;
    this.more.hidden = !many;
    rows.forEach((row, index) => {
      const quiet = row.view.state === "stored" || row.view.state === "withdrawn" || row.view.state === "queued";
      row.node.hidden = many && !this.#open && quiet && index >= FIRST;
    });
    this.more.textContent = this.#open ? phrase("files.fewer") : phrase("files.all", { n: rows.length });
    this.more.setAttribute("aria-expanded", String(this.#open));
    if (!this.summary.hidden) this.summary.textContent = summary(rows.map((row) => row.view.state));
  }
}

function summary(states) {
  const count = (test) => states.filter(test).length;
  const parts = [
    ["files.stored", count((s) => s === "stored")],
    ["files.moving", count((s) => MOVING.has(s))],
    ["files.waiting", count((s) => s === "waiting")],
    ["files.refused", count((s) => s === "refused")],
    ["files.withdrawn", count((s) => s === "withdrawn")],
  ];
  const words = parts.filter(([, n]) => n > 0).map(([key, n]) => phrase(key, { n }));
  return phrase("files.summary", { total: states.length, parts: words.join(" · ") });
}
