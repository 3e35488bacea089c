// One outage: how residents read it, whom it reached, what they answered, and what can be done.

import * as api from "./desk-api.js";
import { chatText } from "./desk-chat-text.js";
import { Fields } from "./desk-fields.js";
import { channels, flatsFigure, reachBar, reachFigure } from "./desk-figures.js";
import { inHours } from "./desk-moments.js";
import { bubble } from "./desk-preview.js";
import { isSure } from "./desk-sure.js";
import { el } from "./dom.js";

const TAGS = {
  draft: "черновик",
  scheduled: "ждёт отправки",
  announced: "жители знают",
  restored: "закончено",
  cancelled: "отменено",
};

export function tag(outage) {
  if (outage.late) return el("span", { class: "notice-tag late", text: "срок вышел — спросите мастера" });
  return el("span", { class: `notice-tag ${outage.state}`, text: TAGS[outage.state] });
}

export class OutageView {
  /** `done(words, what)` after something was done; `change(id)` opens the form. */
  constructor({ done, change }) {
    Object.assign(this, { done, change, data: null });
  }

  show(box, outage, { maySend }) {
    const signs = JSON.stringify([outage, maySend]);
    if (this.box === box && this.signs === signs && box.childElementCount) return;
    if (box.querySelector(".press.sure")) return; // a hand is over the button
    const opened = new Set([...box.querySelectorAll("details[open]")].map(({ dataset }) => dataset.key));
    // what is being asked stays open while the figures change under it
    const asked = this.box === box && this.data?.id === outage.id ? this.asking : null;
    Object.assign(this, { box, signs, data: outage, maySend, asking: asked });
    box.replaceChildren(
      el("header", { class: "one-top" }, el("h2", { text: `${outage.sign} ${outage.name}` }), tag(outage)),
      el("p", { class: "one-where", text: outage.places.join("\n") }),
      el("p", { class: "dim", text: [outage.when, outage.ended && `Закончилось ${outage.ended}.`, outage.state === "scheduled" && outage.stands].filter(Boolean).join(" ") }),
      this.actions(),
      asked ?? el("div", { hidden: true }),
      el("p", { class: "wrong one-why", role: "alert", hidden: true }),
      el(
        "div",
        { class: "one-columns" },
        el("section", {}, el("h3", { text: "Кто получил" }), this.reached(), this.answered()),
        el("section", {}, el("h3", { text: outage.reach ? "Так прочитали жители" : "Так прочтут жители" }), bubble(outage), this.papers()),
      ),
      this.notices(),
      this.missed(),
    );
    for (const each of box.querySelectorAll("details")) each.open = opened.has(each.dataset.key);
  }

  reached() {
    const { reach, flats, receivers } = this.data;
    if (!reach) return el("div", {}, el("p", { class: "figure-head", text: receivers.words.split("\n")[0].replace("👥 ", "") }), receivers.everybody > 0 && channels(receivers.people), flatsFigure(receivers.flats));
    return el("div", {}, reachFigure(reach), flatsFigure(flats, "квартир было кому написать"));
  }

  answered() {
    const { answers, state } = this.data;
    if (!answers.length) return ["announced", "restored"].includes(state) && el("p", { class: "dim", text: "Кнопкой пока никто не ответил." });
    return el("div", {}, el("h3", { text: "Что отвечают" }), el("ul", { class: "answers" }, answers.map(({ key, label, count }) => el("li", { class: key }, el("b", { text: count }), el("span", { text: label })))));
  }

  /** For those who are not in the bot. */
  papers() {
    const { id, state } = this.data;
    if (state === "draft") return null;
    return el(
      "div",
      { class: "row papers" },
      el("a", { class: "press quiet", href: `/desk/api/outages/${id}/paper`, target: "_blank", rel: "noopener" }, "🖨 Листок для подъезда"),
      chatText("outage", id, (why) => this.complain(why)),
    );
  }

  notices() {
    const { notices } = this.data;
    if (!notices.length) return null;
    return el(
      "section",
      { class: "told" },
      el("h3", { text: "Что отправляли" }),
      notices.map((notice) =>
        el(
          "details",
          { class: "notice", data: { key: notice.id } },
          el("summary", {}, el("span", { class: "notice-line" }, el("b", { text: notice.title }), el("span", { class: "dim", text: notice.at })), reachBar(notice.reach), el("span", { class: "dim notice-words", text: afterColon(notice.words) })),
          bubble({ text: notice.text }),
        ),
      ),
    );
  }

