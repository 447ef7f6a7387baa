// What must outlive a reload or a browser killed by the phone: chosen files and unsent words, in IndexedDB.
// Every function gives up quietly (private mode, full disk): then the page works from memory alone.

const NAME = "kiemchung";
let opening = null;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("files", { keyPath: "client_id" });
      request.result.createObjectStore("words", { keyPath: "client_id" });
    };
    request.onsuccess = () => {
      const db = request.result;
      db.onversionchange = () => db.close();
      db.onclose = () => (opening = null);
      resolve(db);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
  return opening;
}

async function once(store, mode, work) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const change = db.transaction(store, mode);
    const request = work(change.objectStore(store));
    change.oncomplete = () => resolve(request.result);
    change.onabort = () => reject(change.error);
    change.onerror = () => reject(change.error);
  });
}

async function within(store, mode, work, otherwise) {
  // Safari drops its connection after a while in the background; the second try opens a new one.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      return await once(store, mode, work);
    } catch {
      opening = null;
    }
  }
  return otherwise;
}

/** True when the record is on disk. */
export async function put(store, record) {
  const key = await within(store, "readwrite", (s) => s.put(record), null);
  return key !== null;
}
export const get = (store, id) => within(store, "readonly", (s) => s.get(id), undefined);
export const all = (store) => within(store, "readonly", (s) => s.getAll(), []);
export const remove = (store, id) => within(store, "readwrite", (s) => s.delete(id), undefined);

/**
 * Run `work` while no other tab of this browser holds `name`; two tabs must not send the same kept file.
 * Where locks do not exist (plain http on a local network) it just runs.
 */
export function alone(name, work) {
  if (!navigator.locks) return work();
  return navigator.locks.request(`kiemchung:${name}`, work).catch(() => undefined);
}
