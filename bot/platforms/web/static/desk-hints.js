// The list of commands that opens on "/" in an empty field.

import { $, el } from "./dom.js";

const COMMANDS = [
  ["/status", "сменить состояние заявки"],
  ["/close", "закрыть заявку"],
  ["/take", "взять себе"],
  ["/assign", "назначить исполнителя"],
  ["/answer", "готовый ответ"],
  ["/who", "кто пишет: житель и его квартира"],
  ["/history", "что было раньше"],
  ["/note", "заметка для своих, житель не увидит"],
  ["/help", "все команды"],
];

export class Hints {
  constructor(field, chosen) {
    Object.assign(this, { field, chosen, found: [], at: 0, dismissed: "" });
  }

  get open() {
    return this.found.length > 0;
  }

  follow() {
    const text = this.field.value;
    const typing = /^\/[a-z]*$/i.test(text) && text !== this.dismissed;
    this.found = typing ? COMMANDS.filter(([name]) => name.startsWith(text.toLowerCase())) : [];
    if (this.found.length === 1 && this.found[0][0] === text) this.found = [];
    if (text !== this.dismissed) this.dismissed = "";
    this.at = 0;
    this.show();
  }

  /** True when the key was for the list. */
  key(event) {
    if (!this.open) return false;
    if (event.key === "ArrowDown") this.at = (this.at + 1) % this.found.length;
    else if (event.key === "ArrowUp") this.at = (this.at + this.found.length - 1) % this.found.length;
    else if (event.key === "Tab" || (event.key === "Enter" && this.field.value !== this.found[this.at][0]))
      this.pick(this.at);
    else if (event.key === "Escape") {
      this.dismissed = this.field.value;
      this.found = [];
    } else return false;
    this.show();
    return true;
  }

  pick(at) {
    this.field.value = `${this.found[at][0]} `;
    this.found = [];
    this.chosen();
  }

  show() {
    $("hints").hidden = !this.open;
    const option = ([name, words], at) =>
      el(
        "li",
        {
          id: `hint-${at}`,
          role: "option",
          "aria-selected": String(at === this.at),
          on: { mousedown: (event) => event.preventDefault(), click: () => this.pick(at) },
        },
        el("b", { text: name }),
        ` ${words}`,
      );
    $("hints").replaceChildren(...this.found.map(option));
    if (this.open) this.field.setAttribute("aria-activedescendant", `hint-${this.at}`);
    else this.field.removeAttribute("aria-activedescendant");
  }
}
