// The conversation as the server tells it: one article per message, patched part by part when it changes.

import { byId, el, icon, phrase } from "./dom.js";
import { FileList, viewOfServer } from "./files.js";

const LONG = 20; // letters of a lone choice that reads as an entry of a list, not as a button
const TOKEN = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])|(^|[\s(“"])(\/[a-z]{2,12})(?=$|[\s.,;:!?)”"])|\b([0-9A-Z]{3}(?:-[0-9A-Z]{3}){2})\b/g;
const LABEL = /^\p{Lu}[\p{L} ]{1,15}:(?= \S)/u; // "Cách chấm: ..." reads faster with its first words set apart

/** Text with list lines, links and, where `onCommand` is given, commands one can tap. */
export function words(text, onCommand) {
  const out = document.createDocumentFragment();
  let list = null;
  let paragraph = null;
  for (const line of text.split("\n")) {
    if (line.startsWith("• ")) {
      paragraph = null;
      if (!list) out.append((list = el("ul", { class: "points" })));
      const item = el("li");
      inline(item, line.slice(2), onCommand);
      list.append(item);
    } else if (!line.trim()) {
      list = paragraph = null;
    } else {
      list = null;
      if (paragraph) paragraph.append("\n");
      else out.append((paragraph = el("p")));
      const label = (onCommand && LABEL.exec(line)?.[0]) || "";
      if (label) paragraph.append(el("b", { text: label }));
      inline(paragraph, line.slice(label.length), onCommand);
    }
  }
  return out;
}

function inline(node, text, onCommand) {
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [found, link, before, command, receipt] = match;
    if (command && !onCommand) continue;
    node.append(text.slice(at, match.index), before ?? "");
    if (link) node.append(el("a", { href: link, target: "_blank", rel: "noopener noreferrer", text: link }));
    else if (receipt) node.append(el("span", { class: "code", text: receipt }));
    else node.append(el("button", { class: "command", type: "button", text: command, onclick: () => onCommand(command) }));
    at = match.index + found.length;
  }
  node.append(text.slice(at));
}

// The server writes local time; it is shown as written, also for the moved clock of a rehearsal.
const dayOf = (at) => at.slice(0, 10);
const timeOf = (at) => at.slice(11, 16);

function dayWords(day) {
  const [year, month, date] = day.split("-");
  const plain = `${date}/${month}/${year}`;
  const here = new Date(Date.now() + 7 * 3600 * 1000).toISOString().slice(0, 10);
  if (day === here) return phrase("day.today", { date: plain });
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return phrase("day.other", { weekday: phrase(`weekday.${weekday}`), date: plain });
}

class Message {
  #parts = {};
  #shown = {};

  constructor(log, message) {
    this.log = log;
    const mine = message.direction === "in";
    this.bubble = el("div", { class: "bubble" });
    this.under = el("div", { class: "under" });
    this.node = el("article", { class: `message ${mine ? "in" : "out"}`, id: `m-${message.id}`, "data-id": message.id, "data-direction": message.direction });
    this.node.append(el("p", { class: "sr-only", text: phrase(mine ? "from.me" : "from.bot") }), this.bubble, this.under);
    this.update(message);
  }

