// The form of a mailing: whom, what it says, with which files; beside it what they will read.

import { NoticeForm } from "./desk-notice-form.js";
import { Places } from "./desk-places.js";
import { el, grow } from "./dom.js";
import { acceptFiles, Tray } from "./tray.js";

export class MailingForm extends NoticeForm {
  dropping = "stop";
  prompt = "Здесь появится сообщение, каким его прочтут, и сколько человек его получит. Выберите, кому рассылка, и напишите текст.";
  empty = {
    whom: "", roles: "", kind: "", houses: [], entrances: [], risers: [], floors: "", flats: "",
    messenger: "", text: "", files: [], by_night: false, openly: false,
  };

  constructor(does) {
    super("mailing", does);
  }

  build(fields) {
    const { whom, roles, kinds, messengers, complexes, about } = this.choices;
    this.places = new Places(fields, complexes, () => this.depends());
    const tray = el("div", { class: "tray", role: "list", "aria-label": "Файлы к рассылке", hidden: true });
    this.tray = new Tray({
      root: tray,
      endpoint: "/desk/api/files",
      changed: () => this.box && this.fields.touched("files"),
      tell: (words) => this.fields.complain("files", words),
    });
    const files = el("input", { type: "file", id: fields.id("choose"), multiple: true, accept: "image/*,video/*,application/pdf", hidden: true });
    files.addEventListener("change", () => {
      this.tray.add([...files.files]);
      files.value = "";
    });
    this.roles = fields.group("roles", "Каким сотрудникам", fields.chips("roles", "radio", roles));
    this.kinds = fields.group("kind", "Что это", el("p", { class: "dim about", text: about }), fields.chips("kind", "radio", kinds));
    this.messengers = fields.group("messenger", "Только у кого есть мессенджер", fields.chips("messenger", "radio", [["", "Неважно какой"], ...messengers]));
    this.left = el("small", { class: "dim", role: "status" });
    const text = fields.one("text", "Текст", "textarea", { rows: 7, hint: "так и прочтут" });
    this.fit = grow(fields.controls.get("text"));
    text.append(this.left);
    return [
      fields.group("whom", "Кому", fields.chips("whom", "radio", whom)),
      this.roles,
      this.kinds,
      this.places.box,
      this.messengers,
      text,
      fields.group("files", "Фото и файлы", tray, files, el("button", { type: "button", class: "press quiet", on: { click: () => files.click() } }, "Приложить")),
      (this.night = this.option("by_night", "🌙 Не ждать утра: уйдёт сразу, и ночью")),
      (this.openly = this.option("openly")),
    ];
  }

  put(form, there) {
    const { fields } = this;
    acceptFiles(this.form, (files) => this.tray.add(files));
    for (const what of ["paste", "drop"]) this.form.addEventListener(what, (event) => event.stopPropagation()); // not into a conversation
    fields.pick("whom", [form.whom]);
    fields.pick("roles", form.whom === "staff" ? [form.roles] : []);
    fields.pick("kind", [form.kind]);
    fields.pick("messenger", [form.messenger]);
    fields.put("text", form.text);
    for (const name of ["by_night", "openly"]) this.tick(name, form[name]);
    this.places.put(form);
    const known = [...(form.uploads ?? []), ...(there?.files ?? [])];
    this.tray.restore(form.files.map((id) => known.find((file) => file.id === id)).filter(Boolean));
    this.depends();
    this.fit();
  }

  get said() {
    const { fields, tray } = this;
    const whom = fields.picked("whom")[0] ?? "";
    return {
      key: this.key,
      whom,
      roles: fields.picked("roles")[0] ?? (whom === "staff" ? null : ""),
      kind: fields.picked("kind")[0] ?? "",
      ...this.places.said,
      messenger: fields.picked("messenger")[0] ?? "",
      text: fields.controls.get("text").value,
      files: tray.taken.map(({ id }) => id),
      uploads: tray.taken,
      by_night: this.checked("by_night"),
      openly: this.checked("openly"),
    };
  }

  makesSense() {
    const { whom, roles, kind, houses, text } = this.said;
    return whom && text.trim() && !this.tray.busy && (whom === "staff" ? roles !== null : kind && houses.length);
  }

  depends() {
    const { whom, text } = this.said;
    const toStaff = whom === "staff";
    this.roles.hidden = !toStaff;
    this.kinds.hidden = this.places.box.hidden = toStaff;
    this.messengers.hidden = toStaff || this.choices.messengers.length < 2;
    const left = this.choices.longest - text.length;
    this.left.textContent = left < 500 ? (left < 0 ? `Лишних знаков: ${-left}` : `Осталось знаков: ${left}`) : "";
  }

  learn({ night }) {
    this.night.hidden = !night;
  }
}
