// What is about no thread: who is on duty, the journal, commands for the whole room.

import * as api from "./desk-api.js";
import { ask } from "./desk-ask.js";
import { fill } from "./desk-filters.js";
import { $, el, sync } from "./dom.js";
import { attachments, buttonRows } from "./media.js";
import { linkify } from "./rich.js";
import { uuid } from "./store.js";
import { clock, dayName, exact } from "./words.js";

export class Office {
  constructor() {
    this.code = "";
    this.me = "";
    this.pressed = new Set();
    $("office-open").addEventListener("click", () => this.open());
    $("office-close").addEventListener("click", () => $("office").close());
    $("office-room").addEventListener("change", () => this.turn($("office-room").value));
    $("shift-begin").addEventListener("click", () => this.say("/shift начать"));
    $("shift-end").addEventListener("click", () => this.endShift());
    for (const button of document.querySelectorAll("#office [data-say]"))
      button.addEventListener("click", () => this.say(button.dataset.say));
    for (const button of document.querySelectorAll("#office [data-begin]"))
      button.addEventListener("click", () => this.begin(button.dataset.begin));
    $("office-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const words = $("office-text").value.trim();
      if (words) this.say(words.startsWith("/") || this.isAsked() ? words : `/${words}`);
    });
    $("journal").addEventListener("submit", (event) => {
      event.preventDefault();
      this.download(event.submitter?.value || "xlsx");
    });
  }

  /** Whether the program waits for a text here, and not for a command. */
  isAsked() {
    const last = this.data?.said.at(-1);
    return Boolean(last?.buttons.flat().some(({ action }) => action === "staff/stoptyping"));
  }

  begins(me) {
    this.me = me.member.name;
    $("office-articles").hidden = me.member.role !== "admin";
    $("journal").hidden = me.member.role === "executor";
    fill($("office-room"), "", me.rooms.map((room) => [room.code, room.title]));
    $("office-room").hidden = me.rooms.length < 2;
    this.code = me.rooms[0]?.code ?? "";
    $("office-open").hidden = !this.code;
    const today = new Date();
    const day = (date) => new Date(date - date.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
    $("journal-from").value = day(new Date(today.getFullYear(), today.getMonth(), 1));
    $("journal-to").value = day(today);
  }

  turn(code) {
    this.code = code;
    this.tell("");
    $("office-log").replaceChildren();
    return this.refresh();
  }

  async open() {
    if ($("office").open || !this.code) return;
    $("office").showModal();
    $("office-open").classList.remove("news");
    this.refresh();
    try {
      const { houses } = await api.filing();
      fill($("journal-house"), "Все дома", houses.map(({ id, address }) => [String(id), address]));
    } catch {
      // without the list the journal is of all the houses
    }
  }

  /** The program has answered in a room. */
  hears(room) {
    if (!$("office").open) $("office-open").classList.add("news");
    else if (room === this.code) this.refresh();
  }

  async refresh() {
    const { code } = this;
    if (!code || !$("office").open) return;
    let data;
    try {
      data = await api.room(code);
    } catch (trouble) {
      this.tell(trouble.why ?? api.NO_NETWORK);
      return;
    }
    if (code !== this.code) return;
    this.duty(data.duty);
    this.data = data;
    this.show();
  }

  duty(members) {
    const mine = members.some(({ name }) => name === this.me);
    $("shift-begin").hidden = mine;
    $("shift-end").hidden = !mine;
    $("duty-none").hidden = members.length > 0;
    $("duty").replaceChildren(
      ...members.map(({ name, title }) =>
        el("li", {}, el("b", { text: name === this.me ? `${name} — это вы` : name }), title && el("span", { class: "dim", text: title })),
      ),
    );
  }

  show() {
    const { said } = this.data;
    const before = $("office-log").lastElementChild?.dataset.key;
    sync(
      $("office-log"),
      said.map((post) => ({
        key: String(post.id),
        sign: JSON.stringify([post, this.busy(post)]),
        make: () => this.post(post),
      })),
    );
    $("office-silent").hidden = said.length > 0;
    const last = $("office-log").lastElementChild;
    if (before !== undefined && last?.dataset.key !== before) last.scrollIntoView({ block: "nearest" });
  }

  post(post) {
    return el(
      "div",
      { class: "said" },
      el(
        "div",
        { class: "head" },
        post.header || "Домовой",
        el("time", { datetime: post.at, title: exact(post.at), text: `${dayName(post.at).toLowerCase()}, ${clock(post.at)}` }),
      ),
      attachments(post.attachments),
      post.text && el("div", { class: "words" }, linkify(post.text)),
      buttonRows(post.buttons, (button) => this.press(post, button), {
        busy: (button) => this.busy(post).includes(button.action),
      }),
    );
  }

  busy(post) {
    return [...this.pressed].filter((name) => name.startsWith(`${post.id} `)).map((name) => name.split(" ")[1]);
  }

  async press(post, { action, label }) {
    const name = `${post.id} ${action}`;
    if (this.pressed.has(name)) return;
    this.pressed.add(name);
    this.show();
    try {
      await api.press({ key: uuid(), room: this.code, action, label });
    } catch (trouble) {
      this.tell(trouble.why ?? api.NO_NETWORK);
    }
    this.pressed.delete(name);
    this.refresh();
  }

  begin(words) {
    $("office-text").value = words;
    $("office-text").focus();
  }

  /** What could not be said stays in the field. */
  async say(text) {
    this.tell("");
    try {
      await api.sayInRoom(this.code, { key: uuid(), text });
      if ([text, text.slice(1)].includes($("office-text").value.trim())) $("office-text").value = "";
    } catch (trouble) {
      this.tell(trouble.why ?? api.NO_NETWORK);
    }
    this.refresh();
    setTimeout(() => this.refresh(), 1200); // who is on duty changes a moment after the answer
  }

  async endShift() {
    const words = await ask({
      title: "Сдать смену",
      about: "Бот покажет всем, что открыто, что просрочено и что обещано. Добавьте, что важно знать сменщику.",
      label: "Заметка сменщику, если нужна",
      button: "Сдать смену",
    });
    if (words !== null) this.say(`/shift сдать ${words}`.trim());
  }

  tell(words) {
    $("office-why").textContent = words;
    $("office-why").hidden = !words;
  }

  async download(kind) {
    this.tell("");
    const wanted = {
      from: $("journal-from").value,
      to: $("journal-to").value,
      house: $("journal-house").value,
      kind,
    };
    if (!wanted.from || !wanted.to) return this.tell("Выберите, за какие дни.");
    if (wanted.from > wanted.to) return this.tell("Первый день позже последнего. Поменяйте их местами.");
    $("journal").classList.add("busy");
    try {
      const { blob, name } = await api.journal(wanted);
      const link = el("a", { href: URL.createObjectURL(blob), download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    } catch (trouble) {
      this.tell(trouble.why ?? api.NO_NETWORK);
    }
    $("journal").classList.remove("busy");
  }
}
