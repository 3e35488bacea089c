// One mailing: what was sent, how far it is, and what can be done with it.

import * as api from "./desk-api.js";
import { chatText } from "./desk-chat-text.js";
import { reachFigure } from "./desk-figures.js";
import { bubble } from "./desk-preview.js";
import { isSure } from "./desk-sure.js";
import { el } from "./dom.js";
import { attachments } from "./media.js";

const TAGS = {
  draft: "черновик",
  scheduled: "ждёт отправки",
  running: "идёт",
  paused: "на паузе",
  stopped: "остановлена",
  done: "закончена",
  dropped: "снята",
};
const CLASSES = { running: "announced", paused: "scheduled", stopped: "late" };

export const mailingTag = ({ state }) => el("span", { class: `notice-tag ${CLASSES[state] ?? state}`, text: TAGS[state] });

export class MailingView {
  kind = "mailing";

  /** `done(words, id, what)` after something was done; `change(id)` opens the form. */
  constructor({ done, change }) {
    Object.assign(this, { done, change });
  }

  show(box, mailing, { maySend }) {
    const signs = JSON.stringify([mailing, maySend]);
    if (this.box === box && this.signs === signs && box.childElementCount) return;
    if (box.querySelector(".press.sure")) return; // a hand is over the button
    Object.assign(this, { box, signs, data: mailing });
    box.replaceChildren(...this.content(mailing, maySend).filter(Boolean));
  }

  content(mailing, maySend) {
    return [
      el("header", { class: "one-top" }, el("h2", { text: mailing.title }), mailingTag(mailing)),
      el("p", { class: "one-where", text: `Кому: ${mailing.whom}` }),
      el("p", { class: "dim", text: [mailing.kind, mailing.at && (mailing.state === "scheduled" ? `уйдёт ${mailing.at}` : `отправлена ${mailing.at}`)].filter(Boolean).join(" · ") }),
      maySend && this.actions(),
      el("p", { class: "wrong one-why", role: "alert", hidden: true }),
      el(
        "div",
        { class: "one-columns" },
        mailing.reach && el("section", {}, el("h3", { text: "Кто получил" }), reachFigure(mailing.reach), el("ul", { class: "mailing-words" }, mailing.words.slice(1).map((words) => el("li", { text: words })))),
        el("section", {}, el("h3", { text: mailing.reach ? "Так прочитали" : "Так прочтут" }), attachments(mailing.files), bubble(mailing), mailing.chat && el("div", { class: "row papers" }, chatText("mailing", mailing.id, (why) => this.complain(why)))),
      ),
    ];
  }

  actions() {
    const { may, state } = this.data;
    const begun = ["running", "paused"].includes(state);
    const button = (what, words, click, kind = "") => may.includes(what) && el("button", { type: "button", class: `press ${kind}`, data: { does: what }, on: { click } }, words);
    return el(
      "div",
      { class: "row one-actions" },
      button("hold", "⏸ Пауза", () => this.act("hold"), "main"),
      button("go", "▶️ Продолжить", () => this.act("go"), "main"),
      button("again", "Дослать остальным", () => this.act("again"), "main"),
      button("change", state === "draft" ? "Продолжить" : "Изменить или отправить", () => this.change(this.data.id), "main"),
      button("stop", begun ? "⏹ Остановить" : "Удалить", (event) => this.stop(event.currentTarget, begun), "quiet"),
    );
  }

  stop(button, begun) {
    if (!begun || isSure(button, "Да, остановить насовсем")) this.act("stop", { begun });
  }

  async act(what, body = {}) {
    if (this.acting) return;
    this.acting = true;
    this.complain("");
    try {
      const { told, id } = await api.doNotice(this.kind, this.data.id, what, body);
      this.box.querySelector(".press.sure")?.classList.remove("sure");
      this.done(told, id, what);
    } catch (trouble) {
      this.complain(trouble.why ?? api.NO_NETWORK);
    }
    this.acting = false;
  }

  complain(why) {
    const place = this.box.querySelector(".one-why");
    place.textContent = why;
    place.hidden = !why;
  }
}
