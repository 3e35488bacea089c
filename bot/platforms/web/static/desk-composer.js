// Where the dispatcher writes: to the resident, to colleagues, or a command to the program.
// The three must never be confused, so the whole field changes its colour and its button its words.

import { Canned } from "./desk-canned.js";
import { Drafts } from "./desk-drafts.js";
import { Hints } from "./desk-hints.js";
import { kindOf } from "./desk-talk.js";
import { $, el, grow, hasKeyboard } from "./dom.js";
import { acceptFiles, Tray } from "./tray.js";
import { dial, gist, phone } from "./words.js";

const WORDS = {
  answer: { send: "Отправить", about: "Увидит житель", hold: "Ответ или /команда" },
  note: { send: "Записать", about: "Увидят только сотрудники", hold: "Заметка" },
  quiet: { send: "Записать", about: "Тихий режим: житель не увидит", hold: "Для своих, житель не увидит" },
  command: { send: "Выполнить", about: "Команда программе, житель её не увидит", hold: "" },
};

const TO_READ = 1200; // milliseconds

export class Composer {
  /**
   * `types()` while an answer is being written; `ahead(since)` is a colleague's answer given after
   * the message `since`; `last()` the newest message; `hush()` turns the quiet mode over; `find(id)` shows a message.
   */
  constructor({ send, tell, messageOf, expired, types, ahead, last, hush, find }) {
    Object.assign(this, {
      send,
      tell,
      messageOf,
      types,
      ahead,
      last,
      hush,
      find,
      quiet: false,
      begun: null,
      warned: null,
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
    this.canned = new Canned({ put: (text) => this.put(text), thread: () => this.thread });
    this.drafts = new Drafts((draft) => this.tray.busy || this.sending || this.take(draft));
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
      if (this.kind === "answer" && this.field.value.trim()) this.types();
    });
    $("mode-quiet").addEventListener("click", () => this.hush());
    $("quiet-off").addEventListener("click", () => this.hush());
    $("ahead-show").addEventListener("click", () => this.show(this.warned));
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
    if (event.altKey && event.key === "ArrowDown") {
      event.preventDefault();
      this.canned.open();
    } else if (this.hints.key(event)) {
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
    this.canned.close();
    this.call = null;
    this.take(this.drafts.open(thread), thread);
    this.tell("");
  }

  take(draft, thread = this.thread) {
    this.thread = null; // what follows must not be written into the draft of the former thread
    this.tray.clear();
    this.field.value = draft.text ?? "";
    this.mode = draft.mode ?? "answer";
    this.quoted = draft.reply_to ?? null;
    this.begun = draft.begun ?? null;
    this.warned = null;
    if (draft.files?.length) this.tray.restore(draft.files);
    this.thread = thread;
    this.hints.follow();
    this.changed();
    this.fit();
  }

  /** `call`: {phone} of a resident who has no messenger, null for others. */
  calls(call) {
    if (JSON.stringify(call) === JSON.stringify(this.call)) return;
    this.call = call;
    this.changed();
  }

  /** To whom the words go; a resident without a messenger hears them from the dispatcher. */
  about(kind) {
    if (kind !== "answer" || !this.call) return [WORDS[kind].about];
    if (!this.call.phone) return ["Мессенджера нет: передайте жителю сами"];
    return ["Позвонить: ", el("a", { href: dial(this.call.phone), text: phone(this.call.phone) })];
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

  /** A ready answer, where the cursor is; it is for the dispatcher to finish. */
  put(text) {
    const { field } = this;
    const [from, to] = [field.selectionStart, field.selectionEnd];
    const before = field.value.slice(0, from);
    const joint = before && !/\s$/.test(before) ? "\n" : "";
    field.setRangeText(joint + text, from, to, "end");
    field.focus();
    this.fit();
    this.hints.follow();
    this.changed();
  }

  /** The server's word on the quiet mode, or the member's own before the server has answered. */
  hushed(quiet) {
    if (quiet === this.quiet) return;
    this.quiet = quiet;
    this.changed();
  }

  /** While we write a colleague may have answered: that is said once, before ours goes. */
  look() {
    if (this.begun === null || this.warned) return;
    const answer = this.ahead(this.begun);
    if (!answer) return;
    this.warned = answer;
    this.warnedAt = Date.now();
    $("ahead-words").textContent = `Пока вы писали, уже ответили: ${answer.author.split(",")[0]} — «${gist(answer)}».`;
    this.changed();
  }

  show(message) {
    if (message) this.find(message.id);
    this.field.focus();
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
    if (this.quiet) return "quiet";
    return this.quoted && this.messageOf(this.quoted)?.by === "note" ? "note" : this.mode;
  }

  changed() {
    if (!this.hints) return;
    const { kind } = this;
    $("composer").dataset.kind = kind;
    $("composer").classList.toggle("hushed", this.quiet);
    $("quiet").hidden = !this.quiet;
    $("mode-quiet").setAttribute("aria-pressed", String(this.quiet));
    $("mode-answer").disabled = $("mode-note").disabled = this.quiet;
    $("mode-answer").setAttribute("aria-pressed", String(kind === "answer"));
    $("mode-note").setAttribute("aria-pressed", String(kind === "note"));
    const about = el("span", {}, ...this.about(kind));
    if ($("kind-words").textContent !== about.textContent) $("kind-words").replaceChildren(about);
    const send = this.warned && kind === "answer" ? "Всё равно отправить" : WORDS[kind].send;
    $("send-words").textContent = send;
    $("send").setAttribute("aria-label", send);
    this.field.placeholder = WORDS[kind].hold;
    const nothing = !this.field.value.trim() && this.tray.empty;
    if (nothing) this.begun = this.warned = null;
    else this.begun ??= this.last();
    $("ahead").hidden = !this.warned || kind !== "answer";
    $("send").disabled = nothing || this.sending;
    const message = this.quoted && this.messageOf(this.quoted);
    $("quote").hidden = !message;
    if (message) $("quote-text").textContent = `${message.author}: ${gist(message)}`;
    this.keep(nothing);
  }

  keep(nothing) {
    if (!this.thread) return;
    const plain = nothing && !this.quoted && this.mode === "answer";
    this.drafts.keep(
      plain
        ? null
        : {
            text: this.field.value,
            mode: this.mode,
            reply_to: this.quoted,
            files: this.tray.taken,
            begun: this.begun,
          },
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
    this.look();
    // a warning nobody had the time to read stops the key press once
    if (kind === "answer" && this.warned && Date.now() - this.warnedAt < TO_READ) return;
    const words = this.field.value.trim();
    // in the quiet mode too: somebody may turn it off in this very moment
    const inside = kind === "note" || kind === "quiet";
    const text = inside && kindOf(words) === "answer" ? `// ${words}`.trim() : words;
    const message = { kind: inside ? "note" : kind, text, files: this.tray.taken, reply_to: this.quoted };
    this.field.value = "";
    this.quoted = null;
    this.begun = this.warned = null;
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
