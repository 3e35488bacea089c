// Ready answers: one goes into the field, to be changed by hand. Nothing is sent from here.

import * as api from "./desk-api.js";
import { $, el } from "./dom.js";

const NONE =
  "Заготовок пока нет. Добавить: /answer + voda Нет воды, а с новой строки — текст.";

export class Canned {
  /** `put(text)` receives the draft. `thread()` is the open one. */
  constructor({ put, thread }) {
    Object.assign(this, { put, thread, answers: [], found: [], at: 0 });
    $("canned").addEventListener("click", () => (this.isOpen ? this.close(true) : this.open()));
    $("canned-text").addEventListener("input", () => this.show());
    $("canned-text").addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("pointerdown", (event) => {
      if (this.isOpen && !$("canned-box").contains(event.target) && !$("canned").contains(event.target))
        this.close();
    });
  }

  get isOpen() {
    return !$("canned-box").hidden;
  }

  async open() {
    const thread = this.thread();
    if (!thread || this.isOpen) return;
    this.answers = this.found = [];
    $("canned-text").value = "";
    $("canned-box").hidden = false;
    $("canned").setAttribute("aria-expanded", "true");
    $("canned-list").replaceChildren();
    this.tell("Минутку…");
    $("canned-text").focus();
    try {
      const { answers } = await api.canned(thread);
      if (thread !== this.thread()) return this.close();
      this.answers = answers;
      this.show();
    } catch (trouble) {
      this.tell(trouble.why ?? api.NO_NETWORK);
    }
  }

  close(back = false) {
    $("canned-box").hidden = true;
    $("canned").setAttribute("aria-expanded", "false");
    if (back) $("text").focus();
  }

  tell(words) {
    $("canned-why").textContent = words;
    $("canned-why").hidden = !words;
  }

  show() {
    const plain = (text) => text.toLowerCase().replaceAll("ё", "е");
    const typed = plain($("canned-text").value.trim());
    this.found = this.answers.filter(({ title, text, id }) => plain(`${title} ${id} ${text}`).includes(typed));
    this.tell(this.answers.length ? (this.found.length ? "" : "Такой заготовки нет.") : NONE);
    $("canned-list").replaceChildren(
      ...this.found.map((one, at) =>
        el(
          "li",
          { id: `canned-${at}`, role: "option", on: { click: () => this.pick(at) } },
          el("b", { text: one.title }),
          el("span", { class: "dim", text: one.text }),
        ),
      ),
    );
    this.mark(0);
  }

  mark(at) {
    this.at = at;
    for (const [each, node] of [...$("canned-list").children].entries()) {
      node.setAttribute("aria-selected", String(each === at));
      if (each === at) node.scrollIntoView({ block: "nearest" });
    }
    if (this.found.length) $("canned-text").setAttribute("aria-activedescendant", `canned-${at}`);
    else $("canned-text").removeAttribute("aria-activedescendant");
  }

  key(event) {
    const many = this.found.length;
    if (event.key === "ArrowDown" && many) this.mark((this.at + 1) % many);
    else if (event.key === "ArrowUp" && many) this.mark((this.at + many - 1) % many);
    else if (event.key === "Enter") many && this.pick(this.at);
    else if (event.key === "Escape") this.close(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  pick(at) {
    const { text } = this.found[at];
    this.close(true);
    this.put(text);
  }
}
