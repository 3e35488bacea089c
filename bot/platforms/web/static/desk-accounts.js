// The page of files from the accounting system: one is handed in, looked at, applied or not; what
// was applied stands in a journal, and the last of its kind can be taken back.

import * as api from "./desk-api.js";
import { calmly } from "./desk-calm.js";
import { isSure } from "./desk-sure.js";
import { $, el, sync } from "./dom.js";

const GOING = 700; // while a file is read, what is known of it is fetched again
const LARGEST = 20 * 1024 * 1024;
const TOO_LARGE = "Файл больше 20 МБ. Уберите лишние листы или разделите его по домам.";

export class Accounts {
  /** `tell(words, good)` along the top of the page; `expired(why)`: the session is over. */
  constructor({ tell, expired }) {
    Object.assign(this, { tell, expired, me: null, open: false, files: [], journal: [], more: false });
    this.refresh = calmly(
      () => this.open && this.fetch(),
      (trouble) => trouble.status !== 401 && this.tell(trouble.why ?? api.NO_NETWORK),
    );
    $("accounts-open").addEventListener("click", () => (location.hash = this.open ? "" : "accounts"));
    $("accounts-home").addEventListener("click", () => this.back());
    $("accounts-more").addEventListener("click", () => this.showMore());
    $("accounts-file").addEventListener("change", () => {
      this.send($("accounts-file").files[0]);
      $("accounts-file").value = "";
    });
    const drop = $("accounts-drop");
    for (const name of ["dragover", "dragleave", "drop"])
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.toggle("over", name === "dragover");
        if (name === "drop") this.send(event.dataTransfer.files[0]);
      });
  }

  begins(me) {
    this.me = me;
    $("accounts-open").hidden = !me.may.count;
  }

  /** True where the address is of this page. */
  route(hash) {
    const open = hash === "#accounts" && Boolean(this.me?.may.count);
    if (open && !this.open) {
      this.open = true;
      this.refresh();
    }
    this.open = open;
    return open;
  }

  back() {
    location.hash = "";
  }

  async fetch() {
    const { files, journal, more } = await api.imports();
    const known = new Set(journal.map(({ id }) => id));
    const older = this.journal.slice(journal.length).filter(({ id }) => !known.has(id));
    Object.assign(this, { files, journal: [...journal, ...older], more: older.length ? this.more : more });
    this.show();
  }

  async showMore() {
    try {
      const { journal, more } = await api.imports({ skip: this.journal.length });
      this.journal.push(...journal);
      this.more = more;
      this.show();
    } catch (trouble) {
      this.tell(trouble.why ?? api.NO_NETWORK);
    }
  }

  show() {
    sync(
      $("accounts-files"),
      this.files.map((file) => ({ key: String(file.id), sign: JSON.stringify(file), make: () => this.file(file) })),
    );
    sync(
      $("accounts-journal"),
      this.journal.map((row) => ({ key: String(row.id), sign: JSON.stringify(row), make: () => this.row(row) })),
    );
    $("accounts-none").hidden = this.journal.length > 0;
    $("accounts-more").hidden = !this.more;
    clearTimeout(this.timer);
    const going = this.files.some(({ state }) => state === "new" || state === "going");
    if (this.open && going) this.timer = setTimeout(() => this.refresh(), GOING);
  }

  // Handing in

  send(file) {
    if (!file || this.request) return;
    this.trouble("");
    if (file.size > LARGEST) return this.trouble(TOO_LARGE);
    const request = (this.request = new XMLHttpRequest());
    const form = new FormData();
    form.append("file", file, file.name);
    $("accounts-sending").hidden = false;
    $("accounts-sending-words").textContent = `Отправляю ${file.name}…`;
    $("accounts-sending-bar").value = 0;
    request.upload.onprogress = ({ loaded, total }) => ($("accounts-sending-bar").value = total ? loaded / total : 0);
    request.onload = () => this.sent(request);
    request.onerror = () => this.sent(null);
    request.open("POST", "/desk/api/imports");
    request.send(form);
  }

  sent(request) {
    this.request = null;
    $("accounts-sending").hidden = true;
    let body = {};
    try {
      body = JSON.parse(request?.responseText ?? "{}");
    } catch {
      // a page of a proxy
    }
    if (request?.status === 401) this.expired(body.why ?? "");
    else if (request?.status !== 201) this.trouble(body.why ?? api.NO_NETWORK);
    this.refresh();
  }

  trouble(words) {
    $("accounts-trouble").textContent = words;
    $("accounts-trouble").hidden = !words;
  }

  // One file

  file(file) {
    const { state } = file;
    const busy = state === "new" || state === "going";
    return el(
      "li",
      { class: `accounts-file ${state}` },
      el("h3", {}, file.name),
      busy && el("p", { role: "status" }, file.told),
      busy && el("progress", { max: 100, value: file.done || null, "aria-label": file.told }),
      file.question && el("p", {}, el("b", {}, file.question)),
      file.choices.length > 0 &&
        el(
          "div",
          { class: "accounts-choices" },
          file.choices.map(({ what, value, label }) => this.button(label, "chip", file.id, what, value)),
        ),
      file.lines.length > 0 && el("pre", { class: "accounts-lines", text: file.lines.join("\n") }),
      file.doubts.length > 0 && el("ul", { class: "accounts-doubts" }, file.doubts.map((text) => el("li", { text }))),
      file.problems?.length > 0 &&
        el("ul", { class: file.wrong ? "accounts-problems wrong" : "accounts-problems" }, file.problems.map((text) => el("li", { text }))),
      file.sheet && el("p", {}, el("a", { href: `/desk/api/imports/${file.id}/problems`, download: true }, file.more > 0 ? `Все замечания таблицей (ещё ${file.more})` : "Замечания таблицей")),
      !busy && file.told && el("p", { class: "accounts-told", role: "status" }, file.told),
      el(
        "div",
        { class: "accounts-buttons" },
        file.can && this.button(file.doubts.length ? "Всё верно, загрузить" : "Загрузить", "press main", file.id, "load"),
        ["new", "asked", "shown"].includes(state) && this.button(file.can || state !== "shown" ? "Не загружать" : "Убрать", "press quiet", file.id, "drop"),
      ),
    );
  }

  button(label, kind, id, what, value) {
    const press = el("button", { type: "button", class: kind, data: { does: what } }, label);
    press.addEventListener("click", () => this.do(press, () => api.doImport(id, what, value)));
    return press;
  }

  row(row) {
    const undo = row.undo && el("button", { type: "button", class: "press quiet", data: { does: "undo" } }, "Вернуть как было");
    if (undo)
      undo.addEventListener("click", () => {
        if (!isSure(undo, "Да, вернуть как было")) return;
        this.do(undo, async () => this.tell((await api.doImport(row.id, "undo")).told, true));
      });
    return el(
      "li",
      { class: row.undone ? "undone" : "" },
      el("div", {}, el("span", { class: "dim" }, `${row.at} · ${row.who}`), el("p", {}, row.words), row.undone && el("span", { class: "notice-tag" }, "возвращено как было")),
      undo,
    );
  }

  async do(button, act) {
    if (button.disabled) return;
    button.disabled = true;
    try {
      await act();
    } catch (trouble) {
      if (!(trouble instanceof api.Refusal)) console.error(trouble);
      this.tell(trouble.why ?? api.NO_NETWORK);
    }
    button.disabled = false;
    this.refresh();
  }
}