  missed() {
    const { missed } = this.data;
    if (!missed.length) return null;
    const all = missed.reduce((sum, { count }) => sum + count, 0);
    return el("details", { class: "notice missed", data: { key: "missed" } }, el("summary", {}, el("b", { text: `Квартиры, где в боте никого: ${all}` }), el("span", { class: "dim notice-words", text: "Туда нужен листок на подъезд или звонок." })), missed.map(({ address, flats }) => el("p", {}, el("b", { text: `${address}: ` }), flats)));
  }

  // What can be done

  actions() {
    const { may, state } = this.data;
    if (!this.maySend || !may.length) return null;
    const button = (what, words, click, kind = "") => may.includes(what) && el("button", { type: "button", class: `press ${kind}`, data: { does: what }, on: { click } }, words);
    return el(
      "div",
      { class: "row one-actions" },
      button("restore", "Дали, всё работает", (event) => this.confirm(event, "restore", "Да, жители узнают"), "main"),
      button("prolong", "Продлить…", () => this.askLonger()),
      button("change", state === "draft" ? "Продолжить" : "Изменить или отправить", () => this.change(this.data.id), "main"),
      button("cancel", state === "draft" ? "Удалить черновик" : "Отменить", (event) => this.confirm(event, "cancel", state === "announced" ? "Да, отменить: жители узнают" : "Да, отменить"), "quiet"),
    );
  }

  /** The first press asks, the second does it. */
  confirm({ currentTarget: button }, what, words) {
    if (this.data.state === "draft" || isSure(button, words)) this.act(what, what === "cancel" ? { told: this.data.state === "announced" } : {});
  }

  askLonger() {
    if (this.asking) return this.closeAsking();
    const fields = (this.fields = new Fields("longer", () => this.complain("")));
    const { zone } = this.data;
    const open = el("input", { type: "checkbox", on: { change: () => ((fields.controls.get("until").disabled = open.checked), fields.touched("until")) } });
    const offer = (label, hours) => el("button", { type: "button", class: "chip", on: { click: () => ((open.checked = false), (fields.controls.get("until").disabled = false), fields.put("until", inHours(zone, hours)), fields.touched("until")) } }, label);
    this.asking = el(
      "form",
      { class: "longer", novalidate: true, on: { submit: (event) => (event.preventDefault(), this.act("prolong", { until: fields.value("until"), open_end: open.checked })) } },
      fields.one("until", "До скольки теперь?", "input", { type: "datetime-local" }),
      el("label", { class: "check" }, open, el("span", { text: "Пока не знаем" })),
      el("div", { class: "offers" }, offer("Через 1 час", 1), offer("Через 2 часа", 2), offer("Через 4 часа", 4)),
      el("div", { class: "row" }, el("button", { class: "press main", type: "submit" }, "Продлить, жители узнают"), el("button", { class: "press quiet", type: "button", on: { click: () => this.closeAsking() } }, "Не надо")),
    );
    this.box.querySelector(".one-actions").after(this.asking);
    fields.controls.get("until").focus();
  }

  closeAsking() {
    this.asking?.remove();
    this.asking = null;
  }

  async act(what, body) {
    if (this.acting) return;
    this.acting = true;
    this.complain("");
    this.box.classList.add("busy");
    try {
      const { told } = await api.doNotice("outage", this.data.id, what, body);
      this.box.querySelector(".press.sure")?.classList.remove("sure");
      this.closeAsking();
      this.done(told, what);
    } catch (trouble) {
      const why = trouble.why ?? api.NO_NETWORK;
      if (trouble.fields?.until && this.asking) {
        this.fields.complain("until", why);
        this.fields.focus(["until"]);
      } else this.complain(why);
    }
    this.acting = false;
    this.box.classList.remove("busy");
  }

  complain(why) {
    const place = this.box.querySelector(".one-why");
    place.textContent = why;
    place.hidden = !why;
  }
}

const afterColon = (words) => words.slice(words.indexOf(": ") + 2);
