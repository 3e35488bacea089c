// Where it is: complexes and houses, and the parts of a single house.

import * as api from "./desk-api.js";
import { el } from "./dom.js";

const MANY = 12; // houses beyond which they are searched

export class Places {
  /** `fields` holds what is chosen; `changed()` when the houses are others. `parts`: whether a part
   *  of a single house may be chosen. */
  constructor(fields, complexes, changed, { parts = true } = {}) {
    Object.assign(this, { fields, complexes, changed, hasParts: parts, partsOf: null, wanted: null });
    this.houses = complexes.flatMap((complex) => complex.houses);
    this.parts = el("div", { class: "parts" });
    this.box = fields.group("houses", "Где", this.search(), complexes.map((each) => this.complex(each)), this.parts);
  }

  search() {
    if (this.houses.length <= MANY) return null;
    const typed = el("input", { type: "search", placeholder: "Найти дом: Садовая 5", "aria-label": "Найти дом" });
    typed.addEventListener("input", () => {
      const words = plain(typed.value).split(" ").filter(Boolean);
      for (const row of this.box.querySelectorAll("[data-address]"))
        row.hidden = !words.every((word) => row.dataset.address.includes(word)) && !row.querySelector(":checked");
    });
    return typed;
  }

  complex({ name, houses }) {
    const rows = houses.map((house) =>
      el(
        "label",
        { class: "check", data: { address: plain(house.address) } },
        el("input", { type: "checkbox", name: this.fields.id("houses"), value: house.id, on: { change: () => this.chose() } }),
        el("span", { text: house.address }),
      ),
    );
    if (houses.length < 2) return el("div", { class: "complex" }, el("p", { class: "complex-name", text: name }), rows);
    const whole = el("input", { type: "checkbox", on: { change: () => this.chooseAll(houses, whole.checked) } });
    whole.dataset.houses = houses.map(({ id }) => id).join(" ");
    return el(
      "div",
      { class: "complex" },
      el("label", { class: "check complex-name" }, whole, el("span", { text: `${name}, все дома` })),
      el("div", { class: "complex-houses" }, rows),
    );
  }

  get chosen() {
    return this.fields.picked("houses").map(Number);
  }

  /** Of the house chosen first; the company's without one. */
  zone(usual) {
    const first = this.houses.find(({ id }) => this.chosen.includes(id));
    return first?.zone || usual;
  }

  chooseAll(houses, chosen) {
    const ids = houses.map(({ id }) => String(id));
    for (const box of this.fields.all("houses")) if (ids.includes(box.value)) box.checked = chosen;
    this.chose();
  }

  chose() {
    this.wanted = null;
    this.show();
    this.fields.touched("houses");
    this.changed();
  }

  /** What a draft had: houses, and of a single one its parts. */
  put({ houses, entrances, risers, floors, flats }) {
    this.fields.pick("houses", houses);
    this.wanted = { entrances, risers, floors, flats };
    return this.show();
  }

  async show() {
    const chosen = new Set(this.chosen);
    for (const whole of this.box.querySelectorAll("input[data-houses]")) {
      const there = whole.dataset.houses.split(" ").map((id) => chosen.has(Number(id)));
      whole.checked = there.every(Boolean);
      whole.indeterminate = !whole.checked && there.some(Boolean);
    }
    const only = this.hasParts && chosen.size === 1 ? [...chosen][0] : null;
    if (only === this.partsOf) return;
    this.partsOf = only;
    this.parts.replaceChildren();
    if (only === null) return;
    try {
      const { entrances, risers } = await api.outageHouse(only);
      if (this.partsOf === only) this.showParts(entrances, risers);
    } catch {
      this.partsOf = null; // asked again with the next touch; the whole house is chosen meanwhile
    }
  }

  showParts(entrances, risers) {
    const { fields } = this;
    const few = (name, title, numbers) =>
      numbers.length > 0 && el("div", { class: "part-row", role: "group", "aria-label": title }, el("span", { class: "part-name", text: title }), fields.chips(name, "checkbox", numbers.map((number) => [number, number])));
    this.parts.replaceChildren(
      el("p", { class: "parts-head" }, el("b", { text: "Весь дом или часть?" }), el("span", { class: "dim", text: " Ничего не выбрано — весь дом." })),
      ...[
        entrances.length > 1 && few("entrances", "Подъезд", entrances),
        few("risers", "Стояк", risers),
        fields.why("entrances"),
        el(
          "div",
          { class: "halves" },
          fields.one("floors", "Этажи", "input", { placeholder: "5–9", inputmode: "text" }),
          fields.one("flats", "Квартиры", "input", { placeholder: "12, 14–20" }),
        ),
      ].filter(Boolean),
    );
    if (!this.wanted) return;
    fields.pick("entrances", this.wanted.entrances);
    fields.pick("risers", this.wanted.risers);
    fields.put("floors", this.wanted.floors);
    fields.put("flats", this.wanted.flats);
    this.wanted = null;
  }

  get said() {
    const { fields } = this;
    if (this.wanted) return { houses: this.chosen, ...this.wanted }; // its parts are not shown yet
    if (this.partsOf === null) return { houses: this.chosen, entrances: [], risers: [], floors: "", flats: "" };
    return {
      houses: this.chosen,
      entrances: fields.picked("entrances"),
      risers: fields.picked("risers"),
      floors: fields.value("floors"),
      flats: fields.value("flats"),
    };
  }
}

const plain = (text) => text.toLowerCase().replaceAll("ё", "е").replace(/[\s.,]+/g, " ").trim();
