// The conversation in the middle: who said what, to whom, and whether it arrived.

import { nameOf, placeOf, tags, taker } from "./desk-row.js";
import { $, el, keepDown, sync } from "./dom.js";
import { icon } from "./icons.js";
import { attachments, buttonRows } from "./media.js";
import { linkify, safeUrl } from "./rich.js";
import { clock, dayKey, dayName, dial, exact, gist } from "./words.js";

const STATES = {
  waiting: ["clock", "в пути"],
  sent: ["check", "отправлено"],
  delivered: ["checks", "доставлено"],
  read: ["checks", "прочитано"],
  refused: ["warn", "не доставлено"],
  held: ["clock", "ждёт проверки"],
  to_call: ["phone", "позвоните"],
  unknown: ["question", "неизвестно, дошло ли"],
  withdrawn: ["close", "отозвано"],
};

/** Their reason is a whole sentence and needs no words before it. */
const WHOLE = ["held", "to_call"];

const RECALLED = ["waiting", "held", "to_call", "sent", "delivered", "read"];

/** What a text will be: an answer, a note or a command. */
export function kindOf(text) {
  if (text.startsWith("//") || /^\/note(\s|$)/.test(text)) return "note";
  return text.startsWith("/") ? "command" : "answer";
}

export class Talk {
  /** `does`: reply(message), press(post, button), again(item), back(item). `busy(post, button)`. */
  constructor(does) {
    this.does = does;
    this.data = null;
    this.scroll = keepDown($("messages"), $("log"), (down) => ($("to-end").hidden = down));
    $("to-end").addEventListener("click", () => this.scroll.toEnd());
  }

  /** What changes when the server's side of the thread does. */
  get mark() {
    return this.data ? `${this.data.messages.at(-1)?.id ?? 0}/${this.data.said?.at(-1)?.id ?? 0}` : "";
  }

  open(data) {
    const other = this.data?.thread.id !== data?.thread.id;
    this.data = data;
    if (!data || !other) return;
    this.byId = new Map();
    this.firstNew = firstUnread(data);
    $("log").replaceChildren();
    $("log").setAttribute("aria-live", "off");
  }

  show(outbox) {
    const { data } = this;
    $("open").hidden = !data;
    if (!data) return;
    const first = !$("log").children.length;
    this.top(data.thread);
    this.byId = new Map(data.messages.map((message) => [message.id, message]));
    const items = [];
    let day = "";
    for (const { at, ...item } of this.all(outbox)) {
      if (dayKey(at) !== day) {
        day = dayKey(at);
        const words = dayName(at);
        items.push({ key: `day ${day}`, sign: words, make: () => el("div", { class: "day", text: words }) });
      }
      if (item.key === `message ${this.firstNew}`)
        items.push({
          key: "new",
          sign: "",
          make: () => el("div", { class: "new", text: "Новые сообщения" }),
        });
      items.push(item);
    }
    sync($("log"), items);
    if (!first) return;
    const unread = $("log").querySelector(".new");
    // not scrollIntoView: that would move the whole page as well
    if (unread) $("messages").scrollTop = unread.offsetTop - 8;
    else this.scroll.toEnd();
    requestAnimationFrame(() => $("log").setAttribute("aria-live", "polite"));
  }

  /** Messages, private answers of the program and what waits to be sent, by time. */
  all(outbox) {
    const { messages, said = [] } = this.data;
    const stood = [
      ...messages.map((message) => ({
        at: message.at,
        key: `message ${message.id}`,
        sign: JSON.stringify([message, gist(this.byId.get(message.reply_to) ?? {})]),
        make: () => this.message(message),
      })),
      ...said.map((post) => ({
        at: post.at,
        key: `said ${post.id}`,
        sign: JSON.stringify([post, this.does.busy(post)]),
        make: () => this.answered(post),
      })),
    ].sort((one, other) => new Date(one.at) - new Date(other.at));
    const waiting = outbox.map((item) => ({
      at: item.at,
      key: `wait ${item.key}`,
      sign: item.state + item.why,
      make: () => this.pending(item),
    }));
    return [...stood, ...waiting];
  }

  top(thread) {
    $("talk-name").textContent = nameOf(thread);
    $("talk-place").textContent = placeOf(thread);
    const closed = thread.state === "closed";
    $("talk-status").textContent = thread.status || (closed ? "закрыт" : "");
    $("talk-status").hidden = !$("talk-status").textContent;
    $("talk-tags").replaceChildren(...tags(thread), taker(thread) ?? "");
  }

  presses(message) {
    if (!message.buttons?.length) return null;
    return buttonRows(message.buttons, (button) => this.does.press(message, button), {
      busy: (button) => this.does.busy(message).includes(button.action),
    });
  }

  message(message) {
    if (message.by === "system") {
      return el(
        "div",
        { class: "system", data: { message: message.id } },
        el("span", { class: "words" }, linkify(message.text)),
        " ",
        time(message.at),
        this.presses(message),
      );
    }
    const author = message.by === "note" ? `Заметка · ${message.author}` : message.author;
    return el(
      "article",
      {
        class: `message ${message.by}${message.state === "withdrawn" ? " withdrawn" : ""}`,
        "aria-label": `${author}, ${clock(message.at)}`,
        data: { message: message.id },
      },
      this.bubble(author, message, [
        message.edited && el("span", {}, "изменено"),
        time(message.at),
        state(message),
        this.recall(message),
        this.learn(message),
      ]),
      !learning(message) && this.presses(message),
      el(
        "button",
        {
          type: "button",
          class: "round answer",
          title: "Ответить на это сообщение",
          "aria-label": "Ответить на это сообщение",
          on: { click: () => this.does.reply(message) },
        },
        icon("reply"),
      ),
    );
  }

