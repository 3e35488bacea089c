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
  /** `prompt` stands there until there is something to show. Only how many it reaches is read
   *  aloud: the text is what was just typed. */
  constructor(prompt) {
    this.message = el("div", { class: "preview-body" }, el("p", { class: "dim", text: prompt }));
    this.count = el("div", { class: "receivers", "aria-live": "polite" });
    this.body = el("div", { class: "preview-body" }, this.message, this.count);
    this.note = el("p", { class: "warning", hidden: true });
    this.box = el("aside", { class: "preview", "aria-label": "Как прочтут жители" }, el("h3", { text: "Так прочтут жители" }), this.note, this.body);
  }

  tell(words) {
    this.note.textContent = words;
    this.note.hidden = !words;
  }

  /** What stands there is of an earlier form. */
  stale() {
    this.body.classList.add("stale");
  }

  /** `samples`: where it differs from messenger to messenger. */
  show({ samples, receivers, warnings, prevents, ...message }) {
    this.body.classList.remove("stale");
    this.message.replaceChildren(
      ...(samples ?? [message]).flatMap((each) => [each.label && el("p", { class: "dim", text: each.label }), bubble(each)]).filter(Boolean),
      ...prevents.map((words) => el("p", { class: "warning stop", role: "alert" }, icon("stop"), el("span", { text: words }))),
      ...warnings.map((words) => el("p", { class: "warning" }, icon("warn"), el("span", { text: words }))),
    );
    const signs = JSON.stringify(receivers);
    if (this.signs === signs) return;
    this.signs = signs;
    this.count.replaceChildren(...this.receivers(receivers).filter(Boolean));
  }

  /** In the server's words, but for what is drawn: how many by which messenger, and in which flats. */
  receivers({ everybody, people, flats, words }) {
    const [told, ...more] = words.split("\n").filter((line) => !line.startsWith("🏠"));
    const [head, ...after] = everybody ? told.replace(/:.*?\. */, "\n").split("\n") : [told];
    return [
      el("p", { class: "figure-head", text: head }),
      everybody > 0 && channels(people),
      flatsFigure(flats),
      ...[...after, ...more].filter(Boolean).map((line) => el("p", { class: "dim", text: line })),
    ];
  }
}
