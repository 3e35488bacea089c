// What residents will read, whom it reaches, and what is to be known before it is sent.

import { channels, flatsFigure } from "./desk-figures.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { linkify } from "./rich.js";

/** A message as it stands in a resident's chat. */
export function bubble({ header, text, buttons = [] }) {
  return el(
    "div",
    { class: "bubble" },
    header && el("b", { class: "bubble-head", text: header }),
    el("div", { class: "bubble-text" }, linkify(text)),
    buttons.length > 0 && el("div", { class: "bubble-buttons" }, buttons.map((label) => el("span", { text: label }))),
  );
}

export class Preview {
  constructor() {
    this.body = el("div", { class: "preview-body" }, el("p", { class: "dim", text: "Здесь появится сообщение, каким его прочтут жители, и сколько их. Заполните, что, где и до скольки." }));
    this.note = el("p", { class: "warning", hidden: true });
    this.box = el("aside", { class: "preview", "aria-label": "Как прочтут жители", "aria-live": "polite" }, el("h3", { text: "Так прочтут жители" }), this.note, this.body);
  }

  tell(words) {
    this.note.textContent = words;
    this.note.hidden = !words;
  }

  /** What stands there is of an earlier form. */
  stale() {
    this.body.classList.add("stale");
  }

  show({ header, text, buttons, receivers, warnings, prevents }) {
    this.body.classList.remove("stale");
    this.body.replaceChildren(
      bubble({ header, text, buttons }),
      ...prevents.map((words) => el("p", { class: "warning stop", role: "alert" }, icon("stop"), el("span", { text: words }))),
      ...warnings.map((words) => el("p", { class: "warning" }, icon("warn"), el("span", { text: words }))),
      this.receivers(receivers),
    );
  }

  receivers({ everybody, people, flats, words }) {
    const [told] = words.split("\n");
    return el("div", { class: "receivers" }, el("p", { class: "figure-head", text: everybody ? told.split(":")[0] : told }), everybody > 0 && channels(people), flatsFigure(flats));
  }
}
