// What the forms of outages and mailings have in common. The server decides and words; a draft is
// kept there as soon as it makes sense, and here until then.

import * as api from "./desk-api.js";
import { calmly } from "./desk-calm.js";
import { Fields } from "./desk-fields.js";
import { Preview } from "./desk-preview.js";
import { ask, isAsked, isHasty, unask } from "./desk-sure.js";
import { el } from "./dom.js";
import { load, save, uuid } from "./store.js";
import { plural } from "./words.js";

const SEND = "Отправить сейчас";
const AS_IT_WAS = "Пока уйдёт прежнее. Чтобы ушло изменённое, нажмите «Запланировать…» или «Отправить сейчас».";

export class NoticeForm {
  /** `kind` is outage or mailing. `sent(id, words)` once it is sent or planned; `draft(id)` once the
   *  server has one; `gone()` when the member gave it up. */
  constructor(kind, { sent, draft, gone }) {
    Object.assign(this, { kind, sent, draft, gone, id: null, saving: Promise.resolve() });
    this.look = calmly(() => this.refresh(), (trouble) => this.fail(trouble), 500);
  }

  get name() {
    return `domovoy.desk.${this.kind}.${this.id ?? "new"}`;
  }

  /** Into `box`: of one that is there, or a new one. */
  async open(box, id) {
    this.id = id;
    this.box = box;
    this.busy = false;
    const [choices, there] = await Promise.all([api.noticeChoices(this.kind), id && api.noticeForm(this.kind, id)]);
    if (this.box !== box || this.id !== id) return;
    this.choices = choices;
    this.state = there?.state ?? "new";
    const form = { ...this.empty, ...(load(this.name, null) ?? there?.form) };
    this.key = /^[0-9a-f-]{36}$/.test(form.key) ? form.key : uuid();
    this.fields = new Fields(this.kind, (name) => this.changed(name));
    this.preview = new Preview(this.prompt);
    this.form = el("form", { id: `${this.kind}-form`, class: "notice-fields", novalidate: true, on: { submit: (event) => event.preventDefault() } }, this.build(this.fields));
    this.box.replaceChildren(el("div", { class: "notice-form" }, this.form, this.preview.box, this.footer(this.fields)));
    this.put(form, there);
    if (there && !there.whole) this.preview.tell("Части дома названы в чате словами, полями их не передать. Проверьте, что выбрано в «Где».");
    this.tellOfChange();
    if (id || this.makesSense()) this.look();
    this.box.querySelector("input")?.focus({ preventScroll: true });
  }

  close() {
    this.box = null;
  }

  check(name, field = name) {
    return el("input", { type: "checkbox", id: this.fields.id(name), on: { change: () => this.fields.touched(field) } });
  }

  /** A checkbox of its own line, shown when it matters. */
  option(name, words = "") {
    return el("label", { class: "check", hidden: true }, this.check(name), el("span", { text: words }));
  }

  checked(name) {
    return document.getElementById(this.fields.id(name)).checked;
  }

  tick(name, on) {
    document.getElementById(this.fields.id(name)).checked = Boolean(on);
  }

  footer(fields) {
    const id = (name) => `${this.kind}-${name}`;
    const button = (name, words, click, kind = "press") => el("button", { id: id(name), type: "button", class: kind, on: { click } }, words);
    this.sendButton = el("button", { id: id("send"), class: "press main", type: "button", on: { click: () => this.send() } }, SEND); // no submit: Enter in a field sends nothing
    this.planButton = button("plan", "Запланировать…", () => this.plan());
    this.at = el("div", { class: "plan-row", hidden: true }, fields.one("at", "Когда отправить", "input", { type: "datetime-local" }), button("plan-yes", "Запланировать", () => this.schedule(), "press main"));
    this.saved = el("span", { class: "dim saved", role: "status" });
    const drop = button("drop", this.state === "scheduled" ? "Отменить отправку" : "Удалить черновик", () => this.drop(), "press quiet");
    return el("footer", { class: "notice-foot" }, el("div", { class: "row" }, this.sendButton, this.planButton), this.at, el("div", { class: "row below" }, this.saved, drop), el("p", { id: id("why"), class: "wrong", role: "alert", hidden: true }));
  }

