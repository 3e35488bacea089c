// The list on the left: unread first, then the newest.

import * as api from "./desk-api.js";
import { $, el, sync } from "./dom.js";
import { load, save } from "./store.js";
import { ago, exact, plural } from "./words.js";

const FILTER = "domovoy.desk.filter";
const SAYS = { member: "Ответ: ", note: "Заметка: ", system: "", resident: "" };

const EMPTY = {
  open: "Пока тихо. Новые заявки появятся здесь сами.",
  closed: "Закрытых пока нет.",
};

export class List {
  constructor() {
    this.filter = { state: "open", room: "", ...load(FILTER, {}) };
    this.threads = [];
    this.more = false;
    this.loaded = false;
    this.current = null;
    for (const tab of [$("tab-open"), $("tab-closed")])
      tab.addEventListener("click", () => this.choose({ state: tab.dataset.state }));
    $("room").addEventListener("change", () => this.choose({ room: $("room").value }));
    $("more").addEventListener("click", () => this.refresh(this.threads.length + 1));
    setInterval(() => this.show(), 30000); // "5 мин" grows old
  }

  rooms(rooms) {
    if (!rooms.some((room) => room.code === this.filter.room)) this.filter.room = "";
    $("room").hidden = rooms.length < 2;
    $("room").replaceChildren(
      el("option", { value: "" }, "Все комнаты"),
      ...rooms.map((room) => el("option", { value: room.code }, room.title)),
    );
    $("room").value = this.filter.room;
    this.tabs();
  }

  choose(change) {
    Object.assign(this.filter, change);
    save(FILTER, this.filter);
    this.threads = [];
    this.loaded = false;
    this.tabs();
    this.show();
    return this.refresh();
  }

  tabs() {
    for (const tab of [$("tab-open"), $("tab-closed")])
      tab.setAttribute("aria-pressed", String(tab.dataset.state === this.filter.state));
  }

  /** Fetches anew as many as are on the screen: one that moved or closed must not linger. */
  async refresh(wanted = this.threads.length) {
    const asked = JSON.stringify(this.filter);
    const threads = [];
    let more = true;
    while (more && (threads.length < wanted || !threads.length)) {
      const page = await api.threads({ ...this.filter, before: threads.at(-1)?.last_at });
      if (asked !== JSON.stringify(this.filter)) return;
      threads.push(...page.threads);
      more = page.more && page.threads.length > 0;
      if (!page.threads.length) break;
    }
    this.threads = threads;
    this.more = more;
    this.loaded = true;
    this.show();
  }

  select(id) {
    this.current = id;
    this.show();
  }

  show() {
    const unread = (thread) => (thread.id === this.current && !document.hidden ? 0 : thread.unread);
    const order = [...this.threads].sort((one, other) => (other.unread > 0) - (one.unread > 0));
    sync(
      $("threads"),
      order.map((thread) => ({
        key: String(thread.id),
        sign: JSON.stringify([thread, ago(thread.last_at), thread.id === this.current, unread(thread)]),
        make: () => row(thread, thread.id === this.current, unread(thread)),
      })),
    );
    $("more").hidden = !this.more;
    $("threads-empty").hidden = !this.loaded || this.threads.length > 0;
    $("threads-empty").textContent = EMPTY[this.filter.state];
  }

  /** Moves the keyboard's place by a step; the first press goes to the open thread. */
  step(by) {
    const links = [...$("threads").querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    const current = links.findIndex((link) => link.hasAttribute("aria-current"));
    const from = at >= 0 ? at : current;
    const next = links[Math.min(links.length - 1, Math.max(0, from + by))];
    next?.focus();
  }

  focus() {
    const links = $("threads");
    (links.querySelector("a[aria-current]") ?? links.querySelector("a"))?.focus();
  }
}

export function nameOf(thread) {
  const what = thread.category || (thread.number ? "Заявка" : "Обращение");
  return thread.number ? `№ ${thread.number} · ${what}` : what;
}

function row(thread, current, unread) {
  const says = SAYS[thread.last_by] ?? (thread.last_by ? `${thread.last_by}: ` : "");
  const badge =
    unread > 0 &&
    el(
      "span",
      { class: "badge" },
      String(unread),
      el("span", { class: "unheard" }, ` ${plural(unread, "новое", "новых", "новых")}`),
    );
  return el(
    "li",
    {},
    el(
      "a",
      {
        href: `#${thread.id}`,
        class: unread ? "thread unread" : "thread",
        "aria-current": current ? "true" : null,
        data: { thread: thread.id },
      },
      el(
        "span",
        { class: "thread-line" },
        el("b", { class: "thread-name", text: nameOf(thread) }),
        el("time", {
          class: "dim",
          datetime: thread.last_at,
          title: exact(thread.last_at),
          text: ago(thread.last_at),
        }),
      ),
      el("span", {
        class: "thread-place",
        text: [thread.place, thread.resident].filter(Boolean).join(" · "),
      }),
      el(
        "span",
        { class: "thread-line" },
        el("span", { class: "thread-text dim", text: `${says}${thread.last_text || "вложение"}` }),
        badge,
      ),
      thread.status && el("span", { class: "status", text: thread.status }),
    ),
  );
}
