// Requests to the server and the four ways in which they fail.

const HEADERS = { "X-Kiemchung": "1" };
const ANSWER_WITHIN = 30_000;
const STALLED_AFTER = 60_000;
const CLOSING_WITHIN = 180_000;

/** The server said no, and will say no again: `message` is for the person. */
export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}
/** This device is no longer signed in. */
export class SignedOut extends Error {}
/** Not now. `seconds` is the server's own wish, or null. */
export class Busy extends Error {
  constructor(message, seconds, status) {
    super(message);
    this.seconds = seconds;
    this.status = status;
  }
}
/** Nothing came back. */
export class Offline extends Error {}
/** The person stopped it. */
export class Stopped extends Error {}

const PASSING = new Set([408, 425, 429, 500, 502, 503, 504, 507]);

function fault(status, body, retryAfter) {
  const message = typeof body?.message === "string" ? body.message : "";
  if (status === 401) return new SignedOut(message);
  if (PASSING.has(status)) {
    const seconds = Number.parseInt(retryAfter ?? "", 10);
    return new Busy(message, seconds > 0 ? Math.min(seconds, 600) : null, status);
  }
  return new Refused(message, status);
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function call(method, path, json) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), ANSWER_WITHIN);
  try {
    const headers = method === "GET" ? {} : { ...HEADERS };
    if (json !== undefined) headers["Content-Type"] = "application/json";
    const answer = await fetch(path, {
      method,
      headers,
      body: json === undefined ? undefined : JSON.stringify(json),
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: control.signal,
    });
    const body = parse(await answer.text());
    if (!answer.ok) throw fault(answer.status, body, answer.headers.get("Retry-After"));
    // A 200 that is not ours comes from a sign-in page of some public network.
    if (body === null && answer.status !== 204) throw new Offline();
    return body;
  } catch (error) {
    if (error instanceof Refused || error instanceof SignedOut || error instanceof Busy) throw error;
    throw new Offline();
  } finally {
    clearTimeout(timer);
  }
}

export const get = (path) => call("GET", path);
export const post = (path, json) => call("POST", path, json);
export const remove = (path) => call("DELETE", path);

/**
 * Send a file as the body of a PUT; fetch cannot report upload progress, XMLHttpRequest can.
 * `take(stop)` receives a function that stops the sending.
 */
export function putFile(path, file, progress, take) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stopped = false;
    let timer = 0;
    const watch = (ms) => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), ms);
    };
    const fail = (error) => {
      clearTimeout(timer);
      reject(error);
    };
    request.open("PUT", path);
    for (const [name, value] of Object.entries(HEADERS)) request.setRequestHeader(name, value);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => {
      watch(STALLED_AFTER);
      progress(event.loaded);
    });
    request.upload.addEventListener("load", () => watch(CLOSING_WITHIN));
    request.addEventListener("load", () => {
      const body = parse(request.responseText);
      if (request.status < 200 || request.status > 299) {
        return fail(fault(request.status, body, request.getResponseHeader("Retry-After")));
      }
      if (body === null) return fail(new Offline());
      clearTimeout(timer);
      resolve(body);
    });
    request.addEventListener("error", () => fail(new Offline()));
    request.addEventListener("abort", () => fail(stopped ? new Stopped() : new Offline()));
    take(() => {
      stopped = true;
      request.abort();
    });
    watch(STALLED_AFTER);
    request.send(file);
  });
}

/** How long to wait before try number `attempt` (from 1), in ms, spread so that phones do not come back all at once. */
export function pause(attempt) {
  return Math.min(30, 2 ** Math.min(attempt - 1, 5)) * 1000 * (0.7 + 0.6 * Math.random());
}