  update(message) {
    this.message = message;
    const mine = message.direction === "in";
    this.#part("title", message.title, () => el("h3", { class: "title", text: message.title }));
    this.#part("progress", message.progress, () => progressBar(message.progress));
    this.#part("text", message.text, () => el("div", { class: "text" }, words(message.text, mine ? null : this.log.on.command)));
    this.#files(message.files ?? []);
    this.#part("at", message.at, () =>
      el("p", { class: "time" }, el("time", { datetime: message.at, text: timeOf(message.at) }), mine ? sentMark("check", phrase("word.sent")) : null),
    );
    this.#choices(message.choices ?? []);
    this.bubble.hidden = !message.title && !message.text && !message.progress && !(message.files ?? []).length;
  }

  #part(name, value, build) {
    const sign = JSON.stringify(value ?? null);
    if (this.#shown[name] === sign) return;
    this.#shown[name] = sign;
    const empty = value === null || value === undefined || value === "";
    const node = empty ? document.createComment(name) : build();
    if (this.#parts[name]) this.#parts[name].replaceWith(node);
    else this.bubble.append(node);
    this.#parts[name] = node;
  }

  #files(files) {
    if (!this.files) {
      if (!files.length) {
        this.#part("files", "", null);
        return;
      }
      this.files = new FileList((upload) => this.log.on.cancel(upload));
      if (this.#parts.files) this.#parts.files.replaceWith(this.files.node);
      else this.bubble.append(this.files.node);
      this.#parts.files = this.files.node;
    }
    this.files.show(files.map((file) => this.log.view(file)));
  }

  patchFile(id) {
    const file = this.message.files.find((f) => f.id === id);
    if (file) this.files.patch(this.log.view(file));
  }

  #choices(rows) {
    const sign = JSON.stringify(rows);
    if (this.#shown.choices === sign) return;
    this.#shown.choices = sign;
    const focused = this.under.contains(document.activeElement) ? document.activeElement.dataset.data : null;
    const groups = rows.map((row) =>
      el(
        "div",
        { class: row.length > 2 ? "choices three" : "choices" },
        ...row.map((choice) =>
          el(
            "button",
            { class: `choice${row.length === 1 && choice.label.length > LONG ? " long" : ""}${choice.main ? " main" : ""}`, type: "button", "data-data": choice.data, "data-n": choice.n, "aria-label": choice.label, onclick: () => this.#press(choice) },
            choice.n ? el("span", { class: "n", "aria-hidden": "true", text: choice.n }) : null,
            el("span", { text: choice.label }),
          ),
        ),
      ),
    );
    this.under.replaceChildren(...groups);
    if (focused !== null) this.#button(focused)?.focus();
    const pressed = this.log.on.pressed(this.message.id);
    if (pressed !== null) this.pressing(pressed, "");
  }

  #button(data) {
    return [...this.under.querySelectorAll(".choice")].find((b) => b.dataset.data === data);
  }

  #press(choice) {
    if (this.under.dataset.busy) return;
    this.log.on.press(this.message.id, choice.data);
  }

  /** A press is under way: the button looks pressed, none of the row can be pressed meanwhile. */
  pressing(data, trouble) {
    this.under.dataset.busy = "1";
    this.#problem("");
    for (const button of this.under.querySelectorAll(".choice")) {
      button.setAttribute("aria-disabled", "true");
      const mine = button.dataset.data === data;
      button.classList.toggle("pressed", mine);
      button.setAttribute("aria-pressed", String(mine));
    }
    this.#problem(trouble, "wait");
  }

  released(data, problem) {
    delete this.under.dataset.busy;
    for (const button of this.under.querySelectorAll(".choice")) {
      button.removeAttribute("aria-disabled");
      if (problem) {
        button.classList.remove("pressed");
        button.removeAttribute("aria-pressed");
      }
    }
    this.#problem(problem, "problem");
  }

  #problem(text, kind) {
    this.under.querySelector(".press-note")?.remove();
    if (text) this.under.append(el("p", { class: `press-note ${kind}`, role: "status", text }));
  }
}

function progressBar([done, total]) {
  const percent = total > 0 ? Math.round((done / total) * 100) : 0;
  const text = phrase("progress.count", { done, total, percent });
  const fill = el("span", { class: "bar-fill" });
  fill.style.transform = `scaleX(${Math.min(1, percent / 100)})`;
  return el(
    "div",
    { class: "progress" },
    el("span", { class: "bar", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": total, "aria-valuenow": done, "aria-valuetext": text, "aria-label": text }, fill),
    el("span", { class: "progress-count", "aria-hidden": "true", text }),
  );
}

export function sentMark(name, text) {
  return el("span", { class: "tick" }, icon(name), el("span", { class: name === "check" ? "sr-only" : "", text }));
}

export class Log {
  #messages = new Map();
  #clients = new Set(); // client ids of what the server already shows
  #where = new Map(); // file id -> ids of the messages that show it

  /** `on` = {press(message, data), pressed(message), command(text), cancel(upload), upload(id), dropped(id)} */
  constructor(on) {
    this.on = on;
    this.root = byId("messages");
  }

  get size() {
    return this.#messages.size;
  }

  view(file) {
    return viewOfServer(file, this.on.upload(file.id), this.on.dropped(file.id));
  }

  /** Show a new message or the new state of an old one; true if it is new. */
  put(message) {
    for (const file of message.files ?? []) {
      if (!this.#where.has(file.id)) this.#where.set(file.id, new Set());
      this.#where.get(file.id).add(message.id);
    }
    if (message.client_id) this.#clients.add(message.client_id);
    const known = this.#messages.get(message.id);
    if (known) {
      known.update(message);
      return false;
    }
    const made = new Message(this, message);
    this.#messages.set(message.id, made);
    made.node.dataset.day = dayOf(message.at);
    let next = null;
    let node = this.root.lastElementChild;
    while (node && !(node.dataset.id && Number(node.dataset.id) < message.id)) {
      if (node.dataset.id) next = node;
      node = node.previousElementSibling;
    }
    this.root.insertBefore(made.node, next);
    this.#separate(made.node);
    if (next) this.#separate(next);
    return true;
  }

  /** Is this file shown in one of the person's own messages? */
  showsMine(id) {
    return [...(this.#where.get(id) ?? [])].some((m) => this.#messages.get(m).message.direction === "in");
  }

  shows(clientId) {
    return this.#clients.has(clientId);
  }

  refreshFile(id) {
    for (const message of this.#where.get(id) ?? []) this.#messages.get(message).patchFile(id);
  }

  message(id) {
    return this.#messages.get(id);
  }

  clear() {
    this.#messages.clear();
    this.#where.clear();
    this.root.replaceChildren();
  }

  #separate(node) {
    let before = node.previousElementSibling;
    if (before?.classList.contains("day")) {
      before.remove();
      before = node.previousElementSibling;
    }
    if (before?.dataset.day === node.dataset.day) return;
    node.before(el("h2", { class: "day" }, el("span", { text: dayWords(node.dataset.day) })));
  }
}