  changed(name) {
    this.sure(false);
    this.complain("");
    if (name === "at") return;
    this.depends();
    save(this.name, this.said);
    this.tellOfChange();
    if (this.makesSense()) this.look();
  }

  /** What is scheduled stays so until it is said when the changed one goes. */
  tellOfChange() {
    if (this.state === "scheduled" && load(this.name, null)) this.saved.textContent = AS_IT_WAS;
  }

  // The server's part

  /** Keeps it; of one that waits to be sent, only shows how it would be. */
  async refresh() {
    if (!this.box || this.busy) return;
    const before = JSON.stringify(this.said);
    if (this.state === "scheduled") return void (await this.keep(true));
    this.saved.textContent = "";
    const preview = await this.keep(false);
    if (!preview || !this.box) return;
    if (JSON.stringify(this.said) === before) {
      save(this.name, null);
      this.saved.textContent = "Черновик сохранён";
    }
  }

  /** One after another, so that the second knows of the first. */
  keep(look) {
    const turn = this.saving.then(async () => {
      const { preview } = await api.keepNotice(this.kind, { ...this.said, [this.kind]: this.id }, look);
      if (!this.box) return null;
      if (!this.id) {
        save(this.name, null);
        this.id = preview.id;
        this.draft(preview.id);
      }
      this.openly.hidden = !preview.openly;
      this.openly.lastChild.textContent = preview.openly;
      this.learn(preview);
      this.fields.clear();
      this.preview.show(preview);
      this.sendButton.disabled = preview.prevents.length > 0;
      return preview;
    });
    this.saving = turn.catch(() => {});
    return turn;
  }

  /** While it is being filled in, only what is there can be wrong. */
  fail(trouble, all = false) {
    if (!this.box) return;
    const fields = trouble.fields ?? {};
    const told = Object.entries(fields).filter(([name]) => all || this.isThere(name));
    for (const [name, why] of told) this.fields.complain(name, why);
    this.preview.stale();
    if (all && told.length) this.fields.focus(told.map(([name]) => name));
    if (!Object.keys(fields).length) this.complain(trouble.why ?? api.NO_NETWORK);
  }

  isThere(name) {
    const value = this.said[name];
    return Array.isArray(value) ? value.length > 0 : value !== "" && value !== null;
  }

  complain(why) {
    const place = this.box.querySelector(`#${this.kind}-why`);
    place.textContent = why;
    place.hidden = !why;
  }

  /** The first press asks, the second does it. */
  sure(asked, words = "") {
    if (asked) ask(this.sendButton, words);
    else unask(this.sendButton, SEND);
  }

  async send() {
    const sure = isAsked(this.sendButton);
    if (isHasty(this.sendButton)) return;
    await this.doing(async () => {
      if (sure) return this.done(await api.doNotice(this.kind, this.id, "send", { form: this.said }));
      const preview = await this.keep(this.state === "scheduled");
      const count = preview?.receivers.everybody;
      if (preview && !preview.prevents.length) this.sure(true, `Да, отправить: ${count} ${plural(count, "человек", "человека", "человек")}`);
    });
  }

  plan() {
    this.at.hidden = !this.at.hidden;
    this.sure(false);
    if (!this.at.hidden) this.fields.controls.get("at").focus();
  }

  async schedule() {
    await this.doing(async () => {
      if (!this.id) await this.keep(false);
      this.done(await api.doNotice(this.kind, this.id, "schedule", { at: this.fields.value("at"), form: this.said }));
    });
  }

  async drop() {
    if (!this.id) {
      save(this.name, null);
      return this.gone();
    }
    await this.doing(async () => {
      await api.doNotice(this.kind, this.id, this.dropping);
      save(this.name, null);
      this.gone();
    });
  }

  async doing(what) {
    if (this.busy) return;
    this.busy = true;
    this.complain("");
    this.form.classList.add("busy");
    try {
      await what();
    } catch (trouble) {
      this.sure(false);
      this.fail(trouble, true);
    }
    this.busy = false;
    this.form.classList.remove("busy");
  }

  done({ told }) {
    save(this.name, null);
    this.sent(this.id, told);
  }
}
