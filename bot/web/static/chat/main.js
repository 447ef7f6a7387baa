// Wires the parts of the chat page together.

import { Composer } from "./composer.js";
import { byId, phrase } from "./dom.js";
import { Feed } from "./feed.js";
import { Outbox } from "./outbox.js";
import { Pending } from "./pending.js";
import { Log } from "./render.js";
import { forgetPreview } from "./preview.js";
import { Scroll } from "./scroll.js";
import { Uploads } from "./uploads.js";

const owner = byId("app").dataset.owner;
let out = false;

const uploads = new Uploads(owner, { changed: uploadChanged, tray: () => composer?.showTray(), signedOut });
const outbox = new Outbox(owner, { changed: wordsChanged, signedOut });
const log = new Log({
  press: (message, data) => outbox.press(message, data),
  pressed: (message) => outbox.pressing(message)?.record.press ?? null,
  command: say,
  cancel: (upload) => uploads.drop(upload),
  upload: (id) => uploads.byServerId(id),
  dropped: (id) => uploads.wasDropped(id),
});
const pending = new Pending({
  cancel: (upload) => uploads.drop(upload),
  again: (item) => outbox.again(item),
  drop: (item) => outbox.drop(item),
});
const feed = new Feed({ messages: take, state: showState, signedOut, open: wake });
let placing = null;
const scroll = new Scroll(
  (keepPlace) => {
    placing = keepPlace;
    return feed.older().finally(() => (placing = null));
  },
  () => feed.more,
);
const composer = new Composer(uploads, owner, { say, sent: () => scroll.bottom() });

function say(text) {
  outbox.say(text);
  scroll.bottom();
}

function take(messages, where) {
  if (out) return;
  if (where === "older") {
    const insert = () => messages.forEach(put);
    if (placing) placing(insert);
    else insert();
  } else {
    const fresh = messages.filter(put).length;
    if (where === "page") opened();
    else if (fresh) scroll.arrived();
  }
  byId("empty").hidden = log.size > 0;
}

function put(message) {
  const fresh = log.put(message);
  if (message.client_id) {
    outbox.settle(message.client_id);
    pending.settle(message.client_id);
  }
  for (const file of message.files ?? []) {
    uploads.serverSays(file);
    const upload = uploads.byServerId(file.id);
    if (upload && message.direction === "in") pending.drop(upload, true);
  }
  return fresh;
}

function opened() {
  byId("loading").hidden = true;
  scroll.bottom();
  scroll.refreshOlder();
  // Only what comes from now on is news for a screen reader.
  setTimeout(() => byId("log").setAttribute("aria-busy", "false"), 0);
}

function uploadChanged(upload) {
  if (upload.id) log.refreshFile(upload.id);
  if (upload.phase === "gone") {
    pending.drop(upload, false);
    forgetPreview(upload.client_id);
  } else if (upload.id && log.showsMine(upload.id)) pending.drop(upload, true);
  else if (upload.batch) pending.file(upload);
}

function wordsChanged(item) {
  const { record, state, trouble, message } = item;
  if (record.press === undefined) {
    if (!log.shows(record.client_id)) pending.say(item);
    return;
  }
  const shown = log.message(record.message);
  if (state === "sending") shown?.pressing(record.press, trouble ? phrase(`word.${trouble}`) : "");
  else if (state === "sent") shown?.released(record.press, "");
  else if (state === "failed") {
    shown?.released(record.press, message || phrase("word.failed"));
    outbox.drop(item);
  }
}

function showState(name) {
  if (out && name !== "out") return;
  byId("connection").dataset.state = name;
  const words = phrase(`link.${name}`);
  if (byId("connection-text").textContent !== words) byId("connection-text").textContent = words;
}

function wake() {
  uploads.wake();
  outbox.wake();
}

/** A device that was signed out shows nothing any more; what was not sent stays kept in the browser. */
async function signedOut() {
  if (out) return;
  out = true;
  uploads.stop();
  outbox.stop();
  feed.end();
  log.clear();
  pending.clear();
  byId("app").classList.add("is-out");
  byId("signed-out").hidden = false;
  const kept = (await uploads.count()) + (await outbox.count());
  if (!kept) return;
  byId("kept-count").textContent = phrase("out.kept", { n: kept });
  byId("kept-count").hidden = false;
  const forget = byId("forget-kept");
  forget.hidden = false;
  forget.addEventListener("click", async () => {
    if (!window.confirm(phrase("out.forget", { n: kept }))) return;
    await uploads.forgetAll();
    await outbox.forget();
    byId("kept-count").hidden = true;
    forget.hidden = true;
  });
}

// Safari on iPhones keeps the page's height when its keyboard opens; follow the part that can be seen.
const seen = window.visualViewport;
seen?.addEventListener("resize", () => {
  const covered = seen.scale < 1.05 && window.innerHeight - seen.height > 120;
  byId("app").style.height = covered ? `${seen.height}px` : "";
  if (covered) window.scrollTo(0, 0);
});
window.addEventListener("online", wake);

document.documentElement.setAttribute("data-ready", "");
uploads.resume();
outbox.resume();
feed.start();
