// Stay at the newest message only while the reader is there; load older ones without moving what is read.

import { byId, phrase } from "./dom.js";

const NEAR = 60;

export class Scroll {
  #loading = false;
  #unread = false;

  /** `loadOlder()` resolves to true when something was added; `hasOlder()` says whether there is more. */
  constructor(loadOlder, hasOlder) {
    this.box = byId("log");
    this.pill = byId("newer");
    this.button = byId("older");
    this.loadOlder = loadOlder;
    this.hasOlder = hasOlder;
    this.stuck = true;
    this.box.addEventListener("scroll", () => this.#moved(), { passive: true });
    this.pill.addEventListener("click", () => this.#down());
    this.button.addEventListener("click", () => this.older());
    const sizes = new ResizeObserver(() => this.stuck && this.bottom());
    sizes.observe(this.box);
    sizes.observe(byId("column"));
    this.seen = new IntersectionObserver((entries) => entries.some((e) => e.isIntersecting) && this.older(), {
      root: this.box,
      rootMargin: "300px 0px 0px 0px",
    });
  }

  bottom() {
    this.stuck = true;
    this.box.scrollTop = this.box.scrollHeight;
    this.#pill();
  }

  /** Something new came in below. */
  arrived() {
    if (this.stuck) this.bottom();
    else {
      this.#unread = true;
      this.#pill();
    }
  }

  refreshOlder() {
    this.button.hidden = !this.hasOlder();
    this.seen.disconnect();
    if (!this.button.hidden) this.seen.observe(this.button);
  }

  async older() {
    if (this.#loading || !this.hasOlder()) return;
    this.#loading = true;
    this.button.setAttribute("aria-disabled", "true");
    let loaded = true;
    try {
      await this.loadOlder((insert) => this.keepPlace(insert));
    } catch {
      loaded = false; // the button stays, for another try
    }
    this.#loading = false;
    this.button.removeAttribute("aria-disabled");
    if (loaded) this.refreshOlder();
  }

  keepPlace(insert) {
    const anchor = byId("messages").querySelector(".message");
    const before = anchor?.getBoundingClientRect().top ?? 0;
    insert();
    if (anchor && !this.stuck) this.box.scrollTop += anchor.getBoundingClientRect().top - before;
  }

  #moved() {
    const { scrollHeight, scrollTop, clientHeight } = this.box;
    this.stuck = scrollHeight - scrollTop - clientHeight < NEAR;
    this.#pill();
  }

  #pill() {
    if (this.stuck) this.#unread = false;
    this.pill.hidden = this.stuck;
    byId("newer-text").textContent = phrase(this.#unread ? "newer.one" : "newer.bottom");
    this.pill.classList.toggle("unread", this.#unread);
  }

  #down() {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const far = this.box.scrollHeight - this.box.scrollTop > 3 * this.box.clientHeight;
    if (calm || far) this.bottom();
    else this.box.scrollTo({ top: this.box.scrollHeight, behavior: "smooth" });
    this.box.focus({ preventScroll: true });
  }
}
