// The list on the left. It keeps itself up to date, but holds still while a hand is on it.

import * as api from "./desk-api.js";
import { Filters } from "./desk-filters.js";
import { ageOf, row } from "./desk-row.js";
import { $, sync } from "./dom.js";

const CALM = 3000; // milliseconds after the last move, until which rows keep their places

export class List {
  constructor() {
    this.threads = [];
    this.shown = [];
    this.more = false;
    this.loaded = false;
    this.current = null;
    this.touched = 0;
    this.filters = new Filters(() => this.anew());
    $("more").addEventListener("click", () => this.refresh(this.threads.length + 1));
    const touch = () => (this.touched = Date.now());
    for (const what of ["pointermove", "pointerdown", "wheel", "keydown"])
      $("threads").addEventListener(what, touch, { passive: true });
    $("threads").addEventListener("pointerleave", () => {
      this.touched = 0;
      this.show();
    });
    setInterval(() => this.show(), 30000); // "5 мин" grows old
  }

  anew() {
    this.threads = this.shown = [];
    this.loaded = false;
    this.touched = 0;
    this.show();
    return this.refresh().catch(() => {});
  }

  /** Fetches anew as many as are on the screen: one that moved or closed must not linger. */
  async refresh(wanted = this.threads.length) {
    const asked = this.filters.wanted;
    const threads = [];
    let more = true;
    while (more && (threads.length < wanted || !threads.length)) {
      const after =
        asked.order === "urgent" ? { skip: threads.length || "" } : { before: threads.at(-1)?.last_at };
      const page = await api.threads({ ...asked, ...after });
      if (JSON.stringify(asked) !== JSON.stringify(this.filters.wanted)) return;
      const known = new Set(threads.map((thread) => thread.id));
      threads.push(...page.threads.filter((thread) => !known.has(thread.id)));
      more = page.more && page.threads.length > 0;
      if (!page.threads.length) break;
    }
    this.threads = threads;
    this.more = more;
    this.loaded = true;
    this.show();
    await this.filters.count();
  }

  select(id) {
    this.current = id;
    this.show();
  }

  /** Unread first among the latest; the urgent come in order already. */
  get order() {
    if (this.filters.wanted.order === "urgent") return this.threads;
    return [...this.threads].sort((one, other) => (other.unread > 0) - (one.unread > 0));
  }

  /** While a hand is on the list every row stays where it was; what came or went waits. */
  get still() {
    const left = this.touched + CALM - Date.now();
    if (left <= 0 || !this.shown.length) return false;
    clearTimeout(this.later);
    this.later = setTimeout(() => this.show(), left + 50);
    return true;
  }

  show() {
    const fresh = new Map(this.threads.map((thread) => [thread.id, thread]));
    this.shown = this.still ? this.shown.map((old) => fresh.get(old.id) ?? old) : this.order;
    const unread = (thread) => (thread.id === this.current && !document.hidden ? 0 : thread.unread);
    const held = document.activeElement?.closest?.("#threads a")?.dataset.thread;
    sync(
      $("threads"),
      this.shown.map((thread) => ({
        key: String(thread.id),
        sign: JSON.stringify([thread, ageOf(thread), thread.id === this.current, unread(thread)]),
        make: () => row(thread, thread.id === this.current, unread(thread)),
      })),
    );
    // a row made anew under the keyboard's place takes the place over
    if (held && document.activeElement === document.body)
      $("threads").querySelector(`a[data-thread="${held}"]`)?.focus({ preventScroll: true });
    $("more").hidden = !this.more;
    $("threads-empty").hidden = !this.loaded || this.shown.length > 0;
    $("threads-empty").textContent = this.filters.empty;
  }

  /** Moves the keyboard's place by a step; the first press goes to the open thread. */
  step(by) {
    const links = [...$("threads").querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    const current = links.findIndex((link) => link.hasAttribute("aria-current"));
    const from = at >= 0 ? at : current;
    const next = links[Math.min(links.length - 1, Math.max(0, from + by))];
    next?.focus();
  }

  focus() {
    const links = $("threads");
    (links.querySelector("a[aria-current]") ?? links.querySelector("a"))?.focus();
  }
}
