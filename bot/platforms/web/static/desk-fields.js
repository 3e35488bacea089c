// Fields of a form with their labels, and what is wrong said beside each.

import { el } from "./dom.js";

export class Fields {
  /** `prefix` begins the ids; `changed(name)` after each touch. */
  constructor(prefix, changed) {
    Object.assign(this, { prefix, changed, places: new Map(), controls: new Map() });
  }

  id(name) {
    return `${this.prefix}-${name}`;
  }

  /** A labelled input, select or textarea. */
  one(name, label, tag, { hint = "", ...props } = {}) {
    const control = el(tag, {
      id: this.id(name),
      name: this.id(name),
      autocomplete: "off",
      "aria-describedby": `${this.id(name)}-why`,
      on: { input: () => this.touched(name) },
      ...props,
    });
    this.controls.set(name, control);
    return el("div", { class: "field" }, el("label", { for: this.id(name) }, label, hint && el("small", { class: "dim", text: ` ${hint}` })), control, this.why(name));
  }

  /** Several controls under one heading. */
  group(name, legend, ...kids) {
    const box = el("fieldset", { class: "field", id: this.id(name), "aria-describedby": `${this.id(name)}-why` }, legend && el("legend", { text: legend }), kids, this.why(name));
    this.controls.set(name, box);
    return box;
  }

  /** Radio buttons or checkboxes as chips: [value, label]. */
  chips(name, type, options) {
    return el(
      "div",
      { class: "choices" },
      options.map(([value, label]) =>
        el(
          "label",
          { class: "choice" },
          el("input", { type, name: this.id(name), value, on: { change: () => this.touched(name) } }),
          el("span", { text: label }),
        ),
      ),
    );
  }

  why(name) {
    const place = el("span", { id: `${this.id(name)}-why`, class: "wrong", role: "alert", hidden: true });
    this.places.set(name, place);
    return place;
  }

  touched(name) {
    this.complain(name, "");
    this.changed(name);
  }

  complain(name, why) {
    const place = this.places.get(name);
    if (!place) return false;
    if (place.textContent !== why) place.textContent = why;
    place.hidden = !why;
    const control = this.controls.get(name);
    if (why) control?.setAttribute("aria-invalid", "true");
    else control?.removeAttribute("aria-invalid");
    return true;
  }

  clear() {
    for (const name of this.places.keys()) this.complain(name, "");
  }

  /** To the first of these, in the order of the page. */
  focus(names) {
    const later = (a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_PRECEDING ? 1 : -1);
    const [control] = names.map((name) => this.controls.get(name)).filter((each) => each?.isConnected).sort(later);
    if (!control) return;
    const inner = control.matches("input, select, textarea") ? control : control.querySelector("input:not(:disabled), textarea, select");
    (inner ?? control).focus();
    control.scrollIntoView({ block: "center" });
  }

  value(name) {
    return this.controls.get(name)?.value.trim() ?? "";
  }

  put(name, value) {
    const control = this.controls.get(name);
    if (control) control.value = value ?? "";
  }

  all(name) {
    return [...document.getElementsByName(this.id(name))];
  }

  picked(name) {
    return this.all(name).filter(({ checked }) => checked).map(({ value }) => value);
  }

  pick(name, values) {
    const wanted = values.map(String);
    for (const box of this.all(name)) box.checked = wanted.includes(box.value);
  }
}
