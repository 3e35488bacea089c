// What the dispatcher said and the server has not yet taken. Kept in the browser, sent one by
// one in order, with the same key at each try.

import * as api from "./desk-api.js";
import { load, save, uuid } from "./store.js";

const NAME = "domovoy.desk.outbox";

export class Outbox {
  /** `changed()` after each change; `taken(thread)` when the server has answered 202. */
  constructor({ changed, taken }) {
    Object.assign(this, { changed, taken, items: load(NAME, []), running: false });
  }

  of(thread) {
    return this.items.filter((item) => item.thread === thread);
  }

  /** `mark` tells what the thread looked like before, to know when the answer shows in it. */
  add(thread, mark, message) {
    this.write([
      ...this.items,
      { thread, mark, ...message, key: uuid(), at: new Date().toISOString(), why: "", state: "waiting" },
    ]);
    return this.flush();
  }

  again(key) {
    this.update(key, { state: "waiting", why: "" });
    return this.flush();
  }

  drop(key) {
    this.write(this.items.filter((item) => item.key !== key));
  }

  /** The thread was fetched: what it now shows need not stand twice. */
  settle(thread, mark) {
    if (this.items.some((item) => gone(item, thread, mark)))
      this.write(this.items.filter((item) => !gone(item, thread, mark)));
  }

  /** Whatever waits goes out; without a network it waits on. */
  async flush() {
    if (this.running) return;
    this.running = true;
    for (let item; (item = this.items.find((one) => one.state === "waiting" && !one.why));) {
      if (!(await this.send(item))) break;
    }
    this.running = false;
  }

  /** The network is back. */
  retry() {
    this.write(this.items.map((item) => (item.state === "waiting" ? { ...item, why: "" } : item)));
    return this.flush();
  }

  async send({ key, thread, text, files, reply_to }) {
    try {
      await api.say(thread, { key, text, files: files.map((file) => file.id), reply_to });
    } catch (trouble) {
      const refused = trouble instanceof api.Refusal;
      if (refused && trouble.status !== 401) this.update(key, { state: "failed", why: trouble.why });
      else this.update(key, { why: refused ? "уйдёт после входа" : "нет связи, уйдёт сама" });
      return refused && trouble.status !== 401;
    }
    this.update(key, { state: "taken" });
    this.taken(thread);
    setTimeout(() => this.drop(key), 4000);
    return true;
  }

  update(key, change) {
    this.write(this.items.map((item) => (item.key === key ? { ...item, ...change } : item)));
  }

  write(items) {
    this.items = items;
    save(
      NAME,
      items.filter((item) => item.state !== "taken"),
    );
    this.changed();
  }
}

const gone = (item, thread, mark) => item.thread === thread && item.state === "taken" && item.mark !== mark;
