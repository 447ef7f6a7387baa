// The writing line: words, the tray of chosen files, the two sheets, paste and drop.

import { byId, phrase, sizeText } from "./dom.js";
import { FileRow, viewOfUpload } from "./files.js";

const DESK = matchMedia("(hover: hover) and (pointer: fine)");
const DRAFT = "kiemchung.draft";

export class Composer {
  #rows = new Map();
  #dragging = 0;

  /** `on` = {say(text), sent()} */
  constructor(uploads, owner, on) {
    this.uploads = uploads;
    this.on = on;
    this.draftKey = `${DRAFT}:${owner}`;
    this.input = byId("words");
    this.send = byId("send");
    this.placeholder = this.input.placeholder;
    this.sheets = [new Sheet("menu", "commands"), new Sheet("attach", "attach-sheet")];
    for (const sheet of this.sheets) sheet.onOpen = () => this.sheets.forEach((s) => s !== sheet && s.close());

    this.input.value = this.#draft();
    this.#grow();
    this.input.addEventListener("input", () => {
      this.#grow();
      this.#draft(this.input.value);
      this.#button();
    });
    this.input.addEventListener("keydown", (event) => {
      // Vietnamese input methods use Enter while composing; that one is not for us.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229 || !DESK.matches) return;
      event.preventDefault();
      this.#submit();
    });
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    // Pressing the button must not fold the phone's keyboard away.
    this.send.addEventListener("pointerdown", (event) => document.activeElement === this.input && event.preventDefault());

    for (const button of document.querySelectorAll("[data-pick]")) {
      button.addEventListener("click", () => {
        this.sheets[1].close();
        byId(button.dataset.pick).click();
      });
    }
    for (const id of ["pick-camera", "pick-photos", "pick-files"]) {
      byId(id).addEventListener("change", (event) => {
        this.#choose([...event.target.files]);
        event.target.value = "";
      });
    }
    for (const chip of document.querySelectorAll("[data-say]")) {
      chip.addEventListener("click", () => {
        this.sheets[0].close();
        this.on.say(chip.dataset.say);
      });
    }
    byId("tray-clear").addEventListener("click", () => {
      for (const upload of this.uploads.tray) this.uploads.drop(upload);
      this.input.focus();
    });
    document.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length) return;
      event.preventDefault();
      this.#choose(files);
    });
    this.#drops();
    this.showTray();
  }

  showTray() {
    const tray = this.uploads.tray;
    const wanted = new Set(tray.map((u) => u.client_id));
    for (const [id, row] of this.#rows) {
      if (!wanted.has(id)) {
        row.node.remove();
        this.#rows.delete(id);
      }
    }
    const list = byId("tray-files");
    for (const upload of tray) {
      let row = this.#rows.get(upload.client_id);
      if (!row) {
        row = new FileRow((one) => this.#remove(one));
        this.#rows.set(upload.client_id, row);
        list.append(row.node);
      }
      row.update(viewOfUpload(upload));
    }
    const good = this.#ready();
    const size = good.reduce((sum, u) => sum + u.size, 0);
    byId("tray").hidden = tray.length === 0;
    byId("composer-area").classList.toggle("with-files", tray.length > 0);
    byId("tray-count").textContent = good.length ? phrase("tray.count", { n: good.length, size: sizeText(size) }) : phrase("tray.none");
    this.input.placeholder = good.length ? phrase("tray.caption") : this.placeholder;
    this.#button();
  }

  #ready() {
    return this.uploads.tray.filter((u) => u.phase === "tray");
  }

  #choose(files) {
    if (!files.length) return;
    this.uploads.choose(files);
    byId("tray-files").lastElementChild?.scrollIntoView({ block: "nearest" });
    byId("announce").textContent = phrase("tray.added", { n: this.#ready().length });
    if (DESK.matches) this.input.focus();
  }

  #remove(upload) {
    const next = byId("tray-files").querySelector(`[data-file="${upload.client_id}"]`)?.nextElementSibling;
    this.uploads.drop(upload);
    (next?.querySelector(".file-action") ?? this.input).focus();
  }

  #submit() {
    const text = this.input.value.trim();
    const files = this.#ready().length;
    if (!files && !text) return;
    if (files) this.uploads.send(text);
    else this.on.say(text);
    this.input.value = "";
    this.#draft("");
    this.#grow();
    this.#button();
    this.on.sent();
  }

  #button() {
    const files = this.#ready().length;
    this.send.disabled = !files && !this.input.value.trim();
    this.send.setAttribute("aria-label", files ? phrase("send.files", { n: files }) : phrase("send.words"));
  }

  #grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight + 2}px`;
  }

  #draft(text) {
    try {
      if (text === undefined) return localStorage.getItem(this.draftKey) ?? "";
      if (text) localStorage.setItem(this.draftKey, text);
      else localStorage.removeItem(this.draftKey);
    } catch {
      // private mode: the draft lives as long as the page
    }
    return "";
  }

  #drops() {
    const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    const show = (change) => {
      this.#dragging = Math.max(0, this.#dragging + change);
      byId("drop").hidden = this.#dragging === 0;
    };
    document.addEventListener("dragenter", (event) => hasFiles(event) && show(1));
    document.addEventListener("dragleave", (event) => hasFiles(event) && show(-1));
    document.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
    document.addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      show(-Infinity);
      this.#choose([...event.dataTransfer.files]);
    });
  }
}

class Sheet {
  constructor(buttonId, sheetId) {
    this.button = byId(buttonId);
    this.sheet = byId(sheetId);
    this.onOpen = () => {};
    this.button.addEventListener("click", () => (this.open ? this.close() : this.show()));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.open) return;
      this.close();
      this.button.focus();
    });
    document.addEventListener("pointerdown", (event) => {
      if (this.open && !this.sheet.contains(event.target) && !this.button.contains(event.target)) this.close();
    });
  }

  get open() {
    return this.button.getAttribute("aria-expanded") === "true";
  }

  show() {
    this.onOpen();
    this.#set(true);
    this.sheet.querySelector("button:not([hidden])")?.focus({ preventScroll: true });
  }

  close() {
    this.#set(false);
  }

  #set(open) {
    this.button.setAttribute("aria-expanded", String(open));
    this.sheet.classList.toggle("open", open);
    if (this.sheet.classList.contains("sheet")) this.sheet.hidden = !open;
  }
}
