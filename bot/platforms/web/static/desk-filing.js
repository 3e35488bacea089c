// A request for somebody who called or came. What is wrong is said next to its field.

import * as api from "./desk-api.js";
import { fill } from "./desk-filters.js";
import { $, el } from "./dom.js";
import { uuid } from "./store.js";

const FIELDS = ["house", "flat", "category", "text", "name", "phone", "source", "link"];
const field = (name) => $(`filing-${name}`);
// the server says what is wrong in words; where it belongs shows in the words
const BELONGS = [
  ["phone", /телефон/i],
  ["link", /ссылк/i],
  ["flat", /квартир/i],
  ["category", /вид/i],
  ["text", /случилось|описани/i],
  ["name", /имя/i],
  ["house", /дом|адрес/i],
];

export class Filing {
  /** `filed(thread, words)` after the server has taken it. */
  constructor(filed) {
    Object.assign(this, { filed, known: null, key: "", thread: null, sure: false });
    $("new").addEventListener("click", () => this.open());
    $("filing-no").addEventListener("click", () => $("filing").close());
    $("filing-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    field("house").addEventListener("input", () => this.categories());
    for (const name of FIELDS) field(name).addEventListener("input", () => this.changed(name));
  }

  /** For the resident of `thread`, or for somebody new. */
  async open(thread = null) {
    if ($("filing").open) return;
    if (thread?.id !== this.thread?.id) this.clear();
    this.thread = thread;
    this.key ||= uuid();
    $("filing-title").textContent = thread ? "Заявка от этого жителя" : "Новая заявка";
    $("filing-about").textContent = thread
      ? [thread.place, thread.resident].filter(Boolean).join(" · ")
      : "За того, кто позвонил, пришёл или написал не сюда.";
    for (const node of document.querySelectorAll("[data-only=caller]")) node.hidden = Boolean(thread);
    $("filing").showModal();
    field(thread ? "category" : "house").focus();
    this.complain("", "");
    try {
      this.known = await api.filing();
    } catch (trouble) {
      this.complain("", trouble.why ?? api.NO_NETWORK);
      return;
    }
    $("filing-houses").replaceChildren(
      ...this.known.houses.map(({ address }) => el("option", { value: address })),
    );
    fill(
      field("source"),
      "",
      this.known.sources.map(({ key, title }) => [key, title]),
    );
    if (this.known.houses.length === 1 && !field("house").value)
      field("house").value = this.known.houses[0].address;
    this.categories();
  }

  /** By the whole address, or by the only one that holds what was typed. */
  get house() {
    const plain = (text) => text.toLowerCase().replaceAll("ё", "е").replace(/[\s.,]+/g, " ").trim();
    const typed = plain(field("house").value);
    if (!typed || !this.known) return null;
    const { houses } = this.known;
    const exact = houses.find(({ address }) => plain(address) === typed);
    const fit = houses.filter(({ address }) => plain(address).includes(typed));
    return exact ?? (fit.length === 1 ? fit[0] : null);
  }

  categories() {
    const complex = this.thread ? this.thread.complex : this.house?.complex;
    const offered = this.known?.categories[complex] ?? [];
    const first = complex ? "Выберите вид" : this.thread ? "Адрес не известен" : "Сначала дом";
    fill(
      field("category"),
      first,
      offered.map(({ key, title, emergency }) => [key, emergency ? `🚨 ${title}` : title]),
    );
    field("category").disabled = !offered.length;
    if (!offered.some(({ key }) => key === field("category").value)) field("category").value = "";
  }

  /** A question was about the form as it stood. */
  changed(name) {
    this.complain(name, "");
    if (this.sure) this.ask("");
  }

  /** The next press on the button says yes to it. */
  ask(question) {
    this.sure = Boolean(question);
    this.complain("", question);
    $("filing-yes").textContent = question ? "Записать всё равно" : "Подать заявку";
  }

  complain(name, why) {
    const place = $(name ? `filing-${name}-why` : "filing-why");
    place.textContent = why;
    place.hidden = !why;
    if (!name) return;
    if (why) field(name).setAttribute("aria-invalid", "true");
    else field(name).removeAttribute("aria-invalid");
  }

  check() {
    const wrong = [];
    if (!this.thread && !field("house").value.trim()) wrong.push(["house", "Выберите дом."]);
    else if (!this.thread && !this.house) wrong.push(["house", "Такого дома нет. Выберите из списка."]);
    if (!field("category").value) wrong.push(["category", "Выберите вид заявки."]);
    if (!field("text").value.trim()) wrong.push(["text", "Напишите, что случилось."]);
    return wrong;
  }

  async send() {
    if (this.sending) return;
    const { sure } = this;
    for (const name of FIELDS) this.complain(name, "");
    this.ask("");
    const wrong = this.check();
    for (const [name, why] of wrong) this.complain(name, why);
    if (wrong.length) return field(wrong[0][0]).focus();
    const said = Object.fromEntries(FIELDS.map((name) => [name, field(name).value.trim()]));
    const form = this.thread
      ? { ...said, house: null, flat: "", name: "", phone: "", thread: this.thread.id }
      : { ...said, house: this.house.id, thread: null };
    this.sending = $("filing-yes").disabled = true;
    try {
      const { ask, thread, number, told } = await api.file({ key: this.key, sure, ...form });
      if (ask) {
        this.ask(ask);
        $("filing-yes").disabled = false;
        return $("filing-yes").focus();
      }
      this.clear();
      $("filing").close();
      this.filed(thread, told || `Заявка № ${number} подана. Назовите жителю номер.`);
    } catch (trouble) {
      // a form that was refused is another one when it is mended; one that got lost is the same
      if (trouble instanceof api.Refusal) this.key = uuid();
      else this.sure = sure;
      const why = trouble.why ?? api.NO_NETWORK;
      const [name] = BELONGS.find(([, words]) => words.test(why)) ?? [""];
      const shown = name && field(name).offsetParent ? name : "";
      this.complain(shown, why);
      if (shown) field(shown).focus();
    } finally {
      this.sending = $("filing-yes").disabled = false;
    }
  }

  clear() {
    $("filing-form").reset();
    this.key = uuid();
    for (const name of FIELDS) this.complain(name, "");
    this.ask("");
  }
}
