// One reminder of what is owed: what was sent, how far it is, what came of it, and what can be done.

import { reachFigure } from "./desk-figures.js";
import { MailingView } from "./desk-mailing.js";
import { bubble } from "./desk-preview.js";
import { el } from "./dom.js";

const TAGS = {
  draft: "черновик",
  scheduled: "ждёт отправки",
  running: "идёт",
  paused: "на паузе",
  stopped: "остановлено",
  done: "закончено",
  dropped: "снято",
};
const CLASSES = { running: "announced", paused: "scheduled", stopped: "late" };

export const reminderTag = ({ state }) => el("span", { class: `notice-tag ${CLASSES[state] ?? state}`, text: TAGS[state] });

export class ReminderView extends MailingView {
  kind = "reminder";

  content(it, maySend) {
    return [
      el("header", { class: "one-top" }, el("h2", { text: it.title }), reminderTag(it)),
      el("p", { class: "one-where", text: `Кому: ${it.whom}` }),
      el("p", { class: "dim", text: it.at && (it.state === "scheduled" ? `уйдёт ${it.at}` : `отправлено ${it.at}`) }),
      maySend && this.actions(),
      el("p", { class: "wrong one-why", role: "alert", hidden: true }),
      el(
        "div",
        { class: "one-columns" },
        it.reach && el("section", {}, el("h3", { text: "Что вышло" }), reachFigure(it.reach), el("ul", { class: "mailing-words" }, it.words.map((words) => el("li", { text: words })))),
        el("section", {}, el("h3", { text: it.reach ? "Так прочитали" : "Так прочтут" }), it.samples.map((sample) => [el("p", { class: "dim", text: sample.label }), bubble(sample)])),
      ),
    ];
  }
}
