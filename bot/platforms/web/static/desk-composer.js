// Where the dispatcher writes: to the resident, to colleagues, or a command to the program.
// The three must never be confused, so the whole field changes its colour and its button its words.

import { Hints } from "./desk-hints.js";
import { kindOf } from "./desk-talk.js";
import { $, grow, hasKeyboard } from "./dom.js";
import { load, save } from "./store.js";
import { acceptFiles, Tray } from "./tray.js";
import { gist } from "./words.js";

const WORDS = {
  answer: { send: "Отправить", about: "Увидит житель", hold: "Ответ или /команда" },
  note: { send: "Записать", about: "Увидят только сотрудники", hold: "Заметка" },
  command: { send: "Выполнить", about: "Команда программе, житель её не увидит", hold: "" },
};

export class Composer {
  constructor({ send, tell, messageOf, expired }) {
    Object.assign(this, {
      send,
      tell,
      messageOf,
      thread: null,
      mode: "answer",
      quoted: null,
      sending: false,
    });
    this.field = $("text");
    this.fit = grow(this.field);
    this.tray = new Tray({
      root: $("tray"),
      endpoint: "/desk/api/files",
      changed: () => this.changed(),
      tell,
      expired,
    });
    this.hints = new Hints(this.field, () => this.changed());
    this.listen();
  }

  listen() {
    $("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("input", () => {
      this.hints.follow();
      this.changed();
    });
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => setTimeout(() => this.left(), 150));
    $("mode-answer").addEventListener("click", () => this.write("answer"));
    $("mode-note").addEventListener("click", () => this.write("note"));
    $("attach").addEventListener("click", () => $("files").click());
    $("files").addEventListener("change", (event) => {
      this.tray.add([...event.target.files]);
      event.target.value = "";
      this.field.focus();
    });
    acceptFiles(document, (files) => this.thread && this.tray.add(files));
    $("quote-off").addEventListener("click", () => this.quote(null));
  }

  /** The list closes with the field, unless the cursor is back in it. */
  left() {
    if (document.activeElement !== this.field) this.hints.key({ key: "Escape" });
  }

  key(event) {
    if (event.isComposing) return;
    if (this.hints.key(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Escape" && this.quoted) {
      event.stopPropagation();
      this.quote(null);
    } else if (
      event.key === "Enter" &&
      !event.shiftKey &&
      (hasKeyboard() || event.ctrlKey || event.metaKey)
    ) {
      event.preventDefault();
      this.submit();
    }
  }

  /** Another thread: its own draft, its own files. */
  open(thread) {
    if (thread === this.thread) return;
    this.thread = null; // what follows must not be written into the draft of the former thread
    this.tray.clear();
    const draft = load(`domovoy.desk.draft.${thread}`, {});
    this.field.value = draft.text ?? "";
    this.mode = draft.mode ?? "answer";
    this.quoted = draft.reply_to ?? null;
    if (draft.files?.length) this.tray.restore(draft.files);
    this.thread = thread;
    this.tell("");
    this.hints.follow();
    this.changed();
    this.fit();
  }

  write(mode) {
    this.mode = mode;
    if (mode === "answer") this.field.value = this.field.value.replace(/^(\/\/|\/note\s)\s*/, "");
    this.changed();
    this.field.focus();
  }

  /** A command to be finished by hand, unless something stands in the field already. */
  begin(text) {
    if (!this.field.value.trim()) this.field.value = text;
    this.field.focus();
    this.hints.follow();
    this.changed();
  }

  quote(id) {
    this.quoted = id;
    this.changed();
    this.field.focus();
  }

  /** An answer to a note is a note: so does the staff room everywhere. */
  get kind() {
    const typed = kindOf(this.field.value.trimStart());
    if (typed !== "answer") return typed;
    return this.quoted && this.messageOf(this.quoted)?.by === "note" ? "note" : this.mode;
  }

  changed() {
    if (!this.hints) return;
    const { kind } = this;
    $("composer").dataset.kind = kind;
    $("mode-answer").setAttribute("aria-pressed", String(kind === "answer"));
    $("mode-note").setAttribute("aria-pressed", String(kind === "note"));
    if ($("kind-words").textContent !== WORDS[kind].about) $("kind-words").textContent = WORDS[kind].about;
    $("send-words").textContent = WORDS[kind].send;
    $("send").setAttribute("aria-label", WORDS[kind].send);
    this.field.placeholder = WORDS[kind].hold;
    const nothing = !this.field.value.trim() && this.tray.empty;
    $("send").disabled = nothing || this.sending;
    const message = this.quoted && this.messageOf(this.quoted);
    $("quote").hidden = !message;
    if (message) $("quote-text").textContent = `${message.author}: ${gist(message)}`;
    this.keep(nothing);
  }

  keep(nothing) {
    if (!this.thread) return;
    const plain = nothing && !this.quoted && this.mode === "answer";
    save(
      `domovoy.desk.draft.${this.thread}`,
      plain
        ? null
        : { text: this.field.value, mode: this.mode, reply_to: this.quoted, files: this.tray.taken },
    );
  }

  async submit() {
    const { thread } = this;
    if (this.sending || !thread || (!this.field.value.trim() && this.tray.empty)) return;
    if (this.tray.busy) {
      this.sending = true;
      this.changed();
      this.tell("Файлы загружаются. Отправим, как только закончим.");
      await this.tray.settled();
      this.sending = false;
      if (thread !== this.thread) return;
      this.tell("");
      this.changed();
    }
    if (!this.tray.items.every((item) => item.file.id)) {
      this.tell("Один из файлов не принят. Уберите его или загрузите ещё раз.");
      return;
    }
    const { kind } = this;
    const words = this.field.value.trim();
    const text = kind === "note" && kindOf(words) === "answer" ? `// ${words}`.trim() : words;
    const message = { kind, text, files: this.tray.taken, reply_to: this.quoted };
    this.field.value = "";
    this.quoted = null;
    this.mode = "answer"; // a note is an exception: the next word is for the resident again
    this.tray.clear();
    this.fit();
    this.hints.follow();
    this.send(thread, message);
    this.field.focus();
  }

  giveBack({ kind, text, files, reply_to: replyTo }) {
    this.mode = kind === "note" ? "note" : "answer";
    const plain = kind === "note" ? text.replace(/^\/\/\s*/, "") : text;
    this.field.value = [this.field.value.trim(), plain].filter(Boolean).join("\n");
    this.quoted = replyTo;
    this.tray.restore(files);
    this.fit();
    this.changed();
    this.field.focus();
  }
}
