// The field, its files, the quote above it, the voice button.

import { $, grow, hasKeyboard } from "./dom.js";
import { load, save } from "./store.js";
import { acceptFiles, Tray } from "./tray.js";
import { Voice, canRecord } from "./voice.js";
import { gist } from "./words.js";

const DRAFT = "domovoy.chat.draft";

export class Composer {
  /** `send({text, files, reply_to})` gets what is ready; `tell(words)` shows a line of trouble. */
  constructor({ send, tell, postOf }) {
    Object.assign(this, { send, tell, postOf, sending: false });
    this.field = $("text");
    this.fit = grow(this.field);
    this.tray = new Tray({ root: $("tray"), endpoint: "/chat/files", changed: () => this.changed(), tell });
    this.voice = new Voice({ tick: showSeconds, done: (file) => this.recorded(file), tell });
    this.listen();
    const draft = load(DRAFT, {});
    this.field.value = draft.text ?? "";
    if (draft.files?.length) this.tray.restore(draft.files);
    this.quoted = draft.reply_to ?? null;
    this.fit();
    this.changed();
  }

  listen() {
    $("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.quoted) {
        event.preventDefault();
        this.quote(null);
      }
      if (event.key !== "Enter" || event.isComposing || event.shiftKey) return;
      if (!hasKeyboard() && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.submit();
    });
    $("attach").addEventListener("click", () => $("files").click());
    $("files").addEventListener("change", (event) => {
      this.tray.add([...event.target.files]);
      event.target.value = "";
      this.field.focus();
    });
    acceptFiles(document, (files) => this.tray.add(files));
    $("quote-off").addEventListener("click", () => this.quote(null));
    $("record").addEventListener("click", () => this.record());
    $("record-off").addEventListener("click", () => this.voice.stop(false));
    $("record-done").addEventListener("click", () => this.voice.stop(true));
  }

  quote(id) {
    this.quoted = id;
    this.changed();
    this.field.focus();
  }

  changed() {
    if (!this.tray) return;
    const words = this.field.value.trim();
    const nothing = !words && this.tray.empty;
    $("record").hidden = !nothing || !canRecord();
    $("send").hidden = !$("record").hidden;
    $("send").disabled = nothing || this.sending;
    const post = this.quoted && this.postOf(this.quoted);
    $("quote").hidden = !post;
    if (post) $("quote-text").textContent = gist(post);
    const empty = nothing && !this.quoted;
    save(DRAFT, empty ? null : { text: this.field.value, files: this.tray.taken, reply_to: this.quoted });
  }

  async submit() {
    if (this.sending || (!this.field.value.trim() && this.tray.empty)) return;
    if (this.tray.busy) {
      this.sending = true;
      this.changed();
      this.tell("Файлы загружаются. Отправим, как только закончим.");
      await this.tray.settled();
      this.sending = false;
      this.tell("");
    }
    if (!this.tray.items.every((item) => item.file.id)) {
      this.changed();
      this.tell("Один из файлов не принят. Уберите его или загрузите ещё раз.");
      return;
    }
    const message = { text: this.field.value.trim(), files: this.tray.taken, reply_to: this.quoted };
    this.field.value = "";
    this.quoted = null;
    this.tray.clear();
    this.fit();
    this.send(message);
    this.field.focus();
  }

  /** Gives a refused message back for mending. */
  giveBack({ text, files, reply_to: replyTo }) {
    this.field.value = [this.field.value.trim(), text].filter(Boolean).join("\n");
    this.tray.restore(files);
    this.quoted = replyTo;
    this.fit();
    this.changed();
    this.field.focus();
  }

  async record() {
    this.tell("");
    await this.voice.start();
    this.showRecording(this.voice.on);
    if (this.voice.on) $("record-done").focus();
  }

  recorded(file) {
    this.showRecording(false);
    if (file) this.tray.add([file]);
    (file ? $("send") : this.field).focus();
  }

  showRecording(on) {
    $("recording").hidden = !on;
    $("composer").hidden = on;
  }
}

function showSeconds(seconds) {
  $("record-time").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
