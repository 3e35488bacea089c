// The form of a reminder of what is owed: about what, to whom, in which words; beside it what they
// will read. Nobody but the accountant has it.

import { NoticeForm } from "./desk-notice-form.js";
import { Places } from "./desk-places.js";
import { el, grow } from "./dom.js";

export class ReminderForm extends NoticeForm {
  dropping = "stop";
  prompt = "Здесь появится сообщение, каким его прочтут, и сколько человек его получит. Выберите, о чём напомнить, кому и каким тоном.";
  empty = { kind: "", least: "", months: 0, where: "", houses: [], tone: "", text: "", monthly: false };

  constructor(does) {
    super("reminder", does);
  }

  build(fields) {
    const { kinds, months, tones, complexes, variables } = this.choices;
    this.places = new Places(fields, complexes, () => this.depends(), { parts: false });
    this.months = fields.group("months", "Сколько уже просрочено", fields.chips("months", "radio", months));
    this.left = el("small", { class: "dim", role: "status" });
    const text = fields.one("text", "Текст", "textarea", { rows: 7, hint: "так и прочтут" });
    this.fit = grow(fields.controls.get("text"));
    text.append(this.left, ...variables.map((words) => el("p", { class: "dim about", text: words })));
    return [
      fields.group("kind", "О чём", fields.chips("kind", "radio", kinds)),
      fields.one("least", "От какой суммы", "input", { inputmode: "decimal", placeholder: "любая", hint: "в рублях" }),
      this.months,
      fields.group("where", "В каких домах", fields.chips("where", "radio", [["all", "Все дома"], ["some", "Выбрать дома"]])),
      this.places.box,
      fields.group("tone", "Каким тоном", fields.chips("tone", "radio", tones)),
      text,
      (this.openly = this.option("openly")),
    ];
  }

  footer(fields) {
    const foot = super.footer(fields);
    this.monthly = this.option("monthly", "Каждый месяц в этот день и час: кому — решается заново");
    this.monthly.hidden = false;
    this.at.prepend(this.monthly);
    return foot;
  }

  put(form) {
    const { fields } = this;
    for (const name of ["kind", "months", "where", "tone"]) fields.pick(name, [form[name]]);
    for (const name of ["least", "text"]) fields.put(name, form[name]);
    this.tick("monthly", form.monthly);
    this.places.put(form);
    this.offered = this.template;
    this.depends();
    this.fit();
  }

  get said() {
    const { fields } = this;
    return {
      key: this.key,
      kind: fields.picked("kind")[0] ?? "",
      least: fields.value("least"),
      months: Number(fields.picked("months")[0] ?? 0),
      where: fields.picked("where")[0] ?? "",
      houses: fields.picked("where")[0] === "some" ? this.places.chosen : [],
      tone: fields.picked("tone")[0] ?? "",
      text: fields.controls.get("text").value,
      monthly: this.checked("monthly"),
    };
  }

  /** The words ready for this tone. */
  get template() {
    const { kind, tone } = this.said;
    return this.choices.texts[`${kind} ${tone}`] ?? "";
  }

  changed(name) {
    if (name === "kind" || name === "tone") this.offerWords();
    super.changed(name);
  }

  /** Another tone has other words, but nothing typed by hand is lost. */
  offerWords() {
    const text = this.fields.controls.get("text");
    if (!text.value.trim() || text.value === this.offered) {
      text.value = this.template;
      this.fields.complain("text", "");
      this.fit();
    }
    this.offered = this.template;
  }

  makesSense() {
    const { kind, where, houses, tone, text } = this.said;
    return kind && tone && text.trim() && (where === "all" || (where === "some" && houses.length));
  }

  depends() {
    const { kind, where, text } = this.said;
    this.months.hidden = kind !== "debt";
    this.places.box.hidden = where !== "some";
    const left = this.choices.longest - text.length;
    this.left.textContent = left < 300 ? (left < 0 ? `Лишних знаков: ${-left}` : `Осталось знаков: ${left}`) : "";
  }

  learn() {}
}
