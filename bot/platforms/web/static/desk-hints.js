// The list of commands that opens on "/" in an empty field, and of states after "/status ".

import { $, el } from "./dom.js";

const COMMANDS = [
  ["/take", "взять себе"],
  ["/release", "вернуть в общую очередь"],
  ["/assign ", "передать: имя коллеги или «комната …»"],
  ["/status ", "состояние заявки: посмотреть или сменить"],
  ["/close", "закрыть заявку или разговор"],
  ["/reopen", "вернуть закрытую заявку или разговор"],
  ["/answer ", "заготовка ответа; в поле — Alt + ↓"],
  ["/visit ", "предложить время визита: завтра 10-12"],
  ["/executor ", "назначить исполнителя"],
  ["/promise ", "что обещано жителю: 16:00"],
  ["/masters", "передать заявку и мастерам"],
  ["/pass ", "передать другой организации"],
  ["/called", "дозвонились до жителя без мессенджера"],
  ["/missed", "не дозвонились"],
  ["/quiet", "тихий режим: житель не видит, что вы пишете"],
  ["/recall", "отозвать последний свой ответ"],
  ["/who", "кто пишет и откуда"],
  ["/elder", "старший по дому: назначить или снять"],
  ["/note ", "заметка для своих, житель не увидит"],
  ["/ban ", "не принимать сообщения жителя: срок и причина"],
  ["/unban", "снова принимать"],
  ["/help", "все команды"],
];
const STATES = [
  ["/status принята", "взяли, занимаемся"],
  ["/status в работе", "мастер работает"],
  ["/status ждёт", "ждём ответа жителя"],
  ["/status выполнена", "сделано, житель узнает"],
  ["/status отклонена", "не наша работа, житель узнает"],
];

export class Hints {
  constructor(field, chosen) {
    Object.assign(this, { field, chosen, found: [], at: 0, dismissed: "" });
  }

  get open() {
    return this.found.length > 0;
  }

  /** What stands in the field is a command already: Enter sends it. */
  get whole() {
    const words = this.field.value.trim();
    return COMMANDS.some(([name]) => name.trim() === words) && words === this.found[this.at][0].trim();
  }

  follow() {
    const text = this.field.value;
    const choices = /^\/[a-z]*$/i.test(text) ? COMMANDS : /^\/status\s/i.test(text) ? STATES : [];
    this.found =
      text === this.dismissed ? [] : choices.filter(([name]) => name.startsWith(text.toLowerCase()));
    if (this.found.length === 1 && this.found[0][0].trim() === text) this.found = [];
    if (text !== this.dismissed) this.dismissed = "";
    this.at = 0;
    this.show();
  }

  /** True when the key was for the list. */
  key(event) {
    if (!this.open) return false;
    if (event.key === "ArrowDown") this.at = (this.at + 1) % this.found.length;
    else if (event.key === "ArrowUp") this.at = (this.at + this.found.length - 1) % this.found.length;
    else if (event.key === "Tab" || (event.key === "Enter" && !this.whole)) this.pick(this.at);
    else if (event.key === "Escape") {
      this.dismissed = this.field.value;
      this.found = [];
    } else return false;
    this.show();
    return true;
  }

  pick(at) {
    this.field.value = this.found[at][0];
    this.field.focus();
    this.follow();
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
