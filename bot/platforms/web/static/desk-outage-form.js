// The form of an outage, and beside it what residents will read.

import { atHour, inHours, thereAs } from "./desk-moments.js";
import { NoticeForm } from "./desk-notice-form.js";
import { Places } from "./desk-places.js";
import { el } from "./dom.js";

export class OutageForm extends NoticeForm {
  dropping = "cancel";
  prompt = "Здесь появится сообщение, каким его прочтут жители, и сколько их. Заполните, что, где и до скольки.";
  empty = {
    planned: null, what: "", title: "", houses: [], entrances: [], risers: [], floors: "", flats: "",
    since: "", until: "", open_end: false, reason: "", loud: false, openly: false,
  };

  constructor(does) {
    super("outage", does);
  }

  build(fields) {
    const what = this.choices.what.map(({ key, label }) => [key, label]);
    this.places = new Places(fields, this.choices.complexes, () => this.zones());
    this.title = fields.one("title", "Как назвать", "input", { hint: "так и прочтут жители", maxlength: 200 });
    return [
      fields.group("planned", "Что случилось", fields.chips("planned", "radio", [["accident", "🚨 Авария"], ["planned", "🗓 Плановые работы"]])),
      fields.group("what", "Что отключается", fields.chips("what", "radio", what)),
      this.title,
      this.places.box,
      this.when(fields),
      fields.one("reason", "Причина", "input", { hint: "одной фразой, можно пропустить", maxlength: 1000 }),
      (this.reasons = el("div", { class: "offers" })),
      (this.loud = this.option("loud", "🔔 Со звуком и ночью: жители должны что-то сделать")),
      (this.openly = this.option("openly")),
    ];
  }

  when(fields) {
    this.offers = el("div", { class: "offers" });
    this.zoneWords = el("p", { class: "dim zone-words", hidden: true });
    return el(
      "div",
      { class: "halves" },
      fields.one("since", "С", "input", { type: "datetime-local", hint: "пусто — сейчас" }),
      el(
        "div",
        {},
        fields.one("until", "До", "input", { type: "datetime-local" }),
        el("label", { class: "check" }, this.check("open_end", "until"), el("span", { text: "Пока не знаем" })),
      ),
      this.offers,
      this.zoneWords,
    );
  }

  // What stands in the fields

  put(form) {
    const { fields } = this;
    if (form.planned !== null) fields.pick("planned", [form.planned ? "planned" : "accident"]);
    fields.pick("what", [form.what]);
    for (const name of ["title", "since", "until", "reason"]) fields.put(name, form[name]);
    for (const name of ["open_end", "loud", "openly"]) this.tick(name, form[name]);
    this.places.put(form);
    this.depends();
  }

  get said() {
    const { fields } = this;
    const planned = fields.picked("planned")[0];
    return {
      key: this.key,
      planned: planned ? planned === "planned" : null,
      what: fields.picked("what")[0] ?? "",
      ...this.places.said,
      title: fields.value("title"),
      since: fields.value("since"),
      until: fields.value("until"),
      reason: fields.value("reason"),
      open_end: this.checked("open_end"),
      loud: this.checked("loud"),
      openly: this.checked("openly"),
    };
  }

  makesSense() {
    const { planned, what, houses, since, until, open_end } = this.said;
    return planned !== null && what && houses.length && (until || open_end) && (since || !planned);
  }

  get zone() {
    return this.places.zone(this.choices.zone);
  }

  /** What is asked depends on what was said. */
  depends() {
    const { planned, what, open_end } = this.said;
    const { fields } = this;
    this.title.hidden = what !== "other";
    this.planButton.hidden = !planned;
    if (!planned) this.at.hidden = true;
    this.box.querySelector(`label[for=${fields.id("since")}] small`).hidden = planned !== false;
    fields.controls.get("until").disabled = open_end;
    this.loud.hidden = !(this.night && planned === false);
    const reasons = planned === null ? [] : this.choices.reasons[planned ? "planned" : "accident"];
    this.offer(this.reasons, reasons.map((reason) => [reason, { reason }]));
    this.offer(this.offers, planned === null ? [] : this.hours(planned));
  }

  hours(planned) {
    const { zone } = this;
    if (!planned)
      return [
        ["Через 2 часа", { until: inHours(zone, 2) }],
        ["Через 4 часа", { until: inHours(zone, 4) }],
      ];
    const day = (name, days, from, to) => [`${name} с ${from} до ${to}`, { since: atHour(zone, from, days), until: atHour(zone, to, days) }];
    return [day("Завтра", 1, 10, 14), day("Завтра", 1, 9, 18), day("Послезавтра", 2, 10, 17)];
  }

  offer(box, offers) {
    const put = (values) => () => {
      for (const [name, value] of Object.entries(values)) {
        this.fields.put(name, value);
        if (name === "until") this.tick("open_end", false);
        this.fields.touched(name);
      }
    };
    box.replaceChildren(...offers.map(([label, values]) => el("button", { type: "button", class: "chip", on: { click: put(values) } }, label)));
    box.hidden = !offers.length;
  }

  zones() {
    const { zone } = this;
    this.zoneWords.hidden = zone === this.choices.zone;
    this.zoneWords.textContent = `Время — как у жителей этих домов: у них сейчас ${thereAs(zone).slice(11)}.`;
    this.depends();
  }

  learn({ night }) {
    this.night = night;
    this.loud.hidden = !night;
  }
}
