// Files chosen but not yet sent: previews, progress, another try, removal.

import { el, sync } from "./dom.js";
import { icon } from "./icons.js";
import { bytes } from "./words.js";

const LARGEST = 20 * 1024 * 1024;

export class Tray {
  /** `root` shows the files; `changed()` follows each change; `tell(words)` speaks of trouble. */
  constructor({ root, endpoint, changed, tell, expired = () => {} }) {
    Object.assign(this, { root, endpoint, changed, tell, expired, items: [], next: 0 });
  }

  get empty() {
    return !this.items.length;
  }

  get busy() {
    return this.items.some((item) => !item.file.id && !item.refused);
  }

  /** What the server has taken, in the words of the protocol. */
  get taken() {
    return this.items.filter((item) => item.file.id).map((item) => item.file);
  }

  add(files) {
    for (const source of files) {
      const item = {
        key: String(this.next++),
        source,
        file: { title: source.name, size: source.size },
        part: 0,
        trouble: "",
        refused: false,
      };
      this.items.push(item);
      if (source.size > LARGEST) this.failed(item, "Больше 20 МБ — не поместится", true);
      else this.upload(item);
    }
    this.show();
  }

  /** Files uploaded earlier, from a draft or a message given back. */
  restore(files) {
    for (const file of files)
      this.items.push({ key: String(this.next++), source: null, file, part: 1, trouble: "", refused: false });
    this.show();
  }

  clear() {
    for (const item of this.items) item.request?.abort();
    this.items = [];
    this.show();
  }

  /** The network is back: whatever stopped half way starts again. */
  retry() {
    for (const item of this.items) if (item.trouble && !item.refused) this.upload(item);
  }

  /** Resolves when no upload is running; true when all the files are with the server. */
  async settled() {
    while (this.busy) await new Promise((done) => (this.waiting = done));
    return this.items.every((item) => item.file.id);
  }

  upload(item) {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", item.source, item.source.name);
    item.request = request;
    item.trouble = "";
    request.upload.onprogress = (event) => {
      item.part = event.total ? event.loaded / event.total : 0;
      const bar = this.root.querySelector(`[data-key="${item.key}"] progress`);
      if (bar) bar.value = item.part;
    };
    request.onload = () => this.loaded(item, request);
    request.onerror = () => this.failed(item, "Нет связи — загрузится позже", false);
    request.open("POST", this.endpoint);
    request.send(form);
    this.show();
  }

  loaded(item, request) {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      // a proxy in between may answer with a page of its own
    }
    if (request.status === 201) {
      item.file = answer;
      if (!this.items.some((one) => one.trouble)) this.tell("");
      this.show();
    } else if (request.status === 401) {
      this.failed(item, answer.why || "Вход закончился", true);
      this.expired(answer.why);
    } else {
      const large = request.status === 413 ? "Файл слишком большой" : "Файл не принят";
      this.failed(item, answer.why || large, request.status < 500);
    }
  }

  failed(item, why, refused) {
    item.trouble = why;
    item.refused = refused;
    this.tell(`${item.file.title}: ${why}`);
    this.show();
  }

  again(item) {
    item.refused = false;
    this.upload(item);
  }

  remove(item) {
    item.request?.abort();
    this.items = this.items.filter((other) => other !== item);
    this.show();
  }

  show() {
    this.root.hidden = this.empty;
    sync(
      this.root,
      this.items.map((item) => ({
        key: item.key,
        sign: `${item.file.id ?? ""}|${item.trouble}`,
        make: () => this.card(item),
      })),
    );
    if (!this.busy) this.waiting?.();
    this.changed();
  }

  card(item) {
    const state = item.trouble
      ? el("span", { class: "trouble", title: item.trouble, text: item.refused ? "Не принят" : "Ждёт связи" })
      : item.file.id
        ? el("span", { class: "dim", text: bytes(item.file.size) })
        : el("progress", { max: "1", value: String(item.part), "aria-label": "Загрузка" });
    return el(
      "div",
      { class: "tray-card", role: "listitem" },
      this.thumbnail(item),
      el(
        "span",
        { class: "file-words" },
        el("span", { class: "file-name", text: item.file.title || "Файл" }),
        state,
      ),
      item.trouble &&
        item.source &&
        el(
          "button",
          {
            type: "button",
            class: "round",
            title: "Загрузить ещё раз",
            "aria-label": "Загрузить ещё раз",
            on: { click: () => this.again(item) },
          },
          icon("again"),
        ),
      el(
        "button",
        {
          type: "button",
          class: "round",
          title: "Убрать файл",
          "aria-label": `Убрать файл ${item.file.title ?? ""}`,
          on: { click: () => this.remove(item) },
        },
        icon("close"),
      ),
    );
  }

  /** Drawn on a canvas: a blob: picture would not pass the page's content policy. */
  thumbnail(item) {
    if (item.file.url && item.file.kind === "photo")
      return el("img", { class: "thumb", src: item.file.url, alt: "" });
    const type = item.source?.type ?? item.file.mime ?? "";
    if (!type.startsWith("image/") || !item.source)
      return el("span", { class: "thumb" }, icon(type.startsWith("audio/") ? "mic" : "file"));
    const canvas = el("canvas", { class: "thumb", width: "96", height: "96", "aria-hidden": "true" });
    createImageBitmap(item.source).then(
      (bitmap) => {
        const side = Math.min(bitmap.width, bitmap.height);
        canvas
          .getContext("2d")
          .drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, 96, 96);
        bitmap.close();
      },
      () => canvas.replaceWith(el("span", { class: "thumb" }, icon("file"))),
    );
    return canvas;
  }
}

/** Pasting and dropping files anywhere on `target` adds them to the tray. */
export function acceptFiles(target, add) {
  const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  target.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    add(files.map((file) => (file.name ? file : new File([file], "Снимок.png", { type: file.type }))));
  });
  target.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  target.addEventListener(
    "dragleave",
    (event) => event.relatedTarget || document.body.classList.remove("dropping"),
  );
  target.addEventListener("drop", (event) => {
    document.body.classList.remove("dropping");
    if (!carries(event)) return;
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
}
