// Finding a thread by number, flat, name, phone or words, closed ones as well.

import * as api from "./desk-api.js";
import { $, el } from "./dom.js";
import { ago, exact } from "./words.js";

const HOW = "Номер заявки, адрес и квартира, имя, конец телефона или слова из переписки.";

/** A bare number is looked for among requests and words: a flat is told from them by «кв». */
const flatHint = (words) =>
  /^\d{1,3}$/.test(words) ? `Ищете квартиру? Наберите «кв ${words}» или «Садовая 5 кв ${words}».` : "";

export class Search {
  constructor() {
    this.found = [];
    this.at = 0;
    this.asked = null;
    $("search").addEventListener("click", () => this.open());
    $("search-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.enter();
    });
    $("search-text").addEventListener("input", () => {
      clearTimeout(this.timer);
      this.asked?.abort(); // what it finds is no longer wanted
      this.done = "";
      this.timer = setTimeout(() => this.look(), 250);
    });
    $("search-text").addEventListener("keydown", (event) => this.key(event));
    $("search-close").addEventListener("click", () => $("search-box").close());
    $("search-box").addEventListener("click", (event) => {
      if (event.target === $("search-box")) $("search-box").close(); // beside the box
    });
  }

  open() {
    if ($("search-box").open) return;
    $("search-box").showModal();
    $("search-text").select();
    $("search-text").focus();
    if ($("search-text").value.trim()) this.look();
    else this.show([], HOW);
  }

  async look() {
    const words = $("search-text").value.trim();
    this.asked?.abort();
    if (!words) return this.show([], HOW);
    const mine = new AbortController();
    this.asked = mine;
    try {
      const { found, why } = await api.search(words, mine.signal);
      if (this.asked !== mine) return;
      this.done = words;
      this.show(found, why || flatHint(words));
    } catch (trouble) {
      if (!mine.signal.aborted) this.show([], trouble.why ?? api.NO_NETWORK);
    }
  }

  show(found, why) {
    this.found = found;
    this.at = 0;
    $("search-why").textContent = why;
    $("search-why").hidden = !why;
    $("search-found").hidden = !found.length;
    $("search-found").replaceChildren(...found.map((one, at) => this.option(one, at)));
    this.mark();
  }

  option(one, at) {
    return el(
      "li",
      {
        id: `found-${at}`,
        role: "option",
        on: { click: () => this.go(at), pointermove: () => this.at !== at && this.mark(at) },
      },
      foundRow(one),
    );
  }

  mark(at = this.at) {
    this.at = at;
    for (const [each, node] of [...$("search-found").children].entries()) {
      node.setAttribute("aria-selected", String(each === at));
      if (each === at) node.scrollIntoView({ block: "nearest" });
    }
    if (this.found.length) $("search-text").setAttribute("aria-activedescendant", `found-${at}`);
    else $("search-text").removeAttribute("aria-activedescendant");
  }

  key(event) {
    const many = this.found.length;
    if (event.key === "ArrowDown" && many) this.mark((this.at + 1) % many);
    else if (event.key === "ArrowUp" && many) this.mark((this.at + many - 1) % many);
    else if (event.key === "Escape") $("search-box").close(); // not the field emptied first
    else return;
    event.preventDefault();
  }

  /** Enter opens the marked one, once what is typed has been looked for. */
  async enter() {
    clearTimeout(this.timer);
    if ($("search-text").value.trim() !== this.done) await this.look();
    if (this.found.length && $("search-text").value.trim() === this.done) this.go(this.at);
  }

  go(at) {
    $("search-box").close();
    location.hash = String(this.found[at].thread);
  }
}

/** The same in the search and among what was before. */
export function foundRow(one) {
  const name = one.number ? `№ ${one.number} · ${one.what}` : one.resident;
  const place = one.number ? [one.place, one.resident] : [one.place || "разговор"];
  return [
    el(
      "span",
      { class: "thread-line" },
      el("b", { text: name }),
      el("time", { class: "dim", datetime: one.at, title: exact(one.at), text: ago(one.at) }),
    ),
    el("span", { class: "thread-place", text: place.filter(Boolean).join(" · ") }),
    one.snippet && el("span", { class: "found-words dim", text: one.snippet }),
    el(
      "span",
      { class: "tags" },
      one.status && el("span", { class: "status", text: one.status }),
      one.state === "closed" && !one.number && el("span", { class: "status", text: "закрыт" }),
    ),
  ];
}
