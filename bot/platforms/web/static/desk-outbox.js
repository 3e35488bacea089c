// What the dispatcher said and the server has not yet taken. Kept in the browser, sent one by
// one in order, with the same key at each try.

import * as api from "./desk-api.js";
import { load, onOtherTab, save, uuid } from "./store.js";

const NAME = "domovoy.desk.outbox";
const LEFT_BEHIND = 60000; // milliseconds after which what a closed tab left is ours to send

export class Outbox {
  /** `changed()` after each change; `taken(thread)` when the server has answered 202. */
  constructor({ changed, taken }) {
    Object.assign(this, { changed, taken, items: load(NAME, []), running: false, added: new Set() });
    this.known = new Set(this.items.map(({ key }) => key));
    onOtherTab(NAME, () => this.follow());
  }

  of(thread) {
    return this.items.filter((item) => item.thread === thread);
  }

  /** `mark` tells what the thread looked like before, to know when the answer shows in it. */
  add(thread, mark, message) {
    const key = uuid();
    this.added.add(key);
    this.known.add(key);
    this.write([
      ...this.items,
      { thread, mark, ...message, key, at: new Date().toISOString(), why: "", state: "waiting" },
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
    const left = this.others().filter(({ at }) => Date.now() - new Date(at) > LEFT_BEHIND);
    for (const { key } of left) this.known.add(key);
    const items = [...this.items, ...left];
    this.write(items.map((item) => (item.state === "waiting" ? { ...item, why: "" } : item)));
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

  /** What other tabs keep. The same key twice is heard once, so nothing is said twice. */
  others() {
    return load(NAME, []).filter(({ key }) => !this.known.has(key));
  }

  /** Another tab has sent or dropped what both had found when they were opened. */
  follow() {
    const kept = new Set(load(NAME, []).map(({ key }) => key));
    const ours = ({ key, state }) => state === "taken" || this.added.has(key) || kept.has(key);
    if (this.items.every(ours)) return;
    this.items = this.items.filter(ours);
    this.changed();
  }

  write(items) {
    this.items = items;
    save(NAME, [...this.others(), ...items.filter((item) => item.state !== "taken")]);
    this.changed();
  }
}

const gone = (item, thread, mark) => item.thread === thread && item.state === "taken" && item.mark !== mark;
