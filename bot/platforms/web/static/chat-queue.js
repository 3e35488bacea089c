// What was said but not yet heard by the server. It outlives a reload and a lost connection:
// each thing keeps its key, so saying it again is harmless.

import { load, onOtherTab, save, uuid } from "./store.js";

const NAME = "domovoy.chat.queue";
const PATIENCE = 12000;

export class Queue {
  constructor(changed) {
    this.items = load(NAME, []);
    this.changed = changed;
    this.told = new Map(); // key → when it was last put on the wire
    onOtherTab(NAME, () => {
      this.items = load(NAME, []);
      changed();
    });
  }

  /** Words and files still to be shown as bubbles. */
  get said() {
    return this.items.filter((item) => item.do === "say");
  }

  waitsFor(post, action) {
    return this.items.some((item) => item.do === "press" && item.post === post && item.action === action);
  }

  add(item) {
    const whole = { ...item, key: uuid(), at: new Date().toISOString() };
    this.write([...load(NAME, []), whole]);
    return whole;
  }

  take(key) {
    const found = this.items.find((item) => item.key === key);
    this.told.delete(key);
    if (found) this.write(load(NAME, []).filter((item) => item.key !== key));
    return found;
  }

  refuse(key, why) {
    this.told.delete(key);
    this.write(load(NAME, []).map((item) => (item.key === key ? { ...item, refused: why } : item)));
  }

  /** Says everything that waits, in order; stops where the wire does. */
  tell(wire) {
    for (const item of this.items) {
      if (item.refused || this.told.has(item.key)) continue;
      if (!wire.say(frame(item))) return;
      this.told.set(item.key, Date.now());
    }
  }

  /** After a reconnect nothing counts as told. */
  untold() {
    this.told.clear();
  }

  /** Something was told long ago and not heard: the connection is dead. */
  get stuck() {
    return [...this.told.values()].some((at) => Date.now() - at > PATIENCE);
  }

  write(items) {
    this.items = items;
    save(NAME, items);
    this.changed();
  }
}

function frame(item) {
  const { key } = item;
  if (item.do === "press")
    return { do: "press", key, post: item.post, action: item.action, label: item.label };
  return {
    do: "say",
    key,
    text: item.text,
    files: item.files.map((file) => file.id),
    reply_to: item.reply_to,
  };
}
