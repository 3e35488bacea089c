// Two at one thread: who else is writing, and whether somebody answered before us.

import { $ } from "./dom.js";

const SAY_EVERY = 3000; // milliseconds
const SHOW_FOR = 6000;

export class Together {
  /** `say(frame)` to the server; `thread()` is the open one. */
  constructor({ say, thread }) {
    Object.assign(this, { say, thread, said: 0, saidOf: null, writing: new Map(), me: "" });
  }

  /** A word of an answer was typed. */
  types() {
    const thread = this.thread();
    if (!thread || (this.saidOf === thread && Date.now() - this.said < SAY_EVERY)) return;
    this.said = Date.now();
    this.saidOf = thread;
    this.say({ do: "writing", thread });
  }

  hears({ thread, name }) {
    if (thread !== this.thread() || name === this.me) return;
    clearTimeout(this.writing.get(name));
    this.writing.set(name, setTimeout(() => this.stops(name), SHOW_FOR));
    this.show();
  }

  stops(name) {
    clearTimeout(this.writing.get(name));
    this.writing.delete(name);
    this.show();
  }

  /** Another thread is open, or none. */
  leave() {
    for (const name of [...this.writing.keys()]) this.stops(name);
  }

  show() {
    const names = [...this.writing.keys()];
    const words = names.length > 1 ? `${names.join(" и ")} пишут ответ…` : `${names[0]} пишет ответ…`;
    $("writing").textContent = names.length ? words : "";
    $("writing").hidden = !names.length;
  }

  /** What a colleague told the resident after the message `since`. */
  answerAfter(messages, since) {
    return messages.findLast(
      (message) =>
        message.by === "member" &&
        message.id > since &&
        message.state !== "withdrawn" &&
        !message.author.startsWith(this.me),
    );
  }

  /** Whose answer stands there is no longer writing it. */
  answered(messages) {
    const last = messages.findLast((message) => message.by === "member");
    for (const name of [...this.writing.keys()]) if (last?.author.startsWith(name) && this.lastOf !== last.id) this.stops(name);
    this.lastOf = last?.id;
  }
}
