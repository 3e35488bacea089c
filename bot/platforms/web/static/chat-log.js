// The conversation as the resident sees it.

import { el, sync } from "./dom.js";
import { icon } from "./icons.js";
import { attachments, buttonRows } from "./media.js";
import { linkify } from "./rich.js";
import { clock, dayKey, dayName, exact, gist } from "./words.js";

export class Log {
  /** `does`: press(post, button), reply(post), again(item), edit(item), forget(item). */
  constructor(box, does) {
    Object.assign(this, { box, does });
  }

  show(posts, queue) {
    const lastMine = posts.findLast((post) => post.by === "me")?.id ?? -1;
    const lastAsking =
      posts.findLast((post) => post.by === "company" && post.buttons?.length && !post.standing)?.id ?? -1;
    const items = [];
    let day = "";
    const heading = (at) => {
      if (dayKey(at) === day) return;
      day = dayKey(at);
      const words = dayName(at);
      items.push({ key: `day ${day}`, sign: words, make: () => el("div", { class: "day", text: words }) });
    };
    this.byId = new Map(posts.map((post) => [post.id, post]));
    for (const post of posts) {
      heading(post.at);
      const old = post.id < Math.max(lastAsking, lastMine) && !post.standing;
      const waiting = this.waiting(post, queue);
      const quoted = post.reply_to ? gist(this.byId.get(post.reply_to) ?? {}) : "";
      items.push({
        key: `post ${post.id}`,
        sign: JSON.stringify([post, old, waiting, quoted]),
        make: () => this.post(post, old, queue),
      });
    }
    for (const item of queue.said) {
      heading(item.at);
      items.push({ key: `wait ${item.key}`, sign: item.refused ?? "", make: () => this.pending(item) });
    }
    sync(this.box, items);
  }

  waiting(post, queue) {
    return (post.buttons ?? [])
      .flat()
      .filter((button) => queue.waitsFor(post.id, button.action))
      .map((button) => button.action);
  }

  post(post, old, queue) {
    const mine = post.by === "me";
    const who = mine ? "Вы" : post.header || "Управляющая компания";
    const inline = post.standing
      ? null
      : buttonRows(post.buttons, (button) => this.does.press(post, button), {
          busy: (button) => queue.waitsFor(post.id, button.action),
        });
    return el(
      "article",
      {
        class: `post ${mine ? "me" : "company"}${old ? " old" : ""}`,
        "aria-label": `${who}, ${clock(post.at)}`,
        data: { post: post.id },
      },
      this.bubble(post, [
        post.edited && el("span", {}, "изменено"),
        time(post.at),
        mine && icon("check", "получено"),
      ]),
      el(
        "button",
        {
          type: "button",
          class: "round answer",
          title: "Ответить на это сообщение",
          "aria-label": "Ответить на это сообщение",
          on: { click: () => this.does.reply(post) },
        },
        icon("reply"),
      ),
      inline,
    );
  }

  pending(item) {
    const trouble = item.refused;
    const post = { text: item.text, attachments: item.files, reply_to: item.reply_to };
    const mark = trouble ? icon("warn", "не принято") : icon("clock", "отправляется");
    const buttons = el(
      "div",
      { class: "row" },
      el(
        "button",
        { type: "button", class: "press", on: { click: () => this.does.again(item) } },
        "Повторить",
      ),
      el(
        "button",
        { type: "button", class: "press", on: { click: () => this.does.edit(item) } },
        "Исправить",
      ),
      el("button", { type: "button", class: "press", on: { click: () => this.does.forget(item) } }, "Убрать"),
    );
    return el(
      "article",
      {
        class: "post me pending",
        "aria-label": trouble ? "Вы, не принято" : "Вы, отправляется",
        data: { waiting: item.key },
      },
      this.bubble(post, [time(item.at), mark]),
      trouble && el("div", { class: "refused" }, el("span", {}, trouble), buttons),
    );
  }

  bubble(post, meta) {
    return el(
      "div",
      { class: "bubble" },
      post.header && el("div", { class: "head", text: post.header }),
      post.reply_to && this.quote(post.reply_to),
      attachments(post.attachments),
      post.text && el("div", { class: "words" }, linkify(post.text)),
      el("div", { class: "meta" }, meta),
    );
  }

  quote(id) {
    const words = gist(this.byId.get(id) ?? { text: "Сообщение" });
    return el(
      "button",
      { type: "button", class: "quote", title: "Показать это сообщение", on: { click: () => this.find(id) } },
      el("span", {}, words),
    );
  }

  find(id) {
    const node = this.box.querySelector(`[data-post="${Number(id)}"]`);
    if (!node) return;
    node.scrollIntoView({ block: "center" });
    node.classList.add("found");
    setTimeout(() => node.classList.remove("found"), 1600);
  }
}

function time(at) {
  return el("time", { datetime: at, title: exact(at), text: clock(at) });
}