  /** An answer that went or goes to the resident can be taken back. */
  recall(message) {
    if (message.by !== "member" || !RECALLED.includes(message.state)) return null;
    return el(
      "button",
      {
        type: "button",
        class: "recall",
        title: "Удалить это сообщение у жителя",
        on: { click: () => this.does.recall(message) },
      },
      "Отозвать",
    );
  }

  /** An answer that others could use becomes a draft of an article. */
  learn(message) {
    const button = learning(message);
    return (
      button &&
      el(
        "button",
        {
          type: "button",
          class: "recall",
          title: "Сделать из ответа статью для всех жителей",
          on: { click: () => this.does.press(message, button) },
        },
        button.label,
      )
    );
  }

  answered(post) {
    const buttons = buttonRows(post.buttons, (button) => this.does.press(post, button), {
      busy: (button) => this.does.busy(post).includes(button.action),
    });
    return el(
      "div",
      { class: "said", data: { said: post.id } },
      el("div", { class: "head" }, icon("house"), "Домовой · видите только вы", time(post.at)),
      post.header && el("b", { text: post.header }),
      attachments(post.attachments),
      post.text && el("div", { class: "words" }, linkify(post.text)),
      buttons,
    );
  }

  pending(item) {
    const kind = item.kind;
    const author = { answer: "Вы", note: "Заметка · вы", command: "Команда" }[kind];
    const lost = item.state === "failed" || item.why;
    const words = item.state === "failed" ? `не ушло: ${item.why}` : item.why || "в пути";
    const mark = el(
      "span",
      { class: item.state === "failed" ? "state refused" : "state" },
      icon(item.state === "failed" ? "warn" : "clock"),
      words,
    );
    const text = item.text.replace(/^(\/\/|\/note(?=\s))\s*/, kind === "note" ? "" : "$&");
    return el(
      "article",
      { class: `message pending ${kind === "answer" ? "member" : kind}`, data: { waiting: item.key } },
      this.bubble(author, { ...item, text, attachments: item.files }, [time(item.at), mark]),
      lost &&
        el(
          "div",
          { class: "row retry" },
          el(
            "button",
            { type: "button", class: "press", on: { click: () => this.does.again(item) } },
            "Повторить",
          ),
          el(
            "button",
            { type: "button", class: "press quiet", on: { click: () => this.does.back(item) } },
            "Вернуть в поле",
          ),
        ),
    );
  }

  bubble(author, message, meta) {
    const quoted = message.reply_to && this.byId.get(message.reply_to);
    return el(
      "div",
      { class: "bubble" },
      author && el("div", { class: "head", text: author }),
      message.reply_to &&
        el(
          "button",
          {
            type: "button",
            class: "quote",
            title: "Показать это сообщение",
            on: { click: () => this.find(message.reply_to) },
          },
          el("span", {}, gist(quoted ?? { text: "Сообщение" })),
        ),
      attachments(message.attachments),
      message.text && el("div", { class: "words" }, linkify(message.text)),
      message.by === "resident" &&
        !gist(message) &&
        el("div", { class: "words dim", text: "Заявка подана кнопками, без слов." }),
      el("div", { class: "meta" }, meta.filter(Boolean)),
    );
  }

  find(id) {
    const node = $("log").querySelector(`[data-message="${Number(id)}"]`);
    if (node) $("messages").scrollTop = node.offsetTop - $("messages").clientHeight / 3;
    node?.classList.add("found");
    setTimeout(() => node?.classList.remove("found"), 1600);
  }
}

/** The facts beside the conversation; a phone can be dialled, an address copied. */
export function showCard(pairs) {
  const fact = ([name, value]) =>
    el("div", {}, el("dt", { text: name }), el("dd", {}, words(name, String(value ?? ""))));
  $("facts").replaceChildren(...pairs.map(fact));
}

function words(name, value) {
  if (/^телефон/i.test(name) && safeUrl(dial(value)) && value.replace(/\D/g, "").length > 9)
    return el("a", { href: dial(value), text: value });
  return linkify(value);
}

function learning(message) {
  return message.buttons?.flat().find(({ action }) => action.startsWith("staff/learn/")) ?? null;
}

/** The resident's messages that nobody has read are the last ones. */
function firstUnread({ thread, messages }) {
  return (
    messages.filter((message) => message.by === "resident").slice(-thread.unread || Infinity)[0]?.id ?? null
  );
}

function state(message) {
  if (message.by !== "member" || !STATES[message.state]) return null;
  const [picture, words] = STATES[message.state];
  return el(
    "span",
    { class: `state ${message.state}` },
    icon(picture),
    [!WHOLE.includes(message.state) && words, message.why].filter(Boolean).join(": ") || words,
  );
}

function time(at) {
  return el("time", { datetime: at, title: exact(at), text: clock(at) });
}
