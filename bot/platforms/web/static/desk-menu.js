// A button that opens a list of things to do. Arrows walk it, a letter is not needed, Esc closes.

import { el } from "./dom.js";
import { icon } from "./icons.js";

let opened = null;

document.addEventListener("pointerdown", (event) => {
  if (opened && !opened.place.contains(event.target)) opened.close();
});

export class Menu {
  /**
   * `items()` gives, at once or later, rows of {label, hint, mark, off, do} or {title}; a string
   * instead of a list is said in its place. `trouble(error)` gives words for what went wrong.
   */
  constructor(button, items) {
    Object.assign(this, { button, items, place: button.parentElement, box: null });
    button.setAttribute("aria-haspopup", "menu");
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => (this.box ? this.close() : this.open()));
    this.place.addEventListener("keydown", (event) => this.key(event));
    this.place.addEventListener("focusout", (event) => {
      if (this.box && event.relatedTarget && !this.place.contains(event.relatedTarget)) this.close();
    });
  }

  async open() {
    opened?.close();
    opened = this;
    const box = el("div", { class: "menu", role: "menu", "aria-label": this.button.textContent.trim() });
    this.box = box;
    this.button.setAttribute("aria-expanded", "true");
    this.place.append(box);
    box.append(el("p", { class: "dim", text: "Минутку…" }));
    let rows;
    try {
      rows = await this.items();
    } catch (trouble) {
      rows = trouble.why ?? "Нет связи. Попробуйте ещё раз.";
    }
    if (this.box !== box) return;
    if (typeof rows === "string") box.replaceChildren(el("p", { class: "dim", text: rows }));
    else box.replaceChildren(...rows.map((row) => this.row(row)));
    box.querySelector("[role=menuitem]:not(:disabled)")?.focus();
  }

  row({ title, label, hint, mark, off, href, do: act }) {
    if (title) return el("p", { class: "menu-title", text: title });
    const inside = [
      el("span", { class: "menu-mark" }, mark ? icon("check", "сейчас") : null),
      el("span", {}, label, hint && el("small", { class: "dim", text: hint })),
    ];
    const then = () => {
      this.close(true);
      act?.();
    };
    if (href)
      return el("a", { role: "menuitem", href, target: "_blank", rel: "noopener", on: { click: then } }, inside);
    return el(
      "button",
      { type: "button", role: "menuitem", disabled: off || null, on: { click: then } },
      inside,
    );
  }

  close(back = false) {
    if (!this.box) return;
    const inside = this.box.contains(document.activeElement);
    this.box.remove();
    this.box = null;
    if (opened === this) opened = null;
    this.button.setAttribute("aria-expanded", "false");
    if (inside || back) this.button.focus();
  }

  key(event) {
    if (!this.box) return;
    const rows = [...this.box.querySelectorAll("[role=menuitem]:not(:disabled)")];
    const at = rows.indexOf(document.activeElement);
    const to = {
      ArrowDown: (at + 1) % rows.length,
      ArrowUp: (at + rows.length - 1) % rows.length,
      Home: 0,
      End: rows.length - 1,
    }[event.key];
    if (event.key === "Escape") this.close(true);
    else if (to !== undefined && rows.length) rows[to].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
