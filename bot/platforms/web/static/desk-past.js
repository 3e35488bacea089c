// What was before: earlier requests of this flat and this resident, under the facts.

import * as api from "./desk-api.js";
import { foundRow } from "./desk-search.js";
import { $, el } from "./dom.js";

const FIRST = 5;

export class Past {
  constructor() {
    this.thread = null;
    $("past-more").addEventListener("click", () => this.fill(this.found.length));
  }

  /** Asked for once each time a thread is opened. */
  async show(thread) {
    if (thread === this.thread) return;
    this.thread = thread;
    this.found = [];
    this.fill(0);
    $("past-why").textContent = "";
    try {
      const { found, why } = await api.history(thread);
      if (thread !== this.thread) return;
      this.found = found.filter((one) => one.thread !== thread);
      $("past-why").textContent = this.found.length ? "" : why || "Раньше не обращались.";
      this.fill(FIRST);
    } catch {
      if (thread === this.thread) this.thread = null; // the next look asks again
    }
  }

  fill(most) {
    $("past").replaceChildren(
      ...this.found
        .slice(0, most)
        .map((one) => el("li", {}, el("a", { class: "past-row", href: `#${one.thread}` }, foundRow(one)))),
    );
    const left = this.found.length - most;
    $("past-more").hidden = left <= 0;
    $("past-more").textContent = `Показать ещё ${left}`;
  }
}
