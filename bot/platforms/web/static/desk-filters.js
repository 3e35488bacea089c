// Which threads the list shows, and in what order. This browser remembers it.

import * as api from "./desk-api.js";
import { $, el, sync } from "./dom.js";
import { load, save } from "./store.js";

const NAME = "domovoy.desk.filter";
const CHIPS = [
  ["", "Все"],
  ["mine", "Мои"],
  ["unanswered", "Без ответа"],
  ["overdue", "Просрочены"],
  ["free", "Свободные"],
  ["unhappy", "Недовольны"],
];
const PLAIN = { state: "open", room: "", filter: "", complex: "", order: "urgent" };

const EMPTY = {
  "": "Пока тихо. Новые заявки появятся здесь сами.",
  mine: "У вас сейчас ничего нет. Возьмите свободное обращение: «Взять» или клавиша t.",
  unanswered: "Всем ответили.",
  overdue: "Ничего не просрочено.",
  free: "Свободных нет, всё кто-нибудь взял.",
  unhappy: "Недовольных нет.",
};

export class Filters {
  /** `changed()` when the member has chosen something else. */
  constructor(changed) {
    this.changed = changed;
    const kept = load(NAME, {});
    const known = (value, values) => values.includes(value);
    this.chosen = { ...PLAIN, ...kept };
    if (!CHIPS.some(([code]) => code === this.chosen.filter)) this.chosen.filter = "";
    if (!known(this.chosen.order, ["urgent", "latest"])) this.chosen.order = "urgent";
    if (!known(this.chosen.state, ["open", "closed"])) this.chosen.state = "open";
    this.counted = { filters: {}, complexes: [] };
    for (const tab of [$("tab-open"), $("tab-closed")])
      tab.addEventListener("click", () => this.choose({ state: tab.dataset.state }));
    for (const name of ["room", "complex", "order"])
      $(name).addEventListener("change", () => this.choose({ [name]: $(name).value }));
    this.show();
  }

  rooms(rooms) {
    if (!rooms.some((room) => room.code === this.chosen.room)) this.chosen.room = "";
    $("room").hidden = rooms.length < 2;
    fill($("room"), "Все комнаты", rooms.map((room) => [room.code, room.title]));
    $("room").value = this.chosen.room;
  }

  choose(change) {
    Object.assign(this.chosen, change);
    save(NAME, this.chosen);
    this.show();
    this.changed();
  }

  /** In the words of the server. Closed threads wait for nobody: the latest stand first. */
  get wanted() {
    const { state, room, filter, complex, order } = this.chosen;
    return state === "closed"
      ? { state, room, complex, filter: "", order: "latest" }
      : { state, room, complex, filter, order };
  }

  /** Nothing open is left out. */
  get whole() {
    const { state, room, filter, complex } = this.wanted;
    return state === "open" && !room && !filter && !complex;
  }

  get empty() {
    if (this.chosen.state === "closed") return "Закрытых пока нет.";
    return EMPTY[this.chosen.filter];
  }

  async count() {
    this.counted = await api.counts(this.chosen.room);
    this.show();
  }

  show() {
    const { state, filter, complex, order } = this.chosen;
    for (const tab of [$("tab-open"), $("tab-closed")])
      tab.setAttribute("aria-pressed", String(tab.dataset.state === state));
    $("chips").hidden = $("order").hidden = state === "closed";
    $("order").value = order;
    sync(
      $("chips"),
      CHIPS.map(([code, words]) => {
        const many = this.counted.filters[code] ?? 0;
        return {
          key: code || "all",
          sign: `${many} ${code === filter}`,
          make: () => this.chip(code, words, many),
        };
      }),
    );
    const complexes = this.counted.complexes;
    $("complex").hidden = complexes.length < 2 && !complex;
    const named = complexes.map(({ code, name, count }) => [code, `${name} · ${count}`]);
    if (complex && !complexes.some(({ code }) => code === complex)) named.push([complex, "Выбранный комплекс · 0"]);
    fill($("complex"), "Все комплексы", named);
    $("complex").value = complex;
  }

  chip(code, words, many) {
    const chosen = code === this.chosen.filter;
    return el(
      "button",
      {
        type: "button",
        class: many && code === "overdue" ? "chip late" : "chip",
        "aria-pressed": String(chosen),
        data: { filter: code },
        on: { click: () => this.press(code) },
      },
      words,
      el("b", { text: String(many) }),
    );
  }

  press(code) {
    this.choose({ filter: code === this.chosen.filter ? "" : code });
    $("chips").querySelector(`[data-filter="${this.chosen.filter}"]`)?.focus();
  }
}

/** Options change only when they differ: an open list must not close under the hand. */
export function fill(select, first, options) {
  const sign = JSON.stringify([first, options]);
  if (select.sign === sign) return;
  select.sign = sign;
  const chosen = select.value;
  select.replaceChildren(
    ...(first ? [el("option", { value: "" }, first)] : []),
    ...options.map(([value, words]) => el("option", { value }, words)),
  );
  select.value = chosen;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}
